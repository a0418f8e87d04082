package autodiff

import (
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/sharewise/sharewise/onnxio"
)

// FuzzGraph compares the gradients of random graphs with central differences.
// Every two bytes are an instruction: what to compute and from which of the
// values so far. All operators in it are smooth, so that differences converge.
func FuzzGraph(f *testing.F) {
	rng := rand.New(rand.NewPCG(11, 13))
	for range 60 {
		code := make([]byte, 6+2*rng.IntN(16))
		for i := range code {
			code[i] = byte(rng.IntN(256))
		}
		f.Add(code)
	}
	f.Fuzz(func(t *testing.T, code []byte) {
		s := growGraph(code[:min(len(code), 48)])
		// Normalising what is nearly constant magnifies rounding errors.
		s.checkTo(t, 1e-5, "a", "b", "c", "d")
	})
}

// A thicket grows a graph and knows the shapes of its values.
type thicket struct {
	*sketch
	values []string
	shapes map[string][]int64
}

func growGraph(code []byte) *sketch {
	g := &thicket{sketch: newSketch(), shapes: map[string][]int64{}}
	for _, in := range []struct {
		name string
		x    operand
	}{{"a", normal(2, 3)}, {"b", normal(3, 3)}, {"c", normal(3)}, {"d", normal()}} {
		g.keep(g.input(in.name, in.x), in.x.shape)
	}
	for ; len(code) >= 2; code = code[2:] {
		g.grow(int(code[0]), g.values[int(code[1])%len(g.values)], g.values[int(code[0]>>4)%len(g.values)])
	}
	g.output(g.values[len(g.values)-1])
	if n := len(g.values); n > 6 && g.values[n-2] != g.values[n-1] {
		g.output(g.values[n-2])
	}
	return g.sketch
}

func (g *thicket) keep(name string, shape []int64) {
	g.values = append(g.values, name)
	g.shapes[name] = slices.Clone(shape)
}

// small keeps numbers and shapes from growing.
func (g *thicket) small(name string, shape []int64) {
	if product(shape) <= 64 && len(shape) <= 4 {
		g.keep(g.Op("Tanh", list(name)), shape)
	}
}

// grow adds one operation on x, or on x and y, where their shapes suit it.
func (g *thicket) grow(what int, x, y string) {
	sx, sy := g.shapes[x], g.shapes[y]
	last := len(sx) - 1
	smooth := []string{"Tanh", "Sigmoid", "Softplus", "Sin", "Cos", "Erf", "Softsign", "Atan"}
	arithmetic := []string{"Add", "Sub", "Mul", "Sum", "Mean"}
	switch op := what % 24; {
	case op < 6:
		if shape, ok := joint(sx, sy); ok {
			g.small(g.Op(arithmetic[what%len(arithmetic)], list(x, y)), shape)
		}
	case op < 8:
		g.keep(g.Op(smooth[what/24%len(smooth)], list(x)), sx)
	case op < 10:
		if shape, ok := joint(sx, sy); ok { // x / (softplus(y) + 1)
			g.small(g.Op("Div", list(x, g.Op("Add", list(g.Op("Softplus", list(y)), g.Float(1))))), shape)
		}
	case op < 13:
		if len(sx) >= 2 && len(sy) == 2 && sx[last] == sy[0] {
			g.small(g.Op("MatMul", list(x, y)), append(slices.Clone(sx[:last]), sy[1]))
		} else if len(sx) == 2 && len(sy) == 2 && sx[1] == sy[1] {
			g.small(g.Op("Gemm", list(x, y), intAttr("transB", 1), floatA("alpha", 0.5)), dims(sx[0], sy[0]))
		}
	case op == 13:
		shape := slices.Clone(sx)
		slices.Reverse(shape)
		g.keep(g.Op("Transpose", list(x)), shape)
	case op == 14:
		g.keep(g.Op("Reshape", list(x, g.Int64s(-1))), dims(product(sx)))
	case op == 15 && last >= 0:
		g.keep(g.Op("Softmax", list(x)), sx)
	case op == 16 && last >= 0:
		g.keep(g.Op("LogSoftmax", list(x), intAttr("axis", 0)), sx)
	case op == 17 && last >= 0:
		g.keep(g.Op("ReduceMean", list(x), intsAttr("axes", int64(last)), intAttr("keepdims", 0)), sx[:last])
	case op == 18 && last >= 0:
		shape := slices.Clone(sx)
		shape[0] = 1
		g.keep(g.Op("ReduceSum", list(x, g.Int64s(0))), shape)
	case op == 19 && last >= 0:
		shape := slices.Clone(sx)
		shape[last] *= 2
		g.small(g.Op("Concat", list(x, x), intAttr("axis", -1)), shape)
	case op == 20 && last >= 0 && sx[0] > 1:
		shape := slices.Clone(sx)
		shape[0]--
		g.keep(g.Op("Slice", list(x, g.Int64s(1), g.Int64s(1<<40))), shape)
	case op == 21 && last >= 0:
		shape := slices.Clone(sx)
		shape[0] = 3
		g.small(g.Op("Gather", list(x, g.Int64s(0, -1, 0))), shape)
	case op == 22:
		if shape, ok := joint(sx, dims(2, 1, 1)); ok {
			g.small(g.Op("Expand", list(x, g.Int64s(2, 1, 1))), shape)
		}
	case op == 23 && last >= 0 && sx[last] > 1:
		scale := g.Initializer(onnxio.NewFloat32("", dims(1), []float32{0.7}))
		g.keep(g.Op("LayerNormalization", list(x, scale), floatA("epsilon", 0.1)), sx)
	}
}

// joint is the shape that two shapes broadcast to.
func joint(a, b []int64) ([]int64, bool) {
	if len(a) < len(b) {
		a, b = b, a
	}
	shape := slices.Clone(a)
	for i, d := range b {
		switch s := &shape[len(a)-len(b)+i]; {
		case *s == 1:
			*s = d
		case d != 1 && d != *s:
			return nil, false
		}
	}
	return shape, true
}
