package kernels

import (
	"math"
	"slices"

	"github.com/sharewise/sharewise/onnxio"
)

// gelus replaces x·½·(1 + erf(x/√2)), in whatever order it is multiplied, by one
// kernel (Hendrycks, Gimpel: Gaussian Error Linear Units, 2016). The nodes that
// it consists of stay until the graph is pruned.
func gelus(b *onnxio.Builder, types map[string]*onnxio.Value) {
	f := newFinder(b, types)
	for _, n := range b.Graph().Nodes {
		if n.OpName() != "Erf" {
			continue
		}
		if x, last := f.gelu(n); last != nil {
			last.Op, last.Domain, last.Inputs, last.Attrs = Gelu, Domain, []string{x}, nil
		}
	}
}

// finder knows a graph by its values.
type finder struct {
	types     map[string]*onnxio.Value
	numbers   map[string]float64 // constants of one element
	producers map[string]*onnxio.Node
	readers   map[string][]*onnxio.Node
	kept      map[string]bool // values that must be there afterwards
}

func newFinder(b *onnxio.Builder, types map[string]*onnxio.Value) *finder {
	g := b.Graph()
	f := &finder{types: types, numbers: map[string]float64{}, producers: map[string]*onnxio.Node{}, readers: map[string][]*onnxio.Node{}, kept: map[string]bool{}}
	for _, t := range g.Initializers {
		f.number(t)
	}
	for _, n := range g.Nodes {
		if n.OpName() == "Constant" && n.Attr("value") != nil {
			t := *n.Attr("value").Tensor
			t.Name = n.Outputs[0]
			f.number(&t)
		}
		for _, x := range n.Inputs {
			f.readers[x] = append(f.readers[x], n)
		}
		for _, y := range n.Outputs {
			f.producers[y] = n
		}
	}
	for _, v := range g.Outputs {
		f.kept[v.Name] = true
	}
	return f
}

func (f *finder) number(t *onnxio.Tensor) {
	if t.Type != onnxio.Float32 || t.Len() != 1 || len(t.Shape) > 1 {
		return
	}
	if v, err := t.Float32(); err == nil {
		f.numbers[t.Name] = float64(v[0])
	}
}

// is reports whether a value is a constant near a number.
func (f *finder) is(value string, number float64) bool {
	v, ok := f.numbers[value]
	return ok && math.Abs(v-number) < 1e-6
}

// other is what a node of two operands does to value together with.
func other(n *onnxio.Node, value string) string {
	if n.Inputs[0] == value {
		return n.Inputs[1]
	}
	return n.Inputs[0]
}

// gelu finds what an Erf is part of: the value that it began with, and the node
// that ends it.
func (f *finder) gelu(erf *onnxio.Node) (x string, last *onnxio.Node) {
	inner := f.producers[erf.Inputs[0]]
	switch {
	case inner == nil || len(inner.Inputs) != 2:
		return "", nil
	case inner.OpName() == "Div" && f.is(inner.Inputs[1], math.Sqrt2):
		x = inner.Inputs[0]
	case inner.OpName() == "Mul" && f.is(inner.Inputs[1], math.Sqrt(0.5)):
		x = inner.Inputs[0]
	case inner.OpName() == "Mul" && f.is(inner.Inputs[0], math.Sqrt(0.5)):
		x = inner.Inputs[1]
	default:
		return "", nil
	}
	if v := f.types[x]; v == nil || v.Type != onnxio.Float32 {
		return "", nil
	}
	sum := f.only(erf.Outputs[0], "Add")
	if sum == nil || !f.is(other(sum, erf.Outputs[0]), 1) {
		return "", nil
	}
	value, hasX, hasHalf := sum.Outputs[0], false, false
	for !hasX || !hasHalf {
		last = f.only(value, "Mul")
		if last == nil {
			return "", nil
		}
		factor := other(last, value)
		switch half := f.producers[factor]; {
		case factor == x && !hasX:
			hasX = true
		case f.is(factor, 0.5) && !hasHalf:
			hasHalf = true
		case !hasX && !hasHalf && half != nil && half.OpName() == "Mul" && slices.Contains(half.Inputs, x) && f.is(other(half, x), 0.5):
			hasX, hasHalf = true, true
		default:
			return "", nil
		}
		value = last.Outputs[0]
	}
	return x, last
}

// only is the node of an operator that alone reads a value.
func (f *finder) only(value, op string) *onnxio.Node {
	r := f.readers[value]
	if len(r) != 1 || r[0].OpName() != op || len(r[0].Inputs) != 2 {
		return nil
	}
	return r[0]
}
