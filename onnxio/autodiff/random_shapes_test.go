package autodiff

import (
	"slices"

	"github.com/sharewise/sharewise/onnxio"
	"github.com/sharewise/sharewise/onnxio/internal/random"
)

func shapeGenerators() []generator {
	return []generator{
		{"Reshape", func(d draw) example {
			x := d.List(1+d.IntN(4), 1, 4)
			to := slices.Clone(x)
			d.Shuffle(len(to), func(i, j int) { to[i], to[j] = to[j], to[i] })
			if d.Chance(0.4) && len(to) > 1 {
				to = append([]int64{to[0] * to[1]}, to[2:]...)
			}
			for i := range to {
				if i < len(x) && to[i] == x[i] && d.Chance(0.4) {
					to[i] = 0
				}
			}
			if d.Chance(0.5) {
				to[d.IntN(len(to))] = -1
			}
			return example{in: []operand{normal(x...), ints(to...)}}
		}},
		{"Flatten", func(d draw) example {
			x := d.List(1+d.IntN(4), 1, 4)
			return example{attrs: d.maybe(nil, intAttr("axis", d.In(-int64(len(x)), int64(len(x))))), in: []operand{normal(x...)}}
		}},
		{"Squeeze", func(d draw) example {
			x := d.List(1+d.IntN(4), 1, 2)
			var axes []int64
			for i, n := range x {
				if n == 1 && d.Chance(0.6) {
					axes = append(axes, random.OneOf(d, int64(i), int64(i-len(x))))
				}
			}
			e := example{in: []operand{normal(x...)}}
			if len(axes) > 0 {
				e.in = append(e.in, ints(axes...))
			}
			return e
		}},
		{"Unsqueeze", func(d draw) example {
			x := d.List(d.IntN(4), 1, 3)
			n := 1 + d.IntN(2)
			axes := d.axes(len(x)+n, n)[:n]
			return example{in: []operand{normal(x...), ints(axes...)}}
		}},
		{"Transpose", func(d draw) example {
			x := d.List(1+d.IntN(5), 1, 3)
			var perm []int64
			for _, p := range d.Perm(len(x)) {
				perm = append(perm, int64(p))
			}
			return example{attrs: d.maybe(nil, intsAttr("perm", perm...)), in: []operand{normal(x...)}}
		}},
		{"Expand", func(d draw) example {
			x := d.List(d.IntN(4), 1, 3)
			to := slices.Concat(d.List(d.IntN(3), 1, 3), x)
			for i := range to {
				if at := i - (len(to) - len(x)); at >= 0 && (x[at] == 1 || d.Chance(0.3)) {
					to[i] = 1
					if x[at] == 1 {
						to[i] = d.In(1, 3)
					}
				}
			}
			if len(to) > 0 && d.Chance(0.3) {
				to = to[d.IntN(len(to)):] // shorter than the input
			}
			return example{in: []operand{normal(x...), ints(to...)}}
		}},
		{"Tile", func(d draw) example {
			x := d.List(1+d.IntN(4), 1, 3)
			return example{in: []operand{normal(x...), ints(d.List(len(x), 1, 3)...)}}
		}},
		{"DepthToSpace", func(d draw) example {
			b := d.In(1, 3)
			return example{attrs: d.maybe(attrs(intAttr("blocksize", b)), stringA("mode", random.OneOf(d, "DCR", "CRD"))), in: []operand{normal(d.In(1, 2), b*b*d.In(1, 2), d.In(1, 2), d.In(1, 3))}}
		}},
		{"SpaceToDepth", func(d draw) example {
			b := d.In(1, 3)
			return example{attrs: attrs(intAttr("blocksize", b)), in: []operand{normal(d.In(1, 2), d.In(1, 2), b*d.In(1, 2), b*d.In(1, 2))}}
		}},
		{"Trilu", func(d draw) example {
			x := d.List(2+d.IntN(2), 1, 4)
			e := example{attrs: d.maybe(nil, intAttr("upper", d.In(0, 1))), in: []operand{normal(x...)}}
			if d.Chance(0.6) {
				e.in = append(e.in, scalarInt(d.In(-4, 4)))
			}
			return e
		}},
	}
}

func pieceGenerators() []generator {
	return []generator{
		{"Concat", func(d draw) example {
			x := d.List(1+d.IntN(4), 1, 3)
			a := d.axis(len(x))
			e := example{attrs: attrs(intAttr("axis", a))}
			for range 1 + d.IntN(3) {
				part := slices.Clone(x)
				part[resolve(a, int64(len(x)))] = d.In(0, 3)
				e.in = append(e.in, normal(part...))
			}
			return e
		}},
		{"Split", func(d draw) example {
			x := d.List(1+d.IntN(4), 1, 3)
			a := d.axis(len(x))
			parts := d.List(1+d.IntN(3), 0, 3)
			if d.Chance(0.4) {
				parts = slices.Repeat(parts[:1], len(parts))
			}
			total := int64(0)
			for _, n := range parts {
				total += n
			}
			x[resolve(a, int64(len(x)))] = total
			e := example{outputs: len(parts), attrs: attrs(intAttr("axis", a)), in: []operand{normal(x...)}}
			switch {
			case d.Chance(0.6):
				e.in = append(e.in, ints(parts...))
			case d.Chance(0.5):
				e.opset, e.attrs = 18, append(e.attrs, intAttr("num_outputs", int64(len(parts))))
			}
			return e
		}},
		{"Slice", func(d draw) example {
			x := d.List(1+d.IntN(3), 1, 5)
			axes := d.axes(len(x), 1)
			n := len(axes)
			steps := d.List(n, 1, 3)
			for i := range steps {
				steps[i] *= random.OneOf[int64](d, 1, 1, -1)
			}
			e := example{in: []operand{normal(x...), ints(d.List(n, -7, 7)...), ints(d.List(n, -7, 7)...), ints(axes...), ints(steps...)}}
			switch d.IntN(4) {
			case 0:
				e.in = e.in[:4]
			case 1:
				e.in = e.in[:3]
			case 2:
				e.in[3] = none
				e.in[4] = ints(steps...)
			}
			if n < len(x) && d.Chance(0.2) {
				e.in[2] = ints(slices.Repeat([]int64{1 << 62}, n)...)
			}
			return e
		}},
		{"Pad", func(d draw) example {
			x := d.List(1+d.IntN(3), 2, 5)
			mode := random.OneOf(d, "constant", "reflect", "edge", "wrap")
			opset := random.OneOf[int64](d, 17, 18, 19, 21)
			axes := make([]int64, len(x))
			for i := range axes {
				axes[i] = int64(i)
			}
			e := example{opset: opset, attrs: d.maybe(nil, stringA("mode", mode)), in: []operand{normal(x...)}}
			if len(e.attrs) == 0 {
				mode = "constant"
			}
			withAxes := opset >= 18 && d.Chance(0.5)
			if withAxes {
				axes = d.axes(len(x), 1)
			}
			pads := d.List(2*len(axes), 0, 3)
			for i := range pads {
				size := x[resolve(axes[i%len(axes)], int64(len(x)))]
				if mode != "constant" {
					pads[i] = min(pads[i], size-1)
				}
				if d.Chance(0.15) {
					pads[i] = -1
				}
			}
			e.in = append(e.in, ints(pads...))
			if mode == "constant" && d.Chance(0.5) {
				e.in = append(e.in, normal())
			}
			if withAxes {
				if len(e.in) == 2 {
					e.in = append(e.in, none)
				}
				e.in = append(e.in, ints(axes...))
			}
			return e
		}},
		{"Gather", func(d draw) example {
			x := d.List(1+d.IntN(3), 1, 4)
			a := d.axis(len(x))
			n := x[resolve(a, int64(len(x)))]
			at := d.List(d.IntN(3), 1, 3)
			return example{attrs: d.maybe(nil, intAttr("axis", a)), in: []operand{normal(x...), indices(at, d.List(int(product(at)), -n, n-1)...)}}
		}},
		{"GatherElements", func(d draw) example {
			x := d.List(1+d.IntN(3), 1, 4)
			a := d.axis(len(x))
			at := make([]int64, len(x))
			for i := range at {
				at[i] = d.In(1, x[i])
			}
			n := x[resolve(a, int64(len(x)))]
			at[resolve(a, int64(len(x)))] = d.In(1, 5)
			return example{attrs: attrs(intAttr("axis", a)), in: []operand{normal(x...), indices(at, d.List(int(product(at)), -n, n-1)...)}}
		}},
		{"GatherND", func(d draw) example {
			x := d.List(1+d.IntN(4), 1, 3)
			batch := d.IntN(len(x))
			width := 1 + d.IntN(len(x)-batch)
			lead := slices.Concat(x[:batch], d.List(d.IntN(2), 1, 3))
			at := append(slices.Clone(lead), int64(width))
			v := make([]int64, product(at))
			for i := range v {
				n := x[batch+i%width]
				v[i] = d.In(-n, n-1)
			}
			return example{attrs: d.maybe(attrs(intAttr("batch_dims", int64(batch))), intAttr("batch_dims", int64(batch)))[:1], in: []operand{normal(x...), indices(at, v...)}}
		}},
		{"ScatterElements", func(d draw) example {
			x := d.List(1+d.IntN(3), 2, 4)
			a := d.axis(len(x))
			at := make([]int64, len(x))
			for i := range at {
				at[i] = d.In(1, x[i])
			}
			n := x[resolve(a, int64(len(x)))]
			data, updates := apart(x...), apart(at...)
			for i := range updates.floats {
				updates.floats[i] += 0.07
			}
			e := example{opset: 18, attrs: attrs(intAttr("axis", a))}
			v := d.List(int(product(at)), -n, n-1)
			if reduction := random.OneOf(d, "none", "add", "mul", "max", "min"); reduction != "none" {
				e.attrs = append(e.attrs, stringA("reduction", reduction))
			} else { // indices must not repeat
				at[resolve(a, int64(len(x)))] = 1
				updates, v = apart(at...), d.List(int(product(at)), -n, n-1)
			}
			e.in = []operand{data, indices(at, v...), updates}
			return e
		}},
		{"ScatterND", func(d draw) example {
			x := d.List(1+d.IntN(3), 2, 4)
			width := 1 + d.IntN(len(x))
			rows := d.In(1, 3)
			e := example{opset: 18}
			if reduction := random.OneOf(d, "none", "add", "mul", "max", "min"); reduction != "none" {
				e.attrs = append(e.attrs, stringA("reduction", reduction))
			} else {
				rows = 1
			}
			v := make([]int64, rows*int64(width))
			for i := range v {
				n := x[i%width]
				v[i] = d.In(-n, n-1)
			}
			updates := apart(slices.Concat([]int64{rows}, x[width:])...)
			for i := range updates.floats {
				updates.floats[i] += 0.07
			}
			e.in = []operand{apart(x...), indices(dims(rows, int64(width)), v...), updates}
			return e
		}},
		{"ReverseSequence", func(d draw) example {
			x := d.List(2+d.IntN(2), 1, 4)
			batch := d.In(0, 1)
			return example{attrs: attrs(intAttr("batch_axis", batch), intAttr("time_axis", 1-batch)), in: []operand{normal(x...), indices(dims(x[batch]), d.List(int(x[batch]), 1, x[1-batch])...)}}
		}},
		{"MatMul", func(d draw) example {
			k := d.In(1, 4)
			stack := d.List(d.IntN(3), 1, 3)
			thin := func() []int64 {
				s := slices.Clone(stack)
				for i := range s {
					if d.Chance(0.3) {
						s[i] = 1
					}
				}
				return s[d.IntN(len(s)+1):]
			}
			a, b := slices.Concat(thin(), []int64{d.In(1, 3), k}), slices.Concat(thin(), []int64{k, d.In(1, 3)})
			if d.Chance(0.15) {
				a = []int64{k}
			}
			if d.Chance(0.15) {
				b = []int64{k}
			}
			return example{in: []operand{normal(a...), normal(b...)}}
		}},
		{"Gemm", func(d draw) example {
			m, n, k := d.In(1, 3), d.In(1, 3), d.In(1, 3)
			a, b := dims(m, k), dims(k, n)
			var list []*onnxio.Attribute
			if d.Chance(0.5) {
				a, list = dims(k, m), append(list, intAttr("transA", 1))
			}
			if d.Chance(0.5) {
				b, list = dims(n, k), append(list, intAttr("transB", 1))
			}
			e := example{attrs: d.maybe(d.maybe(list, floatA("alpha", 0.3)), floatA("beta", random.OneOf[float32](d, 2, 0, -1))), in: []operand{normal(a...), normal(b...)}}
			if d.Chance(0.7) {
				e.in = append(e.in, normal(random.OneOf(d, dims(), dims(1), dims(n), dims(m, 1), dims(1, n), dims(m, n), dims(1, 1))...))
			}
			return e
		}},
		{"Einsum", func(d draw) example {
			size := map[byte]int64{'i': d.In(1, 3), 'j': d.In(1, 3), 'k': d.In(1, 3), 'b': d.In(1, 2)}
			equation := random.OneOf(d, "ij,jk->ik", "bij,bjk->bik", "bij,bkj->bik", "ij,ij->", "ij->i", "i,j->ij", "bij,jk", "ij,kj", "ij->ji", "ijk->k", "b...i,ij->b...j", "...ij,...jk->...ik", "bi,bj,bk->ijk")
			e := example{attrs: attrs(stringA("equation", equation))}
			for _, term := range splitTerms(equation) {
				var shape []int64
				for i := 0; i < len(term); i++ {
					if term[i] == '.' {
						shape, i = append(shape, 2), i+2
						continue
					}
					shape = append(shape, size[term[i]])
				}
				e.in = append(e.in, normal(shape...))
			}
			return e
		}},
	}
}
