package autodiff

import (
	"math"

	"github.com/sharewise/sharewise/onnxio"
)

// GridSample is a sum over taps: elements of the input next to a place of the
// grid, with weights that are products over the dimensions. Their places are
// beyond what is differentiated, the weights are functions of the grid.

// gridTaps are the taps of all places: places [N,taps,P] in an image of one
// dimension, and either their weights [N,taps,P] or the derivatives of these by
// the place along each dimension.
type gridTaps struct {
	count       int64
	places      string
	weights     string
	derivatives []string // by spatial dimension
}

// An axisTap is a tap along one dimension; all are [N,1,P].
type axisTap struct{ at, weight, derivative string }

// gridInput scatters the cotangent to the taps.
func gridInput(c *call) string {
	x, taps := c.inShape(0), c.gridTaps(false)
	n, channels, plane := x[0], x[1], product(x[2:])
	places := product(c.yShape()[2:])
	dy := c.mul(c.reshape(c.dy, n, channels, 1, places), c.reshape(taps.weights, n, 1, taps.count, places))
	dx := c.op("ScatterElements", []string{
		c.zeros([]int64{n, channels, plane}, c.elementType()),
		c.gridPlaces(taps, places),
		c.reshape(dy, n, channels, taps.count*places),
	}, onnxio.IntAttr("axis", 2), c.adding())
	return c.reshape(dx, x...)
}

// gridPlaces are the places of all taps for every channel.
func (c *call) gridPlaces(taps *gridTaps, places int64) string {
	n, channels, all := c.inShape(0)[0], c.inShape(0)[1], taps.count*places
	return c.expand(c.reshape(taps.places, n, 1, all), n, channels, all)
}

// gridGrid weighs the taps with the derivatives of their weights.
func gridGrid(c *call) string {
	if c.StringOr("mode", "bilinear") == "nearest" {
		return "" // the nearest element stays the nearest
	}
	x, taps := c.inShape(0), c.gridTaps(true)
	n, channels, plane := x[0], x[1], product(x[2:])
	places, d := product(c.yShape()[2:]), int64(len(x)-2)
	taken := c.op("GatherElements", []string{c.reshape(c.a, n, channels, plane), c.gridPlaces(taps, places)}, onnxio.IntAttr("axis", 2))
	product := c.mul(c.reshape(taken, n, channels, taps.count, places), c.reshape(c.dy, n, channels, 1, places))
	perTap := c.sum(product, false, 1)
	parts := make([]string, d)
	for i, derivative := range taps.derivatives {
		// The grid counts dimensions from the last one on.
		parts[d-1-int64(i)] = c.reshape(c.times(c.gridScale(x[2+i]), c.sum(c.mul(perTap, derivative), false, 1)), n, places, 1)
	}
	dg := parts[0]
	if d > 1 {
		dg = c.op("Concat", parts, onnxio.IntAttr("axis", 2))
	}
	return c.reshape(dg, c.inShape(1)...)
}

// gridScale is how many elements of an axis of n one unit of the grid is.
func (c *call) gridScale(n int64) float64 {
	if c.IntOr("align_corners", 0) != 0 {
		n--
	}
	return float64(n) / 2
}

// gridTaps combines the taps along every dimension.
func (c *call) gridTaps(slopes bool) *gridTaps {
	x, places := c.inShape(0), product(c.yShape()[2:])
	d := len(x) - 2
	all := []axisTap{{}}
	derivatives := make([][]string, d) // by dimension and tap
	for i, size := range x[2:] {
		g := c.op("Gather", []string{c.b, c.emitter.b.Int64(int64(d - 1 - i))}, onnxio.IntAttr("axis", int64(d+1)))
		along := c.axisTaps(c.reshape(g, x[0], 1, places), size, slopes)
		next, kept := make([]axisTap, 0, len(all)*len(along)), make([][]string, d)
		for k, lead := range all {
			for _, t := range along {
				both := axisTap{at: c.placed(lead.at, t.at, product(x[3+i:]))}
				if slopes {
					for e := range i {
						kept[e] = append(kept[e], c.mul(derivatives[e][k], t.weight))
					}
					kept[i] = append(kept[i], c.timesIf(lead.weight, t.derivative))
				}
				if !slopes || i < d-1 {
					both.weight = c.timesIf(lead.weight, t.weight)
				}
				next = append(next, both)
			}
		}
		all, derivatives = next, kept
	}
	taps := &gridTaps{count: int64(len(all))}
	var at, weights []string
	for _, t := range all {
		at, weights = append(at, t.at), append(weights, t.weight)
	}
	taps.places = c.stacked(at)
	if !slopes {
		taps.weights = c.stacked(weights)
		return taps
	}
	for _, list := range derivatives {
		taps.derivatives = append(taps.derivatives, c.stacked(list))
	}
	return taps
}

func (c *call) stacked(parts []string) string {
	if len(parts) == 1 {
		return parts[0]
	}
	return c.op("Concat", parts, onnxio.IntAttr("axis", 1))
}

func (c *call) timesIf(a, b string) string {
	if a == "" {
		return b
	}
	return c.mul(a, b)
}

// placed is a place in an image of one dimension, lead + stride·at.
func (c *call) placed(lead, at string, stride int64) string {
	at = c.cast(at, onnxio.Int64)
	if stride != 1 {
		at = c.mul(at, c.emitter.b.Int64(stride))
	}
	if lead == "" {
		return at
	}
	return c.add(lead, at)
}

// axisTaps are the taps along an axis of n for places g.
func (c *call) axisTaps(g string, n int64, slopes bool) []axisTap {
	at := c.times(c.gridScale(n), c.add(g, c.k(1)))
	if c.IntOr("align_corners", 0) == 0 {
		at = c.sub(at, c.k(0.5))
	}
	var list []axisTap
	switch mode := c.StringOr("mode", "bilinear"); mode {
	case "nearest":
		one := c.expand(c.k(1), c.inShape(0)[0], 1, product(c.yShape()[2:]))
		list = []axisTap{{at: c.op("Round", []string{at}), weight: one}}
	case "linear", "bilinear":
		floor := c.op("Floor", []string{at})
		part := c.sub(at, floor)
		list = []axisTap{{at: floor, weight: c.sub(c.k(1), part)}, {at: c.add(floor, c.k(1)), weight: part}}
		if slopes {
			one := c.expand(c.k(1), c.inShape(0)[0], 1, product(c.yShape()[2:]))
			list[0].derivative, list[1].derivative = c.neg(one), one
		}
	case "cubic", "bicubic":
		floor := c.op("Floor", []string{at})
		for k := -1.0; k <= 2; k++ {
			list = append(list, c.cubicTap(floor, c.sub(at, floor), k, slopes))
		}
	default:
		lacksf("mode %q", mode)
	}
	for i, t := range list {
		list[i] = c.within(t, n)
	}
	return list
}

// cubicTap is the tap k elements behind the floor. Its weight is Keys' kernel
// of the distance s, with a = −3/4: ((a+2)s − (a+3))s² + 1 up to 1 and
// ((as − 5a)s + 8a)s − 4a up to 2; the derivative by the place has the sign of
// part − k.
func (c *call) cubicTap(floor, part string, k float64, slopes bool) axisTap {
	const a = -0.75
	t := axisTap{at: floor}
	if k != 0 {
		t.at = c.add(floor, c.k(k))
	}
	s, side := c.sub(part, c.k(k)), 1.0
	if k > 0 {
		s, side = c.neg(s), -1
	}
	polynomial := func(v ...float64) string {
		y := c.times(v[0], s)
		for _, x := range v[1 : len(v)-1] {
			y = c.mul(c.add(y, c.k(x)), s)
		}
		return c.add(y, c.k(v[len(v)-1]))
	}
	weight, slope := []float64{a, -5 * a, 8 * a, -4 * a}, []float64{3 * a, -10 * a, 8 * a}
	if math.Abs(k-0.5) < 1 { // the neighbours
		weight, slope = []float64{a + 2, -(a + 3), 0, 1}, []float64{3 * (a + 2), -2 * (a + 3), 0}
	}
	t.weight = polynomial(weight...)
	if slopes {
		t.derivative = c.times(side, polynomial(slope...))
	}
	return t
}

// within brings a tap beyond an axis of n back, or leaves it out.
func (c *call) within(t axisTap, n int64) axisTap {
	last := c.k(float64(n - 1))
	switch mode := c.StringOr("padding_mode", "zeros"); mode {
	case "zeros":
		inside := c.and(c.greater(t.at, c.k(-1)), c.less(t.at, c.k(float64(n))))
		t.weight = c.onlyWhere(inside, t.weight)
		if t.derivative != "" {
			t.derivative = c.onlyWhere(inside, t.derivative)
		}
	case "border":
	case "reflection":
		// The axis goes to and fro in 2n steps, or 2(n−1) if corners are
		// aligned: q steps from the end of a way to is q steps on the way fro.
		around, back := float64(2*n), float64(2*n-1)
		if c.IntOr("align_corners", 0) != 0 {
			around, back = float64(2*(n-1)), float64(2*(n-1))
		}
		if around > 0 {
			q := c.sub(t.at, c.times(around, c.op("Floor", []string{c.over(around, t.at)})))
			t.at = c.op("Min", []string{q, c.sub(c.k(back), q)})
		}
	default:
		lacksf("padding_mode %q", mode)
	}
	t.at = c.op("Clip", []string{t.at, c.k(0), last})
	return t
}
