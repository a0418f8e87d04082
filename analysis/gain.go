package analysis

import (
	"fmt"
	"math"
)

// Names of what a Gain's absolute figure is measured in.
const (
	MetricError = "error" // share of samples that are wrong
	MetricMSE   = "mse"   // mean squared error, or whatever loss the tables hold
)

// lossMoments are the means of the per-sample mean losses of both arms.
func (c *comparison) lossMoments() *jackknife {
	ka, kb := c.a.K(), c.b.K()
	var strata []stratum
	deletions, fixed := 0, false
	if min(ka, kb) >= 3 {
		var list []layout
		list, strata, fixed = c.layout.deletions()
		deletions = len(list)
	}
	j := newJackknife(2, strata)
	j.fixed = fixed
	without := c.lossDeletions(deletions)
	deleted := make([][]float64, deletions)
	for k := range deleted {
		deleted[k] = make([]float64, 2)
	}
	full := make([]float64, 2)
	flush := func(size int) {
		j.add(1, size, full, deleted)
		clear(full)
		for _, d := range deleted {
			clear(d)
		}
	}
	rows := rowsByGroup(c.a)
	for at, i := range rows {
		sa, sb := sumAt(c.a.Loss, i), sumAt(c.b.Loss, i)
		full[0] += sa / float64(ka)
		full[1] += sb / float64(kb)
		for k, w := range without {
			deleted[k][0] += leaveOut(sa, c.a.Loss, w[0], i)
			deleted[k][1] += leaveOut(sb, c.b.Loss, w[1], i)
		}
		if c.a.Group == nil {
			flush(1)
			continue
		}
		if at+1 == len(rows) || c.a.Group[rows[at+1]] != c.a.Group[i] {
			size := 1
			for size <= at && c.a.Group[rows[at-size]] == c.a.Group[i] {
				size++
			}
			flush(size)
		}
	}
	return j
}

// lossDeletions lists, in the order of layout.deletions, which run of each arm
// is left out, -1 for none.
func (c *comparison) lossDeletions(n int) [][2]int {
	if n == 0 {
		return nil
	}
	index := func(seeds []int64, s int64) int {
		for k, x := range seeds {
			if x == s {
				return k
			}
		}
		return -1
	}
	isShared := map[int64]bool{}
	for _, s := range c.shared {
		isShared[s] = true
	}
	var list [][2]int
	for k, s := range c.a.Seeds {
		if !isShared[s] {
			list = append(list, [2]int{k, -1})
		}
	}
	for k, s := range c.b.Seeds {
		if !isShared[s] {
			list = append(list, [2]int{-1, k})
		}
	}
	for _, s := range c.shared {
		list = append(list, [2]int{index(c.a.Seeds, s), index(c.b.Seeds, s)})
	}
	return list
}

func sumAt(loss [][]float32, i int) float64 {
	sum := 0.0
	for _, l := range loss {
		sum += float64(l[i])
	}
	return sum
}

// leaveOut is the mean without run k, or of all runs where k is -1.
func leaveOut(sum float64, loss [][]float32, k, i int) float64 {
	if k < 0 {
		return sum / float64(len(loss))
	}
	return (sum - float64(loss[k][i])) / float64(len(loss)-1)
}

// loss is the change of the mean loss, independent minus arm.
func (c *comparison) loss() Interval {
	if c.a.Loss == nil || c.b.Loss == nil {
		return unknown()
	}
	j := c.lossMoments()
	comb := []float64{1, -1}
	return j.linear(comb).interval(dot(comb, j.mean()), c.o.Level)
}

// GainOf is the gain of the domain from the independent runs a to the pool's
// runs b: of its error where classification is true, else of its loss. The
// pool is left to the caller. Where a side has one run the figures have no
// limits.
//
//	g = 1 - e_B/e_A
//
// The variance is that of the two-way jackknife: the ratio itself with each
// run left out, and its linearisation, gradient (e_B/e_A², -1/e_A) in
// (e_A, e_B), between samples.
func GainOf(a, b *Runs, classification bool, o Options) (*Gain, error) {
	g := &Gain{Target: a.Domain, Samples: a.Len(), Runs: [2]int{a.K(), b.K()}, Metric: MetricMSE, Warnings: []string{}}
	if classification {
		g.Metric = MetricError
	}
	if err := gainable(a, b, classification); err != nil {
		return nil, err
	}
	if min(a.K(), b.K()) < 2 {
		ea, eb := meanError(a, classification), meanError(b, classification)
		g.Absolute, g.Relative = Interval{ea - eb, math.NaN(), math.NaN()}, Interval{relative(ea, eb), math.NaN(), math.NaN()}
		g.Warnings = append(g.Warnings, "one run on a side: no interval")
		return g, nil
	}
	c, err := newComparison(a, b, o)
	if err != nil {
		return nil, err
	}
	j, ca, cb := c.errors(classification)
	g.Absolute, g.Relative = ratioGain(j, ca, cb, c.o.Level)
	if min(a.K(), b.K()) == 2 {
		g.Warnings = append(g.Warnings, "two runs on a side: the interval is conditional on these runs")
	}
	if math.IsNaN(g.Relative.Value) {
		g.Warnings = append(g.Warnings, "the independent models make no error: there is nothing to reduce")
	}
	return g, nil
}

func gainable(a, b *Runs, classification bool) error {
	if a.K() == 0 || b.K() == 0 || a.Len() == 0 || a.Len() != b.Len() {
		return fmt.Errorf("gain of %s: %w: %d samples in %d runs against %d in %d", a.Domain, ErrSamples, a.Len(), a.K(), b.Len(), b.K())
	}
	if classification && (a.Correct == nil || b.Correct == nil) {
		return fmt.Errorf("gain of %s: %w", a.Domain, ErrNoCorrect)
	}
	if !classification && (a.Loss == nil || b.Loss == nil) {
		return fmt.Errorf("gain of %s: the runs have no losses", a.Domain)
	}
	return nil
}

// errors returns the jackknife whose means hold the errors of both arms, as
// constant + combination: wrong answers are 1 - p̂ and 1 - q̂.
func (c *comparison) errors(classification bool) (j *jackknife, a, b affine) {
	if classification {
		m := momentsOf(c.list, c.layout)
		p, q := make([]float64, numValues), make([]float64, numValues)
		p[vP], q[vQ] = -1, -1
		return m.jackknife, affine{1, p}, affine{1, q}
	}
	return c.lossMoments(), affine{0, []float64{1, 0}}, affine{0, []float64{0, 1}}
}

// affine is a constant plus a linear combination of means.
type affine struct {
	constant float64
	c        []float64
}

func (f affine) at(mean []float64) float64 { return f.constant + dot(f.c, mean) }

func ratioGain(j *jackknife, a, b affine, level float64) (absolute, rel Interval) {
	ea, eb := a.at(j.mean()), b.at(j.mean())
	diff, gradient := make([]float64, j.dim), make([]float64, j.dim)
	for x := range diff {
		diff[x] = a.c[x] - b.c[x]
		gradient[x] = (eb/ea*a.c[x] - b.c[x]) / ea
	}
	absolute = j.linear(diff).interval(ea-eb, level)
	value := relative(ea, eb)
	if math.IsNaN(value) {
		return absolute, unknown()
	}
	runs := make([]float64, len(j.deleted))
	for k := range runs {
		mean := j.meanWithout(k)
		if runs[k] = relative(a.at(mean), b.at(mean)); math.IsNaN(runs[k]) {
			// All errors of the domain come from one run: nothing can be said
			// about others.
			return absolute, Interval{value, math.NaN(), math.NaN()}
		}
	}
	return absolute, j.variance(gradient, value, runs).interval(value, level)
}

// relative is the gain 1 - e_B/e_A, NaN where there was no error to reduce.
func relative(ea, eb float64) float64 {
	if !(ea > 0) {
		return math.NaN()
	}
	return 1 - eb/ea
}

// meanError is the mean error or loss over samples and runs.
func meanError(r *Runs, classification bool) float64 {
	sum := 0.0
	for k := range r.Seeds {
		sum += runError(r, k, classification)
	}
	return sum / float64(r.K())
}

// runError is the mean error or loss of run k.
func runError(r *Runs, k int, classification bool) float64 {
	sum := 0.0
	for i := range r.Len() {
		switch {
		case !classification:
			sum += float64(r.Loss[k][i])
		case r.Correct[i]>>k&1 == 0:
			sum++
		}
	}
	return sum / float64(r.Len())
}
