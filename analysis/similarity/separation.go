package similarity

import (
	"math"
	"math/rand/v2"
	"slices"

	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/mat"
)

// separationFolds is the number of parts that ProxyA's error is cross-validated on, and
// separationRidge the penalty of its classifier, by the number of samples it learns.
const (
	separationFolds = 5
	separationRidge = 1e-2
)

// ProxyA is the proxy A-distance of two samples of inputs, rows of x and y: how well a
// classifier tells which of the two a row is from,
//
//	d = max(0, 2(1 − 2ε)),
//
// with ε its cross-validated error: 0 where it does no better than a coin, 2 where it
// never errs. Of the larger sample as many rows are taken as the smaller has, drawn by
// the seed; NaN below twice as many as folds.
//
// Ben-David, Blitzer, Crammer, Pereira: Analysis of Representations for Domain
// Adaptation, NIPS 2006, section 4. Any class of classifiers will do there; this one
// is kernel ridge regression on ±1 with a Gaussian kernel, of which the bandwidth is
// the median distance of rows (Gretton et al., JMLR 2012, section 8).
func ProxyA(x, y *mat.Dense, seed uint64) float64 {
	random := rand.New(rand.NewPCG(seed, 1))
	nx, p := x.Dims()
	ny, _ := y.Dims()
	m := min(nx, ny)
	if m < 2*separationFolds {
		return math.NaN()
	}
	both := mat.NewDense(2*m, p, nil)
	for k, rows := range [][]int{random.Perm(nx)[:m], random.Perm(ny)[:m]} {
		for i, row := range rows {
			from := x
			if k == 1 {
				from = y
			}
			both.SetRow(k*m+i, from.RawRowView(row))
		}
	}
	kernel := gaussian(both)
	wrong := 0.0
	for fold := range separationFolds {
		wrong += errorsOf(kernel, m, fold)
	}
	return max(0, 2*(1-2*wrong/float64(2*m)))
}

// gaussian is exp(−d²/(2h²)) of all rows, with h² the median of d² between different
// rows, halved.
func gaussian(x *mat.Dense) *mat.SymDense {
	n, _ := x.Dims()
	squares := mat.NewSymDense(n, nil)
	var apart []float64
	for i := range n {
		for j := range i {
			d := floats.Distance(x.RawRowView(i), x.RawRowView(j), 2)
			squares.SetSym(i, j, d*d)
			if d > 0 {
				apart = append(apart, d*d)
			}
		}
	}
	width := 1.0
	if len(apart) > 0 {
		slices.Sort(apart)
		width = apart[len(apart)/2]
	}
	for i := range n {
		for j := range i + 1 {
			squares.SetSym(i, j, math.Exp(-squares.At(i, j)/width))
		}
	}
	return squares
}

// errorsOf counts the rows of a fold that a classifier fitted to the others gets
// wrong; a row on the fence counts as half. Rows 0 to m−1 are of one sample, the rest
// of the other, and a fold has as many of each.
func errorsOf(kernel *mat.SymDense, m, fold int) float64 {
	var learn, test []int
	for i := range 2 * m {
		if i%m%separationFolds == fold {
			test = append(test, i)
		} else {
			learn = append(learn, i)
		}
	}
	side := func(i int) float64 {
		if i < m {
			return 1
		}
		return -1
	}
	a, b := mat.NewSymDense(len(learn), nil), mat.NewVecDense(len(learn), nil)
	for i, row := range learn {
		b.SetVec(i, side(row))
		for j := range i + 1 {
			a.SetSym(i, j, kernel.At(row, learn[j]))
		}
		a.SetSym(i, i, a.At(i, i)+separationRidge*float64(len(learn)))
	}
	var factors mat.Cholesky
	var weights mat.VecDense
	if !factors.Factorize(a) || factors.SolveVecTo(&weights, b) != nil {
		return float64(len(test)) / 2 // numbers that are none tell nothing
	}
	wrong := 0.0
	for _, row := range test {
		f := 0.0
		for j, other := range learn {
			f += kernel.At(row, other) * weights.AtVec(j)
		}
		switch f *= side(row); {
		case f < 0:
			wrong++
		case f == 0 || math.IsNaN(f):
			wrong += 0.5
		}
	}
	return wrong
}
