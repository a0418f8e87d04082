package rebatch

import (
	"fmt"
	"slices"

	"github.com/sharewise/sharewise/onnxio"
)

// A rule writes a node for a batch in the place of the call, which is that of
// the node's first input with a batch. It takes the other inputs with their
// batch where it belongs then, and says where that of the outputs is. An error
// says why the place does not suit.
type rule func(c *call) error

// call is one attempt at a node, of which it has a copy.
type call struct {
	*onnxio.Node
	*follower
	place
	lead  int  // the first input with a batch
	moved bool // transpositions are allowed

	names  []string  // of inputs, as exported
	shapes [][]int64 // of inputs, as exported; nil where left out
	out    []*value  // nil where not asked for
}

// begin takes the leading input and reads the shapes of the others.
func (c *call) begin() error {
	c.names = slices.Clone(c.Inputs)
	for _, x := range c.names {
		shape, err := c.shapeOf(x)
		if err != nil {
			return err
		}
		c.shapes = append(c.shapes, shape)
	}
	for _, y := range c.Outputs {
		if y == "" {
			c.out = append(c.out, nil)
			continue
		}
		shape, err := c.shapeOf(y)
		if err != nil {
			return err
		}
		if product(shape) < 1 {
			return fmt.Errorf("%q has no elements", y)
		}
		c.out = append(c.out, &value{name: y, shape: shape})
	}
	return c.take(c.lead, c.place)
}

// shapeOf is the shape of a value as exported.
func (f *follower) shapeOf(name string) ([]int64, error) {
	if name == "" {
		return nil, nil
	}
	v := f.inferred.Values[name]
	if v == nil {
		return nil, fmt.Errorf("the shape of %q is not known", name)
	}
	shape, ok := v.Shape.Ints()
	if !ok {
		return nil, fmt.Errorf("the shape of %q, %v, is not known before the graph runs", name, v.Shape)
	}
	return append([]int64{}, shape...), nil
}

func (c *call) has(i int) bool { return i < len(c.Inputs) && c.Inputs[i] != "" }

// varies returns input i if it has a batch, else nil.
func (c *call) varies(i int) *value {
	if !c.has(i) {
		return nil
	}
	return c.values[c.names[i]]
}

// take makes the node read input i with its batch in a place.
func (c *call) take(i int, p place) error {
	v := c.varies(i)
	name := ""
	if p == apart || p.dim >= 0 && p.dim < len(v.shape) && v.shape[p.dim]%(p.outer*c.size) == 0 {
		name = c.form(v, p, c.moved)
	}
	if name == "" {
		return errTwo
	}
	c.Inputs[i] = name
	return nil
}

// alone refuses batches of all inputs but some.
func (c *call) alone(inputs ...int) error {
	for i := range c.Inputs {
		if c.varies(i) != nil && !slices.Contains(inputs, i) {
			return fmt.Errorf("its input %d, %q, depends on the sample", i, c.names[i])
		}
	}
	return nil
}

// give appends the node, whose outputs have their batch in a place.
func (c *call) give(p place) error {
	for _, v := range c.out {
		c.deliver(v, p)
	}
	c.append(c.Node)
	return nil
}

// deliver says that a node which gives the value under its name has its batch
// in a place.
func (c *call) deliver(v *value, p place) {
	if v != nil {
		v.forms = append(v.forms, form{p, v.name})
		c.values[v.name] = v
	}
}

// rank of input i.
func (c *call) rank(i int) int { return len(c.shapes[i]) }

// along resolves dimensions of a tensor of a rank, and refuses that of the
// batch.
func (c *call) along(dims []int64, rank int) ([]int64, error) {
	dims = slices.Clone(dims)
	for i, d := range dims {
		if d < 0 {
			dims[i] += int64(rank)
		}
		if int(dims[i]) == c.dim {
			return nil, mixes(c.dim)
		}
	}
	return dims, nil
}

// shift is how much further dimensions count in the node's inputs.
func (c *call) shift() int64 {
	if c.place == apart {
		return 1
	}
	return 0
}

// shifted adds that to dimensions.
func (c *call) shifted(dims []int64) []int64 {
	dims = slices.Clone(dims)
	for i := range dims {
		dims[i] += c.shift()
	}
	return dims
}

// setInts replaces a list of integers that the node has as an attribute, or as
// input i.
func (c *call) setInts(attr string, i int, list []int64) {
	if a := c.Attr(attr); a != nil || i < 0 {
		c.set(onnxio.IntsAttr(attr, list...))
		return
	}
	for len(c.Inputs) <= i {
		c.Inputs = append(c.Inputs, "")
	}
	c.Inputs[i] = c.b.Int64s(list...)
}

// set replaces or adds an attribute.
func (c *call) set(a *onnxio.Attribute) {
	c.unset(a.Name)
	c.Attrs = append(c.Attrs, a)
}

func (c *call) unset(attr string) {
	c.Attrs = slices.DeleteFunc(c.Attrs, func(a *onnxio.Attribute) bool { return a.Name == attr })
}

// ints is a list of integers that the node has as an attribute or as input i;
// given is false if it has neither.
func (c *call) ints(attr string, i int) (list []int64, given bool, err error) {
	if a := c.Attr(attr); a != nil {
		return a.Ints, true, nil
	}
	if i < 0 || !c.has(i) {
		return nil, false, nil
	}
	t := c.constant(c.names[i])
	if t == nil {
		return nil, true, fmt.Errorf("its input %d, %q, is not known before the graph runs", i, c.names[i])
	}
	if list, err = t.Int64(); err == nil {
		return list, true, nil
	}
	short, err := t.Int32()
	for _, v := range short {
		list = append(list, int64(v))
	}
	return list, true, err
}

// constant is the tensor that a value of the exported graph is, or nil.
func (f *follower) constant(name string) *onnxio.Tensor {
	if t := f.inferred.Constants[name]; t != nil {
		return t
	}
	if f.model.Graph.Input(name) != nil {
		return nil
	}
	return f.model.Graph.Initializer(name)
}
