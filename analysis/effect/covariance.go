package effect

import (
	"math"

	"gonum.org/v1/gonum/mat"

	"github.com/sharewise/sharewise/analysis/measures"
)

// Covariance is how far the relative gains of one domain from several arms err
// together: they share the domain's independent runs and its test samples, and
// may share seeds.
type Covariance struct {
	// Matrix has a row and a column for every gain, NaN where one has no limits.
	// Its diagonal are the squared standard errors that the gains' limits imply.
	Matrix [][]float64
	// Freedom are the degrees of freedom of the diagonal, +Inf for the normal
	// distribution.
	Freedom []float64
	// Run is the covariance of the errors of one run of each, the independent runs
	// first, then the comparisons' arms: relative to the independent error, on these
	// test samples. It is what further runs average away. Where all gains rest on
	// pairs of runs of one seed it is that of the differences, and nothing stands in
	// the first row and column.
	Run [][]float64
}

// Together is the covariance of the relative gains of comparisons that have the
// same independent runs. Two gains g, h with gradients c in the errors (e_A, e_B)
// have
//
//	C = max(0, C_s - C_i) + C_r
//	C_s = covariance between samples (groups) of their linear forms, / n
//	C_i = what of it comes from runs, sample by sample: c_A c'_A V_i,A of the
//	      independent runs and, where runs of one seed are paired, what these
//	      have in common with the arms' runs; those of two arms are taken to
//	      have as much in common with each other as with the independent ones
//	C_r = c_A c'_A V_i,A ρ_A or, where runs are paired, the correlation of C_i
//	      times the run parts' standard errors
//
// with the terms of the two-way jackknife (see jackknife.go). Both parts may have
// negative eigenvalues, the first as a difference and C_r since it is put together
// pair by pair; max(0, ·), and C_r, stand for what [consistent] makes of them. Comparisons must be of one domain and of one
// measure.
func Together(list []*Comparison, measure string) Covariance {
	n := len(list)
	out := Covariance{Matrix: square(n), Freedom: make([]float64, n), Run: square(n + 1)}
	var parts []*gainParts
	var known []int
	for i, c := range list {
		for k := range out.Matrix[i] {
			out.Matrix[i][k] = math.NaN()
		}
		out.Freedom[i] = math.NaN()
		if g, err := c.gain(measure); err == nil && g.Relative.Limited() {
			p := c.gainParts(measure)
			// Limits that allow for unseen changes are wider than the variance says.
			straight := p.limitsBy(relativeGain, c.o.Level, false)
			half := max(straight.Hi-straight.Value, straight.Value-straight.Lo)
			if error := half / p.variance.quantile((1+c.o.Level)/2); error*error > p.variance.Value {
				p.variance.Value = error * error
			}
			parts, known = append(parts, p), append(known, i)
		}
	}
	if len(known) == 0 {
		return out
	}
	m := len(known)
	samples, runs := mat.NewSymDense(m, nil), mat.NewSymDense(m, nil)
	for i, p := range parts {
		for k, q := range parts[:i+1] {
			within := p.within(q)
			samples.SetSym(i, k, p.between(q)-within)
			runs.SetSym(i, k, p.runs(q, within))
		}
	}
	samples, runs = consistent(samples), consistent(runs)
	one := oneRun(parts, runs)
	for i := range m + 1 {
		for k := range m + 1 {
			out.Run[place(known, i)][place(known, k)] = one.At(i, k)
		}
	}
	for i, p := range parts {
		out.Freedom[known[i]] = p.variance.Freedom
		for k, q := range parts {
			v := samples.At(i, k) + runs.At(i, k)
			// The diagonal is that of the gains' limits.
			v *= math.Sqrt(p.variance.Value / (samples.At(i, i) + runs.At(i, i)) * q.variance.Value / (samples.At(k, k) + runs.At(k, k)))
			if math.IsNaN(v) {
				v = 0 // nothing varies
			}
			out.Matrix[known[i]][known[k]] = v
		}
		out.Matrix[known[i]][known[i]] = p.variance.Value
	}
	return out
}

// gainParts is what a gain's variance consists of.
type gainParts struct {
	*jackknife
	form      []float64 // gradient in (e_A, e_B)
	influence []float64 // by cluster: Σ of the linear form over its samples
	variance  Variance
	moved     float64 // V_i
	run       float64 // Σ V_i,g ρ_g
	common    float64 // Σ V_i,g ρ_g of strata of independent runs alone, / c_A²

	alone, arm, both float64 // see oneRun
}

func (c *Comparison) gainParts(measure string) *gainParts {
	j := c.momentsOn(c.errorsIn(measure)).jackknife
	if !j.told() {
		samples := *j
		samples.strata, samples.own = nil, nil
		j = &samples
	}
	form := relativeGain.in(j)
	p := &gainParts{jackknife: j, form: form, variance: j.variance(relativeGain)}
	if len(j.strata) > 0 {
		for g, s := range j.posteriors(relativeGain) {
			_, own := j.spread(g, form)
			p.moved += own
			p.run += own * s.cautious()
			if !j.strata[g].arm {
				p.common += j.own[g][vA][vA] / (j.samples * j.samples) * s.cautious()
			}
		}
	}
	if c.inFolds() {
		p.run, p.moved = p.variance.Value, p.variance.Value
		p.influence = c.foldInfluence(measure, form)
		return p
	}
	p.errorsOfOneRun(c)
	a, b := c.errorsBySample(c.a, measure), c.errorsBySample(c.b, measure)
	index := map[int32]int{}
	for i := range a {
		at := i
		if c.a.Group != nil {
			group, ok := index[c.a.Group[i]]
			if !ok {
				group = len(index)
				index[c.a.Group[i]] = group
			}
			at = group
		}
		if at == len(p.influence) {
			p.influence = append(p.influence, 0)
		}
		p.influence[at] += form[vA]*a[i] + form[vB]*b[i]
	}
	return p
}

// errorsBySample are the means over runs of what the measure's error is a mean
// of.
func (c *Comparison) errorsBySample(r *Runs, measure string) []float64 {
	out := make([]float64, r.Samples)
	if measure == measures.Correct {
		for i, right := range r.Correct {
			for k := range r.K() {
				out[i] += float64(1-right>>k&1) / float64(r.K())
			}
		}
		return out
	}
	if measure != measures.Loss {
		r = r.linearised(measure)
	}
	for _, run := range r.Loss {
		for i, l := range run {
			out[i] += float64(l) / float64(r.K())
		}
	}
	return out
}

// between is C_s.
func (p *gainParts) between(q *gainParts) float64 {
	if p.clusters < 2 {
		return 0
	}
	if p.folds > 0 { // all of it is in C_r
		return p.within(q)
	}
	return dot(p.influence, q.influence) * p.clusters / (p.clusters - 1) / (p.samples * p.samples)
}

// within is C_i.
func (p *gainParts) within(q *gainParts) float64 {
	if p == q {
		return p.moved
	}
	if p.folds > 0 {
		// As correlated as their samples are.
		if p.moved == 0 || q.moved == 0 {
			return 0
		}
		together := dot(p.influence, q.influence) / math.Sqrt(dot(p.influence, p.influence)*dot(q.influence, q.influence))
		return together * math.Sqrt(p.moved*q.moved)
	}
	var alone, withP, withQ float64
	for g := range p.own {
		alone += p.own[g][vA][vA]
		withP += p.own[g][vA][vB]
	}
	for g := range q.own {
		withQ += q.own[g][vA][vB]
	}
	n2 := p.samples * p.samples
	return (p.form[vA]*q.form[vA]*alone + p.form[vA]*q.form[vB]*withQ + p.form[vB]*q.form[vA]*withP +
		p.form[vB]*q.form[vB]*(withP+withQ)/2) / n2
}

// runs is C_r.
func (p *gainParts) runs(q *gainParts, within float64) float64 {
	if p == q {
		return p.run
	}
	if !p.paired() && !q.paired() {
		return p.form[vA] * q.form[vA] * math.Sqrt(p.common*q.common)
	}
	if p.moved == 0 || q.moved == 0 {
		return 0
	}
	return math.Min(1, math.Max(0, within/math.Sqrt(p.moved*q.moved))) * math.Sqrt(p.run*q.run)
}

// paired reports whether runs of one seed are left out of both arms at once.
func (j *jackknife) paired() bool {
	for g := range j.strata {
		if j.own[g][vA][vA] > 0 && j.own[g][vB][vB] > 0 {
			return true
		}
	}
	return false
}

// WithoutNegative returns the nearest symmetric matrix whose eigenvalues are not
// negative; nil where they cannot be computed.
func WithoutNegative(m *mat.SymDense) *mat.SymDense {
	var e mat.EigenSym
	if !e.Factorize(m, true) {
		return nil
	}
	var vectors mat.Dense
	e.VectorsTo(&vectors)
	out := mat.NewSymDense(m.SymmetricDim(), nil)
	for k, value := range e.Values(nil) {
		if value > 0 {
			out.SymRankOne(out, value, vectors.ColView(k))
		}
	}
	return out
}

// consistent returns the covariance with the variances of m whose correlations
// are those of m, made those of a matrix without negative eigenvalues by leaving
// these out and scaling the diagonal to one again (Rebonato and Jäckel, Journal of
// Risk 2, 1999). Correlations, since the variances of gains may differ by many
// powers of ten.
func consistent(m *mat.SymDense) *mat.SymDense {
	n := m.SymmetricDim()
	correlations := mat.NewSymDense(n, nil)
	for i := range n {
		for k := range i + 1 {
			if s := m.At(i, i) * m.At(k, k); s > 0 && m.At(i, i) > 0 {
				correlations.SetSym(i, k, m.At(i, k)/math.Sqrt(s))
			}
		}
	}
	out := mat.NewSymDense(n, nil)
	nearest := WithoutNegative(correlations)
	if nearest == nil {
		return out
	}
	for i := range n {
		for k := range i + 1 {
			if s := nearest.At(i, i) * nearest.At(k, k); s > 0 && m.At(i, i) > 0 && m.At(k, k) > 0 {
				out.SetSym(i, k, nearest.At(i, k)/math.Sqrt(s)*math.Sqrt(m.At(i, i)*m.At(k, k)))
			}
		}
	}
	return out
}
