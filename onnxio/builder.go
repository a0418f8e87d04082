package onnxio

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
)

// Builder appends nodes and constants to a graph and keeps the names of values
// unique within it. It does not check what it is given: see [Check].
type Builder struct {
	g      *Graph
	used   map[string]bool
	next   map[string]int    // per hint, the number to try next
	shared map[string]string // constants made so far, by type and content
}

// NewBuilder returns a builder that appends to g. Edit g's names through the
// builder only, or make a new builder afterwards.
func NewBuilder(g *Graph) *Builder {
	b := &Builder{g: g, used: map[string]bool{}, next: map[string]int{}, shared: map[string]string{}}
	b.reserve(g)
	return b
}

// reserve marks every name in g and its subgraphs as used. Subgraphs count,
// because they see the names around them.
func (b *Builder) reserve(g *Graph) {
	for _, values := range [][]*Value{g.Inputs, g.Outputs, g.Values} {
		for _, v := range values {
			b.used[v.Name] = true
		}
	}
	for _, t := range g.Initializers {
		b.used[t.Name] = true
	}
	for _, n := range g.Nodes {
		for _, name := range n.Inputs {
			b.used[name] = true
		}
		for _, name := range n.Outputs {
			b.used[name] = true
		}
		for _, sub := range n.Subgraphs() {
			b.reserve(sub)
		}
	}
}

// Graph returns the graph that b appends to.
func (b *Builder) Graph() *Graph { return b.g }

// Name reserves and returns a name not yet used: hint itself, or hint with the
// first free number behind it.
func (b *Builder) Name(hint string) string {
	name := hint
	for i := b.next[hint]; name == "" || b.used[name]; i++ {
		name = hint + "_" + strconv.Itoa(i)
		b.next[hint] = i + 1
	}
	b.used[name] = true
	return name
}

// Op appends a standard operator with one output and returns the output's
// fresh name.
func (b *Builder) Op(op string, inputs []string, attrs ...*Attribute) string {
	return b.Ops(op, 1, inputs, attrs...)[0]
}

// OpNamed is Op with a name for the output, which must be free or, for a graph
// output, declared but not yet computed. It returns output.
func (b *Builder) OpNamed(output, op string, inputs []string, attrs ...*Attribute) string {
	b.used[output] = true
	b.append(op, inputs, []string{output}, attrs)
	return output
}

// Ops appends a standard operator with several outputs and returns their
// fresh names.
func (b *Builder) Ops(op string, outputs int, inputs []string, attrs ...*Attribute) []string {
	return b.OpsOf("", op, outputs, inputs, attrs...)
}

// OpsOf is Ops for an operator of any domain, which the model must import.
func (b *Builder) OpsOf(domain, op string, outputs int, inputs []string, attrs ...*Attribute) []string {
	hint := strings.ToLower(op)
	names := make([]string, outputs)
	for i := range names {
		names[i] = b.Name(hint)
	}
	b.append(op, inputs, names, attrs)
	b.g.Nodes[len(b.g.Nodes)-1].Domain = domain
	return names
}

func (b *Builder) append(op string, inputs, outputs []string, attrs []*Attribute) {
	b.g.Nodes = append(b.g.Nodes, &Node{
		Name:    outputs[0],
		Op:      op,
		Inputs:  slices.Clone(inputs),
		Outputs: outputs,
		Attrs:   attrs,
	})
}

// Int64s returns the name of a one-dimensional constant. Equal constants are
// made once.
func (b *Builder) Int64s(v ...int64) string {
	return b.constant(fmt.Sprint("int64s", v), func(name string) *Tensor {
		return NewInt64(name, []int64{int64(len(v))}, v)
	})
}

// Int64 returns the name of a scalar constant, made once.
func (b *Builder) Int64(v int64) string {
	return b.constant(fmt.Sprint("int64 ", v), func(name string) *Tensor {
		return NewInt64(name, nil, []int64{v})
	})
}

// Float returns the name of a scalar float32 constant, made once.
func (b *Builder) Float(v float32) string {
	return b.constant(fmt.Sprint("float ", math.Float32bits(v)), func(name string) *Tensor {
		return NewFloat32(name, nil, []float32{v})
	})
}

func (b *Builder) constant(key string, make func(name string) *Tensor) string {
	if name, ok := b.shared[key]; ok {
		return name
	}
	name := b.Initializer(make("const"))
	b.shared[key] = name
	return name
}

// Initializer appends t, renamed if its name is taken or empty, and returns
// the name it got.
func (b *Builder) Initializer(t *Tensor) string {
	if t.Name == "" {
		t.Name = "const"
	}
	t.Name = b.Name(t.Name)
	b.g.Initializers = append(b.g.Initializers, t)
	return t.Name
}
