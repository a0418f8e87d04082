package picture

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/mat"
	"gonum.org/v1/gonum/stat"

	"github.com/sharewise/sharewise/analysis/ranks"
)

// Settings of Embed: the share of the largest distance that the nearest pair keeps, the
// weight of a pair that is not known, steps, and the fall of the stress below which it
// ends.
const (
	nearest   = 0.2
	unknown   = 1e-3
	steps     = 500
	enoughFit = 1e-9
)

// Embed puts n things into the plane so that those that are more apart by d lie further
// from each other: multidimensional scaling of the ranks of d, so that one pair far out
// does not press all others together. It starts from classical scaling (Torgerson 1952)
// and lowers the stress by majorisation (SMACOF: de Leeuw 1977). d is symmetric, its
// diagonal is not looked at, and NaN stands for a pair that is not known.
//
// The picture is centred, its longest extent lies along x, and its largest distance
// from the centre is 1. follows is the rank correlation of the distances in the
// picture with d over the known pairs: 1 where the picture tells the order of all pairs,
// NaN where fewer than three are known or all are equal.
func Embed(d [][]float64) (places []Point, follows float64) {
	n := len(d)
	for i, row := range d {
		if len(row) != n {
			panic(fmt.Sprintf("picture: row %d of %d has %d distances", i, n, len(row)))
		}
	}
	want, weight, known := wanted(d)
	if n < 2 {
		return make([]Point, n), math.NaN()
	}
	x := classical(want)
	majorise(x, want, weight)
	x = upright(x)
	places = make([]Point, n)
	for i := range places {
		places[i] = Point{x.At(i, 0), x.At(i, 1)}
	}
	if len(known) < 3 {
		return places, math.NaN()
	}
	var seen, truth []float64
	for _, k := range known {
		seen = append(seen, distance(x, k[0], k[1]))
		truth = append(truth, want.At(k[0], k[1]))
	}
	return places, stat.Correlation(ranks.Of(seen), ranks.Of(truth), nil)
}

// wanted are the distances to draw, which grow with the ranks of the given ones, and how
// much each counts. Pairs that are not known are asked to keep a middle distance,
// faintly, so that nothing flies off.
func wanted(d [][]float64) (want, weight *mat.SymDense, known [][2]int) {
	n := len(d)
	if n == 0 {
		return nil, nil, nil
	}
	var values []float64
	for i := range n {
		for j := range i {
			if !math.IsNaN(d[i][j]) {
				values, known = append(values, d[i][j]), append(known, [2]int{i, j})
			}
		}
	}
	want, weight = mat.NewSymDense(n, nil), mat.NewSymDense(n, nil)
	for i := range n {
		for j := range i {
			want.SetSym(i, j, (1+nearest)/2)
			weight.SetSym(i, j, unknown)
		}
	}
	rank := ranks.Of(values)
	for k, at := range known {
		share := 0.5
		if len(values) > 1 {
			share = rank[k] / float64(len(values)-1)
		}
		want.SetSym(at[0], at[1], nearest+(1-nearest)*share)
		weight.SetSym(at[0], at[1], 1)
	}
	return want, weight, known
}

// classical are the two leading principal coordinates of distances.
func classical(d *mat.SymDense) *mat.Dense {
	n := d.SymmetricDim()
	b := mat.NewSymDense(n, nil)
	mean := make([]float64, n)
	all := 0.0
	for i := range n {
		for j := range n {
			mean[i] += d.At(i, j) * d.At(i, j) / float64(n)
		}
		all += mean[i] / float64(n)
	}
	for i := range n {
		for j := range i + 1 {
			b.SetSym(i, j, -(d.At(i, j)*d.At(i, j)-mean[i]-mean[j]+all)/2)
		}
	}
	x := mat.NewDense(n, 2, nil)
	var e mat.EigenSym
	if !e.Factorize(b, true) {
		for i := range n { // on a circle
			at := 2 * math.Pi * float64(i) / float64(n)
			x.SetRow(i, []float64{math.Cos(at) / 2, math.Sin(at) / 2})
		}
		return x
	}
	var v mat.Dense
	e.VectorsTo(&v)
	values := e.Values(nil)
	for k := range min(2, n) {
		at := n - 1 - k
		scale := math.Sqrt(max(0, values[at]))
		for i := range n {
			x.Set(i, k, scale*v.At(i, at))
		}
	}
	return x
}

// majorise moves points so that their distances come near those wanted:
// X = V⁺·B(X)·X (Guttman's transform), which never raises the weighted sum of squares.
func majorise(x *mat.Dense, want, weight *mat.SymDense) {
	n := want.SymmetricDim()
	v := mat.NewSymDense(n, nil)
	for i := range n {
		for j := range n {
			if i != j {
				v.SetSym(i, i, v.At(i, i)+weight.At(i, j))
			}
			if j < i {
				v.SetSym(i, j, -weight.At(i, j))
			}
		}
	}
	// Adding ones makes it regular and changes nothing for centred points.
	for i := range n {
		for j := range i + 1 {
			v.SetSym(i, j, v.At(i, j)+1)
		}
	}
	var solve mat.Cholesky
	if !solve.Factorize(v) {
		return
	}
	before := stress(x, want, weight)
	b := mat.NewDense(n, n, nil)
	var right, next mat.Dense
	for range steps {
		b.Zero()
		for i := range n {
			for j := range n {
				if i == j {
					continue
				}
				if at := distance(x, i, j); at > 1e-12 {
					share := weight.At(i, j) * want.At(i, j) / at
					b.Set(i, j, -share)
					b.Set(i, i, b.At(i, i)+share)
				}
			}
		}
		right.Mul(b, x)
		if err := solve.SolveTo(&next, &right); err != nil {
			return
		}
		x.Copy(&next)
		now := stress(x, want, weight)
		if before-now <= enoughFit*before {
			return
		}
		before = now
	}
}

func stress(x *mat.Dense, want, weight *mat.SymDense) float64 {
	n, _ := x.Dims()
	sum := 0.0
	for i := range n {
		for j := range i {
			off := distance(x, i, j) - want.At(i, j)
			sum += weight.At(i, j) * off * off
		}
	}
	return sum
}

func distance(x *mat.Dense, i, j int) float64 {
	return math.Hypot(x.At(i, 0)-x.At(j, 0), x.At(i, 1)-x.At(j, 1))
}

// upright centres points, turns them so that they reach furthest along x, with the first
// one to the left and the second one not below, and scales them to distance 1 from
// the centre.
func upright(x *mat.Dense) *mat.Dense {
	n, _ := x.Dims()
	var cx, cy float64
	for i := range n {
		cx += x.At(i, 0) / float64(n)
		cy += x.At(i, 1) / float64(n)
	}
	var xx, xy, yy, far float64
	for i := range n {
		a, b := x.At(i, 0)-cx, x.At(i, 1)-cy
		xx, xy, yy = xx+a*a, xy+a*b, yy+b*b
		far = max(far, math.Hypot(a, b))
	}
	if far == 0 {
		return mat.NewDense(n, 2, nil)
	}
	sin, cos := math.Sincos(math.Atan2(2*xy, xx-yy) / 2)
	out := mat.NewDense(n, 2, nil)
	for i := range n {
		a, b := (x.At(i, 0)-cx)/far, (x.At(i, 1)-cy)/far
		out.SetRow(i, []float64{a*cos + b*sin, b*cos - a*sin})
	}
	flip := func(column int, mirrored bool) {
		for i := range n {
			if mirrored {
				out.Set(i, column, -out.At(i, column))
			}
		}
	}
	flip(0, out.At(0, 0) > 0)
	flip(1, out.At(min(1, n-1), 1) < 0)
	return out
}
