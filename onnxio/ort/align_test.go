package ort_test

import (
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/sharewise/sharewise/onnxio"
	"github.com/sharewise/sharewise/onnxio/exec"
)

// TestResultsDoNotDependOnAlignment sums the same numbers at many places in
// memory. Without care the last bits of the sums differ between most of them.
func TestResultsDoNotDependOnAlignment(t *testing.T) {
	const rows, cols = 37, 101
	rng := rand.New(rand.NewPCG(1, 2))
	x := make([]float32, rows*cols)
	for i := range x {
		x[i] = float32(rng.NormFloat64())
	}
	g := newGraph("sums", value("x", onnxio.Float32, onnxio.Static(rows, cols)))
	g.OpNamed("rows", "ReduceSum", []string{"x", g.Int64s(1)}, onnxio.IntAttr("keepdims", 0))
	g.OpNamed("all", "ReduceMean", []string{"x"}, onnxio.IntAttr("keepdims", 0))
	// An output that another node reads.
	g.OpNamed("double", "Add", []string{"x", "x"})
	g.OpNamed("doubles", "ReduceSum", []string{"double", g.Int64s(1)}, onnxio.IntAttr("keepdims", 0))
	s := openModel(t, g.model(vector("rows", rows), scalar("all"), value("double", onnxio.Float32, onnxio.Static(rows, cols)), vector("doubles", rows)), exec.Options{})

	var want tensors
	room := make([]float32, len(x)+exec.Alignment)
	for offset := range exec.Alignment / 4 {
		at := room[offset : offset+len(x)]
		copy(at, x)
		in := tensors{"x": exec.NewTensor([]int64{rows, cols}, at)}
		run, err := s.Run(in)
		if err != nil {
			t.Fatal(err)
		}
		if want == nil {
			want = run
		}
		double := make([]float32, len(x)+exec.Alignment)[offset : offset+len(x)]
		bound := tensors{
			"rows": exec.Zeros(onnxio.Float32, rows), "all": exec.Zeros(onnxio.Float32), "doubles": exec.Zeros(onnxio.Float32, rows),
			"double": exec.NewTensor([]int64{rows, cols}, double),
		}
		b, err := s.Bind(in, bound)
		if err != nil {
			t.Fatal(err)
		}
		if err := b.Run(); err != nil {
			t.Fatal(err)
		}
		for name, w := range want {
			if !slices.Equal(run[name].Float32(), w.Float32()) {
				t.Errorf("offset %d: %s of Run differs", offset, name)
			}
			if !slices.Equal(bound[name].Float32(), w.Float32()) {
				t.Errorf("offset %d: %s of a binding differs", offset, name)
			}
		}
		if err := b.Close(); err != nil {
			t.Error(err)
		}
	}
}
