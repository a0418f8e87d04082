package ort_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/sharewise/sharewise/onnxio/ort"
)

func TestBuildWithoutCompiler(t *testing.T) {
	t.Setenv("PATH", "")
	for _, c := range []struct{ cxx, compiler, want string }{
		{"", "", "neither c++ nor g++ nor clang++ is there"},
		{"no-such-compiler", "", `"no-such-compiler"`},
		{"", "no-such-compiler -O2", `"no-such-compiler"`},
	} {
		t.Setenv("CXX", c.cxx)
		_, err := ort.BuildKernels(t.Context(), ort.BuildOptions{Cache: t.TempDir(), Compiler: c.compiler})
		if !errors.Is(err, ort.ErrNoCompiler) || !strings.Contains(err.Error(), c.want) {
			t.Errorf("CXX=%q, compiler %q: %v, want %q", c.cxx, c.compiler, err, c.want)
		}
	}
}
