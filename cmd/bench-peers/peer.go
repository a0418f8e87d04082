package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/sharewise/sharewise/onnxio/benchtest"
)

// environment is a setting of the peer that holds for a whole process.
type environment struct {
	name string
	vars []string
}

// environments are those that are tried on a machine, from the one that most often
// is best. They add to base.
func environments(m benchtest.Machine) []environment {
	huge := "GLIBC_TUNABLES=glibc.malloc.hugetlb=1"
	all := []environment{{"huge pages", []string{huge}}, {"small pages", nil}}
	if slices.Contains(m.Vectors, "avx512f") { // elsewhere it crashes
		all = append(all, environment{"huge pages, kernels for AVX-512", []string{huge, "ATEN_CPU_CAPABILITY=avx512"}})
	}
	return all
}

// openBLAS is where Debian puts the flavour of OpenBLAS that shares the threads of
// OpenMP with PyTorch.
const openBLAS = "/usr/lib/*/openblas-openmp"

// coreTypes are the processors for which OpenBLAS has kernels that may be best here. Left
// alone it takes those of a processor of 2004 where it does not know this one.
func coreTypes(m benchtest.Machine) []string {
	types := []string{""}
	if slices.Contains(m.Vectors, "avx2") {
		types = append(types, "Haswell", "Zen")
	}
	if slices.Contains(m.Vectors, "avx512f") {
		types = append(types, "SkylakeX")
	}
	return types
}

// coreType is the one of coreTypes by which products of matrices are fastest, in turns.
func (p *peers) coreType(ctx context.Context) (string, error) {
	if p.core != nil {
		return *p.core, nil
	}
	types := coreTypes(benchtest.This())
	took := make([]float64, len(types))
	for range 3 {
		for i, t := range types {
			cmd := exec.CommandContext(ctx, p.python, p.script("products.py"))
			cmd.Env = slices.Concat(os.Environ(), base(1), coreVariables(t))
			said, err := output(cmd)
			if err != nil {
				return "", err
			}
			seconds, err := strconv.ParseFloat(strings.TrimSpace(string(said)), 64)
			if err != nil {
				return "", fmt.Errorf("the peer's products of matrices wrote %q: %w", said, err)
			}
			if took[i] == 0 || seconds < took[i] {
				took[i] = seconds
			}
		}
	}
	best := types[slices.Index(took, slices.Min(took))]
	p.core = &best
	return best, nil
}

func coreVariables(core string) []string {
	if core == "" {
		return nil
	}
	return []string{"OPENBLAS_CORETYPE=" + core}
}

// variables are those that every process of the peer has: base and the best kernels of
// OpenBLAS.
func (p *peers) variables(ctx context.Context, threads int) ([]string, error) {
	core, err := p.coreType(ctx)
	if err != nil {
		return nil, err
	}
	return append(base(threads), coreVariables(core)...), nil
}

// base are the number of threads of OpenMP and of OpenBLAS, and the better flavour of the
// latter.
func base(threads int) []string {
	vars := []string{fmt.Sprintf("OMP_NUM_THREADS=%d", threads), fmt.Sprintf("OPENBLAS_NUM_THREADS=%d", threads), "PYTHONDONTWRITEBYTECODE=1"}
	if found, _ := filepath.Glob(openBLAS); len(found) > 0 {
		path := found[0]
		if old := os.Getenv("LD_LIBRARY_PATH"); old != "" {
			path += ":" + old
		}
		vars = append(vars, "LD_LIBRARY_PATH="+path)
	}
	return vars
}

// peers starts processes of the peer.
type peers struct {
	python, scripts string
	core            *string // see coreType; nil until it was measured
	// best is the environment that a row's first contest found to be best; the
	// row's other contest takes it as found.
	best map[string]environment
}

// script is the path of one of the peer's scripts.
func (p *peers) script(name string) string { return filepath.Join(p.scripts, name) }

// worker starts the peer's worker for a network in the best environment.
func (p *peers) worker(ctx context.Context, row, kind string, n network, seconds float64) (*worker, error) {
	description, err := json.Marshal(n)
	if err != nil {
		return nil, err
	}
	common, err := p.variables(ctx, n.Threads)
	if err != nil {
		return nil, err
	}
	start := func(e environment) (*worker, error) {
		w, err := startWorker(ctx, seconds, slices.Concat(common, e.vars), p.python, p.script("worker.py"), kind, string(description))
		if err != nil {
			return nil, fmt.Errorf("peer, %s: %w", e.name, err)
		}
		w.ready.About += ", " + e.name
		return w, nil
	}
	if e, ok := p.best[row]; ok {
		return start(e)
	}
	var best *worker
	var chosen environment
	for _, e := range environments(benchtest.This()) {
		w, err := start(e)
		if err != nil {
			return nil, err
		}
		if best == nil || w.ready.Best < best.ready.Best {
			best, w, chosen = w, best, e
		}
		if w != nil { // the slower of the two
			if err := w.close(); err != nil {
				return nil, err
			}
		}
	}
	p.best[row] = chosen
	return best, nil
}

// versionOf is the version that a worker's about line names, for the table.
func versionOf(about string) string {
	version, _, _ := strings.Cut(about, ",")
	return version
}
