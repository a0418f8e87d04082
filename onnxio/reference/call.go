package reference

import (
	"github.com/sharewise/sharewise/onnxio"
)

// A kernel computes the outputs of one node, in order. Outputs that the node
// leaves out may be computed or missing. Kernels stop through failf.
type kernel func(c *call) []*value

// A call is one node with the values of its inputs.
type call struct {
	*onnxio.Node
	in []*value // nil where an optional input is left out
}

// input is input i, which must be there.
func (c *call) input(i int) *value {
	v := c.optional(i)
	if v == nil {
		failf("input %d is missing", i)
	}
	return v
}

// optional is input i, or nil where the node leaves it out.
func (c *call) optional(i int) *value {
	if i >= len(c.in) {
		return nil
	}
	return c.in[i]
}

// present gives all inputs of an operator that takes any number of them.
func (c *call) present() []*value {
	if len(c.in) == 0 {
		failf("it has no input")
	}
	for i := range c.in {
		c.input(i)
	}
	return c.in
}

// int is an integer attribute or its default.
func (c *call) int(name string, def int) int { return int(c.IntOr(name, int64(def))) }

// flag is an integer attribute read as a truth value.
func (c *call) flag(name string, def bool) bool {
	if c.Attr(name) == nil {
		return def
	}
	return c.IntOr(name, 0) != 0
}

// float is a floating-point attribute or its default.
func (c *call) float(name string, def float32) float64 { return float64(c.FloatOr(name, def)) }

// ints is a list of integers, nil if the attribute is left out.
func (c *call) ints(name string) []int {
	if c.Attr(name) == nil {
		return nil
	}
	return intShape(c.IntsOr(name, nil))
}

// listAt is a list of integers that is an attribute in old versions of an
// operator and an input in new ones; ok tells whether it is given at all.
func (c *call) listAt(name string, input int) (list []int, ok bool) {
	if c.Attr(name) != nil {
		return c.ints(name), true
	}
	if v := c.optional(input); v != nil {
		return v.ints(), true
	}
	return nil, false
}

// one makes a kernel of a function that computes a single output.
func one(f func(c *call) *value) kernel {
	return func(c *call) []*value { return []*value{f(c)} }
}
