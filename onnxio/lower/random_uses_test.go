package lower_test

import (
	"slices"

	"github.com/sharewise/sharewise/onnxio"
	"github.com/sharewise/sharewise/onnxio/internal/random"
)

// constants are a list of integers in an initializer.
func integersOf(v ...int64) operand {
	return operand{shape: []int64{int64(len(v))}, longs: v, fixed: true}
}

// oldUses are operators as operator sets before 13 had them.
var oldUses = map[string]func(d draw) sample{
	"Softmax":    oldSoftmax,
	"LogSoftmax": oldSoftmax,
	"Clip": func(d draw) sample {
		return sample{opset: d.In(7, 10), attrs: d.maybe(d.maybe(nil, floatA("min", -0.3)), floatA("max", 0.4)), in: []operand{of(d.List(d.IntN(4), 1, 4)...)}}
	},
	"Pad": func(d draw) sample {
		x := d.List(1+d.IntN(3), 2, 4)
		mode := random.OneOf(d, "constant", "reflect", "edge")
		pads := d.List(2*len(x), 0, 2)
		for i := range pads {
			if mode != "constant" {
				pads[i] = min(pads[i], x[i%len(x)]-1)
			}
			if d.Chance(0.1) {
				pads[i] = -1
			}
		}
		return sample{opset: d.In(7, 10), attrs: d.maybe(attrs(stringA("mode", mode), intsA("pads", pads...)), floatA("value", 0.7)), in: []operand{of(x...)}}
	},
	"Slice": func(d draw) sample {
		x := d.List(1+d.IntN(3), 1, 5)
		n := 1 + d.IntN(len(x))
		list := attrs(intsA("starts", d.List(n, -6, 6)...), intsA("ends", d.List(n, -6, 6)...))
		var axes []int64
		for _, a := range d.Perm(len(x))[:n] {
			axes = append(axes, int64(a))
		}
		return sample{opset: d.In(7, 9), attrs: d.maybe(list, intsA("axes", axes...)), in: []operand{of(x...)}}
	},
	"Split": func(d draw) sample {
		x := d.List(1+d.IntN(3), 1, 3)
		a, parts := d.IntN(len(x)), d.List(1+d.IntN(3), 1, 3)
		total := int64(0)
		for _, n := range parts {
			total += n
		}
		x[a] = total
		s := sample{opset: d.In(7, 12), outputs: len(parts), attrs: attrs(intA("axis", int64(a)), intsA("split", parts...)), in: []operand{of(x...)}}
		if d.Chance(0.3) {
			x[a], s.attrs = 2*int64(len(parts)), s.attrs[:1]
			s.in = []operand{of(x...)}
		}
		return s
	},
	"Squeeze": func(d draw) sample {
		x := d.List(2+d.IntN(3), 1, 2)
		a := d.IntN(len(x))
		x[a] = 1
		return sample{opset: d.In(7, 12), attrs: attrs(intsA("axes", int64(a))), in: []operand{of(x...)}}
	},
	"Unsqueeze": func(d draw) sample {
		return sample{opset: d.In(7, 12), attrs: attrs(intsA("axes", random.OneOf(d, []int64{0}, []int64{1}, []int64{0, 2})...)), in: []operand{of(d.List(1+d.IntN(3), 1, 3)...)}}
	},
	"ReduceSum": oldReduction, "ReduceMean": oldReduction, "ReduceMax": oldReduction, "ReduceL2": oldReduction, "ReduceLogSumExp": oldReduction,
	"Upsample": func(d draw) sample {
		x := slices.Concat([]int64{1, 2}, d.List(2, 2, 4))
		factors := []float32{1, 1, random.OneOf[float32](d, 1, 2, 1.5, 3), random.OneOf[float32](d, 2, 1, 1.3)}
		s := sample{opset: d.In(7, 9), attrs: d.maybe(nil, stringA("mode", random.OneOf(d, "nearest", "linear"))), in: []operand{of(x...)}}
		if s.opset < 9 {
			s.attrs = append(s.attrs, floatsA("scales", factors...))
		} else {
			s.in = append(s.in, operand{shape: []int64{4}, numbers: factors, fixed: true})
		}
		return s
	},
	"Resize": func(d draw) sample {
		x := slices.Concat([]int64{1, 2}, d.List(2, 2, 4))
		factors := []float32{1, 1, random.OneOf[float32](d, 1, 2, 1.5), random.OneOf[float32](d, 2, 1, 1.3)}
		if d.Chance(0.5) {
			factors = []float32{1, 1, random.OneOf[float32](d, 1, 0.5, 0.6), random.OneOf[float32](d, 0.3, 1, 0.5)}
		}
		return sample{opset: 10, attrs: d.maybe(nil, stringA("mode", random.OneOf(d, "nearest", "linear"))), in: []operand{of(x...), {shape: []int64{4}, numbers: factors, fixed: true}}}
	},
	"BatchNormalization": func(d draw) sample {
		x := d.List(2+d.IntN(4), 1, 3)
		s := sample{opset: d.In(7, 13), attrs: d.maybe(d.maybe(nil, floatA("epsilon", 0.01)), floatA("momentum", 0.7))}
		s.in = []operand{of(x...), weight(x[1]), weight(x[1]), weight(x[1]), constantOf(0.6, x[1])}
		if s.opset < 9 {
			s.attrs = d.maybe(s.attrs, intA("spatial", 1))
		}
		return s
	},
	"Dropout": func(d draw) sample {
		return sample{opset: d.In(7, 11), attrs: d.maybe(nil, floatA("ratio", 0.4)), in: []operand{of(d.List(1+d.IntN(3), 1, 3)...)}}
	},
	"Flatten": func(d draw) sample {
		x := d.List(1+d.IntN(4), 1, 3)
		return sample{opset: d.In(7, 12), attrs: d.maybe(nil, intA("axis", d.In(0, int64(len(x))))), in: []operand{of(x...)}}
	},
	"Gemm": func(d draw) sample {
		m, n, k := d.In(1, 3), d.In(1, 3), d.In(1, 3)
		return sample{opset: d.In(7, 10), attrs: d.maybe(d.maybe(attrs(intA("transB", 1)), floatA("alpha", 0.5)), floatA("beta", 0.5)), in: []operand{of(m, k), of(n, k), of(random.OneOf(d, []int64{n}, []int64{m, n}, []int64{1, n}, []int64{1})...)}}
	},
	"MaxPool": oldPool, "AveragePool": oldPool, "LpPool": oldPool,
	"TopK": func(d draw) sample {
		x := d.List(1+d.IntN(3), 2, 4)
		a := d.IntN(len(x))
		s := sample{opset: d.In(7, 11), attrs: attrs(intA("axis", int64(a))), in: []operand{of(x...)}, outputs: 1}
		if s.opset < 10 {
			s.attrs = append(s.attrs, intA("k", d.In(1, x[a])))
		} else {
			s.in = append(s.in, integersOf(d.In(1, x[a])))
		}
		s.outputs = 2
		return s
	},
	"DepthToSpace": func(d draw) sample {
		s := sample{opset: d.In(7, 12), attrs: attrs(intA("blocksize", 2)), in: []operand{of(1, 8, 2, 3)}}
		if s.opset >= 11 {
			s.attrs = d.maybe(s.attrs, stringA("mode", "CRD"))
		}
		return s
	},
	"Scatter": func(d draw) sample {
		return sample{opset: d.In(9, 10), attrs: d.maybe(nil, intA("axis", 0)), in: []operand{of(3, 3), {shape: []int64{2, 3}, longs: []int64{0, 1, 2, 2, 0, 1}, fixed: true}, of(2, 3)}}
	},
	"LRN": func(d draw) sample {
		return sample{opset: d.In(7, 12), attrs: attrs(intA("size", d.In(1, 5)), floatA("alpha", 0.2)), in: []operand{of(2, d.In(1, 6), 2, 2)}}
	},
	"PRelu": func(d draw) sample {
		return sample{opset: d.In(7, 9), in: []operand{of(2, 3, 4), weight(random.OneOf(d, []int64{3, 1}, []int64{1}, []int64{4}, []int64{2, 3, 4})...)}}
	},
	"ConvTranspose": func(d draw) sample {
		return sample{opset: d.In(7, 10), attrs: d.maybe(d.maybe(attrs(intsA("strides", d.List(2, 1, 2)...)), intsA("pads", d.List(4, 0, 1)...)), intsA("output_padding", 0, 0)), in: []operand{of(1, 2, 3, 3), weight(2, 2, 3, 2), weight(2)}}
	},
	"Pow": func(d draw) sample {
		return sample{opset: d.In(7, 11), in: []operand{constantOf(1.7, 2, 3), of(3)}}
	},
	"Hardmax": oldSoftmax,
	"Cast": func(d draw) sample {
		return sample{opset: d.In(7, 12), attrs: attrs(intA("to", int64(onnxio.Int32))), in: []operand{of(2, 5)}}
	},
	"Expand": func(d draw) sample {
		return sample{opset: d.In(8, 12), in: []operand{of(2, 1, 3), integersOf(random.OneOf(d, []int64{2, 4, 3}, []int64{1}, []int64{5, 2, 1, 1}, []int64{3})...)}}
	},
}

func oldSoftmax(d draw) sample {
	x := d.List(1+d.IntN(4), 1, 3)
	s := sample{opset: d.In(7, 12), attrs: d.maybe(nil, intA("axis", d.In(0, int64(len(x))-1))), in: []operand{of(x...)}}
	if len(x) == 1 {
		s.attrs = attrs(intA("axis", 0))
	}
	return s
}

func oldReduction(d draw) sample {
	x := d.List(1+d.IntN(4), 1, 3)
	var axes []int64
	for _, a := range d.Perm(len(x))[:1+d.IntN(len(x))] {
		axes = append(axes, int64(a))
	}
	s := sample{opset: d.In(7, 12), attrs: d.maybe(d.maybe(nil, intsA("axes", axes...)), intA("keepdims", 0)), in: []operand{of(x...)}}
	if s.opset >= 11 && d.Chance(0.5) {
		s.attrs = attrs(intsA("axes", axes[0]-int64(len(x))))
	}
	return s
}

func oldPool(d draw) sample {
	n := 1 + d.IntN(2)
	x := slices.Concat([]int64{1, 2}, d.List(n, 4, 7))
	s := sample{opset: d.In(7, 12), attrs: attrs(intsA("kernel_shape", d.List(n, 2, 3)...)), in: []operand{of(x...)}}
	s.attrs = d.maybe(s.attrs, intsA("strides", d.List(n, 1, 2)...))
	if d.Chance(0.5) {
		s.attrs = append(s.attrs, intsA("pads", d.List(2*n, 0, 1)...))
	} else {
		s.attrs = d.maybe(s.attrs, stringA("auto_pad", random.OneOf(d, "SAME_UPPER", "SAME_LOWER", "VALID")))
	}
	return s
}

// loweredUses are operators that package lower rewrites.
var loweredUses = map[string]func(d draw) sample{
	"RNN":  func(d draw) sample { return recurrentUse(d, 1, 1) },
	"GRU":  func(d draw) sample { return recurrentUse(d, 3, 2) },
	"LSTM": func(d draw) sample { return recurrentUse(d, 4, 3) },
	"GroupNormalization": func(d draw) sample {
		groups := d.In(1, 3)
		return sample{opset: 18, attrs: d.maybe(attrs(intA("num_groups", groups)), floatA("epsilon", 0.01)), in: []operand{of(2, groups*2, 3), weight(groups), weight(groups)}}
	},
	"Attention": func(d draw) sample {
		heads, shared, size, values := d.In(1, 2), d.In(1, 2), d.In(1, 4), d.In(1, 4)
		batch, queries, keys := d.In(1, 2), d.In(1, 4), d.In(1, 4)
		s := sample{opset: random.OneOf[int64](d, 23, 24)}
		if d.Chance(0.5) {
			s.in = []operand{of(batch, heads*shared, queries, size), of(batch, heads, keys, size), of(batch, heads, keys, values)}
		} else {
			s.in = []operand{of(batch, queries, heads*shared*size), of(batch, keys, heads*size), of(batch, keys, heads*values)}
			s.attrs = attrs(intA("q_num_heads", heads*shared), intA("kv_num_heads", heads))
		}
		if d.Chance(0.5) {
			mask := random.OneOf(d, []int64{queries, keys}, []int64{1, queries, keys}, []int64{batch, 1, queries, keys}, []int64{batch, heads * shared, queries, keys})
			x := of(mask...)
			if d.Chance(0.5) {
				x.bools = make([]bool, mask[0])
				for _, n := range mask[1:] {
					x.bools = slices.Repeat(x.bools, int(n))
				}
				for i := range x.bools {
					x.bools[i] = i%int(keys) == 0 || d.Chance(0.6)
				}
			}
			s.in = append(s.in, x)
		}
		s.attrs = d.maybe(s.attrs, intA("is_causal", 1))
		s.attrs = d.maybe(s.attrs, floatA("scale", 0.3))
		if d.Chance(0.3) {
			s.attrs = append(s.attrs, floatA("softcap", 1.5))
		}
		return s
	},
	"RotaryEmbedding": func(d draw) sample {
		half, heads, batch, steps := d.In(1, 3), d.In(1, 2), d.In(1, 2), d.In(1, 4)
		size := 2*half + 2*d.In(0, 1)
		s := sample{opset: 23, attrs: d.maybe(nil, intA("interleaved", 1))}
		if d.Chance(0.5) {
			s.in = []operand{of(batch, heads, steps, size)}
		} else {
			s.in, s.attrs = []operand{of(batch, steps, heads*size)}, append(s.attrs, intA("num_heads", heads))
		}
		if size > 2*half {
			s.attrs = append(s.attrs, intA("rotary_embedding_dim", 2*half))
		}
		if d.Chance(0.5) {
			s.in = append(s.in, weight(6, half), weight(6, half), operand{shape: []int64{batch, steps}, longs: d.List(int(batch*steps), 0, 5), fixed: true})
		} else {
			s.in = append(s.in, weight(batch, steps, half), weight(batch, steps, half))
		}
		return s
	},
	"SkipLayerNormalization": func(d draw) sample {
		s := contrib(sample{attrs: d.maybe(nil, floatA("epsilon", 0.01)), in: []operand{of(2, 3, 4), of(random.OneOf(d, []int64{2, 3, 4}, []int64{1, 3, 4}, []int64{3, 4})...), weight(4), none, none}})
		if d.Chance(0.5) {
			s.in[3] = weight(4)
		}
		if d.Chance(0.5) {
			s.in[4] = weight(4)
		}
		return s
	},
	"SkipSimplifiedLayerNormalization": func(d draw) sample {
		s := contrib(sample{attrs: d.maybe(nil, floatA("epsilon", 0.01)), in: []operand{of(2, 3, 4), of(2, 3, 4), weight(4)}})
		if d.Chance(0.5) {
			s.in = append(s.in, weight(4))
		}
		return s
	},
	"MultiHeadAttention": func(d draw) sample {
		heads, size, batch, queries, keys := d.In(1, 3), d.In(1, 4), d.In(1, 2), d.In(1, 4), d.In(1, 4)
		values := d.In(1, 4)
		s := contrib(sample{attrs: d.maybe(attrs(intA("num_heads", heads)), floatA("scale", 0.4))})
		s.in = []operand{of(batch, queries, heads*size), of(batch, keys, heads*size), of(batch, keys, heads*values), none, none, none}
		if d.Chance(0.4) {
			s.in[3] = weight(heads * (2*size + values))
		}
		switch d.IntN(4) {
		case 0:
			s.in[4] = lengths(slices.Repeat([]int32{int32(d.In(1, keys))}, int(batch))...)
		case 1:
			s.in[4] = operand{shape: []int64{batch, keys}, ints: make([]int32, batch*keys)}
			for i := range s.in[4].ints {
				s.in[4].ints[i] = int32(d.In(0, 1))
				if int64(i)%keys == 0 {
					s.in[4].ints[i] = 1 // a first query without keys that count gives no scores of any meaning
				}
			}
		}
		if d.Chance(0.4) {
			s.in[5] = of(random.OneOf(d, batch, 1), random.OneOf(d, heads, 1), queries, keys)
		}
		s.attrs = d.maybe(s.attrs, intA("unidirectional", d.In(0, 1)))
		s.attrs = d.maybe(s.attrs, floatA("mask_filter_value", -3))
		return s
	},
	"MultiHeadAttention projected": func(d draw) sample {
		heads, size, batch, steps, keys := d.In(1, 3), d.In(1, 4), d.In(1, 2), d.In(1, 4), d.In(1, 4)
		return contrib(sample{op: "MultiHeadAttention", attrs: attrs(intA("num_heads", heads)), in: []operand{of(batch, steps, heads*size), of(batch, heads, keys, size), of(batch, heads, keys, size)}})
	},
	"Attention packed": func(d draw) sample {
		heads, size, batch, steps, width := d.In(1, 3), d.In(1, 4), d.In(1, 2), d.In(1, 4), d.In(1, 4)
		s := contrib(sample{op: "Attention", attrs: d.maybe(attrs(intA("num_heads", heads)), floatA("scale", 0.4))})
		sizes := []int64{heads * size, heads * size, heads * size}
		if d.Chance(0.4) {
			sizes[2] = heads * d.In(1, 4)
			s.attrs = append(s.attrs, intsA("qkv_hidden_sizes", sizes...))
		}
		total := sizes[0] + sizes[1] + sizes[2]
		s.in = []operand{of(batch, steps, width), weight(width, total), weight(total), none, none, none}
		switch d.IntN(5) {
		case 0:
			s.in[3] = operand{shape: []int64{batch}, ints: make([]int32, batch)}
			for i := range s.in[3].ints {
				s.in[3].ints[i] = int32(d.In(1, steps))
			}
		case 1:
			s.in[3] = operand{shape: []int64{batch, steps}, ints: make([]int32, batch*steps)}
			for i := range s.in[3].ints {
				s.in[3].ints[i] = int32(d.In(0, 1))
				if int64(i)%steps == 0 {
					s.in[3].ints[i] = 1
				}
			}
		case 2:
			s.in[3] = operand{shape: []int64{batch, steps, steps}, ints: make([]int32, batch*steps*steps)}
			for i := range s.in[3].ints {
				s.in[3].ints[i] = int32(d.In(0, 1))
				if int64(i)%steps == 0 {
					s.in[3].ints[i] = 1
				}
			}
		}
		if d.Chance(0.3) {
			s.in[5] = of(random.OneOf(d, batch, 1), random.OneOf(d, heads, 1), steps, steps)
		}
		s.attrs = d.maybe(s.attrs, intA("unidirectional", d.In(0, 1)))
		return s
	},
	"EmbedLayerNormalization": func(d draw) sample {
		batch, steps := d.In(1, 2), d.In(1, 4)
		ids := func(n int64) operand {
			x := operand{shape: []int64{batch, steps}, ints: make([]int32, batch*steps)}
			for i := range x.ints {
				x.ints[i] = int32(d.In(0, n-1))
			}
			return x
		}
		s := contrib(sample{outputs: 2, in: []operand{ids(5), none, weight(5, 6), weight(8, 6), none, weight(6), weight(6), none}})
		if d.Chance(0.6) {
			s.in[1], s.in[4] = ids(2), weight(2, 6)
		}
		if d.Chance(0.5) {
			s.in[7] = ids(2)
		}
		return s
	},
	"FusedMatMul": func(d draw) sample {
		m, n, k, stack := d.In(1, 3), d.In(1, 3), d.In(1, 3), d.List(d.IntN(3), 1, 2)
		a, b := []int64{m, k}, []int64{k, n}
		var list []*onnxio.Attribute
		if d.Chance(0.5) {
			a, list = []int64{k, m}, append(list, intA("transA", 1))
		}
		if d.Chance(0.5) {
			b, list = []int64{n, k}, append(list, intA("transB", 1))
		}
		return contrib(sample{attrs: d.maybe(list, floatA("alpha", 0.3)), in: []operand{of(slices.Concat(stack, a)...), of(slices.Concat(stack, b)...)}})
	},
}

func contrib(s sample) sample {
	s.domain = "com.microsoft"
	return s
}

// recurrentUse draws a recurrent operator with the given number of gates and of
// activations per direction.
func recurrentUse(d draw, gates int64, activations int) sample {
	steps, batch, input, hidden := d.In(1, 4), d.In(1, 3), d.In(1, 3), d.In(1, 3)
	directions, direction := int64(1), random.OneOf(d, "forward", "reverse", "bidirectional")
	if direction == "bidirectional" {
		directions = 2
	}
	s := sample{opset: random.OneOf[int64](d, 7, 14, 17), attrs: attrs(intA("hidden_size", hidden), stringA("direction", direction)), outputs: 2}
	s.in = []operand{of(steps, batch, input), weight(directions, gates*hidden, input), weight(directions, gates*hidden, hidden), none, none, none}
	if d.Chance(0.6) {
		s.in[3] = weight(directions, 2*gates*hidden)
	}
	if d.Chance(0.4) {
		s.in[4] = lengths()
		for range batch {
			s.in[4].ints = append(s.in[4].ints, int32(d.In(1, steps)))
		}
		s.in[4].shape = []int64{batch}
	}
	if d.Chance(0.4) {
		s.in[5] = of(directions, batch, hidden)
	}
	if d.Chance(0.4) {
		var names []string
		for range int(directions) * activations {
			names = append(names, random.OneOf(d, "Tanh", "Sigmoid", "Relu", "HardSigmoid", "LeakyRelu", "Softsign", "Elu"))
		}
		s.attrs = append(s.attrs, stringsA("activations", names...))
	}
	if d.Chance(0.3) {
		s.attrs = append(s.attrs, floatA("clip", 0.4))
	}
	switch gates {
	case 3:
		s.attrs = d.maybe(s.attrs, intA("linear_before_reset", 1))
	case 4:
		s.outputs = 3
		s.attrs = d.maybe(s.attrs, intA("input_forget", d.In(0, 1)))
		s.in = append(s.in, none, none)
		if d.Chance(0.4) {
			s.in[6] = of(directions, batch, hidden)
		}
		if d.Chance(0.3) {
			s.in[7] = weight(directions, 3*hidden)
		}
	}
	return s
}
