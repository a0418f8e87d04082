//go:build cgo

package ort

/*
#cgo linux LDFLAGS: -ldl

#include <stdint.h>
#include <stdlib.h>

#ifdef _WIN32
#include <windows.h>
static void *openLibrary(const char *path) {
	wchar_t wide[32768];
	if (!MultiByteToWideChar(CP_UTF8, 0, path, -1, wide, 32768)) return NULL;
	return (void *)LoadLibraryW(wide);
}
static void *findSymbol(void *library, const char *name) {
	return (void *)GetProcAddress((HMODULE)library, name);
}
static const char *lastError(void) { return "the system could not load it"; }
#else
#include <dlfcn.h>
static void *openLibrary(const char *path) { return dlopen(path, RTLD_LAZY | RTLD_LOCAL); }
static void *findSymbol(void *library, const char *name) { return dlsym(library, name); }
static const char *lastError(void) {
	const char *e = dlerror();
	return e ? e : "unknown reason";
}
#endif

// The start of ONNX Runtime's C interface. Its table of functions only ever
// grows at the end, so that the positions of functions are part of its ABI.
typedef struct {
	const void **(*getApi)(uint32_t level);
	const char *(*getVersion)(void);
} ortBase;

enum {
	posReleaseStatus = 93,             // since level 1
	posGetAvailableProviders = 125,    // since level 4
	posReleaseAvailableProviders = 126,
	posGetBuildInfoString = 254,       // since level 15
};

static const ortBase *getBase(void *symbol) { return ((const ortBase *(*)(void))symbol)(); }
static const char *getVersion(const ortBase *b) { return b->getVersion(); }
static const void **getApi(const ortBase *b, uint32_t level) { return b->getApi(level); }

static void *getProviders(const void **api, char ***names, int *n) {
	return ((void *(*)(char ***, int *))api[posGetAvailableProviders])(names, n);
}
static void releaseProviders(const void **api, char **names, int n) {
	((void *(*)(char **, int))api[posReleaseAvailableProviders])(names, n);
}
static void releaseStatus(const void **api, void *status) {
	((void (*)(void *))api[posReleaseStatus])(status);
}
static const char *getBuildInfo(const void **api) {
	return ((const char *(*)(void))api[posGetBuildInfoString])();
}
*/
import "C"

import (
	"errors"
	"fmt"
	"strings"
	"unsafe"

	"github.com/sharewise/sharewise/onnxio"
	"github.com/sharewise/sharewise/onnxio/exec"
)

// maxAPI bounds the search for a library's highest level.
const maxAPI = 1000

// inspect loads the library into this process, which must be a probe, and runs
// a model in it.
func inspect(path string) (*Info, error) {
	name := C.CString(path)
	defer C.free(unsafe.Pointer(name))
	library := C.openLibrary(name)
	if library == nil {
		return nil, fmt.Errorf("cannot be loaded: %s", C.GoString(C.lastError()))
	}
	entry := C.CString("OrtGetApiBase")
	defer C.free(unsafe.Pointer(entry))
	symbol := C.findSymbol(library, entry)
	if symbol == nil {
		return nil, errors.New("is a library, but not ONNX Runtime (no OrtGetApiBase)")
	}
	base := C.getBase(symbol)
	if base == nil {
		return nil, errors.New("gives no interface")
	}
	info := &Info{Version: C.GoString(C.getVersion(base))}
	for info.API < maxAPI && C.getApi(base, C.uint32_t(info.API+1)) != nil {
		info.API++
	}
	if info.API < MinAPI {
		return nil, fmt.Errorf("is ONNX Runtime %s with API level %d; sharewise needs level %d, that is version 1.%d or later",
			info.Version, info.API, MinAPI, MinAPI)
	}
	api := C.getApi(base, MinAPI)
	info.Build = C.GoString(C.getBuildInfo(api))
	var (
		names **C.char
		n     C.int
	)
	if status := C.getProviders(api, &names, &n); status != nil {
		C.releaseStatus(api, status)
		return nil, errors.New("does not list its execution providers")
	}
	for _, p := range unsafe.Slice(names, n) {
		info.Providers = append(info.Providers, strings.TrimSuffix(C.GoString(p), "ExecutionProvider"))
	}
	C.releaseProviders(api, names, n)
	if err := trial(path); err != nil {
		return nil, fmt.Errorf("is ONNX Runtime %s, but failed to run a model: %w", info.Version, err)
	}
	return info, nil
}

// trial runs x+x, which shows that the library suits this processor.
func trial(path string) error {
	b, err := Open(path)
	if err != nil {
		return err
	}
	return tryModel(b)
}

// tryModel runs x+x in a backend.
func tryModel(b exec.Backend) error {
	s, err := b.Open(trialModel(), exec.Options{})
	if err != nil {
		return err
	}
	defer func() { _ = s.Close() }()
	out, err := s.Run(map[string]*exec.Tensor{"x": exec.NewTensor([]int64{2}, []float32{1, 2})})
	if err != nil {
		return err
	}
	if y := out["y"].Float32(); len(y) != 2 || y[0] != 2 || y[1] != 4 {
		return fmt.Errorf("[1 2] + [1 2] gave %v", y)
	}
	return nil
}

func trialModel() *onnxio.Model {
	vector := func(name string) *onnxio.Value {
		return &onnxio.Value{Name: name, Type: onnxio.Float32, Shape: onnxio.Static(2)}
	}
	return &onnxio.Model{
		IRVersion: 8,
		Opsets:    []onnxio.Opset{{Version: 17}},
		Graph: &onnxio.Graph{
			Name:    "trial",
			Nodes:   []*onnxio.Node{{Op: "Add", Inputs: []string{"x", "x"}, Outputs: []string{"y"}}},
			Inputs:  []*onnxio.Value{vector("x")},
			Outputs: []*onnxio.Value{vector("y")},
		},
	}
}
