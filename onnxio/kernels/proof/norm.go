package proof

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"

	"github.com/sharewise/sharewise/onnxio"
	"github.com/sharewise/sharewise/onnxio/exec"
	"github.com/sharewise/sharewise/onnxio/kernels"
)

// moments are mean and variance of each channel of x.
func moments(x *exec.Tensor) (mean, variance []float64) {
	channels := x.Shape[len(x.Shape)-1]
	n := float64(int64(x.Len()) / channels)
	mean, variance = make([]float64, channels), make([]float64, channels)
	for i, v := range x.Float32() {
		mean[int64(i)%channels] += float64(v) / n
	}
	for i, v := range x.Float32() {
		d := float64(v) - mean[int64(i)%channels]
		variance[int64(i)%channels] += d * d / n
	}
	return mean, variance
}

// offset shifts every channel of t far from zero, where variances computed from
// sums of squares would be wrong.
func offset(t *exec.Tensor, by float32) {
	channels := int(t.Shape[len(t.Shape)-1])
	for i := range t.Float32() {
		t.Float32()[i] += by * float32(1+i%channels%3)
	}
}

// normSlack is for results that contain the mean, whose error is in proportion to
// the inputs, not to what is left after subtracting it.
const normSlack = 4

// BatchNorm returns a case of that operator.
func BatchNorm(rng *rand.Rand, shape []int64, add, relu bool) *Case {
	const epsilon = 1e-3
	r := random{rng}
	channels := shape[len(shape)-1]
	x, scale, bias := r.tensor(shape...), r.between(0.5, 2, channels), r.tensor(channels)
	offset(x, 3)
	m, v := moments(x)
	y, mean, variance, inverse := newWant(shape...), newWant(channels), newWant(channels), newWant(channels)
	for k := range channels {
		mean.add(k, m[k])
		variance.add(k, v[k])
		inverse.add(k, 1/math.Sqrt(v[k]+epsilon))
	}
	var extra *exec.Tensor
	if add {
		extra = r.tensor(shape...)
	}
	for i := range x.Float32() {
		k := int64(i) % channels
		slope := float64(scale.Float32()[k]) * inverse.Values[k]
		y.add(int64(i), float64(x.Float32()[i])*slope)
		y.add(int64(i), -m[k]*slope)
		y.add(int64(i), float64(bias.Float32()[k]))
		if add {
			y.add(int64(i), float64(extra.Float32()[i]))
		}
	}
	if relu {
		y.relu()
	}
	for _, w := range []*Want{y, variance, inverse} {
		w.Slack = normSlack
	}
	c := &Case{
		Op: kernels.BatchNorm, Name: fmt.Sprintf("%v add %v relu %v", shape, add, relu),
		Attrs:  []*onnxio.Attribute{onnxio.FloatAttr("epsilon", epsilon), onnxio.IntAttr("relu", flag(relu))},
		Inputs: []*exec.Tensor{x, scale, bias}, Want: []*Want{y, mean, variance, inverse},
	}
	if add {
		c.Inputs = append(c.Inputs, extra)
	}
	return c
}

// BatchNormGrad returns a case of that operator. The mask of the rectifier is
// drawn, and not computed from x, on which it does not depend here.
func BatchNormGrad(rng *rand.Rand, shape []int64, add, relu bool) *Case {
	r := random{rng}
	channels := shape[len(shape)-1]
	dy, x, scale := r.tensor(shape...), r.tensor(shape...), r.between(0.5, 2, channels)
	offset(x, 3)
	m, v := moments(x)
	mean, inverse := exec.Zeros(onnxio.Float32, channels), exec.Zeros(onnxio.Float32, channels)
	for k := range channels {
		mean.Float32()[k] = float32(m[k])
		inverse.Float32()[k] = float32(1 / math.Sqrt(v[k]+1e-3))
	}
	var y *exec.Tensor
	masked := slices.Clone(dy.Float32())
	if relu {
		y = r.tensor(shape...)
		for i, v := range y.Float32() {
			y.Float32()[i] = max(v, 0)
			if v <= 0 {
				masked[i] = 0
			}
		}
	}
	n := float64(int64(x.Len()) / channels)
	dscale, dbias, dx := newWant(channels), newWant(channels), newWant(shape...)
	z := func(i int) float64 {
		k := int64(i) % channels
		return (float64(x.Float32()[i]) - float64(mean.Float32()[k])) * float64(inverse.Float32()[k])
	}
	for i, g := range masked {
		k := int64(i) % channels
		dbias.add(k, float64(g))
		dscale.add(k, float64(g)*z(i))
	}
	for i, g := range masked {
		k := int64(i) % channels
		slope := float64(scale.Float32()[k]) * float64(inverse.Float32()[k])
		dx.add(int64(i), slope*float64(g))
		dx.add(int64(i), -slope*dbias.Values[k]/n)
		dx.add(int64(i), -slope*z(i)*dscale.Values[k]/n)
		// The sums' own errors, which are in proportion to their terms.
		dx.Size[i] += slope * (dbias.Size[k] + math.Abs(z(i))*dscale.Size[k]) / n
	}
	for _, w := range []*Want{dscale, dx} {
		w.Slack = normSlack
	}
	c := &Case{
		Op: kernels.BatchNormGrad, Name: fmt.Sprintf("%v add %v relu %v", shape, add, relu),
		Attrs:  []*onnxio.Attribute{onnxio.IntAttr("relu", flag(relu))},
		Inputs: []*exec.Tensor{dy, x, y, scale, mean, inverse}, Want: []*Want{dx, dscale, dbias},
	}
	if add {
		dadd := newWant(shape...)
		for i, g := range masked {
			dadd.Values[i] = float64(g) // exactly
		}
		c.Want = append(c.Want, dadd)
	}
	return c
}

// ReluGrad returns a case of that operator.
func ReluGrad(rng *rand.Rand, shape ...int64) *Case {
	r := random{rng}
	dy, y := r.tensor(shape...), r.tensor(shape...)
	want := newWant(shape...)
	for i, v := range y.Float32() {
		if i%5 == 0 {
			y.Float32()[i], v = 0, 0
		}
		if v > 0 {
			want.Values[i] = float64(dy.Float32()[i])
		}
	}
	return &Case{Op: kernels.ReluGrad, Name: fmt.Sprint(shape), Inputs: []*exec.Tensor{dy, y}, Want: []*Want{want}}
}
