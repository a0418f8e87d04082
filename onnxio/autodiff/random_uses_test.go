package autodiff

import (
	"slices"

	"github.com/sharewise/sharewise/onnxio"
	"github.com/sharewise/sharewise/onnxio/internal/random"
)

func generators() []generator {
	return slices.Concat(windowGenerators(), normGenerators(), reduceGenerators(), shapeGenerators(), pieceGenerators(), imageGenerators(), elementGenerators())
}

// maybe adds an attribute or does not.
func (d draw) maybe(list []*onnxio.Attribute, a *onnxio.Attribute) []*onnxio.Attribute {
	if d.Chance(0.5) {
		return append(list, a)
	}
	return list
}

// sliding draws the attributes of a window over n dimensions.
func (d draw) sliding(kernel []int64, dilated bool) []*onnxio.Attribute {
	n := len(kernel)
	var list []*onnxio.Attribute
	list = d.maybe(list, intsAttr("strides", d.List(n, 1, 3)...))
	if dilated {
		list = d.maybe(list, intsAttr("dilations", d.List(n, 1, 2)...))
	}
	switch d.IntN(5) {
	case 0:
		list = append(list, stringA("auto_pad", random.OneOf(d, "SAME_UPPER", "SAME_LOWER", "VALID")))
	case 1, 2, 3:
		list = append(list, intsAttr("pads", d.List(2*n, 0, slices.Min(kernel)-1)...))
	}
	return list
}

func windowGenerators() []generator {
	image := func(d draw, channels int64, n int) []int64 {
		return slices.Concat([]int64{d.In(1, 2), channels}, d.List(n, 4, int64(8-n)))
	}
	pool := func(op string, dilated bool, opset int64, more func(d draw) []*onnxio.Attribute) generator {
		return generator{op, func(d draw) example {
			n := 1 + d.IntN(3)
			kernel := d.List(n, 1, 3)
			e := example{opset: opset, attrs: append(d.sliding(kernel, dilated), intsAttr("kernel_shape", kernel...)), in: []operand{apart(image(d, d.In(1, 3), n)...)}}
			e.attrs = append(e.attrs, more(d)...)
			if op == "MaxPool" && d.Chance(0.4) {
				e.outputs, e.unseeded = 2, []int{1}
			}
			return e
		}}
	}
	return []generator{
		{"Conv", func(d draw) example {
			n, groups := 1+d.IntN(3), d.In(1, 3)
			kernel, in, out := d.List(n, 1, 3), d.In(1, 2), d.In(1, 2)
			e := example{attrs: append(d.sliding(kernel, true), intAttr("group", groups)), in: []operand{
				normal(image(d, groups*in, n)...), normal(slices.Concat([]int64{groups * out, in}, kernel)...)}}
			if d.Chance(0.5) {
				e.in = append(e.in, normal(groups*out))
			}
			e.attrs = d.maybe(e.attrs, intsAttr("kernel_shape", kernel...))
			return e
		}},
		{"ConvTranspose", func(d draw) example {
			n, groups := 1+d.IntN(3), d.In(1, 3)
			kernel, in, out := d.List(n, 1, 3), d.In(1, 2), d.In(1, 2)
			x := slices.Concat([]int64{d.In(1, 2), groups * in}, d.List(n, 2, 4))
			strides, dilations := d.List(n, 1, 3), d.List(n, 1, 2)
			e := example{attrs: attrs(intAttr("group", groups), intsAttr("strides", strides...)), in: []operand{
				normal(x...), normal(slices.Concat([]int64{groups * in, out}, kernel)...)}}
			if d.Chance(0.5) {
				e.in = append(e.in, normal(groups*out))
			}
			if d.Chance(0.5) {
				e.attrs = append(e.attrs, intsAttr("dilations", dilations...))
			} else {
				dilations = ones(n)
			}
			e.attrs = d.maybe(e.attrs, intsAttr("kernel_shape", kernel...))
			switch d.IntN(6) {
			case 0:
				e.attrs = append(e.attrs, stringA("auto_pad", random.OneOf(d, "SAME_UPPER", "SAME_LOWER", "VALID")))
			case 1, 2:
				e.attrs = append(e.attrs, intsAttr("pads", d.List(2*n, 0, 1)...))
			case 3:
				var shape []int64
				for i := range n {
					shape = append(shape, x[2+i]*strides[i]+d.In(0, 1))
				}
				e.attrs = append(e.attrs, intsAttr("output_shape", shape...))
				e.attrs = d.maybe(e.attrs, stringA("auto_pad", random.OneOf(d, "SAME_UPPER", "SAME_LOWER", "NOTSET")))
				return e
			}
			var rest []int64
			for i := range n {
				rest = append(rest, d.In(0, max(strides[i], dilations[i])-1))
			}
			e.attrs = d.maybe(e.attrs, intsAttr("output_padding", rest...))
			return e
		}},
		pool("MaxPool", true, 17, func(d draw) []*onnxio.Attribute {
			return d.maybe(d.maybe(nil, intAttr("ceil_mode", 1)), intAttr("storage_order", d.In(0, 1)))
		}),
		pool("AveragePool", false, 17, func(d draw) []*onnxio.Attribute {
			return averaging(d)
		}),
		{"AveragePool 19", func(d draw) example {
			e := pool("AveragePool", true, 19, func(d draw) []*onnxio.Attribute {
				return averaging(d)
			}).draw(d)
			e.op = "AveragePool"
			return e
		}},
		pool("LpPool", false, 17, func(d draw) []*onnxio.Attribute { return d.maybe(nil, intAttr("p", d.In(1, 3))) }),
		{"LpPool 18", func(d draw) example {
			e := pool("LpPool", true, 18, func(d draw) []*onnxio.Attribute {
				return d.maybe(nil, intAttr("p", d.In(1, 3)))
			}).draw(d)
			e.op = "LpPool"
			if (&onnxio.Node{Attrs: e.attrs}).Attr("strides") == nil {
				e.attrs = append(e.attrs, intAttr("ceil_mode", 1)) // else ONNX Runtime may infer too large a shape
			}
			return e
		}},
		{"GlobalAveragePool", func(d draw) example { return example{in: []operand{apart(image(d, 2, 1+d.IntN(3))...)}} }},
		{"GlobalMaxPool", func(d draw) example { return example{in: []operand{apart(image(d, 2, 1+d.IntN(3))...)}} }},
		{"GlobalLpPool", func(d draw) example {
			return example{attrs: d.maybe(nil, intAttr("p", d.In(1, 3))), in: []operand{apart(image(d, 2, 1+d.IntN(3))...)}}
		}},
	}
}

// averaging draws what an average counts.
func averaging(d draw) []*onnxio.Attribute {
	return d.maybe(d.maybe(nil, intAttr("ceil_mode", 1)), intAttr("count_include_pad", 1))
}

func normGenerators() []generator {
	shape := func(d draw, least, most int) []int64 { return d.List(least+d.IntN(most-least+1), 1, 4) }
	epsilon := func(d draw) []*onnxio.Attribute {
		return d.maybe(nil, floatA("epsilon", random.OneOf[float32](d, 1e-3, 0.1)))
	}
	return []generator{
		{"BatchNormalization", func(d draw) example {
			x := shape(d, 2, 5)
			e := example{attrs: epsilon(d), in: []operand{normal(x...), normal(x[1]), normal(x[1]), normal(x[1]), between(0.5, 2, x[1])}}
			if x[0] > 1 && d.Chance(0.5) {
				e.attrs = append(e.attrs, intAttr("training_mode", 1))
				e.in[3], e.in[4] = fixed(e.in[3]), fixed(e.in[4])
			}
			return e
		}},
		{"LayerNormalization", func(d draw) example {
			x := d.List(1+d.IntN(4), 2, 4)
			a := d.axis(len(x))
			tail := x[resolve(a, int64(len(x))):]
			e := example{attrs: epsilon(d), in: []operand{normal(x...), normal(tail...)}}
			if a != -1 || d.Chance(0.5) {
				e.attrs = append(e.attrs, intAttr("axis", a))
			}
			if d.Chance(0.6) {
				e.in = append(e.in, normal(tail...))
			}
			if d.Chance(0.3) {
				e.outputs, e.unseeded = 3, []int{1, 2}
			}
			return e
		}},
		{"InstanceNormalization", func(d draw) example {
			x := d.List(3+d.IntN(3), 2, 3)
			return example{attrs: epsilon(d), in: []operand{normal(x...), normal(x[1]), normal(x[1])}}
		}},
		{"GroupNormalization", func(d draw) example {
			groups := d.In(1, 3)
			x := slices.Concat([]int64{d.In(1, 2), groups * d.In(1, 2)}, d.List(1+d.IntN(3), 2, 3))
			return example{opset: 21, attrs: append(epsilon(d), intAttr("num_groups", groups)), in: []operand{normal(x...), normal(x[1]), normal(x[1])}}
		}},
		{"RMSNormalization", func(d draw) example {
			x := d.List(1+d.IntN(4), 2, 4)
			a := d.axis(len(x))
			e := example{opset: 23, attrs: epsilon(d), in: []operand{normal(x...), normal(x[resolve(a, int64(len(x))):]...)}}
			if a != -1 || d.Chance(0.5) {
				e.attrs = append(e.attrs, intAttr("axis", a))
			}
			return e
		}},
		{"LpNormalization", func(d draw) example {
			x := shape(d, 1, 4)
			return example{attrs: d.maybe(d.maybe(nil, intAttr("axis", d.axis(len(x)))), intAttr("p", d.In(1, 2))), in: []operand{apart(x...)}}
		}},
		{"MeanVarianceNormalization", func(d draw) example {
			x := d.List(4, 2, 3)
			return example{attrs: d.maybe(nil, intsAttr("axes", random.OneOf(d, dims(0, 2, 3), dims(2, 3), dims(0, 1, 2, 3), dims(-1, -2))...)), in: []operand{normal(x...)}}
		}},
		{"LRN", func(d draw) example {
			x := slices.Concat([]int64{1, d.In(2, 6)}, d.List(1+d.IntN(3), 1, 3))
			list := attrs(intAttr("size", d.In(1, 6)))
			return example{attrs: d.maybe(d.maybe(d.maybe(list, floatA("alpha", 0.3)), floatA("beta", 0.6)), floatA("bias", 2)), in: []operand{normal(x...)}}
		}},
		{"Softmax", func(d draw) example {
			x := shape(d, 1, 4)
			return example{attrs: d.maybe(nil, intAttr("axis", d.axis(len(x)))), in: []operand{normal(x...)}}
		}},
		{"LogSoftmax", func(d draw) example {
			x := shape(d, 1, 4)
			return example{attrs: d.maybe(nil, intAttr("axis", d.axis(len(x)))), in: []operand{normal(x...)}}
		}},
		{"SoftmaxCrossEntropyLoss", lossUse},
		{"NegativeLogLikelihoodLoss", lossUse},
	}
}

// lossUse draws scores [N, C, spatial...] and classes [N, spatial...].
func lossUse(d draw) example {
	spatial := d.List(d.IntN(3), 1, 3)
	n, classes := d.In(1, 3), d.In(2, 4)
	labels := slices.Concat([]int64{n}, spatial)
	targets := indices(labels, d.List(int(product(labels)), 0, classes-1)...)
	e := example{in: []operand{normal(slices.Concat([]int64{n, classes}, spatial)...), targets}}
	if d.Chance(0.5) {
		e.in = append(e.in, fixed(between(0.5, 2, classes)))
	}
	e.attrs = d.maybe(e.attrs, stringA("reduction", random.OneOf(d, "none", "sum", "mean")))
	if d.Chance(0.4) {
		ignored := random.OneOf[int64](d, 0, 1, -1)
		e.attrs = append(e.attrs, intAttr("ignore_index", ignored))
		targets.ints[0] = ignored
		if len(targets.ints) == 1 || ignored < 0 && d.Chance(0.5) {
			targets.ints[0] = max(classes-1, 0)
		}
	}
	return e
}

func reduceGenerators() []generator {
	var all []generator
	reduction := func(op string, since int64) generator {
		return generator{op, func(d draw) example {
			x := d.List(d.IntN(5), 1, 4)
			values := apart(x...)
			if op == "ReduceLogSum" || op == "ReduceProd" { // neither negative nor out of the range of float32
				values = between(0.7, 1.4, x...)
			}
			e := example{in: []operand{values}}
			e.attrs = d.maybe(e.attrs, intAttr("keepdims", d.In(0, 1)))
			axes := d.axes(len(x), 0)
			if d.Chance(0.5) { // axes are an input
				e.opset = since
				e.attrs = d.maybe(e.attrs, intAttr("noop_with_empty_axes", d.In(0, 1)))
				if d.Chance(0.7) {
					e.in = append(e.in, ints(axes...))
				}
			} else if e.opset = 17; since > 13 && len(axes) > 0 {
				e.attrs = append(e.attrs, intsAttr("axes", axes...))
			}
			return e
		}}
	}
	for _, op := range []string{"ReduceMean", "ReduceMax", "ReduceMin", "ReduceProd", "ReduceL1", "ReduceL2", "ReduceSumSquare", "ReduceLogSum", "ReduceLogSumExp"} {
		all = append(all, reduction(op, 18))
	}
	return append(all, reduction("ReduceSum", 13),
		generator{"CumSum", func(d draw) example {
			x := d.List(1+d.IntN(3), 1, 4)
			return example{attrs: d.maybe(d.maybe(nil, intAttr("exclusive", 1)), intAttr("reverse", 1)), in: []operand{normal(x...), scalarInt(d.axis(len(x)))}}
		}},
		generator{"TopK", func(d draw) example {
			x := d.List(1+d.IntN(3), 1, 4)
			a := d.axis(len(x))
			return example{outputs: 2, unseeded: []int{1}, attrs: d.maybe(attrs(intAttr("axis", a)), intAttr("largest", 0)),
				in: []operand{apart(x...), ints(d.In(1, x[resolve(a, int64(len(x)))]))}}
		}},
	)
}
