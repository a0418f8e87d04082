package reference

import (
	"math"

	"github.com/sharewise/sharewise/onnxio"
)

// cosineWindow makes the kernel of a window that is a sum of cosines: element k
// of n is Σ aᵢ·cos(2πik/N) with N = n, or n−1 if it is not periodic.
func cosineWindow(a ...float64) kernel {
	return one(func(c *call) *value {
		n := int(c.input(0).scalar())
		size([]int{n})
		period := float64(n)
		if !c.flag("periodic", true) {
			period--
		}
		out := newValue(onnxio.Float64, []int{n})
		for k := range out.f {
			for i, weight := range a {
				out.f[k] += weight * math.Cos(2*math.Pi*float64(i)*float64(k)/period)
			}
		}
		return cast(out, onnxio.DataType(c.int("output_datatype", int(onnxio.Float32))))
	})
}

// melWeightMatrix is [bins of the spectrum, bands]: triangles whose edges lie
// evenly on the mel scale, 2595·log₁₀(1 + f/700).
func melWeightMatrix(c *call) *value {
	bands, length, rate := int(c.input(0).scalar()), c.input(1).scalar(), c.input(2).scalar()
	mel := func(hertz float64) float64 { return 2595 * math.Log10(1+hertz/700) }
	low, high := mel(c.input(3).scalar()), mel(c.input(4).scalar())
	bins := int(length)/2 + 1
	out := newValue(onnxio.Float64, []int{bins, bands})
	step := (high - low) / float64(bands+2)
	edge := func(i int) float64 {
		hertz := 700 * (math.Pow(10, (low+float64(i)*step)/2595) - 1)
		return math.Floor((length + 1) * hertz / rate)
	}
	for band := range bands {
		left, center, right := edge(band), edge(band+1), edge(band+2)
		for bin := range bins {
			at, w := float64(bin), 0.0
			switch {
			case at >= left && at <= center && center == left:
				w = 1
			case at >= left && at <= center:
				w = (at - left) / (center - left)
			case at > center && at < right:
				w = (right - at) / (right - center)
			}
			out.f[bin*bands+band] = w
		}
	}
	return cast(out, onnxio.DataType(c.int("output_datatype", int(onnxio.Float32))))
}
