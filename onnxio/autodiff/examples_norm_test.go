package autodiff

import "github.com/sharewise/sharewise/onnxio"

func normExamples() []example {
	statistics := []operand{normal(3), between(0.5, 2, 3)}
	batchNorm := func(about string, attrs []*onnxio.Attribute, outputs int, shape ...int64) example {
		return example{op: "BatchNormalization", about: about, attrs: attrs, outputs: outputs, unseeded: []int{1, 2},
			in: append([]operand{normal(shape...), normal(3), normal(3)}, statistics...)}
	}
	training := intAttr("training_mode", 1)
	layer := func(about string, axis int64, outputs int, scale ...int64) example {
		return example{op: "LayerNormalization", about: about, attrs: attrs(intAttr("axis", axis)), outputs: outputs, unseeded: []int{1, 2},
			in: []operand{normal(2, 3, 4), normal(scale...), normal(scale...)}}
	}
	return []example{
		batchNorm("inference", nil, 1, 2, 3, 2, 2),
		batchNorm("inference of rows", attrs(floatA("epsilon", 0.1)), 1, 4, 3),
		batchNorm("training", attrs(training), 3, 2, 3, 2, 2),
		batchNorm("training of rows", attrs(training, floatA("epsilon", 0.01)), 3, 5, 3),
		batchNorm("training without momentum", attrs(training, floatA("momentum", 0)), 3, 3, 3, 2),
		batchNorm("training, first output only", attrs(training), 1, 2, 3, 4),
		{op: "BatchNormalization", about: "version 9", opset: 13, in: append([]operand{normal(2, 3, 2), normal(3), normal(3)}, statistics...)},
		layer("last axis", -1, 1, 4),
		layer("two axes", 1, 1, 3, 4),
		layer("all axes", 0, 1, 2, 3, 4),
		layer("statistics given", -1, 3, 4),
		layer("one scale", -1, 1, 1),
		{op: "LayerNormalization", about: "no bias", in: []operand{normal(2, 5), normal(5)}},
		{op: "InstanceNormalization", in: []operand{normal(2, 3, 4), normal(3), normal(3)}},
		{op: "InstanceNormalization", about: "images", attrs: attrs(floatA("epsilon", 0.1)), in: []operand{normal(2, 2, 3, 2), normal(2), normal(2)}},
		{op: "GroupNormalization", opset: 21, attrs: attrs(intAttr("num_groups", 2)), in: []operand{normal(2, 4, 3, 2), normal(4), normal(4)}},
		{op: "RMSNormalization", opset: 23, in: []operand{normal(2, 3, 4), normal(4)}},
		{op: "RMSNormalization", about: "two axes", opset: 23, attrs: attrs(intAttr("axis", 1)), in: []operand{normal(2, 3, 4), normal(3, 4)}},
		{op: "LRN", attrs: attrs(intAttr("size", 3), floatA("alpha", 0.5), floatA("bias", 2)), in: []operand{normal(2, 5, 2, 2)}},
		{op: "LRN", about: "even size", attrs: attrs(intAttr("size", 4), floatA("alpha", 0.5)), in: []operand{normal(1, 6, 2, 2)}},
		{op: "MeanVarianceNormalization", in: []operand{normal(2, 3, 2, 2)}},
		{op: "MeanVarianceNormalization", about: "last axis", attrs: attrs(intsAttr("axes", -1)), in: []operand{normal(2, 5)}},
	}
}

func lossExamples() []example {
	var all []example
	for _, op := range []string{"Softmax", "LogSoftmax"} {
		for _, axis := range []int64{-1, 0, 1} {
			all = append(all, example{op: op, about: "axis " + string(rune('1'+axis)), attrs: attrs(intAttr("axis", axis)), in: []operand{normal(2, 3, 4)}})
		}
		all = append(all, example{op: op, about: "row", in: []operand{normal(5)}})
	}
	weights := fixed(between(0.2, 1, 3))
	for _, reduction := range []string{"none", "sum", "mean"} {
		r := stringA("reduction", reduction)
		ignore := intAttr("ignore_index", -100)
		classes, seldom := indices(dims(4), 0, 2, 1, 2), indices(dims(4), 0, -100, 1, 2)
		pixels := indices(dims(2, 2, 2), 0, 2, 1, 2, 0, 0, 2, 1)
		for _, op := range []string{"SoftmaxCrossEntropyLoss", "NegativeLogLikelihoodLoss"} {
			all = append(all,
				example{op: op, about: reduction, attrs: attrs(r), in: []operand{normal(4, 3), classes}},
				example{op: op, about: reduction + " weighted", attrs: attrs(r), in: []operand{normal(4, 3), classes, weights}},
				example{op: op, about: reduction + " ignoring", attrs: attrs(r, ignore), in: []operand{normal(4, 3), seldom}},
				example{op: op, about: reduction + " ignoring, weighted", attrs: attrs(r, ignore), in: []operand{normal(4, 3), seldom, weights}},
				example{op: op, about: reduction + " of pixels", attrs: attrs(r), in: []operand{normal(2, 3, 2, 2), pixels, weights}},
				example{op: op, about: reduction + " of pixels ignoring 0", attrs: attrs(r, intAttr("ignore_index", 0)), in: []operand{normal(2, 3, 2, 2), pixels}},
			)
		}
		all = append(all,
			example{op: "SoftmaxCrossEntropyLoss", about: reduction + " and log", attrs: attrs(r), outputs: 2, in: []operand{normal(4, 3), classes}},
			example{op: "SoftmaxCrossEntropyLoss", about: reduction + " beside log", attrs: attrs(r), outputs: 2, unseeded: []int{1}, in: []operand{normal(4, 3), classes}},
			example{op: "SoftmaxCrossEntropyLoss", about: reduction + ", log only", attrs: attrs(r), outputs: 2, unseeded: []int{0}, in: []operand{normal(4, 3), classes}},
		)
	}
	return all
}

func reduceExamples() []example {
	var all []example
	for _, op := range []string{"ReduceSum", "ReduceMean", "ReduceMax", "ReduceMin", "ReduceProd", "ReduceSumSquare",
		"ReduceL1", "ReduceL2", "ReduceLogSum", "ReduceLogSumExp"} {
		x := func(shape ...int64) operand {
			if op == "ReduceLogSum" {
				return between(0.5, 2, shape...)
			}
			return apart(shape...)
		}
		for _, keep := range []int64{0, 1} {
			k := intAttr("keepdims", keep)
			about := [2]string{" dropped", " kept"}[keep]
			all = append(all,
				example{op: op, about: "all" + about, attrs: attrs(k), in: []operand{x(2, 3)}},
				example{op: op, about: "version 18, last" + about, opset: 18, attrs: attrs(k), in: []operand{x(2, 3), ints(-1)}},
				example{op: op, about: "version 18, outer and inner" + about, opset: 18, attrs: attrs(k), in: []operand{x(2, 2, 3), ints(0, 2)}},
			)
			switch op {
			case "ReduceSumSquare", "ReduceL1", "ReduceL2", "ReduceLogSum":
			default:
				all = append(all, example{op: op, about: "version 18, none" + about, opset: 18, attrs: attrs(k, intAttr("noop_with_empty_axes", 1)), in: []operand{x(2, 3), ints()}})
			}
			if op != "ReduceSum" {
				all = append(all, example{op: op, about: "middle" + about, attrs: attrs(k, intsAttr("axes", 1)), in: []operand{x(2, 3, 2)}})
			}
		}
	}
	return append(all,
		example{op: "ReduceProd", about: "one zero", attrs: attrs(intsAttr("axes", 1)), in: []operand{numbers(dims(2, 3), 2, 0, 3, 1, 4, 5)}},
		example{op: "ReduceProd", about: "two zeros", attrs: attrs(intsAttr("axes", 1)), in: []operand{numbers(dims(2, 3), 0, 0, 3, 1, 0, 5)}},
		example{op: "CumSum", in: []operand{normal(2, 3), scalarInt(1)}},
		example{op: "CumSum", about: "exclusive", attrs: attrs(intAttr("exclusive", 1)), in: []operand{normal(2, 3), scalarInt(0)}},
		example{op: "CumSum", about: "reverse", attrs: attrs(intAttr("reverse", 1), intAttr("exclusive", 1)), in: []operand{normal(2, 3), scalarInt(-1)}},
		example{op: "TopK", outputs: 2, in: []operand{apart(3, 5), ints(2)}},
		example{op: "TopK", about: "smallest, first axis", attrs: attrs(intAttr("axis", 0), intAttr("largest", 0)), outputs: 2, in: []operand{apart(4, 2), ints(3)}},
	)
}
