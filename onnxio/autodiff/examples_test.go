package autodiff

import (
	"math/rand/v2"
	"slices"

	"github.com/sharewise/sharewise/onnxio"
)

// examples are all uses of operators that are compared with central
// differences, by family.
func examples() []example {
	redraw()
	return slices.Concat(
		arithmeticExamples(), activationExamples(), matrixExamples(),
		convExamples(), convTransposeExamples(), poolExamples(),
		normExamples(), lossExamples(), reduceExamples(),
		shapeExamples(), pieceExamples(),
		resizeExamples(), gridExamples(), foldExamples(), padExamples(), scatterExamples(), einsumExamples(), lpExamples(),
	)
}

// draws is where operands come from. It starts anew for every list of examples
// and every sketch, so that tests do not depend on each other.
var draws *rand.Rand

func redraw() { draws = rand.New(rand.NewPCG(7, 11)) }

// between draws numbers evenly from an interval.
func between(lo, hi float64, shape ...int64) operand {
	x := operand{shape: shape, floats: make([]float64, product(shape))}
	for i := range x.floats {
		x.floats[i] = lo + (hi-lo)*draws.Float64()
	}
	return x
}

// normal draws numbers with mean 0 and standard deviation 1.
func normal(shape ...int64) operand {
	x := operand{shape: shape, floats: make([]float64, product(shape))}
	for i := range x.floats {
		x.floats[i] = draws.NormFloat64()
	}
	return x
}

// apart draws numbers of both signs that keep a distance from each other and
// from zero, so that no kink or tie is near: multiples of 0.13, in random
// order, plus 0.05.
func apart(shape ...int64) operand {
	x := operand{shape: shape, floats: make([]float64, product(shape))}
	for i, k := range draws.Perm(len(x.floats)) {
		x.floats[i] = 0.13*float64(k-len(x.floats)/2) + 0.05
	}
	return x
}

// numbers are given.
func numbers(shape []int64, v ...float64) operand { return operand{shape: shape, floats: v} }

// ints are constants of the graph, lists unless shaped.
func ints(v ...int64) operand {
	return operand{shape: []int64{int64(len(v))}, ints: append([]int64{}, v...), fixed: true}
}

func scalarInt(v int64) operand { return operand{shape: []int64{}, ints: []int64{v}, fixed: true} }

// indices are integers that the graph gets as an input.
func indices(shape []int64, v ...int64) operand { return operand{shape: shape, ints: v} }

func bools(shape []int64, v ...bool) operand { return operand{shape: shape, bools: v} }

// fixed makes an operand a constant that is not differentiated by.
func fixed(x operand) operand {
	x.fixed = true
	return x
}

var none = operand{none: true}

func dims(d ...int64) []int64 { return append([]int64{}, d...) }

func attrs(a ...*onnxio.Attribute) []*onnxio.Attribute { return a }

var (
	intAttr  = onnxio.IntAttr
	intsAttr = onnxio.IntsAttr
	floatA   = onnxio.FloatAttr
	stringA  = onnxio.StringAttr
)

func arithmeticExamples() []example {
	var all []example
	shapes := []struct {
		about string
		a, b  []int64
	}{
		{"same", dims(2, 3), dims(2, 3)},
		{"row", dims(2, 3), dims(3)},
		{"column", dims(2, 3), dims(2, 1)},
		{"scalar", dims(2, 3), dims()},
		{"both", dims(2, 1, 3), dims(4, 1)},
		{"scalars", dims(), dims()},
		{"one", dims(1, 1), dims(2, 1, 3)},
	}
	for _, s := range shapes {
		for _, op := range []string{"Add", "Sub", "Mul", "Div", "Pow", "Max", "Min", "Sum", "Mean"} {
			a, b := apart(s.a...), apart(s.b...)
			switch op {
			case "Div":
				b = between(0.5, 2, s.b...)
			case "Pow":
				a = between(0.5, 2, s.a...)
			case "Max", "Min":
				for i := range b.floats {
					b.floats[i] += 0.03 // no ties with a
				}
			}
			all = append(all, example{op: op, about: s.about, in: []operand{a, b}})
		}
		all = append(all, example{op: "Where", about: s.about, in: []operand{bools(dims(3), true, false, true), normal(s.a...), normal(s.b...)}})
		all = append(all, example{op: "Mod", about: s.about, attrs: attrs(intAttr("fmod", 1)), in: []operand{apart(s.a...), between(3.1, 3.2, s.b...)}})
	}
	for _, op := range []string{"Neg", "Abs", "Exp", "Sin", "Cos", "Atan", "Sinh", "Cosh", "Asinh", "Sign", "Floor", "Ceil", "Round"} {
		all = append(all, example{op: op, in: []operand{apart(3, 4)}}, example{op: op, about: "scalar", in: []operand{apart()}})
	}
	for _, op := range []string{"Sqrt", "Log", "Reciprocal"} {
		all = append(all, example{op: op, in: []operand{between(0.3, 3, 2, 5)}})
	}
	for _, op := range []string{"Tan", "Asin", "Acos", "Atanh"} {
		all = append(all, example{op: op, in: []operand{between(-0.9, 0.9, 2, 5)}})
	}
	return append(all,
		example{op: "Acosh", in: []operand{between(1.2, 3, 2, 5)}},
		example{op: "Mul", about: "square", in: []operand{apart(3, 2), apart(1, 2)}},
		example{op: "Pow", about: "constant", in: []operand{apart(2, 3), fixed(numbers(dims(), 2))}},
		example{op: "Pow", about: "cube of negative", in: []operand{apart(2, 3), fixed(numbers(dims(1), 3))}},
		example{op: "Pow", about: "integer exponent", in: []operand{between(0.5, 2, 2, 3), ints(2, 0, -1)}},
		example{op: "Sum", about: "three", in: []operand{normal(2, 3), normal(3), normal(2, 1)}},
		example{op: "Mean", about: "three", in: []operand{normal(2, 3), normal(3), normal(2, 1)}},
		example{op: "Sum", about: "one", in: []operand{normal(2, 3)}},
		example{op: "Max", about: "one", in: []operand{normal(2, 3)}},
		example{op: "Max", about: "three", in: []operand{apart(2, 3), numbers(dims(3), 0.01, 0.3, -0.4), fixed(numbers(dims(), 0))}},
		example{op: "Clip", about: "both", in: []operand{apart(4, 3), numbers(dims(), -0.3), numbers(dims(), 0.4)}},
		example{op: "Clip", about: "low", in: []operand{apart(4, 3), numbers(dims(), -0.3)}},
		example{op: "Clip", about: "high", in: []operand{apart(4, 3), none, numbers(dims(), 0.4)}},
		example{op: "Clip", about: "crossed", in: []operand{apart(4, 3), numbers(dims(), 0.4), numbers(dims(), -0.3)}},
	)
}

func activationExamples() []example {
	var all []example
	for _, op := range []string{"Relu", "LeakyRelu", "Elu", "Selu", "Celu", "ThresholdedRelu", "Shrink",
		"HardSigmoid", "HardSwish", "Sigmoid", "Tanh", "Softplus", "Softsign", "Erf"} {
		all = append(all, example{op: op, in: []operand{apart(5, 11)}}, example{op: op, about: "scalar", in: []operand{apart()}})
	}
	alpha := floatA("alpha", 0.6)
	for _, op := range []string{"LeakyRelu", "Elu", "Celu", "ThresholdedRelu"} {
		all = append(all, example{op: op, about: "alpha", attrs: attrs(alpha), in: []operand{apart(4, 5)}})
	}
	return append(all,
		example{op: "Selu", about: "attributes", attrs: attrs(alpha, floatA("gamma", 1.3)), in: []operand{apart(4, 5)}},
		example{op: "HardSigmoid", about: "attributes", attrs: attrs(alpha, floatA("beta", 0.4)), in: []operand{apart(4, 5)}},
		example{op: "Shrink", about: "attributes", attrs: attrs(floatA("lambd", 0.3), floatA("bias", 0.1)), in: []operand{apart(4, 5)}},
		example{op: "Mish", opset: 18, in: []operand{apart(4, 5)}},
		example{op: "Swish", opset: 24, in: []operand{apart(4, 5)}},
		example{op: "Swish", about: "alpha", opset: 26, attrs: attrs(alpha), in: []operand{apart(4, 5)}},
		example{op: "Gelu", opset: 20, in: []operand{apart(4, 5)}},
		example{op: "Gelu", about: "tanh", opset: 20, attrs: attrs(stringA("approximate", "tanh")), in: []operand{apart(4, 5)}},
		example{op: "PRelu", in: []operand{apart(2, 3, 4), normal(3, 1)}},
		example{op: "PRelu", about: "one slope", in: []operand{apart(2, 3), normal(1)}},
	)
}

func matrixExamples() []example {
	var all []example
	for _, s := range []struct {
		about string
		a, b  []int64
	}{
		{"matrices", dims(2, 3), dims(3, 4)},
		{"vector left", dims(3), dims(3, 4)},
		{"vector right", dims(2, 3), dims(3)},
		{"vectors", dims(3), dims(3)},
		{"stacks", dims(2, 2, 3), dims(2, 3, 4)},
		{"stack and matrix", dims(2, 5, 2, 3), dims(3, 4)},
		{"matrix and stack", dims(2, 3), dims(5, 3, 4)},
		{"broadcast stacks", dims(2, 1, 2, 3), dims(5, 3, 4)},
		{"vector and stack", dims(3), dims(2, 5, 3, 4)},
		{"stack and vector", dims(2, 5, 2, 3), dims(3)},
		{"one row", dims(1, 3), dims(3, 1)},
	} {
		all = append(all, example{op: "MatMul", about: s.about, in: []operand{normal(s.a...), normal(s.b...)}})
	}
	scale := []*onnxio.Attribute{floatA("alpha", 0.5), floatA("beta", 2)}
	for _, transposed := range []struct {
		about string
		a, b  []int64
		attrs []*onnxio.Attribute
	}{
		{"", dims(2, 3), dims(3, 4), nil},
		{"A", dims(3, 2), dims(3, 4), attrs(intAttr("transA", 1))},
		{"B", dims(2, 3), dims(4, 3), attrs(intAttr("transB", 1))},
		{"AB", dims(3, 2), dims(4, 3), attrs(intAttr("transA", 1), intAttr("transB", 1))},
	} {
		for about, bias := range map[string][]int64{"none": nil, "row": dims(4), "column": dims(2, 1), "scalar": dims(), "full": dims(2, 4)} {
			e := example{op: "Gemm", about: transposed.about + " bias " + about, attrs: slices.Concat(transposed.attrs, scale),
				in: []operand{normal(transposed.a...), normal(transposed.b...)}}
			if bias != nil {
				e.in = append(e.in, normal(bias...))
			}
			all = append(all, e)
		}
		all = append(all, example{op: "Gemm", about: transposed.about + " plain", attrs: transposed.attrs,
			in: []operand{normal(transposed.a...), normal(transposed.b...), normal(4)}})
	}
	for equation, shapes := range map[string][][]int64{
		"ij,jk->ik":       {dims(2, 3), dims(3, 4)},
		"bhqd,bhkd->bhqk": {dims(2, 2, 3, 4), dims(2, 2, 5, 4)},
		"i,i->i":          {dims(3), dims(3)},
		"ij->ji":          {dims(2, 3)},
		"ij, jk, k -> i":  {dims(2, 3), dims(3, 4), dims(4)},
		"bij,bjk->bik":    {dims(2, 2, 3), dims(2, 3, 2)},
		"nctkv,kvw->nctw": {dims(1, 2, 2, 2, 3), dims(2, 3, 2)},
	} {
		e := example{op: "Einsum", about: equation, attrs: attrs(stringA("equation", equation))}
		for _, s := range shapes {
			e.in = append(e.in, normal(s...))
		}
		all = append(all, e)
	}
	slices.SortFunc(all, func(a, b example) int {
		if a.name() < b.name() {
			return -1
		}
		return 1
	})
	return all
}
