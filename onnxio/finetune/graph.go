package finetune

import (
	"slices"

	"github.com/sharewise/sharewise/onnxio"
	"github.com/sharewise/sharewise/onnxio/training"
)

// graph is a model with its nodes by what they compute and read.
type graph struct {
	model    *onnxio.Model
	producer map[string]*onnxio.Node
	readers  map[string][]*onnxio.Node
	params   map[string][]int64 // shapes of what training can change
}

func newGraph(m *onnxio.Model) *graph {
	g := &graph{model: m, producer: map[string]*onnxio.Node{}, readers: map[string][]*onnxio.Node{}, params: map[string][]int64{}}
	for _, n := range m.Graph.Nodes {
		for _, y := range n.Outputs {
			if y != "" {
				g.producer[y] = n
			}
		}
		for _, x := range n.Inputs {
			if x != "" && !slices.Contains(g.readers[x], n) {
				g.readers[x] = append(g.readers[x], n)
			}
		}
	}
	for _, t := range m.Graph.Initializers {
		rule, _ := m.Property(training.InitProperty + t.Name)
		if t.Type.IsFloat() && len(t.Shape) > 0 && rule != "frozen" {
			g.params[t.Name] = t.Shape
		}
	}
	for _, v := range m.Graph.Inputs {
		if shape, ok := v.Shape.Ints(); ok && hasRule(m, v.Name) {
			g.params[v.Name] = shape
		}
	}
	return g
}

func hasRule(m *onnxio.Model, name string) bool {
	_, ok := m.Property(training.InitProperty + name)
	return ok
}

// dataInputs lists the inputs that hold samples and that something reads.
func dataInputs(m *onnxio.Model) (data []*onnxio.Value) {
	read := map[string]bool{}
	reads(m.Graph, read)
	for _, v := range m.Graph.Inputs {
		if m.Graph.Initializer(v.Name) == nil && !hasRule(m, v.Name) && read[v.Name] {
			data = append(data, v)
		}
	}
	return data
}

// reads collects the names that the nodes of a graph read, in subgraphs too, and
// those of its outputs.
func reads(g *onnxio.Graph, into map[string]bool) {
	for _, v := range g.Outputs {
		into[v.Name] = true
	}
	for _, n := range g.Nodes {
		for _, x := range n.Inputs {
			into[x] = true
		}
		for _, sub := range n.Subgraphs() {
			reads(sub, into)
		}
	}
}

// operand is a parameter as a node reads it.
type operand struct {
	param string
	shape []int64 // as the node sees it
	// turned says that the parameter is stored transposed.
	turned bool
}

// operand finds the parameter behind input i of a node: itself, or behind
// Identity and a Transpose of two dimensions. ok is false if there is none.
func (g *graph) operand(n *onnxio.Node, i int) (o operand, ok bool) {
	if i >= len(n.Inputs) {
		return operand{}, false
	}
	o.param = n.Inputs[i]
	for {
		from := g.producer[o.param]
		if from == nil {
			break
		}
		switch from.OpName() {
		case "Identity":
		case "Transpose":
			if !slices.Equal(from.IntsOr("perm", []int64{1, 0}), []int64{1, 0}) {
				return operand{}, false
			}
			o.turned = !o.turned
		default:
			return operand{}, false
		}
		o.param = from.Inputs[0]
	}
	shape, ok := g.params[o.param]
	if !ok || o.turned && len(shape) != 2 {
		return operand{}, false
	}
	o.shape = slices.Clone(shape)
	if o.turned {
		slices.Reverse(o.shape)
	}
	return o, true
}

// weight is the parameter that a layer multiplies with, and the input that it
// stands at. Gemm counts as seen, [in, out], whatever transB says.
func (g *graph) weight(n *onnxio.Node) (o operand, input int, ok bool) {
	switch n.OpName() {
	case "Gemm":
		if n.IntOr("transA", 0) != 0 {
			return operand{}, 0, false
		}
		if o, ok = g.operand(n, 1); ok && n.IntOr("transB", 0) != 0 {
			o.turned = !o.turned
			slices.Reverse(o.shape)
		}
		return o, 1, ok
	case "MatMul":
		if o, ok = g.operand(n, 1); ok {
			return o, 1, true
		}
		o, ok = g.operand(n, 0)
		return o, 0, ok
	case "Conv", "ConvTranspose", "RNN", "GRU", "LSTM":
		o, ok = g.operand(n, 1)
		return o, 1, ok
	case "Gather":
		o, ok = g.operand(n, 0)
		return o, 0, ok && len(o.shape) == 2
	}
	return operand{}, 0, false
}

func product(sizes []int64) int64 {
	n := int64(1)
	for _, s := range sizes {
		n *= s
	}
	return n
}
