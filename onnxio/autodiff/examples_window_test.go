package autodiff

import "github.com/sharewise/sharewise/onnxio"

// A windowCase is a geometry of convolutions and pooling.
type windowCase struct {
	about string
	in    []int64 // spatial
	k     []int64
	attrs []*onnxio.Attribute
}

func windowCases() []windowCase {
	strides, pads, dilations := func(v ...int64) *onnxio.Attribute { return intsAttr("strides", v...) },
		func(v ...int64) *onnxio.Attribute { return intsAttr("pads", v...) },
		func(v ...int64) *onnxio.Attribute { return intsAttr("dilations", v...) }
	return []windowCase{
		{"plain", dims(5, 4), dims(3, 2), nil},
		{"pads", dims(4, 5), dims(3, 3), attrs(pads(1, 1, 1, 1))},
		{"asymmetric pads", dims(4, 5), dims(3, 3), attrs(pads(0, 1, 2, 0))},
		{"strides", dims(7, 6), dims(3, 2), attrs(strides(2, 2))},
		{"strides with rest", dims(6, 8), dims(3, 3), attrs(strides(2, 3))},
		{"strides and pads", dims(7, 5), dims(3, 3), attrs(strides(2, 2), pads(1, 1, 1, 1))},
		{"dilations", dims(7, 6), dims(3, 2), attrs(dilations(2, 3))},
		{"everything", dims(9, 8), dims(2, 3), attrs(strides(2, 3), pads(1, 2, 0, 1), dilations(3, 2))},
		{"same upper", dims(5, 6), dims(3, 2), attrs(stringA("auto_pad", "SAME_UPPER"), strides(2, 2))},
		{"same lower", dims(5, 6), dims(2, 3), attrs(stringA("auto_pad", "SAME_LOWER"), strides(1, 2))},
		{"valid", dims(5, 6), dims(2, 3), attrs(stringA("auto_pad", "VALID"), strides(2, 1))},
		{"pointwise", dims(3, 3), dims(1, 1), nil},
		{"one dimension", dims(7), dims(3), attrs(strides(2), pads(1, 1))},
		{"one dimension dilated", dims(8), dims(3), attrs(dilations(2))},
		{"one dimension dilated with strides", dims(12), dims(3), attrs(dilations(2), strides(2), pads(1, 2))},
		{"one dimension of wide strides", dims(17), dims(8), attrs(strides(4), pads(2, 3))},
		{"one dimension of strides with rest", dims(13), dims(5), attrs(strides(3))},
		{"one dimension of strides with gaps", dims(11), dims(2), attrs(strides(4))},
		{"one dimension of many taps", dims(12), dims(9), attrs(pads(4, 4))},
		{"one dimension pointwise", dims(5), dims(1), nil},
		{"one dimension of wide pads", dims(3), dims(2), attrs(pads(1, 1))},
		{"wide pads", dims(3, 3), dims(2, 2), attrs(pads(2, 2, 2, 2))},
	}
}

func join(lead []int64, rest ...int64) []int64 { return append(append([]int64{}, lead...), rest...) }

func convExamples() []example {
	var all []example
	for _, w := range windowCases() {
		x, k := join(dims(2, 3), w.in...), join(dims(4, 3), w.k...)
		all = append(all, example{op: "Conv", about: w.about, attrs: w.attrs, in: []operand{normal(x...), normal(k...), normal(4)}})
		// More channels than an image has: another form of the gradient.
		x, k = join(dims(2, 4), w.in...), join(dims(3, 4), w.k...)
		all = append(all, example{op: "Conv", about: w.about + " of many channels", attrs: w.attrs, in: []operand{normal(x...), normal(k...)}})
		// Two groups of two channels with three maps each.
		x, k = join(dims(2, 4), w.in...), join(dims(6, 2), w.k...)
		all = append(all, example{op: "Conv", about: w.about + " grouped", attrs: append(attrs(intAttr("group", 2)), w.attrs...),
			in: []operand{normal(x...), normal(k...)}})
	}
	return append(all,
		example{op: "Conv", about: "depthwise", attrs: attrs(intAttr("group", 3), intsAttr("pads", 1, 1, 1, 1)), in: []operand{normal(2, 3, 4, 4), normal(3, 1, 3, 3), normal(3)}},
		example{op: "Conv", about: "three dimensions", attrs: attrs(intsAttr("strides", 1, 2, 1)), in: []operand{normal(1, 2, 3, 5, 3), normal(2, 2, 2, 2, 2)}},
		example{op: "Conv", about: "one sample", in: []operand{normal(1, 1, 3, 3), normal(1, 1, 2, 2), normal(1)}},
	)
}

func convTransposeExamples() []example {
	var all []example
	for _, w := range windowCases() {
		if w.about == "wide pads" {
			continue // nothing of the output would be left
		}
		x, k := join(dims(2, 3), w.in...), join(dims(3, 2), w.k...)
		all = append(all, example{op: "ConvTranspose", about: w.about, attrs: w.attrs, in: []operand{normal(x...), normal(k...), normal(2)}})
	}
	stride := intsAttr("strides", 2, 3)
	return append(all,
		example{op: "ConvTranspose", about: "grouped", attrs: attrs(intAttr("group", 2), stride), in: []operand{normal(1, 4, 3, 3), normal(4, 3, 2, 3), normal(6)}},
		example{op: "ConvTranspose", about: "output padding", attrs: attrs(stride, intsAttr("output_padding", 1, 2)), in: []operand{normal(1, 2, 3, 3), normal(2, 2, 3, 3)}},
		example{op: "ConvTranspose", about: "output padding and pads", attrs: attrs(stride, intsAttr("pads", 1, 0, 0, 1), intsAttr("output_padding", 1, 1)), in: []operand{normal(1, 2, 3, 3), normal(2, 2, 3, 3)}},
		example{op: "ConvTranspose", about: "output padding of a stride", attrs: attrs(intsAttr("strides", 2, 2), intsAttr("dilations", 3, 3), intsAttr("pads", 1, 0, 0, 1), intsAttr("output_padding", 2, 2)), in: []operand{normal(1, 2, 3, 3), normal(2, 2, 2, 2)}},
		example{op: "ConvTranspose", about: "three dimensions", attrs: attrs(intsAttr("strides", 1, 2, 1)), in: []operand{normal(1, 2, 2, 3, 2), normal(2, 2, 2, 2, 2)}},
		example{op: "ConvTranspose", about: "output shape", attrs: attrs(stride, intsAttr("output_shape", 6, 8)), in: []operand{normal(1, 2, 3, 3), normal(2, 2, 3, 3)}},
	)
}

func poolExamples() []example {
	var all []example
	for _, w := range windowCases() {
		x := join(dims(2, 3), w.in...)
		kernel := append(attrs(intsAttr("kernel_shape", w.k...)), w.attrs...)
		dilated := false
		for _, a := range w.attrs {
			dilated = dilated || a.Name == "dilations"
		}
		if w.about != "wide pads" { // windows of padding alone have no maximum
			all = append(all, example{op: "MaxPool", about: w.about, attrs: kernel, in: []operand{apart(x...)}})
		}
		if dilated {
			all = append(all, example{op: "AveragePool", about: w.about, opset: 19, attrs: kernel, in: []operand{normal(x...)}})
			continue
		}
		if w.about != "wide pads" {
			all = append(all, example{op: "AveragePool", about: w.about, attrs: kernel, in: []operand{normal(x...)}})
		}
		all = append(all, example{op: "AveragePool", about: w.about + " with pads counted", attrs: append(attrs(intAttr("count_include_pad", 1)), kernel...), in: []operand{normal(x...)}})
	}
	two, stride2, ceil := intsAttr("kernel_shape", 2, 2), intsAttr("strides", 2, 2), intAttr("ceil_mode", 1)
	for _, op := range []string{"MaxPool", "AveragePool"} {
		all = append(all,
			example{op: op, about: "tiles", attrs: attrs(two, stride2), in: []operand{apart(2, 3, 4, 6)}},
			example{op: op, about: "tiles of 2 by 3", attrs: attrs(intsAttr("kernel_shape", 2, 3), intsAttr("strides", 2, 3)), in: []operand{apart(1, 2, 4, 6)}},
			example{op: op, about: "tiles of a line", attrs: attrs(intsAttr("kernel_shape", 3), intsAttr("strides", 3)), in: []operand{apart(2, 2, 9)}},
			example{op: op, about: "tiles with a rest", attrs: attrs(two, stride2), in: []operand{apart(1, 2, 5, 5)}},
			example{op: op, about: "ceil", attrs: attrs(two, stride2, ceil), in: []operand{apart(1, 2, 5, 5)}},
			example{op: op, about: "ceil and pads", attrs: attrs(intsAttr("kernel_shape", 3, 3), stride2, ceil, intsAttr("pads", 1, 1, 1, 1)), in: []operand{apart(1, 2, 6, 5)}},
		)
	}
	return append(all,
		example{op: "MaxPool", about: "indices", attrs: attrs(two), outputs: 2, in: []operand{apart(2, 2, 3, 4)}},
		example{op: "MaxPool", about: "column-major indices", attrs: attrs(two, intAttr("storage_order", 1)), outputs: 2, in: []operand{apart(2, 2, 3, 4)}},
		example{op: "GlobalAveragePool", in: []operand{normal(2, 3, 2, 4)}},
		example{op: "GlobalAveragePool", about: "line", in: []operand{normal(2, 3, 5)}},
		example{op: "GlobalMaxPool", in: []operand{apart(2, 3, 2, 4)}},
		example{op: "GlobalMaxPool", about: "line", in: []operand{apart(2, 3, 5)}},
	)
}
