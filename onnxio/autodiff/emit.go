package autodiff

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/sharewise/sharewise/onnxio"
	"github.com/sharewise/sharewise/onnxio/kernels"
)

// An emitter appends nodes to a graph. Equal nodes are appended once.
type emitter struct {
	b     *onnxio.Builder
	opset int64
	types map[string]*onnxio.Value
	given []*onnxio.Node      // the graph as it was given
	made  map[string][]string // outputs of the nodes appended so far
	// producers are the given nodes by their outputs, constants what they are
	// known to compute; the latter is filled when first asked for.
	producers map[string]*onnxio.Node
	constants map[string]*onnxio.Tensor
	wanted    map[string]bool // what to differentiate by
	// positive tells of a cotangent that it is zero wherever a value, the
	// output of a Relu, is not positive.
	positive map[string]string
	kernels  kernels.Set // what may be used for standard operators too
	exact    bool        // see WithExactZeros
}

func newEmitter(b *onnxio.Builder, opset int64, types map[string]*onnxio.Value, wrt []string) *emitter {
	e := &emitter{
		b: b, opset: opset, types: types,
		given: slices.Clone(b.Graph().Nodes), producers: map[string]*onnxio.Node{},
		made: map[string][]string{}, wanted: map[string]bool{}, positive: map[string]string{},
	}
	for _, n := range e.given {
		for _, y := range n.Outputs {
			e.producers[y] = n
		}
	}
	for _, w := range wrt {
		e.wanted[w] = true
	}
	return e
}

// failf stops the running rule because of what it was given.
func failf(err error, format string, args ...any) {
	panic(failure{err: fmt.Errorf("%w: %s", err, fmt.Sprintf(format, args...))})
}

// lacksf stops the running rule because it does not cover this use.
func lacksf(format string, args ...any) {
	panic(failure{reason: fmt.Sprintf(format, args...)})
}

// ops appends a node with several outputs.
func (e *emitter) ops(op string, outputs int, inputs []string, attrs ...*onnxio.Attribute) []string {
	return e.opsOf("", op, outputs, inputs, attrs...)
}

// opsOf is ops for an operator of any domain.
func (e *emitter) opsOf(domain, op string, outputs int, inputs []string, attrs ...*onnxio.Attribute) []string {
	var key strings.Builder
	fmt.Fprintf(&key, "%s.%s %d %q", domain, op, outputs, inputs)
	for _, a := range attrs {
		fmt.Fprintf(&key, " %s=%d,%x,%v,%q", a.Name, a.Int, math.Float32bits(a.Float), a.Ints, a.String)
		if a.Tensor != nil {
			fmt.Fprintf(&key, ",%v%v%x", a.Tensor.Type, a.Tensor.Shape, a.Tensor.Data)
		}
	}
	if names, ok := e.made[key.String()]; ok {
		return names
	}
	names := e.b.OpsOf(domain, op, outputs, inputs, attrs...)
	e.made[key.String()] = names
	return names
}

// op appends a node with one output; nodes without attributes are most often
// written with the methods below.
func (e *emitter) op(op string, inputs []string, attrs ...*onnxio.Attribute) string {
	return e.ops(op, 1, inputs, attrs...)[0]
}

func (e *emitter) add(a, b string) string         { return e.op("Add", []string{a, b}) }
func (e *emitter) sub(a, b string) string         { return e.op("Sub", []string{a, b}) }
func (e *emitter) mul(a, b string) string         { return e.op("Mul", []string{a, b}) }
func (e *emitter) div(a, b string) string         { return e.op("Div", []string{a, b}) }
func (e *emitter) pow(a, b string) string         { return e.op("Pow", []string{a, b}) }
func (e *emitter) matMul(a, b string) string      { return e.op("MatMul", []string{a, b}) }
func (e *emitter) equal(a, b string) string       { return e.op("Equal", []string{a, b}) }
func (e *emitter) greater(a, b string) string     { return e.op("Greater", []string{a, b}) }
func (e *emitter) less(a, b string) string        { return e.op("Less", []string{a, b}) }
func (e *emitter) and(a, b string) string         { return e.op("And", []string{a, b}) }
func (e *emitter) where(cond, a, b string) string { return e.op("Where", []string{cond, a, b}) }
func (e *emitter) neg(x string) string            { return e.op("Neg", []string{x}) }
func (e *emitter) exp(x string) string            { return e.op("Exp", []string{x}) }
func (e *emitter) log(x string) string            { return e.op("Log", []string{x}) }
func (e *emitter) sqrt(x string) string           { return e.op("Sqrt", []string{x}) }
func (e *emitter) abs(x string) string            { return e.op("Abs", []string{x}) }
func (e *emitter) sign(x string) string           { return e.op("Sign", []string{x}) }
func (e *emitter) tanh(x string) string           { return e.op("Tanh", []string{x}) }
func (e *emitter) sigmoid(x string) string        { return e.op("Sigmoid", []string{x}) }
func (e *emitter) reciprocal(x string) string     { return e.op("Reciprocal", []string{x}) }
func (e *emitter) square(x string) string         { return e.mul(x, x) }
func (e *emitter) cast(x string, to onnxio.DataType) string {
	return e.op("Cast", []string{x}, onnxio.IntAttr("to", int64(to)))
}

// number is a scalar constant of the given floating-point type.
func (e *emitter) number(v float64, dt onnxio.DataType) string {
	switch dt {
	case onnxio.Float32:
		return e.b.Float(float32(v))
	case onnxio.Float64:
		t := onnxio.NewFloat64("", nil, []float64{v})
		return e.op("Constant", nil, onnxio.TensorAttr("value", t))
	}
	lacksf("gradients of type %v are not supported", dt)
	return ""
}

// zeros is a constant of zeros.
func (e *emitter) zeros(shape []int64, dt onnxio.DataType) string {
	var zero *onnxio.Tensor
	switch dt {
	case onnxio.Float32:
		zero = onnxio.NewFloat32("", []int64{1}, []float32{0})
	case onnxio.Float64:
		zero = onnxio.NewFloat64("", []int64{1}, []float64{0})
	default:
		lacksf("gradients of type %v are not supported", dt)
	}
	return e.op("ConstantOfShape", []string{e.b.Int64s(shape...)}, onnxio.TensorAttr("value", zero))
}

// maxConstant bounds the number of elements of a constant.
const maxConstant = 1 << 26

// fits stops the running rule if a constant of the given shape would be larger
// than maxConstant.
func fits(shape ...int64) {
	n := int64(1)
	for _, d := range shape {
		if d > 0 && n > maxConstant/d {
			lacksf("it needs a constant of shape %v, which has more than %d elements", shape, maxConstant)
		}
		n *= d
	}
}

// filled is a constant vector of n equal numbers.
func (c *call) filled(v float64, n int64) string {
	fits(n)
	switch c.elementType() {
	case onnxio.Float32:
		t := onnxio.NewFloat32("", []int64{n}, slices.Repeat([]float32{float32(v)}, int(n)))
		return c.op("Constant", nil, onnxio.TensorAttr("value", t))
	case onnxio.Float64:
		t := onnxio.NewFloat64("", []int64{n}, slices.Repeat([]float64{v}, int(n)))
		return c.op("Constant", nil, onnxio.TensorAttr("value", t))
	}
	lacksf("gradients of type %v are not supported", c.elementType())
	return ""
}

// shape is the static shape of a value of the graph as it was given.
func (e *emitter) shape(value string) []int64 {
	v := e.types[value]
	if v == nil {
		failf(ErrShape, "nothing is known about value %q", value)
	}
	dims, ok := v.Shape.Ints()
	if !ok {
		failf(ErrShape, "value %q has shape %v", value, v.Shape)
	}
	return dims
}

func (e *emitter) reshape(x string, shape ...int64) string {
	return e.op("Reshape", []string{x, e.b.Int64s(shape...)})
}

// expand broadcasts to a shape.
func (e *emitter) expand(x string, shape ...int64) string {
	return e.op("Expand", []string{x, e.b.Int64s(shape...)})
}

func (e *emitter) transpose(x string, perm ...int64) string {
	return e.op("Transpose", []string{x}, onnxio.IntsAttr("perm", perm...))
}

// sum adds up over axes, which count from 0 and ascend. Every run of
// neighbouring axes is summed by a node of its own, the innermost first: ONNX
// Runtime sums (2,3) and then 0 three times as fast as (0,2,3).
func (e *emitter) sum(x string, keep bool, axes ...int64) string {
	for len(axes) > 0 {
		i := len(axes) - 1
		for i > 0 && axes[i-1] == axes[i]-1 {
			i--
		}
		x = e.op("ReduceSum", []string{x, e.b.Int64s(axes[i:]...)}, onnxio.IntAttr("keepdims", truth(keep)))
		axes = axes[:i]
	}
	return x
}

// slice takes elements along some axes.
func (e *emitter) slice(x string, axes, starts, ends, steps []int64) string {
	return e.op("Slice", []string{x, e.b.Int64s(starts...), e.b.Int64s(ends...), e.b.Int64s(axes...), e.b.Int64s(steps...)})
}

// flip reverses the order of elements along some axes.
func (e *emitter) flip(x string, axes ...int64) string {
	from, to, step := make([]int64, len(axes)), make([]int64, len(axes)), make([]int64, len(axes))
	for i := range axes {
		from[i], to[i], step[i] = -1, math.MinInt64+1, -1
	}
	return e.slice(x, axes, from, to, step)
}

// pad adds zeros at both ends of dimensions, or removes elements where a
// number is negative.
func (e *emitter) pad(x string, begin, end []int64) string {
	if !slices.ContainsFunc(slices.Concat(begin, end), func(n int64) bool { return n != 0 }) {
		return x
	}
	return e.op("Pad", []string{x, e.b.Int64s(slices.Concat(begin, end)...)})
}

// unbroadcast sums a cotangent of shape from down to shape to, which
// broadcasts to it.
func (e *emitter) unbroadcast(x string, from, to []int64) string {
	lead := len(from) - len(to)
	var axes []int64
	kept := 0 // axes that stay as 1
	for i, d := range from {
		if i < lead {
			axes = append(axes, int64(i))
		} else if d != to[i-lead] {
			axes = append(axes, int64(i))
			kept++
		}
	}
	switch {
	case len(axes) == 0:
		return x
	case kept == len(axes):
		return e.sum(x, true, axes...)
	case kept == 0:
		return e.sum(x, false, axes...)
	}
	return e.reshape(e.sum(x, true, axes...), to...)
}

func truth(b bool) int64 {
	if b {
		return 1
	}
	return 0
}

func product(dims []int64) int64 {
	n := int64(1)
	for _, d := range dims {
		n *= d
	}
	return n
}
