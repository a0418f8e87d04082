package mutate

import (
	"slices"

	"github.com/sharewise/sharewise/onnxio"
)

// Graph returns a copy of a model with as many changes as code has bytes for.
func Graph(m *onnxio.Model, code []byte) *onnxio.Model {
	m = m.Clone()
	if m.Graph == nil {
		return m
	}
	c := &chooser{code: code}
	for c.left() {
		g := m.Graph
		if inner := subgraphs(g); len(inner) > 0 && c.below(3) == 0 {
			g = pick(c, inner)
		}
		pick(c, changes)(m, g, c)
	}
	return m
}

func subgraphs(g *onnxio.Graph) (all []*onnxio.Graph) {
	for _, n := range g.Nodes {
		for _, sub := range n.Subgraphs() {
			all = append(append(all, sub), subgraphs(sub)...)
		}
	}
	return all
}

// changes are what can be done to a graph; several stand twice because more
// comes of them.
var changes = []func(*onnxio.Model, *onnxio.Graph, *chooser){
	attribute, attribute, attribute, shape, shape, constant, constant, constant,
	operator, rewire, rewire, dropInput, remove, repeat, exchange, output, version,
}

// someNode chooses a node, nil if there is none.
func someNode(g *onnxio.Graph, c *chooser) *onnxio.Node {
	if len(g.Nodes) == 0 {
		return nil
	}
	return g.Nodes[c.below(len(g.Nodes))]
}

// attribute changes an attribute's number, one of its numbers or text, or
// takes it away.
func attribute(_ *onnxio.Model, g *onnxio.Graph, c *chooser) {
	n := someNode(g, c)
	if n == nil || len(n.Attrs) == 0 {
		return
	}
	i := c.below(len(n.Attrs))
	a := n.Attrs[i]
	switch c.below(5) {
	case 0:
		n.Attrs = slices.Delete(n.Attrs, i, i+1)
	case 1:
		a.Ints = append(a.Ints, c.number())
	case 2:
		if len(a.Ints) > 0 {
			a.Ints = a.Ints[:len(a.Ints)-1]
		}
		a.String = []byte(pick(c, []string{"SAME_UPPER", "VALID", "reflect", "linear", "nearest", "align_corners", "none", "add", "i,j->ij", "", "reverse"}))
	default:
		a.Int, a.Float = c.number(), float32(c.number())
		if len(a.Ints) > 0 {
			a.Ints[c.below(len(a.Ints))] = c.number()
		}
	}
	if a.Tensor != nil {
		fill(a.Tensor, c)
	}
}

// shape changes what an input, or a declared value, is said to be.
func shape(_ *onnxio.Model, g *onnxio.Graph, c *chooser) {
	values := slices.Concat(g.Inputs, g.Inputs, g.Values, g.Outputs)
	if len(values) == 0 {
		return
	}
	v := pick(c, values)
	switch c.below(5) {
	case 0:
		v.Type = pick(c, []onnxio.DataType{onnxio.Float32, onnxio.Float64, onnxio.Int64, onnxio.Bool, onnxio.Float16, onnxio.String, onnxio.Undefined})
	case 1:
		v.Shape = append(v.Shape, onnxio.Dim{Size: max(0, c.number())})
	case 2:
		if len(v.Shape) > 0 {
			v.Shape = v.Shape[1:]
		} else {
			v.Shape = nil
		}
	default:
		if len(v.Shape) > 0 {
			d := &v.Shape[c.below(len(v.Shape))]
			if *d = (onnxio.Dim{Size: max(-1, c.number())}); c.below(3) == 0 {
				*d = onnxio.Sym(pick(c, []string{"N", "M", "2*N"}))
			}
		}
	}
}

// constant changes an initializer: its shape, type or elements.
func constant(_ *onnxio.Model, g *onnxio.Graph, c *chooser) {
	if len(g.Initializers) == 0 {
		return
	}
	t := pick(c, g.Initializers)
	switch c.below(6) {
	case 0:
		t.Shape = append(t.Shape, 1)
	case 1:
		if len(t.Shape) > 0 {
			t.Shape = t.Shape[1:]
		}
	case 2:
		if len(t.Shape) > 0 {
			t.Shape[c.below(len(t.Shape))] = max(0, c.number())
		}
	case 3:
		slices.Reverse(t.Shape)
	default:
		fill(t, c)
		return
	}
	// As many elements as the shape now says, if that is within reason.
	n := int64(t.Type.Bits() / 8)
	for _, d := range t.Shape {
		if n *= d; d < 0 || d > 1<<16 || n > 1<<20 {
			return
		}
	}
	if n > 0 && len(t.Data) > 0 {
		t.Data = slices.Grow(slices.Clone(t.Data), int(n))[:n]
	}
}

// fill changes an element of integers, or a byte of others.
func fill(t *onnxio.Tensor, c *chooser) {
	if v, err := t.Int64(); err == nil && len(v) > 0 {
		v = slices.Clone(v)
		v[c.below(len(v))] = c.number()
		t.Data = onnxio.NewInt64("", t.Shape, v).Data
		return
	}
	if len(t.Data) > 0 {
		t.Data = slices.Clone(t.Data)
		t.Data[c.below(len(t.Data))] = c.byte()
	}
}

// operator makes a node another operator's: one of the graph, or one that
// takes a different kind of input.
func operator(_ *onnxio.Model, g *onnxio.Graph, c *chooser) {
	n := someNode(g, c)
	if n == nil {
		return
	}
	others := []string{
		"Add", "MatMul", "Gemm", "Reshape", "Transpose", "Concat", "Split", "Slice", "Gather", "Conv", "MaxPool", "Softmax", "ReduceSum",
		"ReduceMax", "Expand", "Where", "Pad", "Resize", "TopK", "LayerNormalization", "BatchNormalization", "Cast", "Shape", "ConstantOfShape",
		"Einsum", "CumSum", "Tile", "ScatterND", "GatherElements", "OneHot", "LSTM", "If", "Loop", "Range", "NonZero", "Squeeze", "Identity",
	}
	if c.below(2) == 0 {
		n.Op = someNode(g, c).Op
	} else {
		n.Op = pick(c, others)
	}
}

// names lists the values of a graph.
func names(g *onnxio.Graph) (all []string) {
	for _, v := range g.Inputs {
		all = append(all, v.Name)
	}
	for _, t := range g.Initializers {
		all = append(all, t.Name)
	}
	for _, n := range g.Nodes {
		all = append(all, n.Outputs...)
	}
	return append(all, "nothing")
}

// rewire gives a node another input.
func rewire(_ *onnxio.Model, g *onnxio.Graph, c *chooser) {
	n := someNode(g, c)
	if n == nil || len(n.Inputs) == 0 {
		return
	}
	n.Inputs[c.below(len(n.Inputs))] = pick(c, names(g))
}

// dropInput leaves an input out, or adds one.
func dropInput(_ *onnxio.Model, g *onnxio.Graph, c *chooser) {
	n := someNode(g, c)
	switch {
	case n == nil:
	case len(n.Inputs) == 0 || c.below(3) == 0:
		n.Inputs = append(n.Inputs, pick(c, names(g)))
	case c.below(2) == 0:
		n.Inputs = n.Inputs[:len(n.Inputs)-1]
	default:
		n.Inputs[c.below(len(n.Inputs))] = ""
	}
}

func remove(_ *onnxio.Model, g *onnxio.Graph, c *chooser) {
	if len(g.Nodes) > 0 {
		i := c.below(len(g.Nodes))
		g.Nodes = slices.Delete(g.Nodes, i, i+1)
	}
}

// repeat lets a node stand twice, with outputs of other names or the same.
func repeat(_ *onnxio.Model, g *onnxio.Graph, c *chooser) {
	n := someNode(g, c)
	if n == nil {
		return
	}
	n = n.Clone()
	if c.below(3) > 0 {
		for i := range n.Outputs {
			n.Outputs[i] += "'"
		}
		n.Name += "'"
	}
	g.Nodes = append(g.Nodes, n)
}

// exchange lets two nodes swap places.
func exchange(_ *onnxio.Model, g *onnxio.Graph, c *chooser) {
	if len(g.Nodes) > 1 {
		i, j := c.below(len(g.Nodes)), c.below(len(g.Nodes))
		g.Nodes[i], g.Nodes[j] = g.Nodes[j], g.Nodes[i]
	}
}

// output lets the graph end elsewhere, or a node have one output more.
func output(_ *onnxio.Model, g *onnxio.Graph, c *chooser) {
	if c.below(2) == 0 {
		g.Outputs = []*onnxio.Value{{Name: pick(c, names(g))}}
		return
	}
	if n := someNode(g, c); n != nil {
		n.Outputs = append(n.Outputs, n.Name+"_more")
	}
}

// version imports another operator set.
func version(m *onnxio.Model, _ *onnxio.Graph, c *chooser) {
	if len(m.Opsets) > 0 {
		m.Opsets[0].Version = int64(6 + c.below(19))
	}
}
