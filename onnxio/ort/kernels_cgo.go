//go:build cgo

package ort

/*
#include <stdlib.h>

#ifdef _WIN32
#include <windows.h>
static void *openKernels(const char *path) {
	wchar_t wide[32768];
	if (!MultiByteToWideChar(CP_UTF8, 0, path, -1, wide, 32768)) return NULL;
	return (void *)LoadLibraryW(wide);
}
static void *kernelSymbol(void *library, const char *name) {
	return (void *)GetProcAddress((HMODULE)library, name);
}
static const char *openError(void) { return "the system could not load it"; }
#else
#include <dlfcn.h>
static void *openKernels(const char *path) { return dlopen(path, RTLD_NOW | RTLD_LOCAL); }
static void *kernelSymbol(void *library, const char *name) { return dlsym(library, name); }
static const char *openError(void) {
	const char *e = dlerror();
	return e ? e : "unknown reason";
}
#endif

static const char *callDescribe(void *symbol) { return ((const char *(*)(void))symbol)(); }
*/
import "C"

import (
	"context"
	"errors"
	"fmt"
	"unsafe"

	"github.com/sharewise/sharewise/onnxio"
	"github.com/sharewise/sharewise/onnxio/exec"
	"github.com/sharewise/sharewise/onnxio/kernels"
)

// describeKernels loads a kernel library, which stays loaded to the end of the
// process, and returns what it says of itself: hash and instruction set. That it
// stays loaded keeps the operators alive to which sessions refer.
func describeKernels(path string) (string, error) {
	name := C.CString(path)
	defer C.free(unsafe.Pointer(name))
	library := C.openKernels(name)
	if library == nil {
		return "", fmt.Errorf("cannot be loaded: %s", C.GoString(C.openError()))
	}
	entry := C.CString("SharewiseKernels")
	defer C.free(unsafe.Pointer(entry))
	symbol := C.kernelSymbol(library, entry)
	if symbol == nil {
		return "", errors.New("is a library, but not one of kernels (no SharewiseKernels)")
	}
	return C.GoString(C.callDescribe(symbol)), nil
}

// kernelChoice is the kernel library of a backend, found when first asked for.
type kernelChoice struct {
	library *Kernels
	err     error
}

// Kernels returns the operators of package kernels that models may use: those of
// the kernel library that are proven on this machine. It is empty where there is
// no such library, and on a device: the kernels are for the CPU.
func (b *backend) Kernels() kernels.Set {
	if b.provider.known().name != onCPU {
		return nil
	}
	return b.chosenKernels().library.Set()
}

func (b *backend) chosenKernels() *kernelChoice {
	b.kernelsOnce.Do(func() {
		if b.kernels.library != nil {
			return // given
		}
		k, err := FindKernels(context.Background(), b.path)
		if err == nil {
			_, err = describeKernels(k.Path)
		}
		if err != nil {
			b.kernels.err = err
			return
		}
		b.kernels.library = k
	})
	return &b.kernels
}

// useKernels makes a backend use a library that nobody has proven.
func useKernels(b exec.Backend, path string) error {
	own, ok := b.(*backend)
	if !ok {
		return fmt.Errorf("%s is no backend of ONNX Runtime", b.Name())
	}
	own.kernels.library = &Kernels{Path: path}
	return nil
}

func kernelsOf(b exec.Backend) (*Kernels, error) {
	own, ok := b.(*backend)
	if !ok {
		return nil, fmt.Errorf("%w: %s has none", ErrNoKernels, b.Name())
	}
	c := own.chosenKernels()
	return c.library, c.err
}

// kernelsFor returns the path of the kernel library if m needs one.
func (b *backend) kernelsFor(m *onnxio.Model) (string, error) {
	if m.Opset(kernels.Domain) == 0 {
		return "", nil
	}
	c := b.chosenKernels()
	if c.library == nil {
		return "", fmt.Errorf("the model has operators of %s: %w", kernels.Domain, c.err)
	}
	return c.library.Path, nil
}
