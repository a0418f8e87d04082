package autodiff

import (
	"slices"

	"github.com/sharewise/sharewise/onnxio"
	"github.com/sharewise/sharewise/onnxio/reference"
)

// A call is one node being differentiated: what its rule reads, and the
// emitter that it writes with.
type call struct {
	*emitter
	*onnxio.Node
	cotangents []string // by output; "" where there is none

	// What most rules are formulas of: the first two inputs, the first output
	// and its cotangent.
	a, b, y, dy string
}

// newCall prepares a node whose outputs have the given cotangents.
func newCall(e *emitter, n *onnxio.Node, cotangents []string) *call {
	c := &call{emitter: e, Node: n, cotangents: cotangents}
	if len(n.Inputs) > 0 {
		c.a = n.Inputs[0]
	}
	if len(n.Inputs) > 1 {
		c.b = n.Inputs[1]
	}
	c.y, c.dy = n.Outputs[0], cotangents[0]
	return c
}

// apply runs the rule's VJP for input i and sums the result down to the
// input's shape. It returns "" where the derivative is zero.
func (c *call) apply(r rule, i int) (cotangent string, fail *failure) {
	defer func() {
		switch f := recover().(type) {
		case nil:
		case failure:
			fail = &f
		default:
			panic(f)
		}
	}()
	for _, other := range c.cotangents[1:] {
		if other != "" && !r.anyOutput {
			lacksf("something depends on an output other than its first")
		}
	}
	f := r.by(i)
	if f == nil {
		lacksf("its gradient by input %d is not known", i)
	}
	cotangent = f(c)
	if cotangent == "" || r.spread == nil {
		return cotangent, nil
	}
	return c.unbroadcast(cotangent, r.spread(c, i), c.inShape(i)), nil
}

// in is the name of input i, which must be there.
func (c *call) in(i int) string {
	if !c.has(i) {
		failf(ErrOperand, "input %d is missing", i)
	}
	return c.Inputs[i]
}

// has reports whether input i is given.
func (c *call) has(i int) bool { return i < len(c.Inputs) && c.Inputs[i] != "" }

// gives reports whether output j is asked for.
func (c *call) gives(j int) bool { return j < len(c.Outputs) && c.Outputs[j] != "" }

func (c *call) inShape(i int) []int64 { return c.shape(c.in(i)) }
func (c *call) yShape() []int64       { return c.shape(c.Outputs[0]) }

// rank is the rank of input 0.
func (c *call) rank() int64 { return int64(len(c.inShape(0))) }

// axis is an attribute that names an axis of a value of the given rank.
func (c *call) axis(name string, def, rank int64) int64 {
	return resolve(c.IntOr(name, def), rank)
}

// resolve makes an axis that may count from the end count from 0.
func resolve(axis, rank int64) int64 {
	if axis < -rank || axis >= rank {
		failf(ErrOperand, "axis %d of a value of rank %d", axis, rank)
	}
	if axis < 0 {
		axis += rank
	}
	return axis
}

// elementType is the element type of what is being differentiated.
func (c *call) elementType() onnxio.DataType {
	for _, name := range slices.Concat(c.Outputs, c.Inputs) {
		if v := c.types[name]; v != nil && isFloat(v) && v.Type != onnxio.Undefined {
			return v.Type
		}
	}
	failf(ErrShape, "nothing is known about the type of output %q", c.Outputs[0])
	return onnxio.Undefined
}

// k is a scalar constant of that type.
func (c *call) k(v float64) string { return c.number(v, c.elementType()) }

// attr is a floating-point attribute as a number.
func (c *call) attr(name string, def float32) float64 { return float64(c.FloatOr(name, def)) }

// zerosLike is a constant of zeros of a value's shape.
func (c *call) zerosLike(value string) string { return c.zeros(c.shape(value), c.elementType()) }

// dyOr0 is the cotangent of output j, zeros where it has none.
func (c *call) dyOr0(j int) string {
	if c.cotangents[j] != "" {
		return c.cotangents[j]
	}
	return c.zerosLike(c.Outputs[j])
}

// times is k·x.
func (c *call) times(k float64, x string) string {
	if k == 1 {
		return x
	}
	return c.mul(x, c.k(k))
}

// over is x/k. Means divide: a float32 reciprocal would be off already.
func (c *call) over(k float64, x string) string {
	if k == 1 {
		return x
	}
	return c.div(x, c.k(k))
}

// onlyWhere keeps x where the condition holds and is zero elsewhere.
func (c *call) onlyWhere(cond, x string) string { return c.where(cond, x, c.k(0)) }

// constant is the value of an integer input that is known before the graph
// runs.
func (c *call) constant(i int) []int64 {
	t := c.known(c.in(i))
	if t == nil {
		lacksf("input %d, %q, is not a constant", i, c.in(i))
	}
	return c.integers(t)
}

// known is what a value is if that is known before the graph runs, else nil:
// an initializer, or what nodes compute from constants and static shapes.
func (e *emitter) known(name string) *onnxio.Tensor {
	if t := e.b.Graph().Initializer(name); t != nil {
		return t
	}
	if e.constants == nil {
		e.constants = e.infer()
	}
	return e.constants[name]
}

// infer finds the constants among the values of the graph as it was given. A
// graph that cannot be inferred has none.
func (e *emitter) infer() map[string]*onnxio.Tensor {
	g := *e.b.Graph()
	g.Nodes = e.given
	opsets := []onnxio.Opset{{Version: e.opset}}
	for _, n := range g.Nodes {
		if n.Domain != "" && n.Domain != "ai.onnx" && !slices.ContainsFunc(opsets, func(o onnxio.Opset) bool { return o.Domain == n.Domain }) {
			opsets = append(opsets, onnxio.Opset{Domain: n.Domain, Version: 1})
		}
	}
	found, err := onnxio.Infer(&onnxio.Model{IRVersion: 8, Opsets: opsets, Graph: &g}, reference.Evaluate)
	if err != nil {
		return map[string]*onnxio.Tensor{}
	}
	return found.Constants
}

func (c *call) integers(t *onnxio.Tensor) []int64 {
	if narrow, err := t.Int32(); err == nil {
		wide := make([]int64, len(narrow))
		for i, v := range narrow {
			wide[i] = int64(v)
		}
		return wide
	}
	v, err := t.Int64()
	if err != nil {
		failf(ErrOperand, "%v", err)
	}
	return v
}

// producer is the node of the graph as it was given that computes a value, nil
// if none does.
func (e *emitter) producer(value string) *onnxio.Node { return e.producers[value] }

// list is a list of integers that is an attribute in old versions of an
// operator and an input in new ones. ok is false where neither is given.
func (c *call) list(name string, input int) (v []int64, ok bool) {
	if a := c.Attr(name); a != nil {
		return a.Ints, true
	}
	if c.has(input) {
		return c.constant(input), true
	}
	return nil, false
}
