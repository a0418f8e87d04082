package proof

import (
	"fmt"
	"math/rand/v2"

	"github.com/sharewise/sharewise/onnxio"
	"github.com/sharewise/sharewise/onnxio/exec"
	"github.com/sharewise/sharewise/onnxio/kernels"
)

// Product is the shape of a product of matrices [Rows,Inner]·[Inner,Columns], each
// factor transposed or not.
type Product struct {
	Rows, Columns, Inner int64
	TransA, TransB       bool
	Bias, Relu           bool
	Sums                 bool // those of the columns of a, which is transposed
}

// Gemm returns a case of that operator.
func Gemm(rng *rand.Rand, s Product) *Case {
	r := random{rng}
	shape := func(rows, columns int64, turned bool) []int64 {
		if turned {
			return []int64{columns, rows}
		}
		return []int64{rows, columns}
	}
	at := func(t *exec.Tensor, i, j int64, turned bool) float64 {
		if turned {
			i, j = j, i
		}
		return float64(t.Float32()[i*t.Shape[1]+j])
	}
	a, b := r.tensor(shape(s.Rows, s.Inner, s.TransA)...), r.tensor(shape(s.Inner, s.Columns, s.TransB)...)
	c := &Case{
		Op: kernels.Gemm, Name: fmt.Sprintf("%+v", s), Inputs: []*exec.Tensor{a, b},
		Attrs: []*onnxio.Attribute{onnxio.IntAttr("transA", flag(s.TransA)), onnxio.IntAttr("transB", flag(s.TransB)), onnxio.IntAttr("relu", flag(s.Relu))},
	}
	want := newWant(s.Rows, s.Columns)
	for i := range s.Rows {
		for j := range s.Columns {
			for k := range s.Inner {
				want.add(i*s.Columns+j, at(a, i, k, s.TransA)*at(b, k, j, s.TransB))
			}
		}
	}
	if s.Bias {
		bias := r.tensor(s.Columns)
		c.Inputs = append(c.Inputs, bias)
		for i := range want.Values {
			want.add(int64(i), float64(bias.Float32()[int64(i)%s.Columns]))
		}
	}
	if s.Relu {
		want.relu()
	}
	c.Want = []*Want{want}
	if s.Sums {
		sums := newWant(s.Rows)
		for i, v := range a.Float32() {
			sums.add(int64(i)%s.Rows, float64(v))
		}
		c.Want = append(c.Want, sums)
	}
	return c
}

// RandomProduct draws one.
func RandomProduct(rng *rand.Rand) Product {
	yes := func() bool { return rng.IntN(2) == 0 }
	s := Product{
		Rows: 1 + rng.Int64N(70), Columns: 1 + rng.Int64N(70), Inner: 1 + rng.Int64N(60),
		TransA: yes(), TransB: yes(), Bias: yes(), Relu: yes(),
	}
	s.Sums = s.TransA && yes()
	return s
}
