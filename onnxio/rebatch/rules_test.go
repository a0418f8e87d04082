package rebatch

import (
	"bytes"
	"errors"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/sharewise/sharewise/onnxio"
	"github.com/sharewise/sharewise/onnxio/exec"
	"github.com/sharewise/sharewise/onnxio/lower"
	"github.com/sharewise/sharewise/onnxio/reference"
)

// model is an example for a number of rows, always with the same weights.
func (e *example) model(rows int64) *onnxio.Model {
	g := &onnxio.Graph{
		Name:    e.name,
		Inputs:  []*onnxio.Value{{Name: "x", Type: onnxio.Float32, Shape: onnxio.Static(append([]int64{rows}, e.sample...)...)}},
		Outputs: []*onnxio.Value{{Name: "y", Type: onnxio.Float32}},
	}
	s := &sketch{onnxio.NewBuilder(g), rows, rand.New(rand.NewPCG(1, 2))}
	s.OpNamed("y", "Identity", []string{e.build(s, "x")})
	m := &onnxio.Model{IRVersion: 8, Opsets: []onnxio.Opset{{Version: 17}}, Graph: g}
	// What came later, or is simpler later.
	switch {
	case has(m, "RMSNormalization"):
		m.Opsets[0].Version = 23
	case has(m, "GroupNormalization"):
		m.Opsets[0].Version = 21
	case has(m, "Gelu"):
		m.Opsets[0].Version = 20
	case has(m, "Mish") || e.name == "Resize of some":
		m.Opsets[0].Version = 18
	}
	return m
}

func has(m *onnxio.Model, op string) bool {
	return slices.ContainsFunc(m.Graph.Nodes, func(n *onnxio.Node) bool { return n.Op == op })
}

// TestRules frees every example of one row and of two, as it is and lowered, and
// compares what becomes of several rows with what the example makes of as many
// as it was exported for.
func TestRules(t *testing.T) {
	seen := map[string]bool{}
	for _, e := range examples() {
		t.Run(e.name, func(t *testing.T) {
			for _, rows := range []int64{1, 2} {
				if rows > 1 && e.alone {
					continue
				}
				m := e.model(rows)
				if err := onnxio.Check(m); err != nil {
					t.Fatal(err)
				}
				for _, n := range m.Graph.Nodes {
					seen[n.Op] = true
				}
				low, _, err := lower.Model(m)
				if err != nil {
					t.Fatal(err)
				}
				e.compare(t, m, m, rows)
				e.compare(t, m, low, rows)
			}
		})
	}
	for op := range rules {
		if !seen[op] {
			t.Errorf("the rule of %s has no example", op)
		}
	}
}

func (e *example) compare(t *testing.T, original, m *onnxio.Model, rows int64) {
	t.Helper()
	free, err := Model(m, []string{"x"}, 0)
	if err != nil {
		t.Fatalf("of %d rows: %v", rows, err)
	}
	e.agree(t, original, free, rows)
}

// agree compares several rows through a model that was freed with as many as it
// was exported for, through the original.
func (e *example) agree(t *testing.T, original, free *onnxio.Model, rows int64) {
	t.Helper()
	if err := onnxio.Check(free); err != nil {
		t.Fatal(err)
	}
	samples, rng := 3*rows, rand.New(rand.NewPCG(3, 4))
	x := make([]float64, samples*product(e.sample))
	for i := range x {
		x[i] = rng.NormFloat64()
	}
	eval := func(m *onnxio.Model, rows int64, x []float64) *exec.Tensor {
		out, err := reference.Eval(m, map[string]*exec.Tensor{m.Graph.Inputs[0].Name: exec.NewTensor(append([]int64{rows}, e.sample...), x)}, reference.Float64)
		if err != nil {
			t.Fatalf("of %d rows: %v", rows, err)
		}
		return out[m.Graph.Outputs[0].Name]
	}
	got := eval(free, samples, x)
	if len(got.Shape) == 0 || got.Shape[0] != samples {
		t.Fatalf("the output has shape %v for %d samples", got.Shape, samples)
	}
	y := got.Float64()
	part, each := len(x)/3, len(y)/3
	for k := range 3 {
		want := eval(original, rows, x[k*part:(k+1)*part]).Float64()
		if len(want) != each {
			t.Fatalf("%d numbers for %d rows, want %d", each, rows, len(want))
		}
		for i, w := range want {
			if d := math.Abs(y[k*each+i] - w); !(d <= 1e-9*max(1, math.Abs(w))) && !(math.IsNaN(w) && math.IsNaN(y[k*each+i])) {
				t.Fatalf("exported for %d: number %d of part %d is %g, want %g", rows, i, k, y[k*each+i], w)
			}
		}
	}
}

// TestUnchanged: what takes any number of rows stays as it is.
func TestUnchanged(t *testing.T) {
	for _, e := range examples() {
		if !slices.Contains([]string{"MatMul by a weight", "reshape by 0 and -1", "Conv", "Flatten", "Tile", "Gemm and a residual"}, e.name) {
			continue
		}
		m := e.model(1)
		free, err := Model(m, []string{"x"}, 0)
		if err != nil {
			t.Fatal(err)
		}
		// All but the shape of the input.
		free.Graph.Inputs[0].Shape[0] = onnxio.Dim{Size: 1}
		var got, want bytes.Buffer
		if err := errors.Join(onnxio.Print(&got, free), onnxio.Print(&want, m)); err != nil {
			t.Fatal(err)
		}
		if got.String() != want.String() {
			t.Errorf("%s became\n%s", e.name, &got)
		}
	}
}

// TestRefused names what cannot be followed.
func TestRefused(t *testing.T) {
	tests := []struct {
		rows int64
		want string
		example
	}{
		{2, "works along dimension 0", example{"mean of the batch", []int64{3}, false, func(s *sketch, x string) string {
			return s.op("Sub", x, s.Op("ReduceMean", []string{x}, ints("axes", 0)))
		}}},
		{2, "works along dimension 0", example{"similarity of rows", []int64{3}, false, func(s *sketch, x string) string {
			return s.Op("Softmax", []string{x}, num("axis", 0))
		}}},
		{2, "do not go together", example{"products of rows", []int64{3}, false, func(s *sketch, x string) string { return s.op("MatMul", x, s.transpose(x, 1, 0)) }}},
		{2, "has something for each in dimension 0", example{"a constant for each", []int64{3}, false, func(s *sketch, x string) string { return s.op("Add", x, s.weight(2, 3)) }}},
		{2, "cuts the batch", example{"rows cut", []int64{6}, false, func(s *sketch, x string) string { return s.reshape(x, 3, 4) }}},
		{2, "is a part of a dimension", example{"batch inside", []int64{6}, false, func(s *sketch, x string) string {
			return s.reshape(s.transpose(s.reshape(x, 2, 3, 2), 1, 0, 2), 6, 2)
		}}},
		{1, "is not followed", example{"NonZero", []int64{3}, false, func(s *sketch, x string) string {
			return s.Op("Cast", []string{s.op("NonZero", x)}, num("to", int64(onnxio.Float32)))
		}}},
		{1, "its input 1", example{"weights of the sample", []int64{2, 2}, false, func(s *sketch, x string) string { return s.op("Conv", s.weight(1, 2, 5), s.reshape(x, 1, 2, 2)) }}},
	}
	for _, test := range tests {
		_, err := Model(test.model(test.rows), []string{"x"}, 0)
		var node *onnxio.NodeError
		var value *onnxio.ValueError
		if !errors.Is(err, ErrFixed) || !strings.Contains(err.Error(), test.want) || !strings.Contains(err.Error(), advice) || !errors.As(err, &node) && !errors.As(err, &value) {
			t.Errorf("%s: error %v", test.name, err)
		}
	}
}
