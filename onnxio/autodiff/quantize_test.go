package autodiff

import (
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/sharewise/sharewise/onnxio"
	"github.com/sharewise/sharewise/onnxio/exec"
)

// TestStraightThrough compares the gradient through a QuantizeLinear and a
// DequantizeLinear with that of Clip to the ends of the range, and the
// gradient by the scale with the formula of learned step sizes (Esser and
// others 2020): (round(x/s) − x/s)·dy within the range, the end of the range
// less the zero point beyond.
func TestStraightThrough(t *testing.T) {
	x := []float64{-40, -3.3, -0.26, 0, 0.24, 1.7, 31.6, 32, 100}
	for _, test := range []struct {
		about      string
		scale      []float32
		zero       []byte
		dt         onnxio.DataType
		attrs      []*onnxio.Attribute
		shape      []int64
		lo, hi, z  float64
		byElements []int // which scale an element has
	}{
		{"one scale", []float32{0.25}, []byte{128}, onnxio.Uint8, nil, []int64{9}, 0, 255, 128, make([]int, 9)},
		{"signed", []float32{0.25}, []byte{0xfe}, onnxio.Int8, nil, []int64{3, 3}, -128, 127, -2, make([]int, 9)},
		{"by column", []float32{0.25, 0.5, 1}, []byte{3, 3, 3}, onnxio.Int8, attrs(intAttr("axis", 1)), []int64{3, 3}, -128, 127, 3, []int{0, 1, 2, 0, 1, 2, 0, 1, 2}},
		{"by row", []float32{0.25, 0.5, 1}, []byte{3, 3, 3}, onnxio.Int8, attrs(intAttr("axis", -2)), []int64{3, 3}, -128, 127, 3, []int{0, 0, 0, 1, 1, 1, 2, 2, 2}},
		{"in blocks", []float32{0.25, 0.5, 1, 2, 0.25, 0.5}, []byte{3, 3, 3, 3, 3, 3}, onnxio.Int8, attrs(intAttr("axis", 0), intAttr("block_size", 2)), []int64{3, 3}, -128, 127, 3, []int{0, 1, 2, 0, 1, 2, 3, 4, 5}},
	} {
		t.Run(test.about, func(t *testing.T) {
			scales := []int64{int64(len(test.scale))}
			if test.about == "in blocks" {
				scales = []int64{2, 3}
			}
			g := &onnxio.Graph{Name: "g", Outputs: []*onnxio.Value{{Name: "y"}},
				Inputs: []*onnxio.Value{{Name: "x", Type: onnxio.Float32, Shape: onnxio.Static(test.shape...)}, {Name: "s", Type: onnxio.Float32, Shape: onnxio.Static(scales...)}},
				Nodes: []*onnxio.Node{
					{Name: "q", Op: "QuantizeLinear", Inputs: []string{"x", "s", "z"}, Outputs: []string{"q"}, Attrs: test.attrs},
					{Name: "y", Op: "DequantizeLinear", Inputs: []string{"q", "s", "z"}, Outputs: []string{"y"}, Attrs: test.attrs},
				},
				Initializers: []*onnxio.Tensor{{Name: "z", Type: test.dt, Shape: scales, Data: test.zero}},
			}
			m := &onnxio.Model{IRVersion: 10, Opsets: []onnxio.Opset{{Version: 21}}, Graph: g}
			wide := make([]float64, len(test.scale))
			for i, s := range test.scale {
				wide[i] = float64(s)
			}
			p := &problem{model: m, wrt: []string{"x", "s"}, inputs: map[string]*exec.Tensor{
				"x": exec.NewTensor(test.shape, slices.Clone(x)), "s": exec.NewTensor(scales, wide),
			}}
			p.seed(t, rand.New(rand.NewPCG(1, 1)), "y")
			dy := p.seeds["y"].Float64()
			want := map[string][]float64{"x": make([]float64, len(x)), "s": make([]float64, len(wide))}
			inside := 0
			for i, v := range x {
				k := test.byElements[i]
				ratio := v / wide[k]
				q := float64(int64(ratio+1000.5)) - 1000 // no halves among them
				switch {
				case q+test.z < test.lo:
					want["s"][k] += dy[i] * (test.lo - test.z)
				case q+test.z > test.hi:
					want["s"][k] += dy[i] * (test.hi - test.z)
				default:
					inside++
					want["x"][i] = dy[i]
					want["s"][k] += dy[i] * (q - ratio)
				}
			}
			if inside < 4 || inside > 8 {
				t.Fatalf("%d of %d elements are within the range", inside, len(x))
			}
			compare(t, p.gradients(t), want, tolerance)
		})
	}
}
