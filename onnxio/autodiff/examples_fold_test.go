package autodiff

import "github.com/sharewise/sharewise/onnxio"

func foldExamples() []example {
	fold := func(about string, x, image, block []int64, attrs ...*onnxio.Attribute) example {
		return example{op: "Col2Im", about: about, opset: 18, attrs: attrs, in: []operand{normal(x...), ints(image...), ints(block...)}}
	}
	places := indices(dims(1, 2, 2, 2), 1, 3, 9, 10, 17, 18, 29, 24)
	size, step := intsAttr("kernel_shape", 2, 2), intsAttr("strides", 2, 2)
	return []example{
		fold("plain", dims(2, 6, 12), dims(4, 4), dims(1, 2)),
		fold("overlapping", dims(1, 4, 9), dims(4, 4), dims(2, 2)),
		fold("steps, pads and dilations", dims(2, 8, 6), dims(5, 4), dims(2, 2), intsAttr("strides", 2, 1), intsAttr("pads", 1, 0, 1, 1), intsAttr("dilations", 2, 3)),
		fold("three dimensions", dims(1, 8, 8), dims(3, 3, 3), dims(2, 2, 2)),
		{op: "AffineGrid", opset: 20, in: []operand{normal(2, 2, 3), ints(2, 1, 3, 4)}},
		{op: "AffineGrid", about: "corners", opset: 20, attrs: attrs(intAttr("align_corners", 1)), in: []operand{normal(1, 2, 3), ints(1, 2, 1, 3)}},
		{op: "AffineGrid", about: "three dimensions", opset: 20, in: []operand{normal(2, 3, 4), ints(2, 1, 2, 3, 2)}},
		{op: "CenterCropPad", opset: 18, in: []operand{normal(5, 4, 3), ints(2, 7, 3)}},
		{op: "CenterCropPad", about: "axes", opset: 18, attrs: attrs(intsAttr("axes", -1, 0)), in: []operand{normal(4, 2, 3), ints(6, 1)}},
		{op: "Slice", about: "back from before the first", in: []operand{normal(4, 3), ints(-9), ints(-9), ints(0), ints(-2)}},
		{op: "MaxUnpool", attrs: attrs(size, step), in: []operand{normal(1, 2, 2, 2), places}},
		{op: "MaxUnpool", about: "size", attrs: attrs(size, step), in: []operand{normal(1, 2, 2, 2), places, ints(1, 2, 5, 4)}},
	}
}
