package autodiff

import "github.com/sharewise/sharewise/onnxio"

func shapeExamples() []example {
	return []example{
		{op: "Identity", in: []operand{normal(2, 3)}},
		{op: "Reshape", in: []operand{normal(2, 6), ints(0, 3, -1)}, about: "keep"},
		{op: "Reshape", in: []operand{normal(2, 6), ints(-1)}},
		{op: "Reshape", in: []operand{normal(1), fixed(operand{shape: dims(0), ints: dims()})}, about: "to scalar"},
		{op: "Flatten", in: []operand{normal(2, 3, 2)}},
		{op: "Flatten", attrs: attrs(intAttr("axis", 0)), about: "axis 0", in: []operand{normal(2, 3)}},
		{op: "Squeeze", in: []operand{normal(1, 3, 1)}},
		{op: "Squeeze", about: "axes", in: []operand{normal(1, 3, 1), ints(-1)}},
		{op: "Unsqueeze", in: []operand{normal(3), ints(0, 2)}},
		{op: "Cast", attrs: attrs(intAttr("to", int64(onnxio.Float64))), in: []operand{normal(3)}},
		{op: "CastLike", in: []operand{normal(3), normal(2)}},
		{op: "Expand", in: []operand{normal(3, 1), ints(2, 3, 4)}},
		{op: "Expand", about: "smaller", in: []operand{normal(2, 3), ints(1, 1)}},
		{op: "Expand", about: "scalar", in: []operand{normal(), ints(2, 3)}},
		{op: "Tile", in: []operand{normal(2, 3), ints(2, 1)}},
		{op: "Tile", about: "both", in: []operand{normal(2, 1, 2), ints(3, 2, 2)}},
		{op: "Tile", about: "once", in: []operand{normal(2, 3), ints(1, 1)}},
		{op: "Transpose", in: []operand{normal(2, 3, 4)}},
		{op: "Transpose", about: "perm", attrs: attrs(intsAttr("perm", 1, 2, 0)), in: []operand{normal(2, 3, 4)}},
		{op: "DepthToSpace", attrs: attrs(intAttr("blocksize", 2)), in: []operand{normal(1, 8, 2, 3)}},
		{op: "DepthToSpace", about: "CRD", attrs: attrs(intAttr("blocksize", 2), stringA("mode", "CRD")), in: []operand{normal(2, 4, 2, 1)}},
		{op: "SpaceToDepth", attrs: attrs(intAttr("blocksize", 2)), in: []operand{normal(1, 2, 4, 6)}},
		{op: "Trilu", in: []operand{normal(2, 3, 3)}},
		{op: "Trilu", about: "lower", attrs: attrs(intAttr("upper", 0)), in: []operand{normal(3, 4), scalarInt(1)}},
		{op: "Dropout", in: []operand{normal(2, 3)}},
		{op: "Dropout", about: "not training", outputs: 2, in: []operand{normal(2, 3), fixed(numbers(dims(), 0.3)), fixed(bools(dims(), false))}},
		{op: "Dropout", about: "training", outputs: 2, in: []operand{normal(2, 3), fixed(numbers(dims(), 0)), fixed(bools(dims(), true))}},
		{op: "Dropout", about: "training as asked", outputs: 2, in: []operand{normal(2, 3), fixed(numbers(dims(), 0.5)), bools(dims(), false)}},
	}
}

func pieceExamples() []example {
	slice := func(about string, shape, starts, ends, axes, steps []int64) example {
		e := example{op: "Slice", about: about, in: []operand{normal(shape...), ints(starts...), ints(ends...)}}
		if axes != nil {
			e.in = append(e.in, ints(axes...))
		}
		if steps != nil {
			e.in = append(e.in, ints(steps...))
		}
		return e
	}
	const far = 1 << 40
	reduction := stringA("reduction", "add")
	first, axis1 := intAttr("axis", 0), intAttr("axis", 1)
	return []example{
		{op: "Concat", attrs: attrs(axis1), in: []operand{normal(2, 3), normal(2, 1), normal(2, 2)}},
		{op: "Concat", about: "from the end", attrs: attrs(intAttr("axis", -2)), in: []operand{normal(2, 3), normal(1, 3)}},
		{op: "Concat", about: "one", attrs: attrs(first), in: []operand{normal(2, 3)}},
		{op: "Split", attrs: attrs(axis1), outputs: 2, in: []operand{normal(2, 4)}},
		{op: "Split", about: "sizes", attrs: attrs(first), outputs: 3, in: []operand{normal(6, 2), ints(1, 3, 2)}},
		{op: "Split", about: "one piece used", attrs: attrs(first), outputs: 3, unseeded: []int{0, 2}, in: []operand{normal(6, 2), ints(1, 3, 2)}},
		{op: "Split", about: "version 18", opset: 18, attrs: attrs(intAttr("num_outputs", 2)), outputs: 2, in: []operand{normal(5, 2)}},
		slice("plain", dims(4, 5), dims(1, 2), dims(3, 4), nil, nil),
		slice("axes", dims(4, 5), dims(-3), dims(far), dims(-1), nil),
		slice("steps", dims(7, 5), dims(1, 0), dims(far, far), dims(0, 1), dims(2, 3)),
		slice("steps with rest", dims(8), dims(1), dims(7), dims(0), dims(3)),
		slice("backwards", dims(5, 3), dims(-1), dims(-far), dims(0), dims(-1)),
		slice("backwards in steps", dims(8, 3), dims(6, -1), dims(0, -far), dims(0, 1), dims(-2, -1)),
		slice("backwards from beyond", dims(8), dims(far), dims(1), dims(0), dims(-3)),
		slice("everything", dims(2, 2), dims(0), dims(far), dims(0), dims(1)),
		slice("nothing", dims(4), dims(2), dims(2), dims(0), dims(1)),
		{op: "Pad", in: []operand{normal(2, 3), ints(1, 0, 0, 2)}},
		{op: "Pad", about: "value", in: []operand{normal(2, 3), ints(0, 1, 1, 0), fixed(numbers(dims(), 1.5))}},
		{op: "Pad", about: "removing", in: []operand{normal(4, 3), ints(-1, 0, 2, -1)}},
		{op: "Pad", about: "axes", opset: 18, in: []operand{normal(2, 3), ints(1, 2), none, ints(-1)}},
		{op: "Gather", in: []operand{normal(4, 3), indices(dims(2, 2), 0, 3, 3, -1)}},
		{op: "Gather", about: "one", in: []operand{normal(4, 3), indices(dims(), 2)}},
		{op: "Gather", about: "inner axis", attrs: attrs(axis1), in: []operand{normal(2, 4, 3), indices(dims(2, 3), 0, 1, -1, 1, 1, 2)}},
		{op: "Gather", about: "last axis, one", attrs: attrs(intAttr("axis", -1)), in: []operand{normal(2, 4), indices(dims(), 1)}},
		{op: "GatherElements", attrs: attrs(axis1), in: []operand{normal(2, 3), indices(dims(2, 4), 0, 0, 2, -1, 1, 0, 1, 1)}},
		{op: "GatherND", in: []operand{normal(3, 2, 2), indices(dims(3, 2), 0, 1, 2, 0, 0, 1)}},
		{op: "GatherND", about: "elements", in: []operand{normal(2, 2), indices(dims(2, 1, 2), 0, 1, 1, -1)}},
		{op: "ScatterElements", attrs: attrs(axis1), in: []operand{normal(2, 4), indices(dims(2, 2), 0, 3, -2, 1), normal(2, 2)}},
		{op: "ScatterElements", about: "adding", opset: 16, attrs: attrs(first, reduction), in: []operand{normal(3, 2), indices(dims(2, 2), 0, 1, 0, 1), normal(2, 2)}},
		{op: "ScatterND", in: []operand{normal(4, 2), indices(dims(2, 1), 3, 1), normal(2, 2)}},
		{op: "ScatterND", about: "adding", opset: 16, attrs: attrs(reduction), in: []operand{normal(4, 2), indices(dims(3, 2), 3, 1, 0, 0, 3, 1), normal(3)}},
	}
}
