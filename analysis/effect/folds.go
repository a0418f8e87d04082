package effect

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/stat/distuv"

	"github.com/sharewise/sharewise/analysis/measures"
)

// Where test sets are small, seeds can be tested on other samples each: the data
// are divided into F folds, and the runs of a seed learn from all but one and are
// tested on that (Runs.Tested). The same trainings then test F times the samples.
//
// The error of an arm is the mean over samples of the mean over the runs that were
// tested on the sample, and Δ and gains follow from that as ever. Runs of one seed
// share a fold, so that differences are taken within it. With G samples (groups),
// G_f of them in fold f, T the linear form of a figure summed over a sample (group),
// θ_f the mean over fold f,
//
//	V_s = G/(G-F) Σ_f Σ (T - n θ_f)² / n²: what samples contribute, from within
//	      folds, where all were tested by the same runs
//	v   = (F-1)/F Σ_f (θ_-f - mean θ_-f)², a fold left out: what samples and runs
//	      contribute together
//	r   = v / V_s, which is about 1 where runs move every sample by itself, and
//	      which all comparisons of a study tell together (dispersion.go)
//	V   = V_s max(1, ρ)
//
// where 1/V is matched by its first two moments over what is known of ρ, so that
// limits are never narrower than the samples alone make them.
//
// Runs of different seeds learn from largely the same samples, so that their spread
// over folds may say too little of how far their mean is off. Nadeau and Bengio
// (Inference for the generalization error, Machine Learning 52, 2003) therefore
// replace the 1/K of a variance by 1/K + n_test/n_train. That is wide here: no two
// folds share test samples, whose part is most of v where test sets are small, and
// the samples that test in one fold train in the others, which sets errors off
// against each other. Simulated with real learners (testdata/folds.md), V holds
// without it, as Bayle, Bayle, Janson and Mackey (Cross-validation confidence
// intervals for test error, NeurIPS 2020) prove for learners that one sample does
// not change much. The plain interval of the seeds' differences, of K-1 degrees of
// freedom, is as right while every sample is tested once and too narrow after that.
//
// The truth that these limits are of is the expected difference over training sets
// of this size and over test samples. Simulated in testdata/folds.md.
//
// Transfer and interference ask what became of single samples, and need two runs
// at least on each: they are known where every sample was tested twice, from 2F
// seeds on, in passes: the k-th test of every sample is a run of its own.

// inFolds reports whether runs were tested on other samples each.
func (c *Comparison) inFolds() bool { return c.a.Tested != nil }

// bothTested keeps the samples that both sides were tested on, and says which.
func bothTested(a, b *Runs) (x, y *Runs, rows []int, err error) {
	if (a.Tested == nil) != (b.Tested == nil) {
		return nil, nil, nil, fmt.Errorf("domain %s: %w: the runs of one side were tested on the same samples each, those of the other on others", a.Domain, ErrSamples)
	}
	if a.Tested == nil || a.Samples != b.Samples {
		return a, b, nil, nil
	}
	for i := range a.Samples {
		if a.Tested[i] != 0 && b.Tested[i] != 0 {
			rows = append(rows, i)
		}
	}
	return a.Rows(rows), b.Rows(rows), rows, nil
}

// fold numbers the folds of samples, in the order of the samples, and counts them:
// samples of one fold were tested by the same runs of both sides.
func (c *Comparison) fold() (of []int, n int) {
	type runs struct{ a, b uint64 }
	known := map[runs]int{}
	of = make([]int, c.a.Samples)
	for i := range of {
		key := runs{c.a.Tested[i], c.b.Tested[i]}
		f, ok := known[key]
		if !ok {
			f = len(known)
			known[key] = f
		}
		of[i] = f
	}
	return of, len(known)
}

// foldJackknife is the jackknife of the errors of both arms over folds.
func (c *Comparison) foldJackknife(measure string) *jackknife {
	x, y := c.a.errorsOverTests(measure), c.b.errorsOverTests(measure)
	of, n := c.fold()
	k := float64(n)
	j := newJackknife(2, []stratum{{runs: n, weight: (k - 1) / k, df: k - 1, arm: true}})
	j.folds = n
	j.watch(combDelta)
	switch averaged := errorForms[measure].averaged; {
	case measure == measures.Loss:
		j.most = 0
		for i := range x {
			j.most = max(j.most, math.Abs(x[i]), math.Abs(y[i]))
		}
	case averaged != overSamples:
		j.most = c.a.mostOfErrors(measure)
		j.parts = classParts(c.a.Label, c.a.oneRow(x), c.a.oneRow(y))
	}
	size, sum := make([]float64, n), make([][]float64, n)
	for f := range sum {
		sum[f] = make([]float64, 2)
	}
	units := c.units(of, x, y)
	for _, u := range units {
		j.add(1, u.size, u.sum, nil)
		size[u.fold] += float64(u.size)
		for v := range u.sum {
			sum[u.fold][v] += u.sum[v]
		}
	}
	for f := range n {
		for v := range j.deleted[f] {
			j.deleted[f][v] = j.samples / (j.samples - size[f]) * (j.sum[v] - sum[f][v])
		}
	}
	few := j.clusters / (j.clusters - k)
	if j.clusters <= k {
		few = math.NaN()
	}
	for _, u := range units {
		for v := range u.sum {
			dv := u.sum[v] - float64(u.size)*sum[u.fold][v]/size[u.fold]
			for w := range u.sum {
				dw := u.sum[w] - float64(u.size)*sum[u.fold][w]/size[u.fold]
				j.own[0][v][w] += few * dv * dw
			}
		}
	}
	return j
}

// testUnit is a sample, or what a fold has of a group of samples.
type testUnit struct {
	fold, size int
	sum        []float64
}

// units gathers the samples of one group and fold, in the order of the samples.
func (c *Comparison) units(of []int, x, y []float64) []testUnit {
	type key struct {
		fold  int
		group int32
	}
	known := map[key]int{}
	var out []testUnit
	for i := range x {
		at := len(out)
		if c.a.Group != nil {
			k := key{of[i], c.a.Group[i]}
			if to, ok := known[k]; ok {
				at = to
			}
			known[k] = at
		}
		if at == len(out) {
			out = append(out, testUnit{fold: of[i], sum: make([]float64, 2)})
		}
		out[at].size++
		out[at].sum[vA] += x[i]
		out[at].sum[vB] += y[i]
	}
	return out
}

// foldVariance is V of a figure whose sample part is samples and whose dispersion
// is known as p: ρ is ratio times d over a χ² of d degrees of freedom, and 1/V is
// matched by its first two moments over that, as package-wide dispersions are. V is
// never less than the sample part, however little is known of ρ.
func (j *jackknife) foldVariance(samples float64, p posterior) Variance {
	few := j.clusters - float64(j.folds)
	if samples == 0 {
		return Variance{0, few}
	}
	const points = 32
	chi := distuv.ChiSquared{K: min(p.freedom, 1e4)}
	var first, second float64
	for i := range points {
		rho := p.ratio * chi.K / chi.Quantile((float64(i)+0.5)/points)
		inverse := 1 / max(1, rho)
		first += inverse / points
		second += inverse * inverse / points
	}
	v := samples / first
	spread := max(0, second/(first*first)-1) // relative variance of 1/V, 2/d
	return Variance{v, math.Max(1, 1/(spread/2+first*first/few))}
}

// foldInfluence is the linear form of a gain by sample (group), less the mean of its
// fold, whose squares add up to V_s n².
func (c *Comparison) foldInfluence(measure string, form []float64) []float64 {
	of, n := c.fold()
	units := c.units(of, c.a.errorsOverTests(measure), c.b.errorsOverTests(measure))
	size, sum := make([]float64, n), make([]float64, n)
	out := make([]float64, len(units))
	for i, u := range units {
		out[i] = dot(form, u.sum)
		size[u.fold] += float64(u.size)
		sum[u.fold] += out[i]
	}
	scale := math.Sqrt(float64(len(units)) / float64(len(units)-n))
	for i, u := range units {
		out[i] = scale * (out[i] - float64(u.size)*sum[u.fold]/size[u.fold])
	}
	return out
}
