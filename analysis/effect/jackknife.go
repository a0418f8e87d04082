package effect

import (
	"math"

	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/stat/distuv"
)

// jackknife gathers the means of per-sample values with what their two-way
// jackknife variance needs, as covariance matrices, so that the variance of
// any linear combination can be read off.
//
//	V   = max(0, V_s - V_i) + Σ V_i,g ρ_g
//	V_s = variance between samples (groups) / n
//	V_i = Σ V_i,g over the sets of runs that are left out one at a time, g: the
//	      independent arm's and the arm's, or the seeds that both share
//	V_i,g = Σ over samples (groups) of their own delete-one-run variances in g,
//	      / n²: what v_g would be if runs moved every sample by itself
//	v_g = (K-1)/K Σ_k (θ_-k - mean θ_-k)², a run of g left out
//	ρ_g = the dispersion v_g / V_i,g as all comparisons of a study tell it, with
//	      d_g degrees of freedom (see dispersion.go)
//
// Student's t has V²/(V_s²/(G-1) + Σ (V_i,g ρ_g)²/d_g) degrees of freedom
// (Satterthwaite) for G samples (groups), at least 1. V never falls below what
// runs contribute, however little they happened to differ.
//
// Bootstrapping runs instead would let a run meet itself and is wrong here.
type jackknife struct {
	dim    int
	strata []stratum
	fixed  bool // strata are centred on the full estimate: see partial
	// unit is what the grid of the upper bounds is counted in: 1 for
	// correctness.
	unit float64
	// parts, where there are some, tell the degrees of freedom between samples:
	// see classParts.
	parts []part
	// pool knows the dispersions of other comparisons; nil: there are none.
	pool *pool

	clusters float64
	samples  float64
	sum      []float64     // Σ T, T = sum over a cluster of its samples' values
	cross    [][]float64   // Σ T Tᵀ
	sized    []float64     // Σ n T, n = size of the cluster
	square   float64       // Σ n²
	own      [][][]float64 // Σ over clusters of their own delete-one covariance, by stratum
	deleted  [][]float64   // Σ T with a run left out, by deletion
	centre   []float64     // scratch of add
	// watched are combinations whose values are told apart by sign.
	watched []watched
	// most is what one sample may change by: 1 for correctness, the largest loss
	// for losses, which have no bound.
	most float64
	// ratio says that the first two values cannot be below zero, see ratio.go.
	ratio bool
	// floor is the least first value that the relative gain is relative to.
	floor float64
	// folds is the number of parts that were tested by other runs each, 0 where all
	// runs were tested on all samples (folds.go).
	folds int
}

// stratum is a set of runs that are left out one at a time.
type stratum struct {
	runs   int     // deletions, one after another in the order of deleted
	weight float64 // (K-1)/K
	df     float64 // K-1
	arm    bool    // runs of the arm are among them
}

func newJackknife(dim int, strata []stratum) *jackknife {
	j := &jackknife{dim: dim, strata: strata, unit: 1, most: 1, sum: make([]float64, dim), sized: make([]float64, dim), cross: square(dim), centre: make([]float64, dim)}
	for _, s := range strata {
		j.own = append(j.own, square(dim))
		for range s.runs {
			j.deleted = append(j.deleted, make([]float64, dim))
		}
	}
	return j
}

func square(n int) [][]float64 {
	m := make([][]float64, n)
	for i := range m {
		m[i] = make([]float64, n)
	}
	return m
}

// add takes a cluster of size samples that occurs times times: the sums of its
// samples' values with all runs and with each run left out.
func (j *jackknife) add(times, size int, full []float64, deleted [][]float64) {
	w, n := float64(times), float64(size)
	j.clusters += w
	j.samples += w * n
	j.square += w * n * n
	for x, v := range full {
		j.sum[x] += w * v
		j.sized[x] += w * n * v
		for y, u := range full {
			j.cross[x][y] += w * v * u
		}
	}
	for k, d := range deleted {
		for x, v := range d {
			j.deleted[k][x] += w * v
		}
	}
	first := 0
	for g, s := range j.strata {
		if deleted == nil {
			break // the caller fills in what runs contribute
		}
		addSpread(full, deleted[first:first+s.runs], j.fixed, w*s.weight, j.centre, j.own[g])
		first += s.runs
	}
	for i := range j.watched {
		j.watched[i].add(w, dot(j.watched[i].combination, full))
	}
}

// empty is a jackknife of the same values, strata and watched combinations that has
// seen nothing.
func (j *jackknife) empty() *jackknife {
	out := newJackknife(j.dim, j.strata)
	out.fixed = j.fixed
	for _, w := range j.watched {
		out.watched = append(out.watched, watched{combination: w.combination, nonnegative: w.nonnegative})
	}
	return out
}

// addSpread adds f Σ (d - centre)(d - centre)ᵀ to m; the centre is the mean of
// the deletions, or the full estimate. It is left in the given slice.
func addSpread(full []float64, deleted [][]float64, fixed bool, f float64, centre []float64, m [][]float64) {
	copy(centre, full)
	if !fixed {
		for x := range centre {
			centre[x] = 0
			for _, d := range deleted {
				centre[x] += d[x] / float64(len(deleted))
			}
		}
	}
	for _, d := range deleted {
		for x := range d {
			dx := d[x] - centre[x]
			if dx == 0 {
				continue
			}
			for y := range d {
				m[x][y] += f * dx * (d[y] - centre[y])
			}
		}
	}
}

// mean returns the mean of every value over samples.
func (j *jackknife) mean() []float64 { return scaled(j.sum, 1/j.samples) }

// meanWithout returns the means with run k of the deletions left out.
func (j *jackknife) meanWithout(k int) []float64 { return scaled(j.deleted[k], 1/j.samples) }

func scaled(v []float64, f float64) []float64 {
	out := make([]float64, len(v))
	for i, x := range v {
		out[i] = f * x
	}
	return out
}

// Variance is the variance of an estimate with its degrees of freedom, +Inf
// for the normal distribution.
type Variance struct{ Value, Freedom float64 }

// spread returns, for a stratum, v_g and V_i,g of the mean of a combination.
func (j *jackknife) spread(stratum int, c []float64) (v, independent float64) {
	first := 0
	for _, s := range j.strata[:stratum] {
		first += s.runs
	}
	s := j.strata[stratum]
	deleted := make([][]float64, s.runs)
	for k := range deleted {
		deleted[k] = []float64{dot(c, j.meanWithout(first+k))}
	}
	total := square(1)
	addSpread([]float64{dot(c, j.mean())}, deleted, j.fixed, s.weight, make([]float64, 1), total)
	return total[0][0], quadratic(c, j.own[stratum]) / (j.samples * j.samples)
}

// variance returns the variance of the mean of a figure.
func (j *jackknife) variance(f figure) Variance {
	c := f.in(j)
	between := j.betweenSamples(c)
	few := j.clusters - 1 // degrees of freedom of V_s: only small numbers show
	if j.parts != nil {
		few = freedom(j.parts, c)
	}
	if !j.told() {
		return Variance{between, few}
	}
	if j.folds > 0 {
		_, samples := j.spread(0, c)
		return j.foldVariance(samples, j.posteriors(f)[0])
	}
	var runs, independent, satterthwaite float64
	for g, p := range j.posteriors(f) {
		_, vi := j.spread(g, c)
		v := vi * p.cautious()
		independent += vi
		runs += v
		satterthwaite += v * v / p.freedom
	}
	v := math.Max(0, between-independent) + runs
	if v == 0 {
		return Variance{0, few}
	}
	return Variance{v, math.Max(1, v*v/(satterthwaite+between*between/few))}
}

// betweenSamples is V_s: G/(G-1) Σ (T - n θ)² / n² over the G clusters.
func (j *jackknife) betweenSamples(c []float64) float64 {
	if j.clusters < 2 {
		return math.NaN()
	}
	theta := dot(c, j.mean())
	ss := quadratic(c, j.cross) - 2*theta*dot(c, j.sized) + theta*theta*j.square
	return math.Max(0, ss) * j.clusters / (j.clusters - 1) / (j.samples * j.samples)
}

func dot(a, b []float64) float64 { return floats.Dot(a, b) }

func quadratic(c []float64, m [][]float64) float64 {
	sum := 0.0
	for x := range c {
		for y := range c {
			sum += c[x] * c[y] * m[x][y]
		}
	}
	return sum
}

// lower and upper are one-sided limits at the given confidence.
func (v Variance) lower(estimate, confidence float64) float64 {
	return estimate - v.quantile(confidence)*math.Sqrt(v.Value)
}

func (v Variance) upper(estimate, confidence float64) float64 {
	return estimate + v.quantile(confidence)*math.Sqrt(v.Value)
}

// Interval is the two-sided interval at the given level, by Student's t.
func (v Variance) Interval(estimate, level float64) Interval {
	c := (1 + level) / 2
	return Interval{estimate, v.lower(estimate, c), v.upper(estimate, c)}
}

// Chance is the probability of an estimate as large where the truth is 0; 1
// without degrees of freedom.
func (v Variance) Chance(estimate float64) float64 {
	t := estimate / math.Sqrt(v.Value)
	switch {
	case !(v.Freedom > 0) || !(estimate > 0):
		return 1
	case math.IsInf(v.Freedom, 1) || v.Freedom > 1e7 || math.IsInf(t, 1):
		return distuv.UnitNormal.Survival(t)
	}
	return distuv.StudentsT{Mu: 0, Sigma: 1, Nu: v.Freedom}.Survival(t)
}

// quantile is NaN without degrees of freedom: one sample, or one group of
// samples, says nothing about others.
func (v Variance) quantile(p float64) float64 {
	if !(v.Freedom > 0) {
		return math.NaN()
	}
	if math.IsInf(v.Freedom, 1) || v.Freedom > 1e7 {
		return distuv.UnitNormal.Quantile(p)
	}
	return distuv.StudentsT{Mu: 0, Sigma: 1, Nu: v.Freedom}.Quantile(p)
}
