package ort_test

import (
	"testing"

	"github.com/sharewise/sharewise/onnxio/kernels"
	"github.com/sharewise/sharewise/onnxio/kernels/proof"
	"github.com/sharewise/sharewise/onnxio/ort"
	"github.com/sharewise/sharewise/onnxio/ort/orttest"
)

// TestKernelsAreProven asks for every operator.
func TestKernelsAreProven(t *testing.T) {
	b := orttest.Kernels(t)
	k, err := ort.KernelsOf(b)
	if err != nil {
		t.Fatal(err)
	}
	if len(k.Failed) > 0 || !k.Set().Has(kernels.All().Names()...) {
		t.Errorf("proven %v, failed %v", k.Proven, k.Failed)
	}
}

// TestKernelCases runs the cases of the proof in this process, where a failure
// shows which.
func TestKernelCases(t *testing.T) {
	b := orttest.Kernels(t)
	for _, c := range proof.Cases() {
		for _, threads := range []int{1, 2} {
			if err := c.Run(b, threads); err != nil {
				t.Errorf("%d threads: %v", threads, err)
			}
		}
	}
}
