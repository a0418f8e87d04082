package ort

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"

	"github.com/sharewise/sharewise/onnxio/exec"
	"github.com/sharewise/sharewise/onnxio/kernels"
	"github.com/sharewise/sharewise/onnxio/kernels/proof"
)

// KernelsVariable is the environment variable that names the kernel library to
// use instead of the one that was built into the cache. "off" means none.
const KernelsVariable = "SHAREWISE_KERNELS"

// ErrNoKernels is matched by errors that say that there is no kernel library
// which can be used.
var ErrNoKernels = errors.New("no kernel library")

// Kernels describes a kernel library, see package kernels, and what is known of
// its operators on this machine.
type Kernels struct {
	Source Source `json:"source"`
	Path   string `json:"path"`
	// Hash identifies the sources that it was built from, Compiler what built it.
	Hash     string `json:"hash"`
	Compiler string `json:"compiler,omitempty"`
	// ISA is the instruction set that it uses on this processor.
	ISA string `json:"isa"`
	// Proven are the operators that gave what they must, and Failed why others
	// did not.
	Proven []string          `json:"proven"`
	Failed map[string]string `json:"failed,omitempty"`
}

// Set returns the proven operators.
func (k *Kernels) Set() kernels.Set {
	if k == nil {
		return nil
	}
	return kernels.Of(k.Proven...)
}

func kernelsName() string {
	switch runtime.GOOS {
	case "windows":
		return "sharewise_kernels.dll"
	case "darwin":
		return "libsharewise_kernels.dylib"
	}
	return "libsharewise_kernels.so"
}

// kernelsDir is where the library built from this program's sources lies. Builds
// of other sources, which may have other operators, lie elsewhere.
func kernelsDir(cache string) string {
	return filepath.Join(cache, "kernels", kernels.Hash(), runtime.GOOS+"-"+runtime.GOARCH)
}

// findKernels returns the library to use, unproven.
func findKernels() (*Kernels, error) {
	switch given := os.Getenv(KernelsVariable); given {
	case "":
	case "off":
		return nil, fmt.Errorf("%w: %s is off", ErrNoKernels, KernelsVariable)
	default:
		c := fileCandidate(FromEnvironment, given)
		if c.Err != nil {
			return nil, fmt.Errorf("%w: %s, given by %s, %w", ErrNoKernels, given, KernelsVariable, c.Err)
		}
		return &Kernels{Source: FromEnvironment, Path: c.Path}, nil
	}
	cache, err := CacheDir()
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrNoKernels, err)
	}
	built, err := readBuild(kernelsDir(cache))
	if err == nil {
		return &Kernels{Source: FromCache, Path: built.Library, Compiler: built.Compiler}, nil
	}
	if self, selfErr := os.Executable(); selfErr == nil {
		if c := fileCandidate(FromProgram, filepath.Join(filepath.Dir(self), kernelsName())); c.Err == nil {
			return &Kernels{Source: FromProgram, Path: c.Path}, nil
		}
	}
	return nil, fmt.Errorf("%w: not built: run 'sharewise runtime kernels', which needs a C++ compiler (%w)", ErrNoKernels, err)
}

// FindKernels returns the kernel library to use together with the ONNX Runtime
// library at runtimePath, and which of its operators are proven. The first time
// on a machine, and whenever something changes that results could depend on, a
// child process runs every operator on random inputs, which takes about a second;
// afterwards the findings are read from the cache.
func FindKernels(ctx context.Context, runtimePath string) (*Kernels, error) {
	k, err := findKernels()
	if err != nil {
		return nil, err
	}
	record, err := proofRecord(k.Path, runtimePath)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrNoKernels, err)
	}
	if text, err := os.ReadFile(record); err == nil {
		var known Kernels
		if json.Unmarshal(text, &known) == nil && known.Hash == kernels.Hash() {
			known.Source, known.Path, known.Compiler = k.Source, k.Path, k.Compiler
			return &known, nil
		}
	}
	answer, err := ask(ctx, probeVariable+"="+runtimePath, kernelsProbeVariable+"="+k.Path)
	switch {
	case err != nil:
		return nil, fmt.Errorf("%w: %s %w", ErrNoKernels, k.Path, err)
	case answer.Kernels == nil:
		return nil, fmt.Errorf("%w: %s gave no answer", ErrNoKernels, k.Path)
	}
	found := answer.Kernels
	found.Source, found.Path, found.Compiler = k.Source, k.Path, k.Compiler
	if text, err := json.MarshalIndent(found, "", "  "); err == nil {
		// Without the record they are proven again next time.
		_ = writeRecord(record, text)
	}
	return found, nil
}

// writeRecord writes a small file that is there whole or not at all.
func writeRecord(name string, text []byte) error {
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		return err
	}
	f, err := os.CreateTemp(filepath.Dir(name), ".record-*")
	if err != nil {
		return err
	}
	_, err = f.Write(append(text, '\n'))
	err = errors.Join(err, f.Close())
	if err == nil {
		err = os.Rename(f.Name(), name)
	}
	if err != nil {
		_ = os.Remove(f.Name())
	}
	return err
}

// proofRecord names the file in the cache that holds what was found about these
// two libraries on this processor.
func proofRecord(library, runtimePath string) (string, error) {
	cache, err := CacheDir()
	if err != nil {
		return "", err
	}
	h := sha256.New()
	for _, path := range []string{library, runtimePath} {
		fmt.Fprintln(h, path)
		// A bare name, which the dynamic loader resolves, has no more to tell.
		if info, err := os.Stat(path); err == nil {
			fmt.Fprintln(h, info.Size(), info.ModTime().UnixNano())
		} else if path == library {
			return "", err
		}
	}
	fmt.Fprintln(h, kernels.Hash(), runtime.GOOS, runtime.GOARCH, strings.Join(cpuFeatures(), " "), os.Getenv(isaVariable))
	return filepath.Join(cache, "kernels", "proofs", hex.EncodeToString(h.Sum(nil))[:16]+".json"), nil
}

// isaVariable is the variable by which tests make the library use the loops for
// less than the processor has: "plain" or "avx2".
const isaVariable = "SHAREWISE_KERNELS_ISA"

const kernelsProbeVariable = "SHAREWISE_KERNELS_PROBE"

// proveKernels is what the child process does.
func proveKernels(runtimePath, library string) (*Kernels, error) {
	says, err := describeKernels(library)
	if err != nil {
		return nil, err
	}
	hash, isa, _ := strings.Cut(says, " ")
	k := &Kernels{Hash: hash, ISA: isa, Failed: map[string]string{}}
	if want := kernels.Hash(); hash != want {
		return nil, fmt.Errorf("was built from other sources (%s) than this program's (%s); run 'sharewise runtime kernels'", hash, want)
	}
	b, err := Open(runtimePath)
	if err != nil {
		return nil, err
	}
	if err := useKernels(b, library); err != nil {
		return nil, err
	}
	for op, err := range proof.Prove(b) {
		if err != nil {
			k.Failed[op] = err.Error()
		} else {
			k.Proven = append(k.Proven, op)
		}
	}
	slices.Sort(k.Proven)
	return k, nil
}

// KernelsOf returns the kernel library that a backend of this package uses, or
// why it uses none.
func KernelsOf(b exec.Backend) (*Kernels, error) { return kernelsOf(b) }
