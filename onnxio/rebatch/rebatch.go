package rebatch

import (
	"errors"
	"fmt"
	"slices"

	"github.com/sharewise/sharewise/onnxio"
	"github.com/sharewise/sharewise/onnxio/lower"
	"github.com/sharewise/sharewise/onnxio/reference"
)

// Opset is the oldest version of ai.onnx that Model takes.
const Opset = 17

// Symbol is the number of samples in the inputs of what Model returns.
const Symbol = "N"

// Model returns m for any number of samples. dim is the dimension of all data
// inputs, which are named, that holds the batch; their sizes must be known, and
// of one number of samples. In the model that is returned the batch is the first
// dimension of the data inputs and of all outputs that depend on them, so what
// was [T, batch, …] is [batch, T, …]. Other names stay; the sizes that m declares
// for outputs and intermediate values do not. m is not changed, its tensors are
// shared.
//
// An error that matches ErrFixed is an [*onnxio.NodeError], which says what
// cannot be followed, or an [*onnxio.ValueError].
func Model(m *onnxio.Model, data []string, dim int) (*onnxio.Model, error) {
	if m == nil || m.Graph == nil {
		return nil, fmt.Errorf("rebatch: %w: no graph", onnxio.ErrFormat)
	}
	if v := m.Opset(""); v < Opset {
		return nil, fmt.Errorf("rebatch: %w: the model imports version %d of the standard operators, not %d or later", ErrFixed, v, Opset)
	}
	inferred, err := onnxio.Infer(m, reference.Evaluate)
	if err != nil {
		return nil, fmt.Errorf("rebatch: %w", err)
	}
	s := &search{model: m, inferred: inferred, data: data, dim: dim, left: maxSearch}
	out, err := s.run(nil)
	if err != nil {
		return nil, fmt.Errorf("rebatch: %w", err)
	}
	return out, nil
}

// maxSearch bounds how often a graph is followed.
const maxSearch = 64

// search follows a graph until it is known which of its constants were repeated
// for the samples of the export.
type search struct {
	model    *onnxio.Model
	inferred *onnxio.Inferred
	data     []string
	dim      int
	left     int
}

// run follows the graph with some sources. Where a value turns out to be
// repeated, what it may owe that to is tried in turn.
func (s *search) run(sources []source) (*onnxio.Model, error) {
	s.left--
	f := &follower{
		model: s.model.Clone(), inferred: s.inferred, sources: sources,
		values: map[string]*value{}, producers: map[string]*onnxio.Node{}, reshaped: map[string]string{},
	}
	err := f.run(s.data, s.dim)
	if err == nil {
		return f.model, nil
	}
	var repeated *repeatError
	if f.size > 1 && errors.As(err, &repeated) {
		for _, more := range f.origins(repeated.name) {
			if s.left <= 0 || slices.Contains(sources, more) {
				continue
			}
			if m, err := s.run(append(slices.Clip(sources), more)); err == nil {
				return m, nil
			}
		}
	}
	return nil, err
}

// follower follows a graph once.
type follower struct {
	model     *onnxio.Model
	b         *onnxio.Builder
	inferred  *onnxio.Inferred
	data      string            // the first data input
	count     string            // the number of samples in the new graph, once it is asked for
	sources   []source          // what was repeated for the samples of the export
	size      int64             // of these
	values    map[string]*value // followed so far
	producers map[string]*onnxio.Node
	// reshaped has, by name in the new graph, what a value is a view of.
	reshaped map[string]string
}

func (f *follower) run(data []string, dim int) error {
	g := f.model.Graph
	nodes, own := g.Nodes, map[string]bool{}
	for _, t := range g.Initializers {
		own[t.Name] = true
	}
	f.b = onnxio.NewBuilder(g)
	g.Nodes, g.Values = nil, nil
	for _, name := range data {
		if err := f.input(name, dim); err != nil {
			return &onnxio.ValueError{Graph: g.Name, Value: name, Err: err}
		}
	}
	for _, t := range g.Initializers[:len(own)] {
		f.repeat(t.Name)
	}
	for i, n := range nodes {
		if err := f.node(n); err != nil {
			return &onnxio.NodeError{Graph: g.Name, Node: n.Name, Op: n.OpName(), Index: i, Err: fmt.Errorf("%w: %w; %s", ErrFixed, err, advice)}
		}
	}
	for _, v := range g.Outputs {
		if err := f.output(v); err != nil {
			return &onnxio.ValueError{Graph: g.Name, Value: v.Name, Err: fmt.Errorf("%w: %w; %s", ErrFixed, err, advice)}
		}
	}
	lower.Prune(g, own)
	return f.verify()
}

// input opens the batch of a data input.
func (f *follower) input(name string, dim int) error {
	in := f.model.Graph.Input(name)
	if in == nil {
		return errors.New("there is no input of this name")
	}
	shape, ok := in.Shape.Ints()
	if !ok || dim >= len(shape) || product(shape) < 1 {
		return fmt.Errorf("%w: the input has shape %v, of which all must be known, and dimension %d is to be the batch", ErrFixed, in.Shape, dim)
	}
	if f.size == 0 {
		f.size, f.data = shape[dim], name
	}
	if shape[dim] != f.size {
		return fmt.Errorf("%w: the input has shape %v, and another has %d samples", ErrFixed, in.Shape, f.size)
	}
	v := &value{name: name, shape: shape}
	f.values[name] = v
	sample := slices.Delete(slices.Clone(in.Shape), dim, dim+1)
	in.Shape = slices.Insert(sample, 0, onnxio.Sym(Symbol))
	if dim > 0 {
		name = f.b.Op("Transpose", []string{name}, onnxio.IntsAttr("perm", moved(len(shape), 0, dim)...))
	}
	v.forms = []form{{place{dim, 1}, name}}
	return nil
}

// moved is the permutation that brings dimension from to another place and
// leaves the order of the others.
func moved(rank, from, to int) []int64 {
	perm := make([]int64, rank)
	for i := range perm {
		perm[i] = int64(i)
	}
	perm = slices.Delete(perm, from, from+1)
	return slices.Insert(perm, to, int64(from))
}

// node appends a node, written anew where it has to be.
func (f *follower) node(n *onnxio.Node) error {
	for _, y := range n.Outputs {
		f.producers[y] = n
	}
	lead := slices.IndexFunc(n.Inputs, func(x string) bool { return f.values[x] != nil })
	inner := f.captures(n)
	if lead < 0 && !inner {
		f.append(n)
		for _, y := range n.Outputs {
			f.repeat(y)
		}
		return nil
	}
	rule, ok := rules[n.OpName()]
	switch {
	case inner:
		return errNoRule
	case !ok && f.constants(n):
		return nil
	case !ok:
		return errNoRule
	}
	first := f.values[n.Inputs[lead]]
	var why error
	for _, moved := range []bool{false, true} {
		for _, p := range f.candidates(first, moved) {
			c := &call{Node: n.Clone(), follower: f, lead: lead, place: p, moved: moved}
			err := c.begin()
			if err == nil {
				err = rule(c)
			}
			if err == nil {
				return nil
			}
			if why == nil {
				why = err
			}
		}
	}
	return fmt.Errorf("%w (input %s)", why, first.where())
}

func (f *follower) append(n *onnxio.Node) {
	g := f.model.Graph
	g.Nodes = append(g.Nodes, n)
}

// constants writes down what a node computes from sizes: for the batch as it was
// exported, which is what the rules go by. It reports whether all that is known.
func (f *follower) constants(n *onnxio.Node) bool {
	var nodes []*onnxio.Node
	for _, y := range n.Outputs {
		if y == "" {
			continue
		}
		t := f.inferred.Constants[y]
		if t == nil {
			return false
		}
		t = t.Clone()
		t.Name = ""
		nodes = append(nodes, &onnxio.Node{Name: n.Name, Op: "Constant", Outputs: []string{y}, Attrs: []*onnxio.Attribute{onnxio.TensorAttr("value", t)}})
	}
	f.model.Graph.Nodes = append(f.model.Graph.Nodes, nodes...)
	return true
}

// captures reports whether a graph inside of a node reads what depends on the
// data.
func (f *follower) captures(n *onnxio.Node) bool {
	for _, g := range n.Subgraphs() {
		if slices.ContainsFunc(g.Outputs, func(v *onnxio.Value) bool { return f.values[v.Name] != nil }) {
			return true
		}
		for _, inside := range g.Nodes {
			if f.captures(inside) || slices.ContainsFunc(inside.Inputs, func(x string) bool { return f.values[x] != nil }) {
				return true
			}
		}
	}
	return false
}

// output makes the batch the first dimension of an output.
func (f *follower) output(out *onnxio.Value) error {
	v := f.values[out.Name]
	if f.model.Graph.Input(out.Name) != nil {
		return errors.New("an input is an output, too")
	}
	out.Shape = nil
	if v == nil {
		return nil
	}
	filled := func(c form) bool { return c.place != apart && v.shape[c.dim] == f.size && c.outer == 1 }
	var name string
	switch i := slices.IndexFunc(v.forms, filled); {
	case len(v.shape) > 0 && v.shape[0] == f.size:
		name = f.form(v, place{0, 1}, true)
	case i >= 0:
		name = f.b.Op("Transpose", []string{v.forms[i].name}, onnxio.IntsAttr("perm", moved(len(v.shape), v.forms[i].dim, 0)...))
	case f.size == 1:
		name = f.form(v, apart, true)
	case v.forms[0].place == place{0, 1}: // several rows of each sample
		name = f.b.Op("Reshape", []string{v.forms[0].name, f.b.Int64s(slices.Concat([]int64{-1, v.shape[0] / f.size}, v.shape[1:])...)})
	}
	if name == "" {
		return fmt.Errorf("%s is a part of a dimension", v.where())
	}
	if name == out.Name {
		return nil
	}
	f.rename(v, out.Name, f.b.Name(out.Name))
	f.b.OpNamed(out.Name, "Identity", []string{name})
	return nil
}

// rename gives a form of a value another name.
func (f *follower) rename(v *value, from, to string) {
	for i := range v.forms {
		if v.forms[i].name == from {
			v.forms[i].name = to
		}
	}
	for _, n := range f.model.Graph.Nodes {
		for _, list := range [][]string{n.Inputs, n.Outputs} {
			for i := range list {
				if list[i] == from {
					list[i] = to
				}
			}
		}
	}
}
