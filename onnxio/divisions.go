package onnxio

import (
	"math"
	"slices"
	"strings"
)

// GuardDivisions returns m with a guard at every node that divides whole numbers by what
// is computed from the inputs. A processor ends a program that divides them by zero, or the
// least of them by -1; a guarded node fails instead, by a node of which [Guarded] tells what
// it guards. Nothing else changes, but that functions of the model are written out where one
// of them divides. Divisors that are known to be none of these need no guard. A model without
// such nodes, and one that is not valid or whose functions cannot be written out, is returned
// as it is, another one is copied as [Model.Clone] does.
func GuardDivisions(m *Model) *Model {
	if m.Graph == nil || m.Opset("") < guardOpset || !m.divides() {
		return m
	}
	c := m
	if slices.ContainsFunc(m.Functions, (*Function).divides) {
		c = m.Clone()
		if c.InlineFunctions() != nil {
			return m
		}
	}
	g := newGuarding(c)
	if g == nil || !g.needed(c.Graph) {
		return m
	}
	if c == m {
		c = m.Clone()
		g = newGuarding(c)
	}
	g.graph(c.Graph)
	return c
}

// guardOpset is the first in which operators broadcast as guards need it.
const guardOpset = 7

// guardPrefix begins the names of nodes that fail in the place of a division.
const guardPrefix = "guard of division "

// Guarded returns the name of the node that a guard is of; false for other nodes.
func Guarded(name string) (string, bool) { return strings.CutPrefix(name, guardPrefix) }

// divides reports whether any node of the model divides, numbers of whatever type.
func (m *Model) divides() bool {
	return slices.ContainsFunc(m.Graph.Nodes, (*Node).divides) || slices.ContainsFunc(m.Functions, (*Function).divides)
}

// divides reports whether any node of a function divides, numbers of whatever type.
func (f *Function) divides() bool {
	return slices.ContainsFunc(f.Nodes, (*Node).divides)
}

// divides reports whether a node, or one of a graph in it, divides numbers of whatever type.
func (n *Node) divides() bool {
	return isDivision(n) || slices.ContainsFunc(n.Subgraphs(), func(g *Graph) bool {
		return slices.ContainsFunc(g.Nodes, (*Node).divides)
	})
}

// isDivision reports whether a node may divide whole numbers.
func isDivision(n *Node) bool {
	if n.Domain != "" || len(n.Inputs) != 2 {
		return false
	}
	if n.Op == "Mod" {
		fmod := n.Attr("fmod")
		return fmod == nil || fmod.Int == 0
	}
	return n.Op == "Div"
}

// guarding puts guards into graphs of a model.
type guarding struct {
	scopes map[*Graph]*scope
	b      *Builder // of the main graph, whose constants all graphs see
}

// newGuarding is nil for a model that is not valid; whoever runs it says so.
func newGuarding(m *Model) *guarding {
	scopes, err := scopesOf(m)
	if err != nil {
		return nil
	}
	return &guarding{scopes, NewBuilder(m.Graph)}
}

// needed reports whether a graph, or one in it, needs a guard.
func (g *guarding) needed(of *Graph) bool {
	sc := g.scopes[of]
	return slices.ContainsFunc(of.Nodes, func(n *Node) bool {
		return sc != nil && isDivision(n) && sc.mayEnd(n) || slices.ContainsFunc(n.Subgraphs(), g.needed)
	})
}

// graph puts guards into a graph and those in it.
func (g *guarding) graph(of *Graph) {
	sc := g.scopes[of]
	var nodes []*Node
	for _, n := range of.Nodes {
		for _, sub := range n.Subgraphs() {
			g.graph(sub)
		}
		if sc != nil && isDivision(n) && sc.mayEnd(n) {
			nodes = append(nodes, g.guard(n, sc)...)
		}
		nodes = append(nodes, n)
	}
	of.Nodes = nodes
}

// typeOf is that of a value as far as it is known.
func (sc *scope) typeOf(name string) DataType {
	if def := sc.find(name); def != nil {
		return def.values[name].Type
	}
	return Undefined
}

// mayEnd reports whether a division could end the program.
func (sc *scope) mayEnd(n *Node) bool {
	if !sc.typeOf(n.Inputs[0]).IsInteger() {
		return false
	}
	def := sc.find(n.Inputs[1])
	if def == nil {
		return false
	}
	known, ok := def.content[n.Inputs[1]]
	if t := def.tensors[n.Inputs[1]]; t != nil && !ok {
		known = content(t)
	}
	return known == nil || slices.ContainsFunc(known, func(d number) bool {
		v, plain := d.value()
		return !plain || v == 0 || v == -1
	})
}

// guard returns nodes that compute a node's divisor once more, the same, unless it must not
// be divided by: then one of them takes an element from beyond the end of a list.
func (g *guarding) guard(n *Node, sc *scope) []*Node {
	var nodes []*Node
	op := func(op string, inputs []string, attrs ...*Attribute) string {
		out := g.b.Name("guard")
		nodes = append(nodes, &Node{Name: out, Op: op, Inputs: inputs, Outputs: []string{out}, Attrs: attrs})
		return out
	}
	whole := IntAttr("to", int64(Int64))
	divisor := op("Cast", []string{n.Inputs[1]}, whole)
	wrong := op("Equal", []string{divisor, g.b.Int64(0)})
	if least, ok := leastOf[sc.typeOf(n.Inputs[0])]; ok {
		numerator := op("Cast", []string{n.Inputs[0]}, whole)
		none := op("And", []string{op("Equal", []string{divisor, g.b.Int64(-1)}), op("Equal", []string{numerator, g.b.Int64(least)})})
		wrong = op("Or", []string{wrong, none})
	}
	count := op("ReduceSum", []string{op("Cast", []string{wrong}, whole)}, IntAttr("keepdims", 0))
	one := op("Gather", []string{g.b.Int64s(1), count})
	nodes[len(nodes)-1].Name = guardPrefix + n.Name
	shape := op("Mul", []string{op("Shape", []string{n.Inputs[1]}), one})
	n.Inputs[1] = op("Reshape", []string{n.Inputs[1], shape})
	return nodes
}

// leastOf are the least numbers of types that have numbers below zero.
var leastOf = map[DataType]int64{Int8: math.MinInt8, Int16: math.MinInt16, Int32: math.MinInt32, Int64: math.MinInt64}
