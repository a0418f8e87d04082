package proof

import (
	"fmt"
	"math"
	"math/rand/v2"

	"github.com/sharewise/sharewise/onnxio"
	"github.com/sharewise/sharewise/onnxio/exec"
	"github.com/sharewise/sharewise/onnxio/kernels"
)

// normal is the distribution function of the normal distribution.
func normal(x float64) float64 { return math.Erfc(-x/math.Sqrt2) / 2 }

// wide draws numbers of all sizes at which the normal distribution has something
// to tell, and some beyond, among them 0.
func (r random) wide(shape ...int64) *exec.Tensor {
	t := r.tensor(shape...)
	for i := range t.Float32() {
		t.Float32()[i] *= float32([]float64{0.01, 1, 3, 20}[i%4])
	}
	t.Float32()[0] = 0
	return t
}

// Gelu returns a case of that operator.
func Gelu(rng *rand.Rand, shape ...int64) *Case {
	x := random{rng}.wide(shape...)
	want := newWant(shape...)
	for i, v := range x.Float32() {
		// What is lost where ½ and ½·erf cancel is lost in graphs, too.
		want.add(int64(i), float64(v)*normal(float64(v)))
		want.Size[i] = max(want.Size[i], 0.1*math.Abs(float64(v)))
	}
	return &Case{Op: kernels.Gelu, Name: fmt.Sprint(shape), Inputs: []*exec.Tensor{x}, Want: []*Want{want}}
}

// GeluGrad returns a case of that operator.
func GeluGrad(rng *rand.Rand, shape ...int64) *Case {
	r := random{rng}
	dy, x := r.tensor(shape...), r.wide(shape...)
	want := newWant(shape...)
	for i, v := range x.Float32() {
		v, d := float64(v), float64(dy.Float32()[i])
		want.add(int64(i), d*normal(v))
		want.add(int64(i), d*v*math.Exp(-v*v/2)/math.Sqrt(2*math.Pi))
		want.Size[i] = max(want.Size[i], 0.1*math.Abs(d))
	}
	return &Case{Op: kernels.GeluGrad, Name: fmt.Sprint(shape), Inputs: []*exec.Tensor{dy, x}, Want: []*Want{want}}
}

// rowCase is a normalisation of rows under proof.
type rowCase struct {
	shape, moments []int64
	width          int64
	x, scale       *exec.Tensor
	mean, inverse  []float64 // by row
}

const rowEpsilon = 1e-3

func newRowCase(r random, shape []int64) *rowCase {
	width := shape[len(shape)-1]
	c := &rowCase{shape: shape, width: width, x: r.tensor(shape...), scale: r.between(0.5, 2, width)}
	offset(c.x, 3)
	c.moments = append(append([]int64{}, shape[:len(shape)-1]...), 1)
	for at := int64(0); at < int64(c.x.Len()); at += width {
		m, v := 0.0, 0.0
		row := c.x.Float32()[at : at+width]
		for _, x := range row {
			m += float64(x) / float64(width)
		}
		for _, x := range row {
			v += (float64(x) - m) * (float64(x) - m) / float64(width)
		}
		c.mean, c.inverse = append(c.mean, m), append(c.inverse, 1/math.Sqrt(v+rowEpsilon))
	}
	return c
}

// LayerNorm returns a case of that operator.
func LayerNorm(rng *rand.Rand, shape ...int64) *Case {
	r := random{rng}
	c := newRowCase(r, shape)
	bias := r.tensor(c.width)
	y, mean, inverse := newWant(shape...), newWant(c.moments...), newWant(c.moments...)
	for i, x := range c.x.Float32() {
		row, k := int64(i)/c.width, int64(i)%c.width
		slope := float64(c.scale.Float32()[k]) * c.inverse[row]
		y.add(int64(i), float64(x)*slope)
		y.add(int64(i), -c.mean[row]*slope)
		y.add(int64(i), float64(bias.Float32()[k]))
	}
	for row := range c.mean {
		mean.add(int64(row), c.mean[row])
		inverse.add(int64(row), c.inverse[row])
	}
	for _, w := range []*Want{y, mean, inverse} {
		w.Slack = normSlack
	}
	return &Case{
		Op: kernels.LayerNorm, Name: fmt.Sprint(shape), Attrs: []*onnxio.Attribute{onnxio.FloatAttr("epsilon", rowEpsilon)},
		Inputs: []*exec.Tensor{c.x, c.scale, bias}, Want: []*Want{y, mean, inverse},
	}
}

// LayerNormGrad returns a case of that operator.
func LayerNormGrad(rng *rand.Rand, shape ...int64) *Case {
	r := random{rng}
	c := newRowCase(r, shape)
	dy := r.tensor(shape...)
	mean, inverse := exec.Zeros(onnxio.Float32, c.moments...), exec.Zeros(onnxio.Float32, c.moments...)
	for row := range c.mean {
		mean.Float32()[row], inverse.Float32()[row] = float32(c.mean[row]), float32(c.inverse[row])
	}
	dx, dscale, dbias := newWant(shape...), newWant(c.width), newWant(c.width)
	n := float64(c.width)
	for row := range c.mean {
		at := int64(row) * c.width
		inv := float64(inverse.Float32()[row])
		var g, gz, size, sizeZ float64
		z := make([]float64, c.width)
		for k := range c.width {
			z[k] = (float64(c.x.Float32()[at+k]) - float64(mean.Float32()[row])) * inv
			d := float64(dy.Float32()[at+k])
			dscale.add(k, d*z[k])
			dbias.add(k, d)
			d *= float64(c.scale.Float32()[k])
			g, size = g+d/n, size+math.Abs(d)/n
			gz, sizeZ = gz+d*z[k]/n, sizeZ+math.Abs(d*z[k])/n
		}
		for k := range c.width {
			d := float64(dy.Float32()[at+k]) * float64(c.scale.Float32()[k])
			dx.Values[at+k] = inv * (d - g - z[k]*gz)
			dx.Size[at+k] = inv * (math.Abs(d) + size + math.Abs(z[k])*sizeZ)
		}
	}
	for _, w := range []*Want{dx, dscale} {
		w.Slack = normSlack
	}
	return &Case{
		Op: kernels.LayerNormGrad, Name: fmt.Sprint(shape), Inputs: []*exec.Tensor{dy, c.x, c.scale, mean, inverse}, Want: []*Want{dx, dscale, dbias},
	}
}

// SoftmaxGrad returns a case of that operator. Rows of y need not sum up to 1.
func SoftmaxGrad(rng *rand.Rand, shape ...int64) *Case {
	r := random{rng}
	dy, y := r.tensor(shape...), r.between(0, 1, shape...)
	want := newWant(shape...)
	width := shape[len(shape)-1]
	for at := int64(0); at < int64(y.Len()); at += width {
		sum, size := 0.0, 0.0
		for k := range width {
			p := float64(dy.Float32()[at+k]) * float64(y.Float32()[at+k])
			sum, size = sum+p, size+math.Abs(p)
		}
		for k := range width {
			v, d := float64(y.Float32()[at+k]), float64(dy.Float32()[at+k])
			want.Values[at+k], want.Size[at+k] = v*(d-sum), math.Abs(v)*(math.Abs(d)+size)
		}
	}
	return &Case{Op: kernels.SoftmaxGrad, Name: fmt.Sprint(shape), Inputs: []*exec.Tensor{dy, y}, Want: []*Want{want}}
}
