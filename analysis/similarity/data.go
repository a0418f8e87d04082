package similarity

import (
	"context"
	"math"

	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/mat"

	"github.com/sharewise/sharewise/analysis/dataset"
	"github.com/sharewise/sharewise/analysis/layout"
)

// dimensions is the number of coordinates that inputs are reduced to, and
// basisRows the number of samples, of all domains together, that say which.
const (
	dimensions = 24
	basisRows  = 500
)

// compareData compares domains by their data alone.
func (a *assessment) compareData(ctx context.Context) error {
	samples := make([]*drawn, len(a.domains))
	for i, d := range a.domains {
		var err error
		if samples[i], err = draw(d, a.Samples, a.random(1, i)); err != nil {
			return err
		}
	}
	inputs := a.reduce(samples)
	shares := make([]map[string]float64, len(a.domains))
	for i, d := range a.domains {
		shares[i] = classShares(d)
	}
	if err := a.add(ctx, layout.Similarity{
		Name: "size", Needs: layout.DataAlone, Definition: "−|log(n_i/n_j)|, numbers of training samples", Source: "folklore",
	}, func(i, j int) (float64, error) {
		return Sizes(a.domains[i].Train.Len(), a.domains[j].Train.Len()), nil
	}); err != nil {
		return err
	}
	if err := a.add(ctx, layout.Similarity{
		Name: "label overlap", Needs: layout.DataAlone, Definition: "Σ_c min(share of class c in i, in j); of targets and labels the share of names in common", Source: "one less the total variation distance; Jaccard",
	}, func(i, j int) (float64, error) {
		one, other := a.domains[i].Task, a.domains[j].Task
		switch {
		case shares[i] != nil && shares[j] != nil:
			return Shares(shares[i], shares[j]), nil
		case one.Kind == other.Kind:
			return Names(one.Targets, other.Targets), nil
		}
		return math.NaN(), nil
	}); err != nil {
		return err
	}
	if err := a.add(ctx, layout.Similarity{
		Name: "proxy A-distance", Needs: layout.DataAlone, Definition: "−2(1 − 2ε), ε the error of telling inputs of i from those of j, kernel ridge, cross-validated", Source: "Ben-David et al., Analysis of Representations for Domain Adaptation, NIPS 2006",
	}, func(i, j int) (float64, error) {
		return -ProxyA(inputs[i], inputs[j], a.Seed), nil
	}); err != nil {
		return err
	}
	return a.add(ctx, layout.Similarity{
		Name: "labelled transport (OTDD)", Needs: layout.DataAlone, Definition: "−D(i,j), optimal transport of inputs with their labels, classes as normal distributions, less what is within the domains", Source: "Alvarez-Melis and Fusi, Geometric Dataset Distances via Optimal Transport, NeurIPS 2020",
	}, func(i, j int) (float64, error) {
		one, other := labelled(samples[i], samples[j], inputs[i], inputs[j])
		if one == nil {
			return math.NaN(), nil
		}
		return -Transport(one, other), nil
	})
}

// reduce gives inputs fewer coordinates: the leading principal components of samples of
// all domains, or, where a policy keeps domains apart, random directions, which depend
// on nobody's data. All are divided by one number, so that their mean square length
// is 1.
func (a *assessment) reduce(samples []*drawn) []*mat.Dense {
	_, width := samples[0].x.Dims()
	var basis *mat.Dense // [width, coordinates]; nil leaves inputs as they are
	switch {
	case width <= dimensions:
	case a.rules != nil:
		basis = mat.NewDense(width, dimensions, nil)
		random := a.random(2, 0)
		for k := range basis.RawMatrix().Data {
			basis.RawMatrix().Data[k] = random.NormFloat64() / math.Sqrt(dimensions)
		}
	default:
		basis = Components(pooled(samples, width), dimensions)
	}
	out := make([]*mat.Dense, len(samples))
	total, rows := 0.0, 0
	for i, s := range samples {
		out[i] = s.x
		if basis != nil {
			out[i] = new(mat.Dense)
			out[i].Mul(s.x, basis)
		} else {
			out[i] = mat.DenseCopyOf(s.x)
		}
		n, _ := out[i].Dims()
		for r := range n {
			row := out[i].RawRowView(r)
			total, rows = total+floats.Dot(row, row), rows+1
		}
	}
	if total > 0 {
		for _, x := range out {
			x.Scale(math.Sqrt(float64(rows)/total), x)
		}
	}
	return out
}

// pooled are some samples of every domain, one below the other.
func pooled(samples []*drawn, width int) *mat.Dense {
	each := max(2, basisRows/len(samples))
	var all []float64
	n := 0
	for _, s := range samples {
		have, _ := s.x.Dims()
		for r := range min(each, have) {
			all = append(all, s.x.RawRowView(r)...)
			n++
		}
	}
	return mat.NewDense(n, width, all)
}

// Components are the leading principal components of samples, as columns of a matrix
// [width, count]: count of them at most, and no more than there are samples. They follow
// from the eigenvectors of the products of samples, so that few samples of many numbers
// are no work. Directions in which nothing varies are zero.
func Components(samples *mat.Dense, count int) *mat.Dense {
	n, width := samples.Dims()
	x, column := mat.NewDense(n, width, nil), make([]float64, n)
	for k := range width {
		mat.Col(column, k, samples)
		floats.AddConst(-floats.Sum(column)/float64(n), column)
		x.SetCol(k, column)
	}
	products := mat.NewSymDense(n, nil)
	products.SymOuterK(1, x)
	count = min(count, n)
	basis := mat.NewDense(width, count, nil)
	var e mat.EigenSym
	if !e.Factorize(products, true) {
		return basis
	}
	var vectors mat.Dense
	e.VectorsTo(&vectors)
	values := e.Values(nil) // ascending
	var direction mat.VecDense
	for k := range count {
		at := n - 1 - k
		if values[at] <= 1e-12*values[n-1] {
			break // the rest is zero
		}
		direction.MulVec(x.T(), vectors.ColView(at))
		direction.ScaleVec(1/math.Sqrt(values[at]), &direction)
		basis.SetCol(k, direction.RawVector().Data)
	}
	return basis
}

// labelled are two samples with what is to be predicted, nil where these cannot be
// compared: tasks differ, or have no target in common. Targets that are not known
// count as their mean.
func labelled(a, b *drawn, xa, xb *mat.Dense) (one, other *Labelled) {
	ta, tb := a.domain.Task, b.domain.Task
	classes := func(t dataset.Task) bool { return t.Kind == dataset.Classification || t.Kind == dataset.Binary }
	if classes(ta) && classes(tb) {
		of := func(s *drawn) []int {
			out := make([]int, len(s.rows))
			for i, row := range s.rows {
				out[i] = s.domain.Train.Label(row)
			}
			return out
		}
		return &Labelled{X: xa, Class: of(a)}, &Labelled{X: xb, Class: of(b)}
	}
	if ta.Kind != tb.Kind {
		return nil, nil
	}
	var left, right []int
	for i, name := range ta.Targets {
		for j, same := range tb.Targets {
			if name == same {
				left, right = append(left, i), append(right, j)
			}
		}
	}
	if len(left) == 0 {
		return nil, nil
	}
	of := func(s *drawn, columns []int) *mat.Dense {
		y := s.target()
		out := mat.NewDense(len(s.rows), len(columns), nil)
		for i := range s.rows {
			for k, c := range columns {
				if v := y.At(i, c); !math.IsNaN(v) {
					out.Set(i, k, v/math.Sqrt(float64(len(columns))))
				}
			}
		}
		return out
	}
	return &Labelled{X: xa, Y: of(a, left)}, &Labelled{X: xb, Y: of(b, right)}
}
