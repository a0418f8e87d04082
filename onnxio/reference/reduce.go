package reference

import (
	"math"
	"sort"
)

// reduce makes a kernel of a function of the elements that are folded into
// one. integer is nil where the operator has no use for integers.
func reduce(float func([]float64) float64, integer func([]int64) int64) kernel {
	return one(func(c *call) *value {
		x := c.input(0)
		axes, given := c.listAt("axes", 1)
		in := axisSet(axes, x.rank())
		// Without axes, every element may be folded alone: ReduceL1 gives sizes.
		alone := (!given || len(axes) == 0) && c.flag("noop_with_empty_axes", false)
		if len(axes) == 0 && !alone {
			for i := range in {
				in[i] = true
			}
		}
		y := newValue(x.dt, reducedShape(x.shape, in, c.flag("keepdims", true)))
		for i, lane := range lanes(x.shape, in) {
			switch {
			case x.kind() == integers && integer != nil:
				values := make([]int64, len(lane))
				for j, p := range lane {
					values[j] = x.i[p]
				}
				y.i[i] = narrow(x.dt, integer(values))
			case x.kind() == integers:
				y.i[i] = int64(float(numbersAt(x, lane)))
			default:
				y.f[i] = float(at(x.floats(), lane))
			}
		}
		return y
	})
}

func numbersAt(x *value, lane []int) []float64 {
	out := make([]float64, len(lane))
	for i, p := range lane {
		out[i] = x.number(p)
	}
	return out
}

func reducedShape(shape []int, in []bool, keep bool) []int {
	out := []int{}
	for i, d := range shape {
		switch {
		case !in[i]:
			out = append(out, d)
		case keep:
			out = append(out, 1)
		}
	}
	return out
}

func addUp(x []float64) float64 {
	s := 0.0
	for _, v := range x {
		s += v
	}
	return s
}

func average(x []float64) float64 { return addUp(x) / float64(len(x)) }

func maximum(x []float64) float64 {
	m := math.Inf(-1)
	for _, v := range x {
		m = max(m, v)
	}
	return m
}

func minimum(x []float64) float64 {
	m := math.Inf(1)
	for _, v := range x {
		m = min(m, v)
	}
	return m
}

func product(x []float64) float64 {
	p := 1.0
	for _, v := range x {
		p *= v
	}
	return p
}

func sumSquare(x []float64) float64 {
	s := 0.0
	for _, v := range x {
		s += v * v
	}
	return s
}

func l1(x []float64) float64 {
	s := 0.0
	for _, v := range x {
		s += math.Abs(v)
	}
	return s
}

func l2(x []float64) float64 { return math.Sqrt(sumSquare(x)) }

func logSum(x []float64) float64 { return math.Log(addUp(x)) }

// logSumExp is ln Σ e^x, computed relative to the largest x so that it does
// not overflow.
func logSumExp(x []float64) float64 {
	m := maximum(x)
	if math.IsInf(m, 0) {
		return m
	}
	s := 0.0
	for _, v := range x {
		s += math.Exp(v - m)
	}
	return m + math.Log(s)
}

func sumInt(x []int64) int64 {
	var s int64
	for _, v := range x {
		s += v
	}
	return s
}

func productInt(x []int64) int64 {
	p := int64(1)
	for _, v := range x {
		p *= v
	}
	return p
}

func maxInt(x []int64) int64 {
	m := int64(math.MinInt64)
	for _, v := range x {
		m = max(m, v)
	}
	return m
}

func minInt(x []int64) int64 {
	m := int64(math.MaxInt64)
	for _, v := range x {
		m = min(m, v)
	}
	return m
}

// argExtreme gives the index, along one axis, of the first element that no
// other is better than (the last with select_last_index).
func argExtreme(c *call, better func(a, b float64) bool) *value {
	x := c.input(0)
	a := axis(c.int("axis", 0), x.rank())
	last := c.flag("select_last_index", false)
	in := make([]bool, x.rank())
	in[a] = true
	all := lanes(x.shape, in)
	index := make([]int64, len(all))
	for i, lane := range all {
		best := 0
		for j, p := range lane {
			v, top := x.number(p), x.number(lane[best])
			if better(v, top) || last && v == top {
				best = j
			}
		}
		index[i] = int64(best)
	}
	return intValue(reducedShape(x.shape, in, c.flag("keepdims", true)), index)
}

func cumSum(c *call) *value {
	x := c.input(0)
	a := axis(int(c.input(1).scalar()), x.rank())
	exclusive, reverse := c.flag("exclusive", false), c.flag("reverse", false)
	y := newValue(x.dt, x.shape)
	for _, lane := range lanesAlong(x.shape, a) {
		var f float64
		var n int64
		for j := range lane {
			p := lane[j]
			if reverse {
				p = lane[len(lane)-1-j]
			}
			if x.kind() == integers {
				y.i[p] = n
				n = narrow(x.dt, n+x.i[p])
				if !exclusive {
					y.i[p] = n
				}
				continue
			}
			y.f[p] = f
			f += x.floats()[p]
			if !exclusive {
				y.f[p] = f
			}
		}
	}
	return y
}

// topK gives the k largest (or smallest) elements along an axis, best first,
// ties in order of their index, and their indices.
func topK(c *call) []*value {
	x := c.input(0)
	a := axis(c.int("axis", -1), x.rank())
	k := int(c.input(1).scalar())
	if k < 0 || k > x.shape[a] {
		failf("k = %d of %d elements", k, x.shape[a])
	}
	largest := c.flag("largest", true)
	shape := append([]int{}, x.shape...)
	shape[a] = k
	from := make([]int, size(shape))
	index := make([]int64, len(from))
	out := lanesAlong(shape, a)
	for i, lane := range lanesAlong(x.shape, a) {
		order := make([]int, len(lane))
		for j := range order {
			order[j] = j
		}
		sort.SliceStable(order, func(p, q int) bool {
			if largest {
				p, q = q, p
			}
			return x.number(lane[order[p]]) < x.number(lane[order[q]])
		})
		for j := range k {
			from[out[i][j]], index[out[i][j]] = lane[order[j]], int64(order[j])
		}
	}
	return []*value{x.pick(shape, from, nil), intValue(shape, index)}
}
