package similarity

import (
	"math"

	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/mat"
	"gonum.org/v1/gonum/stat"
)

// Labelled is a sample of a domain for transport: rows of X are inputs, of one scale
// for all domains. Class holds the class of each row, or Y, where that is not nil, the
// numbers to predict.
type Labelled struct {
	X     *mat.Dense
	Class []int
	Y     *mat.Dense
}

// mostClasses is the number of classes up to which their distributions have whole
// covariance matrices; with more these are diagonal.
const mostClasses = 50

// Transport is the optimal-transport distance of two labelled samples (OTDD), less
// what it is within each of them:
//
//	D(a,b) = ½(W(a₁,b₁) + W(a₂,b₂)) − ½(W(a₁,a₂) + W(b₁,b₂)),
//
// where 1 and 2 are the first and the second half of a sample's rows, of the larger
// sample as many as the smaller has, and W is the mean cost of the cheapest
// one-to-one match of rows at costs
//
//	|x − x'|² + |m − m'|² + tr(S + S' − 2(S^½ S' S^½)^½).
//
// m and S are mean and covariance, in its half, of the inputs of the class that a row is
// of: classes are as far apart as normal distributions of what is in them, and need not
// have the same names. With numbers to predict the second part is |y − y'|² instead. Samples
// of one distribution have 0 on average and may fall below. NaN where a sample has
// fewer than 4 rows.
//
// Alvarez-Melis, Fusi: Geometric Dataset Distances via Optimal Transport, NeurIPS
// 2020, eq. 5 and 7. The subtraction, which takes the part out that any two finite
// samples are apart, is that of Sinkhorn divergences (Genevay, Peyré, Cuturi, AISTATS
// 2018); matches are exact and without entropy.
func Transport(a, b *Labelled) float64 {
	na, _ := a.X.Dims()
	nb, _ := b.X.Dims()
	half := min(na, nb) / 2
	if half < 2 {
		return math.NaN()
	}
	a1, a2, b1, b2 := a.part(0, half), a.part(half, half), b.part(0, half), b.part(half, half)
	return (a1.match(b1)+a2.match(b2))/2 - (a1.match(a2)+b1.match(b2))/2
}

// part is n rows of a sample from one on.
func (a *Labelled) part(from, n int) *Labelled {
	_, p := a.X.Dims()
	out := &Labelled{X: a.X.Slice(from, from+n, 0, p).(*mat.Dense)}
	if a.Y != nil {
		_, q := a.Y.Dims()
		out.Y = a.Y.Slice(from, from+n, 0, q).(*mat.Dense)
		return out
	}
	out.Class = a.Class[from : from+n]
	return out
}

// match is the mean cost of the cheapest match of the rows of two samples of one size.
func (a *Labelled) match(b *Labelled) float64 {
	n, _ := a.X.Dims()
	classes := a.between(b)
	cost := mat.NewDense(n, n, nil)
	for i := range n {
		for j := range n {
			d := floats.Distance(a.X.RawRowView(i), b.X.RawRowView(j), 2)
			other := 0.0
			if a.Y != nil {
				e := floats.Distance(a.Y.RawRowView(i), b.Y.RawRowView(j), 2)
				other = e * e
			} else {
				other = classes[a.Class[i]][b.Class[j]]
			}
			cost.Set(i, j, d*d+other)
		}
	}
	_, total := Assignment(cost)
	return total / float64(n)
}

// between has the distances of the classes of a and b, nil where there are none.
func (a *Labelled) between(b *Labelled) [][]float64 {
	if a.Y != nil {
		return nil
	}
	whole := max(highest(a.Class), highest(b.Class)) < mostClasses
	from, to := a.classes(whole), b.classes(whole)
	out := make([][]float64, len(from))
	for i := range from {
		out[i] = make([]float64, len(to))
		for j := range to {
			if from[i] != nil && to[j] != nil {
				out[i][j] = from[i].distance(to[j])
			}
		}
	}
	return out
}

func highest(classes []int) int {
	most := -1
	for _, c := range classes {
		most = max(most, c)
	}
	return most
}

// normal is the distribution of the inputs of a class: its mean and covariance, which
// is diagonal where covariance is nil.
type normal struct {
	mean, variance   []float64
	covariance, root *mat.SymDense
}

// classes are the distributions of a sample's classes, nil for one without rows.
func (a *Labelled) classes(whole bool) []*normal {
	rows := make([][]int, highest(a.Class)+1)
	for i, c := range a.Class {
		rows[c] = append(rows[c], i)
	}
	_, p := a.X.Dims()
	out := make([]*normal, len(rows))
	for c, of := range rows {
		if len(of) == 0 {
			continue
		}
		x := mat.NewDense(len(of), p, nil)
		for k, i := range of {
			x.SetRow(k, a.X.RawRowView(i))
		}
		n := &normal{mean: make([]float64, p), variance: make([]float64, p)}
		column := make([]float64, len(of))
		for k := range p {
			mat.Col(column, k, x)
			n.mean[k] = stat.Mean(column, nil)
			if len(of) > 1 {
				n.variance[k] = stat.Variance(column, nil)
			}
		}
		if whole {
			n.covariance = mat.NewSymDense(p, nil)
			if len(of) > 1 {
				stat.CovarianceMatrix(n.covariance, x, nil)
			}
			n.root = root(n.covariance)
		}
		out[c] = n
	}
	return out
}

// distance is the squared 2-Wasserstein distance of two normal distributions.
func (n *normal) distance(m *normal) float64 {
	d := floats.Distance(n.mean, m.mean, 2)
	sum := d * d
	if n.covariance == nil {
		for k := range n.variance {
			r := math.Sqrt(n.variance[k]) - math.Sqrt(m.variance[k])
			sum += r * r
		}
		return sum
	}
	p := len(n.mean)
	var half, product mat.Dense
	half.Mul(n.root, m.covariance)
	product.Mul(&half, n.root)
	inner := mat.NewSymDense(p, nil)
	for i := range p {
		for j := range i + 1 {
			inner.SetSym(i, j, (product.At(i, j)+product.At(j, i))/2)
		}
	}
	sum += mat.Trace(n.covariance) + mat.Trace(m.covariance)
	var values mat.EigenSym
	if !values.Factorize(inner, false) {
		return math.NaN()
	}
	for _, v := range values.Values(nil) {
		sum -= 2 * math.Sqrt(max(v, 0))
	}
	return max(sum, 0)
}

// root is the square root of a covariance matrix.
func root(s *mat.SymDense) *mat.SymDense {
	p := s.SymmetricDim()
	var e mat.EigenSym
	out := mat.NewSymDense(p, nil)
	if !e.Factorize(s, true) {
		return out
	}
	var vectors mat.Dense
	e.VectorsTo(&vectors)
	for k, v := range e.Values(nil) {
		if v > 0 {
			out.SymRankOne(out, math.Sqrt(v), vectors.ColView(k))
		}
	}
	return out
}
