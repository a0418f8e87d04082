package finetune

import (
	"fmt"
	"slices"
	"strings"

	"github.com/sharewise/sharewise/onnxio"
	"github.com/sharewise/sharewise/onnxio/lower"
)

// Merge adds the adapters of a trained model to its weights, so that the model
// has the nodes that it had without them, and returns how many weights that
// were. Parameters must be initializers, as training.Bake leaves them. Outputs
// change by no more than rounding. m is changed.
func Merge(m *onnxio.Model) (merged int, err error) {
	for {
		g := newGraph(m)
		a := g.find()
		if a == nil {
			return merged, nil
		}
		if err := a.merge(g); err != nil {
			return merged, fmt.Errorf("finetune: merge adapter %q: %w", a.down.Name, err)
		}
		merged++
	}
}

// adapter is one adapter as it lies in a graph.
type adapter struct {
	down, up *onnxio.Tensor // A and B
	places   []place
}

// place is a node with its adapter beside it.
type place struct {
	base, add *onnxio.Node
	factor    float64
}

// find returns an adapter whose layout is that of Adapt, nil if there is none.
func (g *graph) find() *adapter {
	for _, t := range g.model.Graph.Initializers {
		if !strings.HasSuffix(t.Name, suffixA) {
			continue
		}
		a := &adapter{down: t}
		for _, first := range g.readers[t.Name] {
			if p, ok := g.place(a, first); ok {
				a.places = append(a.places, p)
			}
		}
		if len(a.places) > 0 && len(a.places) == len(g.readers[t.Name]) {
			return a
		}
	}
	return nil
}

// place follows an adapter from the node that reads A to the Add.
func (g *graph) place(a *adapter, first *onnxio.Node) (p place, ok bool) {
	p.factor = 1
	second := g.only(first)
	if second == nil || len(second.Inputs) < 2 || !strings.HasSuffix(second.Inputs[1], suffixB) {
		return p, false
	}
	if a.up = g.model.Graph.Initializer(second.Inputs[1]); a.up == nil {
		return p, false
	}
	last := second
	p.add = g.only(second)
	if p.add != nil && p.add.OpName() == "Mul" {
		t := g.model.Graph.Initializer(p.add.Inputs[1])
		if t == nil || t.Len() != 1 {
			return p, false
		}
		v, err := t.Float32()
		if err != nil {
			return p, false
		}
		p.factor, last, p.add = float64(v[0]), p.add, g.only(p.add)
	}
	if p.add == nil || p.add.OpName() != "Add" || p.add.Inputs[1] != last.Outputs[0] {
		return p, false
	}
	p.base = g.producer[p.add.Inputs[0]]
	return p, p.base != nil && g.only(p.base) == p.add && g.suits(a, p.base)
}

// suits reports whether a node is one that Adapt gives adapters, with a weight
// that B·A can be added to.
func (g *graph) suits(a *adapter, n *onnxio.Node) bool {
	w, input, ok := g.weight(n)
	if !ok || !adaptable(n, w.shape, input) {
		return false
	}
	if len(a.up.Shape) < 2 {
		return false
	}
	rank := a.up.Shape[0]
	if n.OpName() == "Conv" {
		rank = a.up.Shape[1]
	}
	down, up := adapterShapes(n, w.shape, rank)
	return slices.Equal(a.down.Shape, down) && slices.Equal(a.up.Shape, up)
}

// only is the one node that reads what a node computes, nil if there are more.
func (g *graph) only(n *onnxio.Node) *onnxio.Node {
	y := n.Outputs[0]
	if readers := g.readers[y]; len(readers) == 1 && g.model.Graph.Output(y) == nil {
		return readers[0]
	}
	return nil
}

// mergedWeight is a weight with its adapter in it, as nodes of one kind see it.
type mergedWeight struct {
	of     operand
	factor float64
	name   string
}

func (a *adapter) merge(g *graph) error {
	graph := g.model.Graph
	var made []mergedWeight
	for _, p := range a.places {
		o, ok := g.operand(p.base, 1)
		if !ok {
			return fmt.Errorf("%s %q has no weight", p.base.OpName(), p.base.Name)
		}
		factor := p.factor / float64(p.base.FloatOr("alpha", 1))
		// Nodes that shared the weight go on sharing it.
		i := slices.IndexFunc(made, func(m mergedWeight) bool {
			return m.of.param == o.param && m.of.turned == o.turned && m.factor == factor
		})
		if i < 0 {
			weight, err := g.seen(o)
			if err != nil {
				return err
			}
			change, err := a.change(p.base)
			if err != nil {
				return err
			}
			for j, c := range change {
				weight[j] = float32(float64(weight[j]) + factor*c)
			}
			i = len(made)
			made = append(made, mergedWeight{o, factor, onnxio.NewBuilder(graph).Initializer(onnxio.NewFloat32(o.param, o.shape, weight))})
		}
		p.base.Inputs[1] = made[i].name
		p.base.Outputs[0] = p.add.Outputs[0] // it computes what the Add did
		graph.Nodes = slices.DeleteFunc(graph.Nodes, func(n *onnxio.Node) bool { return n == p.add })
	}
	lower.Prune(graph, nil)
	for _, m := range made {
		// A weight that others read stays for them.
		if graph.Initializer(m.of.param) == nil && !m.of.turned {
			rename(graph, m.name, m.of.param)
		}
	}
	return nil
}

// seen is a copy of a parameter as the node sees it.
func (g *graph) seen(o operand) ([]float32, error) {
	stored, err := g.model.Graph.Initializer(o.param).Float32()
	if err != nil {
		return nil, err
	}
	if !o.turned {
		return slices.Clone(stored), nil
	}
	rows, cols := int(o.shape[0]), int(o.shape[1])
	turned := make([]float32, len(stored))
	for i := range rows {
		for j := range cols {
			turned[i*cols+j] = stored[j*rows+i]
		}
	}
	return turned, nil
}

// rename changes the name of an initializer.
func rename(g *onnxio.Graph, from, to string) {
	g.Initializer(from).Name = to
	for _, n := range g.Nodes {
		for i, x := range n.Inputs {
			if x == from {
				n.Inputs[i] = to
			}
		}
	}
}

// change is B·A as a node sees its weight.
func (a *adapter) change(n *onnxio.Node) ([]float64, error) {
	down, err := a.down.Float32()
	if err != nil {
		return nil, err
	}
	up, err := a.up.Float32()
	if err != nil {
		return nil, err
	}
	if n.OpName() == "Conv" {
		outputs, rank := int(a.up.Shape[0]), int(a.up.Shape[1])
		area := int(product(a.down.Shape[1:]))
		perGroup := outputs / int(n.IntOr("group", 1))
		change := make([]float64, outputs*area)
		for i := range outputs {
			for r := range rank {
				row := down[(i/perGroup*rank+r)*area:][:area]
				for j, v := range row {
					change[i*area+j] += float64(up[i*rank+r]) * float64(v)
				}
			}
		}
		return change, nil
	}
	in, rank, out := int(a.down.Shape[0]), int(a.down.Shape[1]), int(a.up.Shape[1])
	turned := n.OpName() == "Gemm" && n.IntOr("transB", 0) != 0
	change := make([]float64, in*out)
	for i := range in {
		for r := range rank {
			for j := range out {
				at := i*out + j
				if turned {
					at = j*in + i
				}
				change[at] += float64(down[i*rank+r]) * float64(up[r*out+j])
			}
		}
	}
	return change, nil
}
