package autodiff

import (
	"math"
	"slices"
	"strings"

	"github.com/sharewise/sharewise/onnxio"
	"github.com/sharewise/sharewise/onnxio/internal/random"
)

// splitTerms lists the operands of an Einsum equation.
func splitTerms(equation string) []string {
	left, _, _ := strings.Cut(equation, "->")
	return strings.Split(left, ",")
}

func imageGenerators() []generator {
	return []generator{
		{"Resize", func(d draw) example {
			n := 1 + d.IntN(2)
			x := slices.Concat([]int64{1, d.In(1, 2)}, d.List(n, 2, 5))
			e := example{opset: random.OneOf[int64](d, 11, 13, 18, 19)}
			mode := random.OneOf(d, "nearest", "linear", "cubic")
			if mode == "cubic" {
				x = append([]int64{1, 1}, d.List(2, 2, 5)...)
			}
			coordinates := []string{"half_pixel", "pytorch_half_pixel", "align_corners", "asymmetric"}
			if e.opset >= 19 {
				coordinates = append(coordinates, "half_pixel_symmetric")
			}
			e.attrs = append(e.attrs, stringA("mode", mode))
			e.attrs = d.maybe(e.attrs, stringA("coordinate_transformation_mode", random.OneOf(d, coordinates...)))
			switch mode {
			case "nearest":
				e.attrs = d.maybe(e.attrs, stringA("nearest_mode", random.OneOf(d, "floor", "ceil", "round_prefer_floor", "round_prefer_ceil")))
			case "cubic":
				e.attrs = d.maybe(d.maybe(e.attrs, floatA("cubic_coeff_a", -0.5)), intAttr("exclude_outside", 1))
			}
			scales, sizes := ones(2), slices.Clone(x)
			var factors []float64
			for i := range x {
				f := 1.0
				if i >= 2 {
					f = random.OneOf(d, 1, 2, 3, 0.5, 1.5, 2.5, 0.6, 1.3)
					sizes[i] = d.In(1, 8)
				}
				factors = append(factors, f)
			}
			_ = scales
			roi := none
			if e.opset == 11 {
				roi = fixed(numbers(dims(0)))
				roi.single = true
			}
			axes := []int64(nil)
			if e.opset >= 18 && d.Chance(0.4) {
				factors, sizes = factors[2:], sizes[2:]
				for i := range factors {
					axes = append(axes, random.OneOf(d, int64(2+i), int64(i-len(factors))))
				}
				e.attrs = append(e.attrs, intsAttr("axes", axes...))
			}
			by := fixed(numbers(dims(int64(len(factors))), factors...))
			by.single = true
			if d.Chance(0.5) {
				e.in = []operand{normal(x...), roi, by}
				return e
			}
			empty := none
			if e.opset == 11 {
				empty = fixed(numbers(dims(0)))
				empty.single = true
			}
			e.in = []operand{normal(x...), roi, empty, ints(sizes...)}
			return e
		}},
		{"Resize antialias", func(d draw) example {
			x := dims(1, 1, d.In(3, 7), d.In(3, 7))
			e := example{op: "Resize", opset: 18, attrs: attrs(stringA("mode", random.OneOf(d, "linear", "cubic")), intAttr("antialias", 1))}
			e.attrs = d.maybe(e.attrs, stringA("coordinate_transformation_mode", random.OneOf(d, "half_pixel", "pytorch_half_pixel", "align_corners", "asymmetric")))
			e.in = []operand{normal(x...), none, none, ints(1, 1, d.In(1, 9), d.In(1, 9))}
			return e
		}},
		{"Resize crop", func(d draw) example {
			x := dims(1, 2, d.In(2, 5), d.In(2, 5))
			roi := fixed(numbers(dims(8), 0, 0, 0.2, -0.1, 1, 1, 0.9, 1.2))
			roi.single = true
			e := example{op: "Resize", opset: 13, attrs: attrs(stringA("mode", random.OneOf(d, "nearest", "linear")), stringA("coordinate_transformation_mode", "tf_crop_and_resize"))}
			e.attrs = d.maybe(e.attrs, floatA("extrapolation_value", 2))
			e.in = []operand{normal(x...), roi, none, ints(1, 2, d.In(1, 5), d.In(1, 5))}
			return e
		}},
		{"AffineGrid", func(d draw) example {
			n := 2 + d.IntN(2)
			rows := d.In(1, 2)
			return example{opset: 20, attrs: d.maybe(nil, intAttr("align_corners", d.In(0, 1))), in: []operand{normal(rows, int64(n), int64(n+1)), ints(slices.Concat([]int64{rows, 1}, d.List(n, 1, 3))...)}}
		}},
		{"CenterCropPad", func(d draw) example {
			x := d.List(1+d.IntN(3), 1, 6)
			axes := d.axes(len(x), 1)
			return example{opset: 18, attrs: attrs(intsAttr("axes", axes...)), in: []operand{normal(x...), ints(d.List(len(axes), 1, 7)...)}}
		}},
		{"Col2Im", func(d draw) example {
			n := 2
			image, block := d.List(n, 3, 6), d.List(n, 1, 3)
			attrs := d.sliding(block, true)
			w := (&call{Node: &onnxio.Node{Attrs: attrs}}).window(image, slices.Clone(image), block)
			blocks := int64(1)
			for i := range image {
				blocks *= max((image[i]+w.begin[i]+w.end[i]-w.extent(i))/w.strides[i]+1, 1)
			}
			attrs = slices.DeleteFunc(attrs, func(a *onnxio.Attribute) bool { return a.Name == "auto_pad" })
			return example{opset: 18, attrs: attrs, in: []operand{normal(d.In(1, 2), product(block)*d.In(1, 2), blocks), ints(image...), ints(block...)}}
		}},
		{"GridSample", func(d draw) example {
			n := 2
			opset, mode := int64(16), random.OneOf(d, "bilinear", "nearest", "bicubic")
			if d.Chance(0.5) {
				opset, mode = 20, random.OneOf(d, "linear", "nearest", "cubic")
				if mode != "cubic" && d.Chance(0.4) {
					n = 3
				}
			}
			rows := d.In(1, 2)
			e := example{opset: opset, attrs: d.maybe(attrs(stringA("mode", mode)), intAttr("align_corners", 1))}
			e.attrs = d.maybe(e.attrs, stringA("padding_mode", random.OneOf(d, "zeros", "border", "reflection")))
			e.in = []operand{normal(slices.Concat([]int64{rows, d.In(1, 2)}, d.List(n, 1, 4))...), between(-1.6, 1.6, slices.Concat([]int64{rows}, d.List(n, 1, 3), []int64{int64(n)})...)}
			return e
		}},
	}
}

func elementGenerators() []generator {
	var all []generator
	// broadcast draws shapes that go together.
	broadcast := func(d draw, n int) [][]int64 {
		full := d.List(d.IntN(4), 1, 3)
		shapes := make([][]int64, n)
		for i := range shapes {
			s := slices.Clone(full)
			for k := range s {
				if d.Chance(0.3) {
					s[k] = 1
				}
			}
			shapes[i] = s[d.IntN(len(s)+1):]
		}
		return shapes
	}
	for _, op := range []string{"Add", "Sub", "Mul", "Div", "Pow", "PRelu", "Max", "Min", "Sum", "Mean", "Mod"} {
		all = append(all, generator{op, func(d draw) example {
			n := 2
			if slices.Contains([]string{"Max", "Min", "Sum", "Mean"}, op) {
				n = 1 + d.IntN(4)
			}
			var e example
			for i, s := range broadcast(d, n) {
				x := apart(s...)
				for k := range x.floats {
					x.floats[k] += 0.029 * float64(i)
				}
				if op == "Pow" || op == "Div" && i == 1 {
					x = between(0.5, 2, s...)
				}
				e.in = append(e.in, x)
			}
			switch op {
			case "PRelu":
				x := d.List(1+d.IntN(4), 1, 3)
				e.in[0] = apart(x...)
				slope := slices.Clone(x[d.IntN(len(x)):])
				for i := range slope {
					if d.Chance(0.4) {
						slope[i] = 1
					}
				}
				e.in[1] = normal(slope...)
			case "Mod":
				e.attrs = attrs(intAttr("fmod", 1))
				e.in[1] = between(3.1, 3.2, e.in[1].shape...)
			}
			return e
		}})
	}
	unary := map[string][]string{
		"Elu": {"alpha"}, "Celu": {"alpha"}, "LeakyRelu": {"alpha"}, "ThresholdedRelu": {"alpha"}, "Selu": {"alpha", "gamma"}, "HardSigmoid": {"alpha", "beta"},
		"Shrink": {"lambd", "bias"}, "Relu": nil, "Sigmoid": nil, "Tanh": nil, "HardSwish": nil, "Softplus": nil, "Softsign": nil, "Erf": nil, "Abs": nil, "Neg": nil,
		"Exp": nil, "Sin": nil, "Cos": nil, "Tan": nil, "Atan": nil, "Sinh": nil, "Cosh": nil, "Asinh": nil, "Sign": nil, "Floor": nil, "Ceil": nil, "Round": nil, "Reciprocal": nil,
	}
	for _, op := range slices.Sorted(mapKeys(unary)) {
		all = append(all, generator{op, func(d draw) example {
			var list []*onnxio.Attribute
			for _, name := range unary[op] {
				list = d.maybe(list, floatA(name, float32(d.In(1, 30))/23))
			}
			x := apart(d.List(d.IntN(4), 1, 4)...)
			for i := range x.floats {
				x.floats[i] += 0.0037 // neither whole numbers nor halves
			}
			if op == "Tan" {
				x = between(-1, 1, x.shape...)
			}
			return example{attrs: list, in: []operand{x}}
		}})
	}
	return append(all,
		generator{"Gelu", func(d draw) example {
			return example{opset: 20, attrs: d.maybe(nil, stringA("approximate", random.OneOf(d, "none", "tanh"))), in: []operand{apart(d.List(d.IntN(4), 1, 4)...)}}
		}},
		generator{"Mish", func(d draw) example { return example{opset: 18, in: []operand{apart(d.List(d.IntN(4), 1, 4)...)}} }},
		generator{"Clip", func(d draw) example {
			e := example{in: []operand{apart(d.List(d.IntN(4), 1, 4)...)}}
			bound := func() operand {
				if d.Chance(0.3) {
					return none
				}
				x := numbers(dims(), math.Round(d.NormFloat64()*10)/10+0.013+0.0071*float64(len(e.in)))
				if d.Chance(0.5) {
					x = fixed(x)
				}
				return x
			}
			e.in = append(e.in, bound())
			e.in = append(e.in, bound())
			for e.in[len(e.in)-1].none {
				e.in = e.in[:len(e.in)-1]
			}
			return e
		}},
		generator{"Where", func(d draw) example {
			s := broadcast(d, 3)
			cond := make([]bool, product(s[0]))
			for i := range cond {
				cond[i] = d.Chance(0.5)
			}
			return example{in: []operand{bools(s[0], cond...), normal(s[1]...), normal(s[2]...)}}
		}},
		generator{"Cast", func(d draw) example {
			return example{attrs: attrs(intAttr("to", int64(random.OneOf(d, onnxio.Float32, onnxio.Float64)))), in: []operand{normal(d.List(d.IntN(4), 1, 4)...)}}
		}},
	)
}
