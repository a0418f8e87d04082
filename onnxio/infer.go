package onnxio

import (
	"fmt"
	"strings"
)

// InferShapes works out element type and shape of every value of m's main
// graph, by name: inputs, initializers and whatever nodes compute. Symbols of
// input dimensions are followed through the graph, and so are the contents of
// small integer tensors on which shapes depend, be they constants or computed
// from other shapes.
//
// A value about which nothing is known, such as the output of an operator from
// an unknown domain, has the type and shape that the model declares for it, or
// Undefined and nil. Contradictions between declared and inferred shapes are
// the business of [Check]; the inferred one stands. The error, if any, is a
// [*NodeError] or [*ValueError].
func InferShapes(m *Model) (map[string]*Value, error) {
	found, err := Infer(m, nil)
	if err != nil {
		return nil, err
	}
	return found.Values, nil
}

// Inferred is what [Infer] finds out about a model's main graph.
type Inferred struct {
	// Values has type and shape of every value, by name, as [InferShapes]
	// gives them.
	Values map[string]*Value
	// Constants are the values of nodes that are the same whatever the inputs
	// of the graph are, as far as they were followed.
	Constants map[string]*Tensor
}

// An Evaluator computes the outputs of one node from the tensors that its
// inputs are; left out inputs are nil. opset is the version of the node's
// domain. An error says only that it cannot.
type Evaluator func(n *Node, opset int64, inputs []*Tensor) ([]*Tensor, error)

// Infer is [InferShapes] with an evaluator for nodes whose inputs are all
// known and small, so that shapes may depend on them in any way: on the
// floating-point scales of a Resize, on pads that an exporter shuffles through
// matrices. eval may be nil.
func Infer(m *Model, eval Evaluator) (*Inferred, error) {
	if m.Graph == nil {
		return nil, fmt.Errorf("infer shapes: %w: no graph", ErrFormat)
	}
	inf := &inference{model: m, opsets: m.Opsets, eval: eval}
	sc := newScope(nil)
	if err := inf.graph(m.Graph, sc, nil); err != nil {
		return nil, fmt.Errorf("infer shapes: %w", err)
	}
	found := &Inferred{Values: sc.values, Constants: map[string]*Tensor{}}
	for _, n := range m.Graph.Nodes {
		for _, name := range n.Outputs {
			if t := sc.known(name); t != nil {
				found.Constants[name] = t
			}
		}
	}
	return found, nil
}

// inference is one walk over a model.
type inference struct {
	model  *Model
	opsets []Opset // of the model, or of the function being expanded
	depth  int     // of nested graphs and functions
	eval   Evaluator

	visits, followed, evaluated int
	// scopes, if not nil, collects what is known inside each graph.
	scopes map[*Graph]*scope
	// declared is called for every value whose type is both declared and
	// inferred.
	declared func(graph string, declared, inferred *Value) error
}

// Bounds that no real model comes near and that keep hostile ones cheap.
const (
	maxDepth    = 64      // nested graphs and function calls
	maxVisits   = 1 << 19 // nodes, counted again for every call of a function
	maxFollowed = 1 << 20 // elements of integer tensors followed, in all
)

// scopesOf is what is known inside each graph of a model, as far as inference came before
// an error.
func scopesOf(m *Model) (map[*Graph]*scope, error) {
	inf := &inference{model: m, opsets: m.Opsets, scopes: map[*Graph]*scope{}}
	return inf.scopes, inf.graph(m.Graph, newScope(nil), nil)
}

// afford returns elems, or nil once too many elements are followed.
func (inf *inference) afford(elems []number) []number {
	if inf.followed += len(elems); inf.followed > maxFollowed {
		return nil
	}
	return elems
}

// scope is what is known about the values that nodes of one graph can see.
type scope struct {
	outer   *scope
	values  map[string]*Value
	content map[string][]number // of small integer tensors
	tensors map[string]*Tensor  // constants
}

func newScope(outer *scope) *scope {
	return &scope{outer, map[string]*Value{}, map[string][]number{}, map[string]*Tensor{}}
}

// find returns the scope that defines name, or nil.
func (s *scope) find(name string) *scope {
	for ; s != nil; s = s.outer {
		if s.values[name] != nil {
			return s
		}
	}
	return nil
}

// graph infers all values of g into sc. Args, if given, are the types of g's
// inputs, better than the declared ones where they say more.
func (inf *inference) graph(g *Graph, sc *scope, args []*Value) error {
	if inf.depth++; inf.depth > maxDepth {
		return fmt.Errorf("graphs are nested more than %d deep", maxDepth)
	}
	defer func() { inf.depth-- }()
	if inf.scopes != nil {
		inf.scopes[g] = sc
	}

	for i, v := range g.Inputs {
		v = v.Clone()
		if i < len(args) {
			v.Type, v.Shape = merge(args[i], v)
		}
		sc.values[v.Name] = v
	}
	for _, t := range g.Initializers {
		overridable := g.Input(t.Name) != nil
		sc.values[t.Name] = t.Value()
		if !overridable || inf.model.IRVersion < 4 {
			sc.constant(t.Name, t)
		}
	}
	for _, t := range g.rest.GetSparseInitializer() {
		sc.values[t.GetValues().GetName()] = &Value{
			Name:  t.GetValues().GetName(),
			Type:  DataType(t.GetValues().GetDataType()),
			Shape: Static(t.Dims...),
		}
	}
	declared := map[string]*Value{}
	for _, values := range [][]*Value{g.Values, g.Outputs} {
		for _, v := range values {
			declared[v.Name] = v
		}
	}
	for i, n := range g.Nodes {
		if err := inf.node(n, sc); err != nil {
			return &NodeError{Graph: g.Name, Node: n.Name, Op: n.OpName(), Index: i, Err: err}
		}
		for _, name := range n.Outputs {
			v, d := sc.values[name], declared[name]
			if v == nil || d == nil {
				continue
			}
			if inf.declared != nil {
				if err := inf.declared(g.Name, d, v); err != nil {
					return err
				}
			}
			v.Type, v.Shape = merge(v, d)
		}
	}
	return nil
}

// constant records that name holds t.
func (s *scope) constant(name string, t *Tensor) { s.tensors[name] = t }

// merge returns a's type and shape, completed by b's where a's are unknown.
func merge(a, b *Value) (DataType, Shape) {
	dt, shape := a.Type, a.Shape
	if dt == Undefined {
		dt = b.Type
	}
	switch {
	case shape == nil:
		shape = append(Shape(nil), b.Shape...)
		if b.Shape != nil && shape == nil {
			shape = Shape{}
		}
	case len(shape) == len(b.Shape):
		for i := range shape {
			if shape[i] == (Dim{Size: -1}) {
				shape[i] = b.Shape[i]
			}
		}
	}
	return dt, shape
}

// node infers the outputs of n into sc.
func (inf *inference) node(n *Node, sc *scope) error {
	if inf.visits++; inf.visits > maxVisits {
		return fmt.Errorf("functions expand to more than %d nodes", maxVisits)
	}
	c := &call{
		inf:   inf,
		scope: sc,
		node:  n,
		opset: opsetVersion(inf.opsets, n.Domain),
		in:    make([]*Value, len(n.Inputs)),
		out:   make([]*Value, len(n.Outputs)),
	}
	for i, name := range n.Inputs {
		if name == "" {
			continue
		}
		def := sc.find(name)
		if def == nil {
			return fmt.Errorf("input %q is not defined before this node", name)
		}
		c.in[i] = def.values[name]
		if n := len(c.in[i].Shape); n > maxRank {
			return fmt.Errorf("input %q has %d dimensions; no model has values of more than %d", name, n, maxRank)
		}
	}
	for i, name := range n.Outputs {
		c.out[i] = &Value{Name: name}
	}
	if err := inf.call(c); err != nil {
		return err
	}
	if c.tall > 0 {
		return fmt.Errorf("a value of %d dimensions or more; no model has any of more than %d", c.tall, maxRank)
	}
	for i, name := range n.Outputs {
		if name != "" {
			sc.values[name] = c.out[i]
		}
	}
	inf.evaluate(c)
	return nil
}

// call applies the rule of c's operator, or expands the model's own function.
func (inf *inference) call(c *call) error {
	if f := inf.function(c.node); f != nil {
		return inf.expand(f, c)
	}
	op := lookup(c.node.Domain, c.node.Op, c.opset)
	if op == nil || op.infer == nil {
		return nil
	}
	if checkedDomain(op.domain) { // others are taken on trust
		if err := op.checkArity(c.node); err != nil {
			return err
		}
	}
	if err := op.checkTypes(c); err != nil {
		return err
	}
	return op.infer(c)
}

func (inf *inference) function(n *Node) *Function { return inf.model.Function(n) }

// expand infers the outputs of a call of f by walking f's nodes.
func (inf *inference) expand(f *Function, c *call) error {
	if inf.depth++; inf.depth > maxDepth {
		return fmt.Errorf("function calls are nested more than %d deep", maxDepth)
	}
	defer func(outer []Opset) { inf.depth--; inf.opsets = outer }(inf.opsets)
	inf.opsets = f.Opsets

	sc := newScope(nil)
	for i, name := range f.Inputs {
		v := &Value{Name: name}
		if i < len(c.in) && c.in[i] != nil {
			v.Type, v.Shape = c.in[i].Type, c.in[i].Shape
			if known := c.content(i); known != nil {
				sc.content[name] = known
			}
			if t := c.tensor(i); t != nil {
				sc.tensors[name] = t
			}
		}
		sc.values[name] = v
	}
	for i, n := range f.Body(c.node) {
		if err := inf.node(n, sc); err != nil {
			return &NodeError{Graph: f.Name, Node: n.Name, Op: n.OpName(), Index: i, Err: err}
		}
	}
	for i, name := range f.Outputs {
		if v := sc.values[name]; v != nil {
			c.set(i, v.Type, v.Shape)
			c.setContent(i, sc.content[name])
		}
	}
	return nil
}

// describe returns type and shape for error messages, such as "float32[N,3]".
func (v *Value) describe() string {
	if v == nil {
		return "nothing"
	}
	t := v.Type.String()
	if v.Type == Undefined {
		t = "?"
	}
	return strings.ToLower(t) + v.Shape.String()
}
