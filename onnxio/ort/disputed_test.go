package ort_test

import (
	"slices"
	"testing"

	"github.com/sharewise/sharewise/onnxio"
	"github.com/sharewise/sharewise/onnxio/exec"
	"github.com/sharewise/sharewise/onnxio/ort/orttest"
	"github.com/sharewise/sharewise/onnxio/reference"
)

// TestDisputedResize: the conformance data of ONNX 1.12 align corners with
// those of the fractional size, 4·0.8, and have 3.14 for the last element of
// the first case. ONNX Runtime aligns them with those of the size, as the
// reference does; package reference leaves the two cases out for that reason.
func TestDisputedResize(t *testing.T) {
	b := orttest.Backend(t)
	for _, test := range []struct {
		mode  string
		shape []int64
		scale float32
		want  []float32
	}{
		{"linear", []int64{1, 1, 2, 4}, 0.6, []float32{1, 4}},
		{"cubic", []int64{1, 1, 4, 4}, 0.8, []float32{1, 2.5, 4, 7, 8.5, 10, 13, 14.5, 16}},
	} {
		g := newGraph("resize", value("x", onnxio.Float32, onnxio.Static(test.shape...)))
		scales := g.Initializer(onnxio.NewFloat32("scales", []int64{4}, []float32{1, 1, test.scale, test.scale}))
		g.OpNamed("y", "Resize", []string{"x", "", scales}, onnxio.StringAttr("mode", test.mode),
			onnxio.StringAttr("coordinate_transformation_mode", "align_corners"))
		m := g.model(&onnxio.Value{Name: "y"})
		x := exec.Zeros(onnxio.Float32, test.shape...)
		for i := range x.Float32() {
			x.Float32()[i] = float32(i + 1)
		}
		inputs := map[string]*exec.Tensor{"x": x}
		session, err := b.Open(m, exec.Options{})
		if err != nil {
			t.Fatal(err)
		}
		runtime, err := session.Run(inputs)
		if err != nil {
			t.Fatal(err)
		}
		ours, err := reference.Eval(m, inputs)
		if err != nil {
			t.Fatal(err)
		}
		near := func(a, b float32) int {
			if d := a - b; d > 1e-5 || d < -1e-5 {
				return 1
			}
			return 0
		}
		for name, got := range map[string][]float32{"ONNX Runtime": runtime["y"].Float32(), "the reference": ours["y"].Float32()} {
			if slices.CompareFunc(got, test.want, near) != 0 {
				t.Errorf("%s: %s gives %v, want %v", test.mode, name, got, test.want)
			}
		}
		if err := session.Close(); err != nil {
			t.Error(err)
		}
	}
}
