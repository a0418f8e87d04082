package lower

import (
	"errors"
	"fmt"
	"runtime"
	"slices"

	"github.com/sharewise/sharewise/onnxio"
)

// A call is one node being rewritten: what its rewriting reads, and the
// builder that it writes with.
type call struct {
	*onnxio.Node
	b        *onnxio.Builder
	inferred *onnxio.Inferred
	opset    int64 // version of ai.onnx

	given []*onnxio.Node      // the graph as the round found it
	memo  map[string][]string // values that calls of the round share
	noted []string            // what this one has added to them

	first   int                // of the graph's nodes that belong to this call
	scalars map[float64]string // constants made so far
}

// A failure carries out of a rewriting why it stopped; apply recovers it.
type failure struct{ error }

// keepf stops a rewriting: the node is left as it is.
func keepf(format string, args ...any) { panic(failure{fmt.Errorf(format, args...)}) }

// errAsIs says of a node that it needs no rewriting.
var errAsIs = errors.New("the node needs no rewriting")

// apply runs a rewriting. If that stops, what it has appended is taken back.
// Shapes that do not fit can make it index out of range, which stops it, too.
func (c *call) apply(f rewrite) (err error) {
	defer func() {
		if err != nil {
			g := c.b.Graph()
			g.Nodes = g.Nodes[:c.first]
			for _, key := range c.noted {
				delete(c.memo, key)
			}
		}
	}()
	defer func() {
		switch r := recover().(type) {
		case nil:
		case failure:
			err = r.error
		case runtime.Error: // as in package reference: the model's fault
			err = fmt.Errorf("its inputs do not fit: %w", r)
		default:
			panic(r)
		}
	}()
	outputs := f(c)
	if outputs == nil && len(c.b.Graph().Nodes) == c.first {
		return errAsIs
	}
	if len(outputs) < len(c.Outputs) {
		keepf("output %d is not supported", len(outputs))
	}
	for j, name := range c.Outputs {
		if name != "" && outputs[j] == "" {
			keepf("output %d is not supported", j)
		}
	}
	c.deliver(outputs)
	return nil
}

// deliver makes values that were computed the node's outputs. A value that a
// node of the call computes is renamed; others, such as those that are handed
// out twice, are copied.
func (c *call) deliver(outputs []string) {
	g := c.b.Graph()
	mine := map[string]bool{}
	for _, n := range g.Nodes[c.first:] {
		for _, y := range n.Outputs {
			mine[y] = true
		}
	}
	names := map[string]string{}
	for j, name := range c.Outputs {
		switch from := outputs[j]; {
		case name == "", name == from: // an initializer of that name
		case mine[from] && names[from] == "":
			names[from] = name
		default:
			c.b.OpNamed(name, "Identity", []string{from})
		}
	}
	for _, n := range g.Nodes[c.first:] {
		n.Rename(names)
		if to, ok := names[n.Name]; ok {
			n.Name = to
		}
	}
}

// in is the name of input i, which must be there.
func (c *call) in(i int) string {
	if !c.has(i) {
		keepf("input %d is missing", i)
	}
	return c.Inputs[i]
}

func (c *call) has(i int) bool { return i < len(c.Inputs) && c.Inputs[i] != "" }

// gives reports whether output j is asked for.
func (c *call) gives(j int) bool { return j < len(c.Outputs) && c.Outputs[j] != "" }

// shape is what is known about the shape of input i, of the given rank.
func (c *call) shape(i, rank int) onnxio.Shape {
	s := c.anyShape(i)
	if len(s) != rank {
		keepf("input %d has shape %v, need rank %d", i, s, rank)
	}
	return s
}

// anyShape is the shape of input i, whose rank must be known.
func (c *call) anyShape(i int) onnxio.Shape {
	v := c.inferred.Values[c.in(i)]
	if v == nil || v.Shape == nil {
		keepf("the rank of input %d, %q, is not known", i, c.in(i))
	}
	return v.Shape
}

// rows is the first dimension of input i.
func (c *call) rows(i int) onnxio.Dim {
	s := c.anyShape(i)
	if len(s) == 0 {
		keepf("input %d, %q, is a scalar", i, c.in(i))
	}
	return s[0]
}

// size is dimension d of input i, which must be known.
func (c *call) size(i, rank, d int) int64 {
	shape := c.shape(i, rank)
	if d < 0 || d >= len(shape) {
		keepf("input %d, %q, has shape %v, which is of too low a rank", i, c.in(i), shape)
	}
	dim := shape[d]
	if !dim.Known() {
		keepf("dimension %d of input %d, %q, is not known but %v; export the model with a fixed size there", d, i, c.in(i), dim)
	}
	return dim.Size
}

// dtype is the element type of input i.
func (c *call) dtype(i int) onnxio.DataType {
	if v := c.inferred.Values[c.in(i)]; v != nil {
		return v.Type
	}
	return onnxio.Undefined
}

// constant is the value of input i, nil where it is not known.
func (c *call) constant(i int) *onnxio.Tensor {
	if !c.has(i) {
		return nil
	}
	return c.valueOf(c.Inputs[i])
}

// valueOf is what a value is if that is known before the graph runs, else nil.
func (c *call) valueOf(name string) *onnxio.Tensor {
	if t := c.inferred.Constants[name]; t != nil {
		return t
	}
	if c.b.Graph().Input(name) != nil {
		return nil
	}
	return c.b.Graph().Initializer(name)
}

// note lets other calls of the round use values that this one has computed, none
// of which is an output of its node.
func (c *call) note(key string, values []string) {
	c.memo[key] = values
	c.noted = append(c.noted, key)
}

// producer is the node that computes a value, nil if none does.
func (c *call) producer(name string) *onnxio.Node {
	for _, n := range c.given {
		if name != "" && slices.Contains(n.Outputs, name) {
			return n
		}
	}
	return nil
}

// consumers are the nodes that read a value.
func (c *call) consumers(name string) (all []*onnxio.Node) {
	for _, n := range c.given {
		if slices.Contains(n.Inputs, name) {
			all = append(all, n)
		}
	}
	return all
}

// used reports whether a node or the caller of the model reads a value.
func (c *call) used(name string) bool {
	used := map[string]bool{}
	for _, n := range c.given {
		use(used, n)
	}
	return used[name] || c.b.Graph().Output(name) != nil
}

// integers are the elements of a tensor of int64 or int32.
func integers(t *onnxio.Tensor) ([]int64, error) {
	narrow, err := t.Int32()
	if err != nil {
		return t.Int64()
	}
	wide := make([]int64, len(narrow))
	for i, v := range narrow {
		wide[i] = int64(v)
	}
	return wide, nil
}

// axisOf is an attribute that names a dimension of a value of the given rank.
func (c *call) axisOf(attr string, def int64, rank int) int {
	a := c.IntOr(attr, def)
	if a < 0 {
		a += int64(rank)
	}
	if a < 0 || a >= int64(rank) {
		keepf("axis %d of a value of rank %d", c.IntOr(attr, def), rank)
	}
	return int(a)
}

var errNoScalar = errors.New("not one integer or truth value")

// scalar is the value of a tensor of one integer or bool.
func scalar(t *onnxio.Tensor) (int64, error) {
	if t.Len() != 1 {
		return 0, errNoScalar
	}
	if b, err := t.Bool(); err == nil {
		if b[0] {
			return 1, nil
		}
		return 0, nil
	}
	if v, err := t.Int32(); err == nil {
		return int64(v[0]), nil
	}
	v, err := t.Int64()
	if err != nil {
		return 0, errNoScalar
	}
	return v[0], nil
}

func (c *call) op(op string, inputs []string, attrs ...*onnxio.Attribute) string {
	return c.b.Op(op, inputs, attrs...)
}

func (c *call) one(op string, inputs ...string) string { return c.b.Op(op, inputs) }

func (c *call) add(a, b string) string    { return c.one("Add", a, b) }
func (c *call) sub(a, b string) string    { return c.one("Sub", a, b) }
func (c *call) mul(a, b string) string    { return c.one("Mul", a, b) }
func (c *call) matMul(a, b string) string { return c.one("MatMul", a, b) }

// addIf adds a value that may be left out.
func (c *call) addIf(x, y string) string {
	if y == "" {
		return x
	}
	return c.add(x, y)
}

// optional is input i, "" where it is left out.
func (c *call) optional(i int) string {
	if c.has(i) {
		return c.Inputs[i]
	}
	return ""
}

// k is a scalar constant of the element type of input 0, made once: a node and
// no initializer, which would look like a parameter.
func (c *call) k(v float64) string {
	if name, ok := c.scalars[v]; ok {
		return name
	}
	var t *onnxio.Tensor
	switch dt := c.dtype(0); dt {
	case onnxio.Float32:
		t = onnxio.NewFloat32("", nil, []float32{float32(v)})
	case onnxio.Float64:
		t = onnxio.NewFloat64("", nil, []float64{v})
	default:
		keepf("elements are %v", dt)
	}
	if c.scalars == nil {
		c.scalars = map[float64]string{}
	}
	c.scalars[v] = c.op("Constant", nil, onnxio.TensorAttr("value", t))
	return c.scalars[v]
}

func (c *call) transpose(x string, perm ...int64) string {
	return c.op("Transpose", []string{x}, onnxio.IntsAttr("perm", perm...))
}

func (c *call) reshape(x string, shape ...int64) string {
	return c.one("Reshape", x, c.b.Int64s(shape...))
}

func (c *call) squeeze(x string, axes ...int64) string {
	return c.one("Squeeze", x, c.b.Int64s(axes...))
}

func (c *call) unsqueeze(x string, axes ...int64) string {
	return c.one("Unsqueeze", x, c.b.Int64s(axes...))
}

func (c *call) concat(axis int64, parts ...string) string {
	if len(parts) == 1 {
		return parts[0]
	}
	return c.op("Concat", parts, onnxio.IntAttr("axis", axis))
}

// split cuts an axis into n parts of equal size.
func (c *call) split(x string, axis, n, size int64) []string {
	if n == 1 {
		return []string{x}
	}
	sizes := c.b.Int64s(slices.Repeat([]int64{size}, int(n))...)
	return slices.Clone(c.b.Ops("Split", int(n), []string{x, sizes}, onnxio.IntAttr("axis", axis)))
}

// slice takes elements start to end of an axis.
func (c *call) slice(x string, axis, start, end int64) string {
	return c.one("Slice", x, c.b.Int64s(start), c.b.Int64s(end), c.b.Int64s(axis))
}

func (c *call) attr(name string, def float32) float64 { return float64(c.FloatOr(name, def)) }
