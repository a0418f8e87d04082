package ort

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"

	"github.com/sharewise/sharewise/onnxio/kernels"
)

// ErrNoCompiler is returned where there is nothing to build kernels with.
var ErrNoCompiler = errors.New("no C++ compiler")

// Build describes a kernel library in the cache. It lies in
// kernels/<hash of its sources>/<os>-<arch>/ beside its record, built.json.
type Build struct {
	Hash     string `json:"hash"`
	Library  string `json:"library"` // file name; the full path in results
	Compiler string `json:"compiler"`
	Size     int64  `json:"size"`
}

const buildRecordName = "built.json"

// readBuild returns what was built into dir.
func readBuild(dir string) (*Build, error) {
	name := filepath.Join(dir, buildRecordName)
	text, err := os.ReadFile(name)
	if err != nil {
		return nil, err
	}
	var b Build
	if err := json.Unmarshal(text, &b); err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	if b.Library == "" || b.Library != filepath.Base(b.Library) {
		return nil, fmt.Errorf("%s: library %q is not a file name", name, b.Library)
	}
	b.Library = filepath.Join(dir, b.Library)
	info, err := os.Stat(b.Library)
	if err != nil {
		return nil, err
	}
	if info.Size() != b.Size {
		return nil, fmt.Errorf("%s has %d bytes instead of %d", b.Library, info.Size(), b.Size)
	}
	return &b, nil
}

// BuildOptions say how BuildKernels works.
type BuildOptions struct {
	// Compiler is the command to use; empty: CXX, or else the first of c++, g++
	// and clang++ that there is.
	Compiler string
	// Cache is the folder to install into; empty: CacheDir.
	Cache string
	// Again builds even if the library is there.
	Again bool
	// Progress receives a line per step; nil: none.
	Progress io.Writer
}

// BuildKernels compiles the kernel library of package kernels into the cache. If
// it is there already, built from the same sources, nothing is done. Where there
// is no compiler the error matches ErrNoCompiler.
func BuildKernels(ctx context.Context, opt BuildOptions) (*Build, error) {
	if opt.Cache == "" {
		dir, err := CacheDir()
		if err != nil {
			return nil, err
		}
		opt.Cache = dir
	}
	b, err := opt.build(ctx)
	if err != nil {
		return nil, fmt.Errorf("build kernels: %w", explain(err, opt.Cache))
	}
	return b, nil
}

func (o BuildOptions) build(ctx context.Context) (*Build, error) {
	final := kernelsDir(o.Cache)
	if done, err := readBuild(final); err == nil && !o.Again {
		return done, nil
	}
	compiler, err := o.compiler()
	if err != nil {
		return nil, err
	}
	root := filepath.Join(o.Cache, "kernels")
	if err := os.MkdirAll(root, 0o755); err != nil {
		return nil, err
	}
	in := &installer{InstallOptions: InstallOptions{Progress: o.Progress}}
	unlock, err := in.lock(ctx, filepath.Join(root, ".lock"))
	if err != nil {
		return nil, err
	}
	defer unlock()
	if done, err := readBuild(final); err == nil && !o.Again {
		return done, nil
	}
	removeLeftovers(root)
	work, err := os.MkdirTemp(root, workPrefix)
	if err != nil {
		return nil, err
	}
	defer func() { _ = os.RemoveAll(work) }()
	in.logf("compiling kernels with %s (about 20 seconds of one core)", strings.Join(compiler, " "))
	result := filepath.Join(work, "result")
	if err := os.Mkdir(result, 0o755); err != nil {
		return nil, err
	}
	library := filepath.Join(result, kernelsName())
	if err := compileKernels(ctx, compiler, work, library); err != nil {
		return nil, err
	}
	info, err := os.Stat(library)
	if err != nil {
		return nil, err
	}
	text, err := json.MarshalIndent(Build{Hash: kernels.Hash(), Library: kernelsName(), Compiler: compilerVersion(ctx, compiler), Size: info.Size()}, "", "  ")
	if err != nil {
		return nil, err
	}
	if err := os.WriteFile(filepath.Join(result, buildRecordName), append(text, '\n'), 0o644); err != nil {
		return nil, err
	}
	if err := replaceDir(result, final, filepath.Join(work, "old")); err != nil {
		return nil, err
	}
	in.logf("built %s", filepath.Join(final, kernelsName()))
	return readBuild(final)
}

// compiler returns the command, which may have arguments as CXX may.
func (o BuildOptions) compiler() ([]string, error) {
	given := strings.Fields(o.Compiler)
	if len(given) == 0 {
		given = strings.Fields(os.Getenv("CXX"))
	}
	if len(given) > 0 {
		if _, err := exec.LookPath(given[0]); err != nil {
			return nil, fmt.Errorf("%w: %w", ErrNoCompiler, err)
		}
		return given, nil
	}
	for _, name := range []string{"c++", "g++", "clang++"} {
		if _, err := exec.LookPath(name); err == nil {
			return []string{name}, nil
		}
	}
	return nil, fmt.Errorf("%w: neither c++ nor g++ nor clang++ is there; install one, or name it in CXX", ErrNoCompiler)
}

// compilerFlags are those of every unit. Results may use fused multiplication
// and addition, and nothing sets errno or traps; otherwise arithmetic is exact
// to the letter.
var compilerFlags = []string{
	"-std=c++17", "-O3", "-fPIC", "-fvisibility=hidden", "-ffp-contract=fast", "-fno-math-errno", "-fno-trapping-math", "-pthread",
	"-Wno-psabi", // vectors are passed between functions of one unit only
}

func compileKernels(ctx context.Context, compiler []string, work, library string) error {
	units, err := kernels.WriteSource(work)
	if err != nil {
		return err
	}
	var (
		group   sync.WaitGroup
		free    = make(chan struct{}, max(runtime.GOMAXPROCS(0), 1))
		errs    = make([]error, len(units))
		objects = make([]string, len(units))
	)
	for i, unit := range units {
		objects[i] = strings.TrimSuffix(unit, ".cpp") + ".o"
		group.Go(func() {
			free <- struct{}{}
			defer func() { <-free }()
			args := append([]string{}, compilerFlags...)
			args = append(args, fmt.Sprintf("-DSHAREWISE_KERNELS_HASH=%q", kernels.Hash()), "-c", "-o", objects[i], unit)
			errs[i] = runCompiler(ctx, compiler, work, args)
		})
	}
	group.Wait()
	if err := errors.Join(errs...); err != nil {
		return err
	}
	args := append([]string{"-shared", "-pthread", "-o", library}, objects...)
	return runCompiler(ctx, compiler, work, args)
}

func runCompiler(ctx context.Context, compiler []string, dir string, args []string) error {
	cmd := exec.CommandContext(ctx, compiler[0], append(append([]string{}, compiler[1:]...), args...)...)
	cmd.Dir = dir
	killWithChildren(cmd)
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	err := cmd.Run()
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if err != nil {
		text := strings.TrimSpace(out.String())
		const most = 2000
		if len(text) > most {
			text = text[:most] + "…"
		}
		return fmt.Errorf("%s: %w\n%s", strings.Join(compiler, " "), err, text)
	}
	return nil
}

// compilerVersion is the first line of what the compiler says of itself.
func compilerVersion(ctx context.Context, compiler []string) string {
	out, err := exec.CommandContext(ctx, compiler[0], append(append([]string{}, compiler[1:]...), "--version")...).Output()
	if err != nil {
		return strings.Join(compiler, " ")
	}
	first, _, _ := strings.Cut(string(out), "\n")
	return strings.TrimSpace(first)
}
