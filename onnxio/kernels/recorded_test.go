package kernels_test

import (
	"testing"

	"github.com/sharewise/sharewise/onnxio/kernels"
)

// TestRecorded reads forms back from what records say of them.
func TestRecorded(t *testing.T) {
	some := kernels.Of(kernels.Gemm, kernels.SumSquares)
	for _, f := range []kernels.Form{{}, kernels.Best(kernels.All()), kernels.Best(nil), kernels.Best(some), kernels.Best(kernels.All()).Without(kernels.Steps, kernels.Fold)} {
		got, ok := kernels.Recorded(f.String(), kernels.All())
		if !ok || got.String() != f.String() || len(got.Kernels.Names()) != len(f.Kernels.Names()) {
			t.Errorf("%q is read as %q, %t", f, got, ok)
		}
	}
	if _, ok := kernels.Recorded(kernels.Best(some).String(), kernels.Of(kernels.Gemm)); ok {
		t.Error("a form is said to be had without its kernels")
	}
	for _, s := range []string{"", "fold,glue", "fold of Mortar", "standard of standard operators"} {
		if f, ok := kernels.Recorded(s, kernels.All()); ok {
			t.Errorf("%q is read as %q", s, f)
		}
	}
}
