package rebatch

import (
	"fmt"
	"iter"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"

	"github.com/sharewise/sharewise/onnxio"
)

// sketch builds a small model for a number of rows, as an exporter would that
// writes this number down.
type sketch struct {
	*onnxio.Builder
	rows int64
	rng  *rand.Rand
}

func (s *sketch) op(op string, x ...string) string { return s.Op(op, x) }

func (s *sketch) reshape(x string, dims ...int64) string {
	return s.Op("Reshape", []string{x, s.Int64s(dims...)})
}

func (s *sketch) transpose(x string, perm ...int64) string {
	return s.Op("Transpose", []string{x}, onnxio.IntsAttr("perm", perm...))
}

// weight is a tensor of random numbers.
func (s *sketch) weight(dims ...int64) string {
	v := make([]float32, product(dims))
	for i := range v {
		v[i] = float32(s.rng.NormFloat64())
	}
	return s.Initializer(onnxio.NewFloat32("w", dims, v))
}

// same is a tensor whose rows along a dimension are all equal.
func (s *sketch) same(dim int, dims ...int64) string {
	rows := dims[dim]
	dims[dim] = 1
	w := s.Graph().Initializer(s.weight(dims...))
	s.Graph().Initializers = s.Graph().Initializers[:len(s.Graph().Initializers)-1]
	v, _ := w.Float32()
	inner := product(dims[dim:])
	var all []float32
	for i := int64(0); i < int64(len(v)); i += inner {
		for range rows {
			all = append(all, v[i:i+inner]...)
		}
	}
	dims[dim] = rows
	return s.Initializer(onnxio.NewFloat32("same", dims, all))
}

// quantized is x in integers and back, with one scale or one for each element of
// dimension 1.
func (s *sketch) quantized(x string, scales ...float32) string {
	dims := []int64{int64(len(scales))}
	if len(scales) == 0 {
		dims, scales = nil, []float32{0.25}
	}
	scale := s.Initializer(onnxio.NewFloat32("scale", dims, scales))
	zero := s.Initializer(&onnxio.Tensor{Name: "zero", Type: onnxio.Int8, Shape: dims, Data: make([]byte, len(scales))})
	return s.op("DequantizeLinear", s.op("QuantizeLinear", x, scale, zero), scale, zero)
}

// chosen is x [rows, 3, 4], with two columns that fix its range, in integers with
// the scale and the zero point that were chosen.
func (s *sketch) chosen(x string) []string {
	bounds := s.Initializer(onnxio.NewFloat32("bounds", []int64{s.rows, 3, 2}, slices.Repeat([]float32{-9, 9}, int(s.rows*3))))
	return s.Ops("DynamicQuantizeLinear", 3, []string{s.Op("Concat", []string{bounds, x}, num("axis", -1))})
}

// bytes is a tensor of random integers.
func (s *sketch) bytes(dims ...int64) string {
	v := make([]byte, product(dims))
	for i := range v {
		v[i] = byte(s.rng.Uint32())
	}
	return s.Initializer(&onnxio.Tensor{Name: "bytes", Type: onnxio.Int8, Shape: dims, Data: v})
}

func ints(name string, v ...int64) *onnxio.Attribute { return onnxio.IntsAttr(name, v...) }
func num(name string, v int64) *onnxio.Attribute     { return onnxio.IntAttr(name, v) }

// sorted goes through a map in the order of its keys, so that examples keep
// their numbers.
func sorted[V any](m map[string]V) iter.Seq2[string, V] {
	return func(yield func(string, V) bool) {
		for _, k := range slices.Sorted(maps.Keys(m)) {
			if !yield(k, m[k]) {
				return
			}
		}
	}
}

// example is a model of which x is [rows, sample…].
type example struct {
	name   string
	sample []int64
	// alone says that only an export of one row is like that.
	alone bool
	build func(s *sketch, x string) string
}

// examples go through every rule with its batch in every place that it knows.
func examples() []example {
	list := []example{
		{"constant of lower rank", []int64{3, 4}, false, func(s *sketch, x string) string { return s.op("Add", x, s.weight(4)) }},
		{"constant with a row for each", []int64{3, 4}, false, func(s *sketch, x string) string { return s.op("Add", x, s.same(0, s.rows, 3, 4)) }},
		{"positions of rows", []int64{3, 4}, true, func(s *sketch, x string) string { return s.op("Add", s.reshape(x, 3, 4), s.weight(3, 4)) }},
		{"positions of turned rows", []int64{3, 4}, true, func(s *sketch, x string) string {
			return s.op("Add", s.reshape(s.transpose(x, 1, 0, 2), 3, 4), s.weight(3, 4))
		}},
		{"QuantizeLinear with one scale", []int64{3, 4}, false, func(s *sketch, x string) string {
			return s.quantized(s.reshape(x, s.rows*3, 4))
		}},
		{"QuantizeLinear by column", []int64{3, 4}, false, func(s *sketch, x string) string {
			return s.quantized(s.reshape(x, s.rows*3, 4), 0.1, 0.2, 0.3, 0.4)
		}},
		{"QuantizeLinear by row", []int64{3, 4}, true, func(s *sketch, x string) string {
			return s.quantized(s.transpose(s.reshape(x, 3, 4), 1, 0), 0.1, 0.2, 0.3)
		}},
		{"DynamicQuantizeLinear", []int64{3, 4}, false, func(s *sketch, x string) string {
			return s.op("DequantizeLinear", s.chosen(x)...)
		}},
		{"MatMulInteger", []int64{3, 4}, false, func(s *sketch, x string) string {
			q := s.chosen(x)
			return s.op("Mul", s.Op("Cast", []string{s.op("MatMulInteger", q[0], s.bytes(6, 5), q[2])}, num("to", int64(onnxio.Float32))), q[1])
		}},
		{"ConvInteger", []int64{3, 4}, false, func(s *sketch, x string) string {
			q := s.chosen(x)
			return s.op("Mul", s.Op("Cast", []string{s.op("ConvInteger", q[0], s.bytes(2, 3, 3), q[2])}, num("to", int64(onnxio.Float32))), q[1])
		}},
		{"outer sum", []int64{4}, true, func(s *sketch, x string) string { return s.op("Add", x, s.transpose(x, 1, 0)) }},
		{"gate", []int64{3, 4}, false, func(s *sketch, x string) string {
			mean := s.Op("ReduceMean", []string{x}, ints("axes", 1), num("keepdims", 0))
			return s.op("Mul", x, s.reshape(s.op("Sigmoid", mean), s.rows, 1, 4))
		}},
		{"heads of a batch second", []int64{5, 8}, false, func(s *sketch, x string) string {
			heads := func(x string) string { return s.transpose(s.reshape(x, 5, s.rows*2, 4), 1, 0, 2) }
			x = s.transpose(x, 1, 0, 2)
			w := s.Op("Softmax", []string{s.op("MatMul", heads(x), s.transpose(heads(x), 0, 2, 1))}, num("axis", -1))
			y := s.transpose(s.op("MatMul", w, heads(x)), 1, 0, 2)
			y = s.Op("Gemm", []string{s.reshape(y, 5*s.rows, 8), s.weight(3, 8), s.weight(3)}, num("transB", 1))
			return s.transpose(s.reshape(y, 5, s.rows, 3), 1, 0, 2)
		}},
		{"shuffle", []int64{6, 2, 2}, false, func(s *sketch, x string) string {
			return s.reshape(s.transpose(s.reshape(x, s.rows, 2, 3, 2, 2), 0, 2, 1, 3, 4), s.rows, -1, 2, 2)
		}},
		{"windows", []int64{4, 4, 3}, false, func(s *sketch, x string) string {
			w := s.reshape(s.transpose(s.reshape(x, s.rows, 2, 2, 2, 2, 3), 0, 1, 3, 2, 4, 5), s.rows*4, 4, 3)
			w = s.op("Add", w, s.weight(1, 4, 3))
			w = s.op("Add", s.reshape(w, s.rows, 4, 4, 3), s.weight(1, 4, 1, 1))
			return s.reshape(w, s.rows, 4, 4, 3)
		}},
		{"reshape by 0 and -1", []int64{3, 4}, false, func(s *sketch, x string) string { return s.reshape(s.reshape(x, 0, -1), -1, 2, 6) }},
		{"reshape that cuts", []int64{6}, true, func(s *sketch, x string) string {
			return s.reshape(s.reshape(s.transpose(s.reshape(x, 1, 2, 3), 1, 0, 2), 3, 2), 1, 6)
		}},
		{"Flatten", []int64{3, 4}, false, func(s *sketch, x string) string { return s.op("Flatten", x) }},
		{"Flatten of all", []int64{3, 4}, true, func(s *sketch, x string) string {
			return s.reshape(s.Op("Flatten", []string{x}, num("axis", 0)), 1, 12)
		}},
		{"Squeeze and Unsqueeze", []int64{1, 4}, false, func(s *sketch, x string) string {
			return s.op("Unsqueeze", s.op("Squeeze", x, s.Int64s(1)), s.Int64s(-1))
		}},
		{"squeezed row", []int64{4}, true, func(s *sketch, x string) string {
			y := s.op("MatMul", s.op("Squeeze", x, s.Int64s(0)), s.weight(4, 3))
			return s.op("Unsqueeze", s.op("Relu", y), s.Int64s(0))
		}},
		{"unsqueezed row", []int64{4}, false, func(s *sketch, x string) string {
			return s.op("Squeeze", s.op("Unsqueeze", x, s.Int64s(0)), s.Int64s(0))
		}},
		{"turned by default", []int64{3}, false, func(s *sketch, x string) string { return s.op("Transpose", s.op("Transpose", x)) }},
		{"row apart, turned", []int64{3, 4}, true, func(s *sketch, x string) string {
			return s.transpose(s.Op("ReduceSum", []string{x, s.Int64s(0)}, num("keepdims", 0)), 1, 0)
		}},
		{"row by number", []int64{3, 4}, true, func(s *sketch, x string) string { return s.op("Gather", x, s.Int64(0)) }},
		{"row by slice", []int64{3, 4}, false, func(s *sketch, x string) string {
			return s.op("Slice", x, s.Int64s(0, -2), s.Int64s(s.rows, 3), s.Int64s(0, 1))
		}},
		{"slice of a dimension", []int64{5, 4}, false, func(s *sketch, x string) string {
			return s.op("Slice", x, s.Int64s(4), s.Int64s(-9), s.Int64s(-2), s.Int64s(-2))
		}},
		{"slice of a row apart", []int64{5, 4}, true, func(s *sketch, x string) string {
			return s.op("Slice", s.op("Gather", x, s.Int64(0)), s.Int64s(1), s.Int64s(3))
		}},

		{"MatMul by a weight", []int64{3, 4}, false, func(s *sketch, x string) string { return s.op("MatMul", x, s.weight(4, 2)) }},
		{"MatMul by a vector", []int64{3, 4}, false, func(s *sketch, x string) string { return s.op("MatMul", x, s.weight(4)) }},
		{"MatMul of rows by a vector", []int64{4}, false, func(s *sketch, x string) string { return s.reshape(s.op("MatMul", x, s.weight(4)), s.rows, 1) }},
		{"MatMul from the left", []int64{3, 4}, false, func(s *sketch, x string) string { return s.op("MatMul", s.weight(2, 3), x) }},
		{"MatMul of a vector", []int64{3, 4}, false, func(s *sketch, x string) string { return s.op("MatMul", s.weight(3), x) }},
		{"MatMul of columns", []int64{4}, false, func(s *sketch, x string) string {
			return s.transpose(s.op("MatMul", s.weight(2, 4), s.transpose(x, 1, 0)), 1, 0)
		}},
		{"MatMul of a vector by columns", []int64{4}, false, func(s *sketch, x string) string {
			return s.reshape(s.op("MatMul", s.weight(4), s.transpose(x, 1, 0)), s.rows, 1)
		}},
		{"MatMul by heads of weights", []int64{2, 3, 4}, false, func(s *sketch, x string) string { return s.op("MatMul", x, s.weight(2, 4, 5)) }},
		{"MatMul by heads of weights, folded", []int64{2, 3, 4}, true, func(s *sketch, x string) string {
			return s.op("MatMul", s.reshape(x, 2, 3, 4), s.weight(2, 4, 5))
		}},
		{"MatMul with itself", []int64{4}, true, func(s *sketch, x string) string { return s.op("MatMul", x, s.transpose(x, 1, 0)) }},
		{"MatMul of vectors", []int64{4}, true, func(s *sketch, x string) string {
			v := s.op("Gather", x, s.Int64(0))
			return s.reshape(s.op("MatMul", v, v), 1, 1)
		}},
		{"MatMul of a vector by its matrix", []int64{3, 4}, true, func(s *sketch, x string) string {
			m := s.op("Gather", x, s.Int64(0))
			return s.op("MatMul", m, s.op("Gather", m, s.Int64(1)))
		}},
		{"MatMul repeated", []int64{3, 3}, false, func(s *sketch, x string) string {
			return s.op("MatMul", x, s.op("Expand", s.weight(3, 2), s.Int64s(s.rows, 3, 2)))
		}},
		{"Gemm turned", []int64{4}, false, func(s *sketch, x string) string {
			return s.Op("Gemm", []string{s.transpose(x, 1, 0), s.weight(4, 2), s.weight(1, 2)}, num("transA", 1), onnxio.FloatAttr("alpha", 0.5))
		}},
		{"Gemm from the right", []int64{4}, false, func(s *sketch, x string) string {
			return s.transpose(s.Op("Gemm", []string{s.weight(2, 4), x, s.weight(2, 1)}, num("transB", 1)), 1, 0)
		}},
		{"Gemm and a residual", []int64{4}, false, func(s *sketch, x string) string { return s.op("Gemm", x, s.weight(4, 4), x) }},
		{"Gemm of what depends on the sample", []int64{3, 3}, true, func(s *sketch, x string) string {
			m := s.reshape(x, 3, 3)
			return s.Op("Gemm", []string{m, m, s.weight(3)}, num("transA", 1), num("transB", 1), onnxio.FloatAttr("alpha", 2), onnxio.FloatAttr("beta", 0.5))
		}},
		{"Gemm without a third", []int64{3, 3}, true, func(s *sketch, x string) string {
			m := s.reshape(x, 3, 3)
			return s.op("Gemm", m, m)
		}},
		{"Einsum", []int64{2, 3, 4}, false, func(s *sketch, x string) string {
			return s.Op("Einsum", []string{x, x, s.weight(4, 5)}, onnxio.StringAttr("equation", "bhqd, bhkd, de -> bhqe"))
		}},
		{"Einsum apart", []int64{3, 4}, true, func(s *sketch, x string) string {
			m := s.reshape(x, 3, 4)
			return s.Op("Einsum", []string{m, m, s.weight(3)}, onnxio.StringAttr("equation", "ij,kj,k->ik"))
		}},

		{"Concat with a token", []int64{3, 4}, false, func(s *sketch, x string) string {
			return s.Op("Concat", []string{s.op("Expand", s.weight(1, 1, 4), s.Int64s(s.rows, 1, 4)), x}, num("axis", 1))
		}},
		{"Concat with a folded token", []int64{3, 4}, false, func(s *sketch, x string) string {
			return s.Op("Concat", []string{s.same(0, s.rows, 1, 4), x}, num("axis", -2))
		}},
		{"Concat of rows", []int64{4}, true, func(s *sketch, x string) string {
			return s.Op("Concat", []string{x, s.weight(2, 4), x}, num("axis", 0))
		}},
		{"Split", []int64{4, 3}, false, func(s *sketch, x string) string {
			y := s.Ops("Split", 2, []string{x, s.Int64s(1, 3)}, num("axis", 1))
			return s.Op("Concat", []string{y[1], y[0]}, num("axis", 1))
		}},
		{"Split of a row apart", []int64{4, 3}, true, func(s *sketch, x string) string {
			return s.Ops("Split", 2, []string{s.reshape(x, 4, 3), s.Int64s(1, 3)}, num("axis", 0))[1]
		}},
		{"Expand", []int64{1, 4}, false, func(s *sketch, x string) string { return s.op("Expand", x, s.Int64s(s.rows, 3, 4)) }},
		{"Expand before", []int64{2}, false, func(s *sketch, x string) string {
			return s.transpose(s.op("Expand", x, s.Int64s(3, s.rows, 2)), 1, 0, 2)
		}},
		{"Expand of the row", []int64{4}, true, func(s *sketch, x string) string { return s.op("Expand", x, s.Int64s(3, 4)) }},
		{"Tile", []int64{3, 2}, false, func(s *sketch, x string) string { return s.op("Tile", x, s.Int64s(1, 2, 3)) }},
		{"Tile of the row", []int64{3}, true, func(s *sketch, x string) string { return s.op("Tile", x, s.Int64s(2, 3)) }},
		{"Tile of queries", []int64{3, 4}, false, func(s *sketch, x string) string {
			q := s.reshape(s.op("Tile", s.weight(1, 2, 4), s.Int64s(s.rows, 1, 1)), s.rows*2, 1, 4)
			return s.op("MatMul", s.reshape(q, s.rows, 2, 4), s.transpose(x, 0, 2, 1))
		}},
		{"Pad", []int64{3, 4}, false, func(s *sketch, x string) string { return s.op("Pad", x, s.Int64s(0, 1, 0, 0, 0, 2)) }},
		{"Pad of the row", []int64{3}, true, func(s *sketch, x string) string { return s.op("Pad", x, s.Int64s(1, 0, 1, 2)) }},
		{"Trilu", []int64{3, 3}, false, func(s *sketch, x string) string { return s.op("Trilu", x) }},
		{"Trilu of the row", []int64{3}, true, func(s *sketch, x string) string {
			return s.Op("Trilu", []string{s.op("Expand", x, s.Int64s(3, 3))}, num("upper", 0))
		}},

		{"Gather", []int64{5, 4}, false, func(s *sketch, x string) string {
			return s.Op("Gather", []string{x, s.Int64s(3, 0)}, num("axis", 1))
		}},
		{"Gather before the batch", []int64{5, 4}, false, func(s *sketch, x string) string {
			return s.transpose(s.op("Gather", s.transpose(x, 1, 2, 0), s.reshape(s.Int64s(3, 0, 1, 1), 2, 2)), 3, 0, 1, 2)
		}},
		{"Gather by numbers of samples", []int64{3}, false, func(s *sketch, x string) string {
			return s.op("Gather", s.weight(3, 2), s.Op("ArgMax", []string{x}, num("axis", 1)))
		}},
		{"Gather of columns by numbers of samples", []int64{3}, false, func(s *sketch, x string) string {
			return s.transpose(s.Op("Gather", []string{s.weight(2, 3), s.Op("ArgMin", []string{x}, num("axis", 1), num("keepdims", 0))}, num("axis", 1)), 1, 0)
		}},
		{"Gather of its own", []int64{3, 2}, true, func(s *sketch, x string) string {
			m := s.reshape(x, 3, 2)
			return s.op("Gather", m, s.Op("ArgMax", []string{m}, num("axis", 0), num("keepdims", 0)))
		}},
		{"Gather of its own by one number", []int64{3, 2}, true, func(s *sketch, x string) string {
			m := s.reshape(x, 3, 2)
			return s.op("Gather", m, s.Op("ArgMax", []string{s.reshape(s.op("Slice", m, s.Int64s(0), s.Int64s(1), s.Int64s(1)), 3)}, num("axis", 0), num("keepdims", 0)))
		}},
		{"GatherElements", []int64{4, 2}, false, func(s *sketch, x string) string {
			rank := s.Ops("TopK", 2, []string{x, s.Int64s(3)}, num("axis", 1))
			return s.Op("GatherElements", []string{x, rank[1]}, num("axis", 1))
		}},
		{"GatherElements by one list", []int64{4}, true, func(s *sketch, x string) string {
			return s.Op("GatherElements", []string{s.reshape(x, 4), s.Int64s(2, 0, 1)}, num("axis", 0))
		}},
		{"GatherND", []int64{4, 2}, true, func(s *sketch, x string) string {
			return s.op("GatherND", s.reshape(x, 4, 2), s.reshape(s.Int64s(3, 1, 0, 0), 2, 2))
		}},
		{"GatherND by numbers of samples", []int64{3}, false, func(s *sketch, x string) string {
			return s.op("GatherND", s.weight(3, 2), s.Op("ArgMax", []string{x}, num("axis", 1)))
		}},
		{"GatherND of its own", []int64{3, 2}, true, func(s *sketch, x string) string {
			m := s.reshape(x, 3, 2)
			return s.op("GatherND", m, s.transpose(s.Op("ArgMax", []string{m}, num("axis", 0)), 1, 0))
		}},
		{"ScatterElements", []int64{4, 2}, false, func(s *sketch, x string) string {
			top := s.Ops("TopK", 2, []string{x, s.Int64s(2)}, num("axis", 1))
			return s.Op("ScatterElements", []string{s.op("Neg", x), top[1], top[0]}, num("axis", 1))
		}},
		{"ScatterElements of a constant", []int64{4}, true, func(s *sketch, x string) string {
			return s.op("ScatterElements", s.reshape(x, 4), s.Int64s(2, 0), s.weight(2))
		}},
		{"ScatterND", []int64{4, 2}, false, func(s *sketch, x string) string {
			m := s.transpose(x, 1, 0, 2)
			y := s.op("ScatterND", m, s.reshape(s.Int64s(3, 1), 2, 1), s.op("Slice", m, s.Int64s(0), s.Int64s(2)))
			return s.transpose(y, 1, 0, 2)
		}},
		{"ScatterND of a constant", []int64{4, 2}, false, func(s *sketch, x string) string {
			y := s.op("ScatterND", s.transpose(x, 1, 0, 2), s.reshape(s.Int64s(3), 1, 1), s.op("Expand", s.weight(1, 1, 2), s.Int64s(1, s.rows, 2)))
			return s.transpose(y, 1, 0, 2)
		}},
		{"ScatterND into the row", []int64{4, 2}, true, func(s *sketch, x string) string {
			m := s.reshape(x, 4, 2)
			y := s.op("ScatterND", m, s.reshape(s.Int64s(3, 0, 1, 1), 2, 2), s.weight(2))
			return s.op("Add", y, s.op("ScatterND", s.weight(4, 2), s.reshape(s.Int64s(3, 1, 0), 3, 1), s.op("Slice", m, s.Int64s(1), s.Int64s(4))))
		}},
		{"ScatterND by numbers of rows", []int64{4, 2}, false, func(s *sketch, x string) string {
			var numbers []int64
			for i := range s.rows {
				numbers = append(numbers, i, 3, i, 1)
			}
			at := s.reshape(s.Int64s(numbers...), s.rows, 2, 2)
			zeros := s.Op("ConstantOfShape", []string{s.Int64s(s.rows, 4, 2)})
			y := s.op("ScatterND", zeros, at, s.op("Slice", x, s.Int64s(1), s.Int64s(3), s.Int64s(1)))
			return s.op("ScatterND", s.op("Add", x, y), at, s.op("Expand", s.weight(1, 2, 2), s.Int64s(s.rows, 2, 2)))
		}},
		{"repeated several times", []int64{2, 3}, false, func(s *sketch, x string) string {
			heads := s.transpose(s.reshape(x, s.rows*2, 1, 3), 0, 2, 1)
			y := s.Op("Concat", []string{heads, s.Op("ConstantOfShape", []string{s.Int64s(s.rows*2, 3, 1)})}, num("axis", 2))
			return s.reshape(y, s.rows, 12)
		}},
		{"OneHot", []int64{3, 2}, false, func(s *sketch, x string) string {
			hot := s.Op("ArgMax", []string{x}, num("axis", 2), num("keepdims", 0))
			return s.Op("OneHot", []string{hot, s.Int64s(2), s.weight(2)}, num("axis", 1))
		}},
		{"OneHot in front", []int64{3, 2}, false, func(s *sketch, x string) string {
			hot := s.Op("ArgMax", []string{x}, num("axis", 2), num("keepdims", 0))
			return s.transpose(s.Op("OneHot", []string{hot, s.Int64s(2), s.weight(2)}, num("axis", 0)), 1, 0, 2)
		}},
		{"OneHot apart", []int64{3, 2}, true, func(s *sketch, x string) string {
			hot := s.Op("ArgMax", []string{s.reshape(x, 3, 2)}, num("axis", 1), num("keepdims", 0))
			return s.op("OneHot", hot, s.Int64s(2), s.weight(2))
		}},

		{"Softmax of a row apart", []int64{4}, true, func(s *sketch, x string) string {
			return s.Op("Softmax", []string{s.reshape(x, 4)}, num("axis", 0))
		}},
		{"LayerNormalization", []int64{3, 4}, false, func(s *sketch, x string) string { return s.op("LayerNormalization", x, s.weight(4), s.weight(4)) }},
		{"LayerNormalization of a row apart", []int64{3, 4}, true, func(s *sketch, x string) string {
			return s.Op("LayerNormalization", []string{s.reshape(x, 3, 4), s.weight(3, 4)}, num("axis", 0))
		}},
		{"RMSNormalization", []int64{3, 4}, false, func(s *sketch, x string) string { return s.op("RMSNormalization", x, s.weight(4)) }},
		{"LpNormalization", []int64{3, 4}, false, func(s *sketch, x string) string { return s.op("LpNormalization", x) }},
		{"MeanVarianceNormalization", []int64{3, 4}, false, func(s *sketch, x string) string {
			return s.Op("MeanVarianceNormalization", []string{x}, ints("axes", 1, 2))
		}},
		{"MeanVarianceNormalization of a row", []int64{3, 4, 2}, true, func(s *sketch, x string) string { return s.op("MeanVarianceNormalization", x) }},
		{"CumSum", []int64{3, 4}, false, func(s *sketch, x string) string { return s.op("CumSum", x, s.Int64(1)) }},
		{"CumSum of a row apart", []int64{3, 4}, true, func(s *sketch, x string) string { return s.op("CumSum", s.reshape(x, 3, 4), s.Int64(0)) }},
		{"ReduceMean of all", []int64{3, 4}, true, func(s *sketch, x string) string {
			return s.reshape(s.Op("ReduceMean", []string{x}, num("keepdims", 0)), 1, 1)
		}},
		{"ArgMax apart", []int64{3, 4}, true, func(s *sketch, x string) string {
			return s.Op("Cast", []string{s.Op("ArgMax", []string{s.reshape(x, 3, 4)}, num("axis", 0))}, num("to", int64(onnxio.Float32)))
		}},

		{"Resize by scales", []int64{2, 3, 3}, false, func(s *sketch, x string) string {
			return s.op("Resize", x, "", s.Initializer(onnxio.NewFloat32("scales", []int64{4}, []float32{1, 1, 2, 2})))
		}},
		{"Resize by sizes", []int64{2, 3, 3}, false, func(s *sketch, x string) string {
			return s.Op("Resize", []string{x, "", "", s.Int64s(s.rows, 2, 6, 5)}, onnxio.StringAttr("mode", "linear"))
		}},
		{"Resize of some", []int64{2, 3, 3}, false, func(s *sketch, x string) string {
			return s.Op("Resize", []string{x, "", "", s.Int64s(6, 5)}, ints("axes", 2, 3))
		}},
		{"patches as pictures", []int64{2, 1, 4, 4}, false, func(s *sketch, x string) string {
			y := s.op("Conv", s.reshape(x, s.rows*2, 1, 4, 4), s.weight(3, 1, 3, 3), s.weight(3))
			return s.reshape(y, s.rows, 2, 12)
		}},
		{"tokens as pictures", []int64{4, 5}, true, func(s *sketch, x string) string {
			return s.op("Conv", s.reshape(s.transpose(s.reshape(x, 4, 5), 1, 0), 5, 1, 4), s.weight(2, 1, 3))
		}},
		{"Conv", []int64{2, 5}, false, func(s *sketch, x string) string { return s.op("Conv", x, s.weight(3, 2, 2)) }},
		{"ConvTranspose", []int64{2, 5}, false, func(s *sketch, x string) string { return s.op("ConvTranspose", x, s.weight(2, 3, 2)) }},
		{"BatchNormalization", []int64{2, 5}, false, func(s *sketch, x string) string {
			return s.op("BatchNormalization", x, s.weight(2), s.weight(2), s.weight(2), s.op("Exp", s.weight(2)))
		}},
		{"InstanceNormalization", []int64{2, 5}, false, func(s *sketch, x string) string {
			return s.op("InstanceNormalization", x, s.weight(2), s.weight(2))
		}},
		{"GroupNormalization", []int64{4, 5}, false, func(s *sketch, x string) string {
			return s.Op("GroupNormalization", []string{x, s.weight(4), s.weight(4)}, num("num_groups", 2))
		}},
		{"LRN", []int64{4, 5}, false, func(s *sketch, x string) string { return s.Op("LRN", []string{x}, num("size", 3)) }},
		{"DepthToSpace", []int64{4, 2, 2}, false, func(s *sketch, x string) string {
			return s.Op("DepthToSpace", []string{x}, num("blocksize", 2))
		}},
		{"SpaceToDepth", []int64{4, 2, 2}, false, func(s *sketch, x string) string {
			return s.Op("SpaceToDepth", []string{x}, num("blocksize", 2))
		}},
		{"Dropout", []int64{4}, false, func(s *sketch, x string) string { return s.op("Dropout", x) }},
	}
	for op, kernel := range sorted(map[string][]int64{"MaxPool": {2}, "AveragePool": {2}, "LpPool": {2}, "GlobalAveragePool": nil, "GlobalMaxPool": nil, "GlobalLpPool": nil}) {
		list = append(list, example{op, []int64{2, 5}, false, func(s *sketch, x string) string {
			if kernel == nil {
				return s.op(op, x)
			}
			return s.Op(op, []string{x}, ints("kernel_shape", kernel...))
		}})
	}
	for _, op := range []string{"Softmax", "LogSoftmax", "Hardmax"} {
		list = append(list, example{op, []int64{4, 3}, false, func(s *sketch, x string) string { return s.Op(op, []string{x}, num("axis", -2)) }})
	}
	for op, gates := range sorted(map[string]int64{"RNN": 1, "GRU": 3, "LSTM": 4}) {
		list = append(list, recurrentExamples(op, gates)...)
	}
	for op := range sorted(rules) {
		switch strings.TrimPrefix(op, "Reduce") {
		case op:
		case "Sum":
			list = append(list, example{op, []int64{4, 3}, false, func(s *sketch, x string) string { return s.Op(op, []string{x, s.Int64s(1)}, num("keepdims", 0)) }})
		default:
			list = append(list, example{op, []int64{4, 3}, false, func(s *sketch, x string) string {
				y := s.Op(op, []string{s.op("Exp", s.transpose(x, 1, 0, 2))}, ints("axes", 0), num("keepdims", 0))
				return s.op("Add", y, s.reshape(s.Op(op, []string{s.op("Exp", x)}, ints("axes", -2, -1)), s.rows, 1))
			}})
		}
	}
	return append(list, elementwiseExamples()...)
}

// elementwiseExamples has every operator that treats elements alone.
func elementwiseExamples() (list []example) {
	truth := func(s *sketch, x string) string { return s.op("Greater", x, s.weight(4)) }
	float := func(s *sketch, x string) string {
		return s.Op("Cast", []string{x}, num("to", int64(onnxio.Float32)))
	}
	for op, r := range sorted(rules) {
		build := func(s *sketch, x string) string { return s.op(op, x) }
		switch fmt.Sprintf("%p", r) {
		case fmt.Sprintf("%p", rule(pointwise)):
			switch op {
			case "Not":
				build = func(s *sketch, x string) string { return float(s, s.op(op, truth(s, x))) }
			case "IsInf", "IsNaN":
				build = func(s *sketch, x string) string { return float(s, s.op(op, s.op("Log", x))) }
			case "Acosh":
				build = func(s *sketch, x string) string { return s.op(op, s.op("Exp", s.op("Abs", x))) }
			case "Acos", "Asin", "Atanh":
				build = func(s *sketch, x string) string { return s.op(op, s.op("Tanh", x)) }
			case "Log", "Sqrt":
				build = func(s *sketch, x string) string { return s.op(op, s.op("Abs", x)) }
			case "Cast":
				build = float
			case "CastLike":
				build = func(s *sketch, x string) string { return s.op(op, x, s.weight(1)) }
			}
		case fmt.Sprintf("%p", rule(broadcast)):
			switch op {
			case "And", "Or", "Xor":
				build = func(s *sketch, x string) string { return float(s, s.op(op, truth(s, x), truth(s, s.op("Neg", x)))) }
			case "Equal", "Greater", "GreaterOrEqual", "Less", "LessOrEqual":
				build = func(s *sketch, x string) string {
					return float(s, s.op(op, s.op("Round", x), s.op("Round", s.weight(4))))
				}
			case "Where":
				build = func(s *sketch, x string) string { return s.op(op, truth(s, x), s.weight(3, 1), x) }
			case "Mod":
				build = func(s *sketch, x string) string { return s.Op(op, []string{x, s.weight(4)}, num("fmod", 1)) }
			case "Pow":
				build = func(s *sketch, x string) string { return s.op(op, s.op("Abs", x), s.weight(4)) }
			default:
				build = func(s *sketch, x string) string { return s.op(op, x, s.weight(3, 1)) }
			}
		default:
			continue
		}
		list = append(list, example{op, []int64{3, 4}, false, build})
	}
	return list
}

// recurrentExamples has the batch second and first, and states that are zeros,
// written down and of the sample.
func recurrentExamples(op string, gates int64) []example {
	const steps, in, hidden = 3, 2, 4
	weights := func(s *sketch, directions int64) []string {
		return []string{s.weight(directions, gates*hidden, in), s.weight(directions, gates*hidden, hidden), s.weight(directions, 2*gates*hidden)}
	}
	state := func(s *sketch, h string, inputs []string) []string {
		inputs = append(inputs, "", h)
		if op == "LSTM" {
			inputs = append(inputs, h)
		}
		return inputs
	}
	size := num("hidden_size", hidden)
	return []example{
		{op, []int64{steps, in}, false, func(s *sketch, x string) string {
			y := s.Ops(op, 2, append([]string{s.transpose(x, 1, 0, 2)}, weights(s, 1)...), size)
			return s.Op("Concat", []string{s.reshape(s.transpose(y[0], 2, 0, 1, 3), s.rows, steps*hidden), s.reshape(y[1], s.rows, hidden)}, num("axis", 1))
		}},
		{op + " with a state", []int64{steps, in}, false, func(s *sketch, x string) string {
			inputs := state(s, s.same(1, 2, s.rows, hidden), append([]string{s.transpose(x, 1, 0, 2)}, weights(s, 2)...))
			return s.transpose(s.Ops(op, 2, inputs, size, onnxio.StringAttr("direction", "bidirectional"))[1], 1, 0, 2)
		}},
		{op + " with a state of the sample", []int64{steps, in}, false, func(s *sketch, x string) string {
			x = s.transpose(x, 1, 0, 2)
			h := s.op("MatMul", s.op("Slice", x, s.Int64s(0), s.Int64s(1)), s.weight(in, hidden))
			return s.transpose(s.Ops(op, 2, state(s, h, append([]string{x}, weights(s, 1)...)), size)[1], 1, 0, 2)
		}},
	}
}
