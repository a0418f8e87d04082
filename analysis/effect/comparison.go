package effect

import (
	"fmt"

	"github.com/sharewise/sharewise/analysis/measures"
)

// Comparison holds an arm's runs against the independent runs, on one domain.
// Effect and Gain read their figures off the same moments, each of which is
// computed once, when it is first asked for.
type Comparison struct {
	a, b           *Runs
	o              Options
	arrangement    arrangement
	placeA, placeB []int // of runs in the arrangement
	shared         []int64
	rows           []int // of the samples that were given, where runs were tested on others each

	study *moderation
	known map[kind]moments
	memo  map[string]any // what was computed once, by name
	name  func(row int) string
}

// remember computes something of the samples once, under a name.
func remember[T any](c *Comparison, name string, f func() T) T {
	if v, ok := c.memo[name]; ok {
		return v.(T)
	}
	v := f()
	if c.memo == nil {
		c.memo = map[string]any{}
	}
	c.memo[name] = v
	return v
}

// Compare prepares the comparison of the independent runs a with the runs b of
// an arm. Both must hold the same samples in the same order.
func Compare(a, b *Runs, o Options) (*Comparison, error) {
	if err := o.Validate(); err != nil {
		return nil, err
	}
	for _, r := range []*Runs{a, b} {
		if err := r.check(); err != nil {
			return nil, err
		}
	}
	if a.K() == 0 || b.K() == 0 || a.Samples == 0 || a.Samples != b.Samples {
		return nil, fmt.Errorf("domain %s: %w: %d independent in %d runs, %d of the arm in %d", a.Domain, ErrSamples, a.Samples, a.K(), b.Samples, b.K())
	}
	a, b, rows, err := bothTested(a, b)
	if err != nil {
		return nil, err
	}
	if a.Samples == 0 {
		return nil, fmt.Errorf("domain %s: %w: no sample was tested by both sides", a.Domain, ErrSamples)
	}
	c := &Comparison{a: a, b: b, o: o.WithDefaults(), rows: rows}
	if o.SharedSeeds {
		c.shared = sharedSeeds(a, b)
	}
	c.arrangement, c.placeA, c.placeB = arrangementOf(a, b, c.shared)
	c.known, c.memo = map[kind]moments{}, map[string]any{}
	Moderate([]*Comparison{c})
	return c, nil
}

// enoughRuns returns an error where seed noise cannot be told from an effect.
func (c *Comparison) enoughRuns() error {
	if min(c.a.K(), c.b.K()) < 2 {
		return fmt.Errorf("domain %s: %w: seed noise cannot be told from an effect (independent %d, arm %d)", c.a.Domain, ErrOneRun, c.a.K(), c.b.K())
	}
	return nil
}

// kind names what the values of moments are: all values of samples, on
// correctness or on losses; or, for gains, nothing but the errors of both arms,
// by a measure.
type kind string

const (
	onCorrect kind = "correctness"
	onLosses  kind = "losses"
	onErrors  kind = "errors " // with the name of the measure
)

// errorsIn is the kind whose first two values are the errors of both arms.
//
// With two runs on a side all values of samples but their errors need a third.
func (c *Comparison) errorsIn(measure string) kind {
	if measure == measures.Correct && min(c.a.K(), c.b.K()) > 2 && !c.inFolds() {
		return onCorrect
	}
	return onErrors + kind(measure)
}

// momentsOn are the moments of a kind, computed once, with what the comparisons of the
// same study tell of dispersions.
func (c *Comparison) momentsOn(of kind) moments {
	m := c.alone(of)
	if m.pool == nil {
		c.study.share(c, of)
	}
	return m
}

// alone computes moments, once.
func (c *Comparison) alone(of kind) moments {
	m, ok := c.known[of]
	if ok {
		return m
	}
	switch measure := c.measureOf(of); {
	case c.inFolds():
		m = moments{jackknife: c.foldJackknife(measure)}
	case of == onCorrect:
		m = c.answers().moments
	case of == onLosses:
		m = c.lossMoments()
	case measure == measures.Loss:
		m = moments{jackknife: c.meanLossJackknife()}
	default:
		m = moments{jackknife: c.classJackknife(measure)}
	}
	if m.jackknife != nil {
		m.floor, m.ratio = c.floor(c.measureOf(of)), c.errorsOnly(c.measureOf(of))
	}
	c.known[of] = m
	return m
}
