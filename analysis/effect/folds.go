package effect

import (
	"fmt"
	"math"
	"math/bits"
	"slices"
	"strings"

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
	return a.rows(rows), b.rows(rows), rows, nil
}

// rows keeps some samples.
func (r *Runs) rows(rows []int) *Runs {
	out := &Runs{Domain: r.Domain, Seeds: r.Seeds, Samples: len(rows), LossCap: r.LossCap}
	if r.Correct != nil {
		out.Correct = at(r.Correct, rows)
	}
	if r.Tested != nil {
		out.Tested = at(r.Tested, rows)
	}
	if r.Label != nil {
		out.Label = at(r.Label, rows)
	}
	if r.Group != nil {
		out.Group = at(r.Group, rows)
	}
	for _, l := range r.Loss {
		out.Loss = append(out.Loss, at(l, rows))
	}
	for _, s := range r.Score {
		out.Score = append(out.Score, at(s, rows))
	}
	return out
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

// overTests is the mean over the runs that were tested on sample i.
func (r *Runs) overTests(i int, value func(run int) float64) float64 {
	sum := 0.0
	for left := r.Tested[i]; left != 0; left &= left - 1 {
		sum += value(bits.TrailingZeros64(left))
	}
	return sum / float64(bits.OnesCount64(r.Tested[i]))
}

// errorsOverTests are the linear form of an error, by sample: its mean is the error.
func (r *Runs) errorsOverTests(measure string) []float64 {
	out := make([]float64, r.Samples)
	if measure == measures.Loss {
		for i := range out {
			out[i] = r.overTests(i, func(k int) float64 { return float64(r.Loss[k][i]) })
		}
		return out
	}
	form := errorForms[measure]
	values := make([][]float64, r.K())
	for k := range values {
		values[k] = r.ofTest(k, func(own *Runs, out []float64) {
			if form.averaged != overEither {
				form.parts(own, 0, out)
				return
			}
			// Samples are ranked among those of their fold, by one model.
			for i, x := range own.linearised(measure).Loss[0] {
				out[i] = float64(x)
			}
		})
	}
	for i := range out {
		out[i] = r.overTests(i, func(k int) float64 { return values[k][i] })
	}
	switch form.averaged {
	case overClasses:
		r.byClass(out, form.averaged)
	case overEither:
		withoutUndefined(out)
	}
	return out
}

// ofTest are values of the samples that run k was tested on, from these alone.
func (r *Runs) ofTest(k int, fill func(own *Runs, out []float64)) []float64 {
	var rows []int
	for i, tested := range r.Tested {
		if tested>>k&1 == 1 {
			rows = append(rows, i)
		}
	}
	own := r.rows(rows).pick([]int{k})
	own.Tested = nil
	values, out := make([]float64, len(rows)), make([]float64, r.Samples)
	fill(own, values)
	for at, i := range rows {
		out[i] = values[at]
	}
	return out
}

// withoutUndefined lets samples of a fold that lacks a class say nothing: they take
// the mean of the others.
func withoutUndefined(values []float64) {
	sum, n := 0.0, 0.0
	for _, v := range values {
		if !math.IsNaN(v) {
			sum, n = sum+v, n+1
		}
	}
	for i, v := range values {
		if math.IsNaN(v) {
			values[i] = sum / n
		}
	}
}

// byClass turns parts of samples into the linear form of an error that averages
// over classes (class_errors.go).
func (r *Runs) byClass(part []float64, how averaging) {
	classes := r.classSizes()
	mean, e := map[int32]float64{}, 0.0
	for i, u := range part {
		mean[r.Label[i]] += u / classes[r.Label[i]].samples
	}
	for _, c := range sortedClasses(classes) {
		e += mean[c] / float64(len(classes))
	}
	n, weight := float64(r.Samples), how.weight(len(classes))
	for i, u := range part {
		c := classes[r.Label[i]]
		part[i] = e + n/c.samples*weight*c.stretch()*(u-mean[r.Label[i]])
	}
}

func sortedClasses(sizes map[int32]classSize) []int32 {
	var list []int32
	for c := range sizes {
		list = append(list, c)
	}
	slices.Sort(list)
	return list
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

// oneRow holds values of samples as the losses of one run.
func (r *Runs) oneRow(values []float64) *Runs {
	loss := make([]float32, len(values))
	for i, v := range values {
		loss[i] = float32(v)
	}
	return &Runs{Domain: r.Domain, Seeds: []int64{1}, Samples: r.Samples, Label: r.Label, Group: r.Group, Loss: [][]float32{loss}}
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

// passes are the runs of both sides as if each had tested all samples: run k is the
// k-th test of every sample. paired says that the k-th tests of both sides are of
// one seed. There are as many as the sample has that was tested least.
func (c *Comparison) passes() (a, b *Runs, paired bool) {
	n := MaxRuns
	for i := range c.a.Samples {
		n = min(n, bits.OnesCount64(c.a.Tested[i]), bits.OnesCount64(c.b.Tested[i]))
	}
	a, seedsA := c.a.passes(n)
	b, seedsB := c.b.passes(n)
	return a, b, slices.EqualFunc(seedsA, seedsB, slices.Equal)
}

// passes puts the first n tests of every sample into runs, and lists their seeds.
func (r *Runs) passes(n int) (*Runs, [][]int64) {
	out := &Runs{Domain: r.Domain, Samples: r.Samples, Label: r.Label, Group: r.Group, LossCap: r.LossCap}
	seeds := make([][]int64, n)
	for p := range n {
		out.Seeds = append(out.Seeds, int64(p+1))
		seeds[p] = make([]int64, r.Samples)
		if r.Loss != nil {
			out.Loss = append(out.Loss, make([]float32, r.Samples))
		}
		if r.Score != nil {
			out.Score = append(out.Score, make([]float32, r.Samples))
		}
	}
	if r.Correct != nil {
		out.Correct = make([]uint64, r.Samples)
	}
	for i, left := range r.Tested {
		for p := range n {
			k := bits.TrailingZeros64(left)
			left &= left - 1
			seeds[p][i] = r.Seeds[k]
			if r.Loss != nil {
				out.Loss[p][i] = r.Loss[k][i]
			}
			if r.Score != nil {
				out.Score[p][i] = r.Score[k][i]
			}
			if r.Correct != nil {
				out.Correct[i] |= r.Correct[i] >> k & 1 << p
			}
		}
	}
	return out, seeds
}

// effectInPasses measures transfer and interference in passes. Δ and the change of
// the loss have the limits of folds, since what folds learn from varies too.
func (c *Comparison) effectInPasses() (*Effect, error) {
	a, b, paired := c.passes()
	if a.K() < 2 {
		return c.testedOnce()
	}
	o := c.o
	o.SharedSeeds = o.SharedSeeds && paired
	p, err := Compare(a, b, o)
	if err != nil {
		return nil, err
	}
	e, err := p.Effect()
	if err != nil {
		return nil, err
	}
	c.foldLimits(e)
	_, folds := c.fold()
	e.Seeds = Pair[int]{c.a.K(), c.b.K()}
	if passes := e.Calls.Seeds; passes > 0 { // each takes a seed of every fold
		e.Calls.Seeds = passes * folds
		e.Calls.Note = strings.Replace(e.Calls.Note, fmt.Sprintf("%d seeds", passes), fmt.Sprintf("%d seeds", passes*folds), 1)
	}
	e.Warnings = append([]string{fmt.Sprintf("tested in %d folds: each sample by %d runs of each arm, which transfer and interference rest on; their limits hold for these training sets", folds, a.K())}, e.Warnings...)
	for _, calls := range [][]Call{e.Calls.HelpedSamples, e.Calls.HarmedSamples} {
		for k := range calls {
			calls[k].Row = c.rows[calls[k].Row]
		}
	}
	return e, nil
}

// foldLimits puts in the changes over all tests with their limits.
func (c *Comparison) foldLimits(e *Effect) {
	change := func(measure string) Interval {
		if lacking(c.a, c.b, measure) != nil {
			return Unknown()
		}
		return c.momentsOn(onErrors+kind(measure)).limits(figureOf(combDelta), c.o.Level)
	}
	e.Delta, e.LossReduction = change(e.Measure), change(measures.Loss)
}

// testedOnce is what is known of samples that were tested by one run of each side:
// the change, and nothing of its two directions.
func (c *Comparison) testedOnce() (*Effect, error) {
	name, err := c.basisName()
	if err != nil {
		return nil, fmt.Errorf("domain %w", err)
	}
	of, folds := c.fold()
	if folds < 2 {
		return nil, fmt.Errorf("domain %s: %w: all runs were tested on one fold", c.a.Domain, ErrOneRun)
	}
	side := Side{
		Estimate: NaN, BoundLo: NaN, BoundHi: NaN, RelativeLo: NaN, RelativeHi: NaN, P: NaN, Normalised: NaN,
		Crossfit: Unknown(), Raw: Unknown(), Floor: Unknown(), Excess: Unknown(),
	}
	e := &Effect{
		Measure: name, Samples: c.a.Samples, Seeds: Pair[int]{c.a.K(), c.b.K()},
		Accuracy: Pair[Number]{Number(1 - c.a.ErrorRate()), Number(1 - c.b.ErrorRate())},
		Loss:     Pair[Number]{Number(c.a.MeanLoss()), Number(c.b.MeanLoss())},
		Transfer: side, Interference: side, Changed: NaN,
		NoEffect: Test{Statistic: NaN, P: NaN, Smallest: NaN},
		Calls:    Calls{HelpedSamples: []Call{}, HarmedSamples: []Call{}, Note: "calls need two runs of each arm on a sample"},
		Warnings: []string{fmt.Sprintf("tested in %d folds: each sample by one run of each arm, so that the change is known and transfer, interference and their floor are not; %d seeds would test each twice", folds, 2*folds)},
	}
	if c.a.Group != nil {
		e.Groups = len(c.units(of, make([]float64, len(of)), make([]float64, len(of))))
	}
	c.foldLimits(e)
	return e, nil
}

// aucOverTests is the AUC of runs that were tested on other samples each. Nothing
// else tells how these runs vary over folds: the variance is the larger one of V_s
// and v, with its own degrees of freedom.
func (r *Runs) aucOverTests(level float64) Interval {
	alone := &Comparison{a: r, b: r, o: Options{Level: level}}
	if _, n := alone.fold(); n < 2 {
		return Point(1 - alone.a.oneRow(r.errorsOverTests(measures.AUC)).MeanLoss())
	}
	j := alone.foldJackknife(measures.AUC)
	over, samples := j.spread(0, []float64{1, 0})
	v := Variance{samples, j.clusters - float64(j.folds)}
	if over > samples {
		v = Variance{over, float64(j.folds - 1)}
	}
	e := v.Interval(j.mean()[vA], level)
	return Interval{1 - e.Value, max(0, 1-e.Hi), min(1, 1-e.Lo)}
}
