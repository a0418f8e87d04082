package autodiff

import "github.com/sharewise/sharewise/onnxio"

func resizeExamples() []example {
	scales := func(v ...float64) operand {
		x := fixed(numbers(dims(int64(len(v))), v...))
		x.single = true
		return x
	}
	resize := func(about string, x []int64, by operand, attrs ...*onnxio.Attribute) example {
		return example{op: "Resize", about: about, attrs: attrs, in: []operand{normal(x...), none, by}}
	}
	linear, cubic := stringA("mode", "linear"), stringA("mode", "cubic")
	coordinates := func(v string) *onnxio.Attribute { return stringA("coordinate_transformation_mode", v) }
	asymmetric, corners := coordinates("asymmetric"), coordinates("align_corners")
	floor := stringA("nearest_mode", "floor")
	all := []example{
		resize("nearest twice", dims(2, 3, 2, 3), scales(1, 1, 2, 2), asymmetric, floor),
		resize("nearest by 2 and 3, one dimension", dims(2, 2, 4), scales(1, 1, 3)),
		resize("nearest down", dims(1, 2, 5, 6), scales(1, 1, 0.6, 0.5)),
		resize("nearest up unevenly", dims(1, 2, 3, 4), scales(1, 1, 1.7, 1.3), stringA("nearest_mode", "ceil")),
		resize("nearest prefers ceil", dims(1, 1, 4, 4), scales(1, 1, 1.5, 0.75), stringA("nearest_mode", "round_prefer_ceil"), corners),
		resize("channels too", dims(1, 2, 3, 2), scales(1, 2, 1.5, 2), linear),
		resize("three dimensions", dims(1, 1, 2, 3, 2), scales(1, 1, 2, 2, 1.5), linear),
		resize("line", dims(2, 2, 5), scales(1, 1, 1.6), linear, corners),
		resize("cubic", dims(1, 1, 4, 5), scales(1, 1, 1.5, 2), cubic),
		resize("cubic without the outside", dims(1, 1, 4, 4), scales(1, 1, 2, 0.75), cubic, intAttr("exclude_outside", 1), floatA("cubic_coeff_a", -0.5)),
	}
	for _, mode := range []string{"half_pixel", "pytorch_half_pixel", "align_corners", "asymmetric"} {
		all = append(all,
			resize("linear "+mode, dims(1, 2, 3, 4), scales(1, 1, 2, 1.5), linear, coordinates(mode)),
			resize("linear down "+mode, dims(1, 2, 5, 4), scales(1, 1, 0.6, 0.5), linear, coordinates(mode)),
			example{op: "Resize", about: "sizes " + mode, attrs: attrs(linear, coordinates(mode)), in: []operand{normal(1, 2, 3, 4), none, none, ints(1, 2, 1, 7)}},
		)
	}
	return append(all,
		example{op: "Resize", about: "region", attrs: attrs(linear, coordinates("tf_crop_and_resize"), floatA("extrapolation_value", 10)),
			in: []operand{normal(1, 1, 4, 5), scales(0, 0, 0.2, 0.4, 1, 1, 1.3, 0.9), none, ints(1, 1, 3, 3)}},
		example{op: "Resize", about: "axes", opset: 18, attrs: attrs(linear, intsAttr("axes", -1, 1)), in: []operand{normal(2, 3, 2, 4), none, scales(2, 1.5)}},
		example{op: "Resize", about: "antialias", opset: 18, attrs: attrs(linear, intAttr("antialias", 1)), in: []operand{normal(1, 2, 5, 4), none, none, ints(1, 2, 2, 6)}},
		example{op: "Resize", about: "antialias, cubic", opset: 18, attrs: attrs(cubic, intAttr("antialias", 1), intAttr("exclude_outside", 1)), in: []operand{normal(1, 1, 7, 4), none, none, ints(1, 1, 3, 2)}},
		example{op: "Resize", about: "the same size", opset: 18, attrs: attrs(linear), in: []operand{normal(1, 2, 3, 4), none, scales(1, 1, 1.2, 1)}},
		example{op: "Resize", about: "symmetric half pixel", opset: 19, attrs: attrs(linear, coordinates("half_pixel_symmetric")), in: []operand{normal(1, 2, 3, 4), none, scales(1, 1, 1.9, 1.4)}},
	)
}

func gridExamples() []example {
	var all []example
	for _, mode := range []string{"bilinear", "nearest", "bicubic"} {
		for _, padding := range []string{"zeros", "border", "reflection"} {
			for corners := range int64(2) {
				// Places are apart from those of elements, some are far outside.
				grid := between(-1.9, 1.9, 2, 2, 5, 2)
				all = append(all, example{op: "GridSample", about: mode + " " + padding + []string{"", " corners"}[corners],
					attrs: attrs(stringA("mode", mode), stringA("padding_mode", padding), intAttr("align_corners", corners)),
					in:    []operand{normal(2, 3, 4, 5), grid}})
			}
		}
	}
	return append(all,
		example{op: "GridSample", about: "three dimensions", opset: 20, attrs: attrs(stringA("mode", "linear")), in: []operand{normal(1, 2, 3, 2, 4), between(-1.2, 1.2, 1, 2, 2, 2, 3)}},
		example{op: "GridSample", about: "three dimensions, nearest", opset: 20, attrs: attrs(stringA("mode", "nearest"), stringA("padding_mode", "reflection")), in: []operand{normal(1, 2, 3, 2, 4), between(-1.2, 1.2, 1, 2, 2, 2, 3)}},
		example{op: "GridSample", about: "one element", attrs: attrs(stringA("padding_mode", "reflection"), intAttr("align_corners", 1)), in: []operand{normal(1, 2, 1, 1), between(-1.2, 1.2, 1, 2, 2, 2)}},
	)
}

func padExamples() []example {
	pad := func(mode string, x []int64, pads ...int64) example {
		return example{op: "Pad", about: mode, attrs: attrs(stringA("mode", mode)), in: []operand{normal(x...), ints(pads...)}}
	}
	return []example{
		pad("reflect", dims(2, 4, 3), 0, 3, 1, 0, 2, 2),
		{op: "Pad", about: "reflect before", attrs: attrs(stringA("mode", "reflect")), in: []operand{normal(4), ints(2, 0)}},
		pad("edge", dims(2, 4, 3), 0, 3, 1, 0, 2, 5),
		{op: "Pad", about: "wrap", opset: 19, attrs: attrs(stringA("mode", "wrap")), in: []operand{normal(4, 3), ints(4, 1, 2, 0)}},
		{op: "Pad", about: "edge, removing", attrs: attrs(stringA("mode", "edge")), in: []operand{normal(4, 3), ints(-1, 2, 2, -1)}},
		{op: "Pad", about: "wrap, removing", opset: 19, attrs: attrs(stringA("mode", "wrap")), in: []operand{normal(5), ints(2, -2)}},
		{op: "Pad", about: "reflect along axes", opset: 18, attrs: attrs(stringA("mode", "reflect")), in: []operand{normal(2, 3, 4), ints(2, 1, 1, 0), none, ints(-1, 1)}},
		{op: "Pad", about: "value", in: []operand{normal(2, 3), ints(1, 0, 0, 2), normal()}},
	}
}

func scatterExamples() []example {
	var all []example
	for _, reduction := range []string{"add", "mul", "max", "min"} {
		opset := int64(18)
		a, u := apart(3, 4), apart(3, 3)
		for i := range u.floats {
			u.floats[i] += 0.07 // no ties with the data
		}
		r := stringA("reduction", reduction)
		all = append(all,
			example{op: "ScatterElements", about: reduction, opset: opset, attrs: attrs(r, intAttr("axis", 1)),
				in: []operand{a, indices(dims(3, 3), 0, 2, 0, 1, 3, 1, 2, 2, 2), u}},
			example{op: "ScatterND", about: reduction, opset: opset, attrs: attrs(r),
				in: []operand{a, indices(dims(2, 1), 2, 2), leading(u, 2, 4)}},
		)
	}
	zeros := numbers(dims(5), 0, 2, 0, 3, 4)
	return append(all,
		example{op: "ScatterElements", about: "mul with zeros", opset: 18, attrs: attrs(stringA("reduction", "mul")),
			in: []operand{zeros, indices(dims(5), 1, 1, 2, 0, 4), numbers(dims(5), 0, 3, 0, 2, 0)}},
		example{op: "GatherND", about: "batch", attrs: attrs(intAttr("batch_dims", 1)), in: []operand{normal(2, 3, 4), indices(dims(2, 3, 1), 0, 2, 2, 1, 1, 0)}},
		example{op: "GatherND", about: "two batch dimensions", attrs: attrs(intAttr("batch_dims", 2)), in: []operand{normal(2, 3, 4, 2), indices(dims(2, 3, 1), 0, 3, 3, 1, 1, 0)}},
		example{op: "ReverseSequence", in: []operand{normal(4, 3, 2), indices(dims(3), 2, 4, 1)}},
		example{op: "ReverseSequence", about: "batch first", attrs: attrs(intAttr("batch_axis", 0), intAttr("time_axis", 1)), in: []operand{normal(3, 4, 2), indices(dims(3), 2, 4, 1)}},
	)
}

// leading is an operand with the first elements of x, as many as the shape asks
// for.
func leading(x operand, shape ...int64) operand {
	return operand{shape: shape, floats: append([]float64{}, x.floats[:product(shape)]...)}
}

func einsumExamples() []example {
	einsum := func(equation string, in ...operand) example {
		return example{op: "Einsum", about: equation, attrs: attrs(stringA("equation", equation)), in: in}
	}
	return []example{
		einsum("bij,bjk", normal(2, 3, 4), normal(2, 4, 2)),
		einsum("...ij,...jk->...ik", normal(2, 3, 4), normal(2, 4, 2)),
		einsum("b...i,ij->b...j", normal(2, 3, 2, 4), normal(4, 3)),
		einsum("...i,...i->...", normal(2, 3, 4), normal(3, 4)),
		einsum("ij->i", normal(3, 4)),
		einsum("ij->", normal(3, 4)),
		einsum("ij,j->ij", normal(3, 4), normal(4)),
		einsum("ij,k->k", normal(3, 2), normal(4)),
		einsum("abc->cab", normal(2, 3, 4)),
	}
}

func lpExamples() []example {
	p := func(v int64) *onnxio.Attribute { return intAttr("p", v) }
	kernel := intsAttr("kernel_shape", 2, 3)
	return []example{
		{op: "LpNormalization", in: []operand{apart(3, 4)}},
		{op: "LpNormalization", about: "magnitudes", attrs: attrs(p(1), intAttr("axis", 0)), in: []operand{apart(3, 4)}},
		{op: "LpPool", attrs: attrs(kernel), in: []operand{apart(2, 2, 4, 5)}},
		{op: "LpPool", about: "third power", attrs: attrs(kernel, p(3), intsAttr("strides", 2, 1), intsAttr("pads", 1, 1, 0, 1)), in: []operand{apart(1, 2, 4, 5)}},
		{op: "GlobalLpPool", in: []operand{apart(2, 2, 3, 2)}},
		{op: "GlobalLpPool", about: "third power", attrs: attrs(p(3)), in: []operand{apart(2, 2, 5)}},
	}
}
