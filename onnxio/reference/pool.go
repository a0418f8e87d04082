package reference

import (
	"math"

	"github.com/sharewise/sharewise/onnxio"
)

// planes splits X [N,C,D...] into its N·C spatial planes.
func planes(x *value) (count, spatial int) {
	if x.rank() < 3 {
		failf("a value of shape %v has no spatial dimension", x.shape)
	}
	return x.shape[0] * x.shape[1], size(x.shape[2:])
}

func poolWindow(c *call, x *value) *window {
	planes(x)
	win := newWindow(c, x.shape[2:], nil)
	win.slide(c.StringOr("auto_pad", "NOTSET"), c.flag("ceil_mode", false))
	return win
}

// maxPool gives the maxima and, as positions in the whole of X, where the
// first of each lies.
func maxPool(c *call) []*value {
	x := c.input(0)
	win := poolWindow(c, x)
	taps := win.taps()
	count, spatial := planes(x)
	shape := append([]int{x.shape[0], x.shape[1]}, win.out...)
	at := make([]int, 0, size(shape))
	for p := range count {
		for _, row := range taps {
			best := -1
			for _, t := range row {
				if t >= 0 && (best < 0 || x.number(p*spatial+t) > x.number(best)) {
					best = p*spatial + t
				}
			}
			if best < 0 {
				failf("a window lies in the padding entirely")
			}
			at = append(at, best)
		}
	}
	where := make([]int64, len(at))
	for i, p := range at {
		where[i] = int64(p)
		if c.flag("storage_order", false) {
			where[i] = int64(columnMajor(p, x.shape[2:]))
		}
	}
	return []*value{x.pick(shape, at, nil), intValue(shape, where)}
}

// columnMajor turns a position in row-major order of the trailing spatial
// dimensions into one in column-major order.
func columnMajor(p int, spatial []int) int {
	n := size(spatial)
	q, step := 0, 1
	rest := p % n
	stride := strides(spatial)
	for i, d := range spatial {
		q += rest / stride[i] % d * step
		step *= d
	}
	return p - rest + q
}

func averagePool(c *call) *value {
	x := c.input(0)
	win := poolWindow(c, x)
	countPads := c.flag("count_include_pad", false)
	count, spatial := planes(x)
	y := newValue(x.dt, append([]int{x.shape[0], x.shape[1]}, win.out...))
	taps := win.taps()
	for p := range count {
		for o, row := range taps {
			sum, n := 0.0, 0
			for _, t := range row {
				switch {
				case t >= 0:
					sum += x.floats()[p*spatial+t]
					n++
				case t == padding && countPads:
					n++
				}
			}
			y.f[p*len(taps)+o] = sum / float64(n)
		}
	}
	return y
}

// global reduces every spatial plane to one number.
func global(c *call, f func([]float64) float64) *value {
	x := c.input(0)
	count, spatial := planes(x)
	y := newValue(x.dt, append([]int{x.shape[0], x.shape[1]}, orOnes(nil, x.rank()-2)...))
	for p := range count {
		y.f[p] = f(x.floats()[p*spatial:][:spatial])
	}
	return y
}

func globalAveragePool(c *call) *value { return global(c, average) }
func globalMaxPool(c *call) *value     { return global(c, maximum) }

// lrn is X / (bias + alpha/size · Σ X²)^beta, the sum going over the size
// neighbouring channels around each.
func lrn(c *call) *value {
	x := c.input(0)
	alpha, beta, bias := c.float("alpha", 0.0001), c.float("beta", 0.75), c.float("bias", 1)
	width := c.int("size", 1)
	planes(x)
	y := newValue(x.dt, x.shape)
	for _, lane := range lanesAlong(x.shape, 1) {
		for ch, p := range lane {
			sum := 0.0
			for n := max(0, ch-(width-1)/2); n <= min(len(lane)-1, ch+width/2); n++ {
				sum += x.floats()[lane[n]] * x.f[lane[n]]
			}
			y.f[p] = x.f[p] / math.Pow(bias+alpha/float64(width)*sum, beta)
		}
	}
	return y
}

// lpNorm is the p-norm that LpPool and GlobalLpPool take.
func lpNorm(c *call) func([]float64) float64 {
	p := c.float("p", 2) // a floating-point number in old versions
	if a := c.Attr("p"); a != nil && a.Type == onnxio.AttrInt {
		p = float64(a.Int)
	}
	if !(p >= 1) {
		failf("p is %g", p)
	}
	return func(x []float64) float64 {
		sum := 0.0
		for _, v := range x {
			sum += math.Pow(math.Abs(v), p)
		}
		return math.Pow(sum, 1/p)
	}
}

func globalLpPool(c *call) *value { return global(c, lpNorm(c)) }

func lpPool(c *call) *value {
	x := c.input(0)
	win := poolWindow(c, x)
	count, spatial := planes(x)
	norm, taps := lpNorm(c), win.taps()
	y := newValue(x.dt, append([]int{x.shape[0], x.shape[1]}, win.out...))
	for p := range count {
		for o, row := range taps {
			var inside []float64
			for _, t := range row {
				if t >= 0 {
					inside = append(inside, x.floats()[p*spatial+t])
				}
			}
			y.f[p*len(taps)+o] = norm(inside)
		}
	}
	return y
}
