package effect

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/stat"

	"github.com/sharewise/sharewise/analysis/measures"
)

// Gain is what an arm, a pool of domains, gains for one of them.
type Gain struct {
	Relative Interval `json:"relative"` // reduction of the domain's own independent error or loss, as a fraction of it
	Absolute Interval `json:"absolute"` // the same in units of Metric
	// P is how likely a relative gain as far from zero is where there is none, 1
	// where it has no limits. Among many gains some have a small one.
	P float64 `json:"p"`
	// Discovery says that the relative gain differs from zero, said of all gains
	// of the same capacity and weighting together: at most a share of 1-level of
	// those said to differ is expected not to (see Discoveries).
	Discovery bool `json:"discovery"`
	// Simultaneous are limits of the relative gain that hold the truth for all
	// gains of the same capacity and weighting at once (see Simultaneous).
	Simultaneous Interval  `json:"simultaneous"`
	Metric       string    `json:"metric"` // the name of a measures.Metric
	Samples      int       `json:"samples"`
	Seeds        Pair[int] `json:"seeds"` // numbers of runs
	// Folds is the number of parts of the samples that were tested by other runs
	// each; 0 where all runs were tested on all.
	Folds int `json:"folds,omitempty"`
	// DF are the degrees of freedom of Student's t that the limits of the relative
	// gain were made with; 0 where they are many, or there are no limits.
	DF float64 `json:"df"`
	// Told says that limits with two runs on a side allow for how runs vary, since
	// the other comparisons of the study tell it. With three it is never said.
	Told bool `json:"told,omitempty"`
	// Pairing is how far chance moves the runs of one seed alike; nil where none
	// are of one seed, or have nothing in common.
	Pairing *Pairing `json:"pairing,omitempty"`
	// LossCap is what losses were cut to; 0 where they were not.
	LossCap float64 `json:"loss_cap,omitempty"`
	// Floor is the error that the relative gain is relative to where the domain's
	// own is smaller, see Options.Floor; 0 where it is the domain's own.
	Floor float64 `json:"floor,omitempty"`
	// Carriers are a few samples that decide a gain in losses; nil where none
	// do.
	Carriers *Carriers `json:"carriers,omitempty"`
	Warnings []string  `json:"warnings"`
}

// Gain is what the arm, a pool of domains, gains of the error that a measure of
// package measures has. Where a side has one run the figures have no limits.
//
//	g = 1 - e_B/e_A, and (e_A - e_B)/floor where e_A is below the floor
//
// The variance is that of the two-way jackknife for the gain's linearisation,
// gradient (e_B/e_A², -1/e_A) in (e_A, e_B); limits are those of log(e_B/e_A) (ratio.go).
//
// An error cannot fall by more than all of itself: where no loss is below zero,
// the limits of the relative gain are cut at 1.
//
// Losses are unbounded: where a few samples decide the gain, they are counted,
// and what it is without them stands beside it.
func (c *Comparison) Gain(measure string) (*Gain, error) {
	g, err := c.gain(measure)
	if err != nil || measure != measures.Loss || !g.Relative.Known() {
		return g, err
	}
	g.LossCap = c.a.LossCap
	if found := remember(c, "carriers", func() *Carriers { return c.carriers() }); found != nil {
		with := *found
		with.Decisive = decisive(g.Relative, with.Without)
		g.Carriers = &with
		g.Warnings = append(g.Warnings, with.warning())
	}
	return g, nil
}

func (c *Comparison) gain(measure string) (*Gain, error) {
	if err := c.lacking(measure); err != nil {
		return nil, fmt.Errorf("gain of %w", err)
	}
	g := &Gain{Samples: c.a.Samples, Seeds: Pair[int]{c.a.K(), c.b.K()}, Metric: measures.Of(measure).Metric.Name, Pairing: c.Pairing(), P: 1, Simultaneous: Unknown(), Warnings: []string{}}
	if c.inFolds() {
		_, g.Folds = c.fold()
	}
	if g.Folds == 1 || min(c.a.K(), c.b.K()) < 2 {
		ea, eb := c.meanErrors(measure)
		floor := c.floor(measure)
		g.Absolute, g.Relative = Point(ea-eb), Point(relative(ea, eb, floor))
		g.floored(ea, floor)
		if g.Folds == 1 {
			g.Warnings = append(g.Warnings, "all runs were tested on one fold: no interval before runs are tested on another")
		} else {
			g.Warnings = append(g.Warnings, "one run on a side: no interval")
		}
	} else {
		if err := c.enoughRuns(); err != nil {
			return nil, err
		}
		c.limitedGain(g, measure)
	}
	if !g.Relative.Known() {
		g.Warnings = append(g.Warnings, nothingToReduce(measures.Of(measure).Metric))
	}
	return g, nil
}

// Distinct reports whether the relative gain differs from zero: as a discovery
// among others or, where it was never judged among others and has no P, by its own
// limits.
func (g *Gain) Distinct() bool {
	return g.Discovery || g.P == 0 && (g.Relative.Lo > 0 || g.Relative.Hi < 0)
}

// RelativeGain is the relative gain with limits at another level, unknown limits
// where Gain has none.
func (c *Comparison) RelativeGain(measure string, level float64) Interval {
	at := *c
	at.o.Level = level
	g, err := at.gain(measure)
	if err != nil {
		return Unknown()
	}
	return g.Relative
}

// meanErrors are the errors of both arms.
func (c *Comparison) meanErrors(measure string) (ea, eb float64) {
	if measure == measures.Loss {
		return c.meanLoss()
	}
	e := remember(c, "mean errors "+measure, func() Pair[float64] {
		return Pair[float64]{c.a.meanError(measure), c.b.meanError(measure)}
	})
	return e.Independent, e.Arm
}

// meanError is the error by a measure, over samples and runs.
func (r *Runs) meanError(measure string) float64 {
	switch {
	case measure == measures.Correct:
		return r.ErrorRate()
	case measure == measures.Loss:
		return r.MeanLoss()
	case r.Tested != nil:
		return stat.Mean(r.errorsOverTests(measure), nil)
	}
	return r.linearised(measure).MeanLoss()
}

// classJackknife is the jackknife of the linear forms of both arms' errors.
func (c *Comparison) classJackknife(measure string) *jackknife {
	linear := *c
	linear.a, linear.b, linear.memo = c.a.linearised(measure), c.b.linearised(measure), nil
	j := linear.meanLossJackknife()
	if measure == measures.Correct {
		j.most = 1
	}
	if errorForms[measure].averaged != overSamples {
		j.parts = classParts(c.a.Label, linear.a, linear.b)
		j.most = c.a.mostOfErrors(measure)
	}
	return j
}

// limitedGain fills in the figures with their limits.
func (c *Comparison) limitedGain(g *Gain, measure string) {
	j := c.momentsOn(c.errorsIn(measure)).jackknife
	g.Absolute, g.Relative, g.DF = ratioGain(j, c.o.Level)
	g.floored(j.mean()[vA], j.floor)
	switch rarest := rarestUnits(j.parts); {
	case rarest < 2:
		g.Absolute, g.Relative = Point(g.Absolute.Value), Point(g.Relative.Value)
		g.Warnings = append(g.Warnings, "a class has one test sample, or one group of them: no interval")
	case rarest < fewGroups:
		g.Warnings = append(g.Warnings, fmt.Sprintf("a class has only %.0f test samples, or groups of them: the interval rests on an approximation for many", rarest))
	}
	if g.Relative.Limited() {
		g.P = j.chanceOfGain(g.Relative.Value)
	}
	if g.Relative.Hi > 1 && c.errorsOnly(measure) {
		g.Relative.Lo, g.Relative.Hi = min(g.Relative.Lo, 1), 1
	}
	if min(c.a.K(), c.b.K()) == 2 && !c.inFolds() {
		if g.Told = j.told(); g.Told {
			g.Warnings = append(g.Warnings, "two runs on a side: that runs vary is known from the other comparisons")
		} else {
			g.Warnings = append(g.Warnings, "two runs on a side: the interval is conditional on these runs")
		}
	}
}

// nothingToReduce says why a relative gain is unknown.
func nothingToReduce(m measures.Metric) string {
	if m.Faultless != "" {
		return "the independent models " + m.Faultless + ": there is nothing to reduce"
	}
	return "the independent models' mean loss is not above zero: a relative reduction means nothing"
}

// ratioGain reads the gain off a jackknife whose first two values are the mean
// losses of both arms; errors are losses of 0 and 1.
func ratioGain(j *jackknife, level float64) (absolute, rel Interval, df float64) {
	mean := j.mean()
	value := relative(mean[vA], mean[vB], j.floor)
	absolute = j.limits(figureOf(combDelta), level)
	if math.IsNaN(value) {
		return absolute, Unknown(), 0
	}
	for k := range j.deleted {
		if mean := j.meanWithout(k); !(mean[vA] > 0) && j.mean()[vA] >= j.floor {
			// All errors of the domain come from one run: nothing can be said
			// about others.
			return absolute, Point(value), 0
		}
	}
	if df = j.variance(relativeGain).Freedom; math.IsInf(df, 0) || math.IsNaN(df) {
		df = 0
	}
	return absolute, j.limits(relativeGain, level), df
}

// errorsOnly reports whether what a measure takes the mean of is nowhere below zero.
func (c *Comparison) errorsOnly(measure string) bool {
	return measures.Of(measure).Metric.Faultless != "" ||
		c.nonnegative()
}

// relative is the gain 1 - e_B/e_A, NaN where there was no error to reduce; below
// the floor it is relative to that.
func relative(ea, eb, floor float64) float64 {
	switch {
	case !(ea > 0):
		return math.NaN()
	case ea < floor:
		return (ea - eb) / floor
	}
	return 1 - eb/ea
}
