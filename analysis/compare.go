package analysis

import (
	"fmt"
	"math"

	"github.com/sharewise/sharewise/analysis/losses"
)

// Options are the settings of a comparison. Zero values stand for the usual
// ones.
type Options struct {
	Level     float64 // nominal coverage of intervals; 0.95
	Alpha     float64 // false discovery rate of calls; 0.05
	Exemplars int     // samples listed per direction; 12; negative: none
	// SharedSeeds says that runs with the same seed number in both arms share
	// randomness, as in most tables made elsewhere. Cross-arm pairs of such
	// runs are then left out everywhere.
	SharedSeeds bool
	// Intersect keeps the samples that all runs have instead of refusing
	// tables that differ.
	Intersect bool
	// Group names the group that a sample belongs to (track, board, patient).
	// Samples of a group then count as one observation in every interval. nil:
	// samples stand alone.
	Group func(domain string, sample losses.SampleID) string
	// Choices bounds the label choices of the permutation test; 20000. Seed
	// draws them where there are more.
	Choices int
	Seed    uint64
}

// Validate returns an error where a setting is out of range.
func (o Options) Validate() error {
	if o.Level != 0 && !(o.Level > 0.5 && o.Level < 1) {
		return fmt.Errorf("level %g: want between 0.5 and 1, for instance 0.95", o.Level)
	}
	if o.Alpha != 0 && !(o.Alpha > 0 && o.Alpha < 1) {
		return fmt.Errorf("alpha %g: want between 0 and 1, for instance 0.05", o.Alpha)
	}
	if o.Choices < 0 {
		return fmt.Errorf("choices %d: want a positive number", o.Choices)
	}
	return nil
}

// withDefaults fills in the zero values.
func (o Options) withDefaults() Options {
	if o.Level == 0 {
		o.Level = 0.95
	}
	if o.Alpha == 0 {
		o.Alpha = 0.05
	}
	switch {
	case o.Exemplars == 0:
		o.Exemplars = 12
	case o.Exemplars < 0:
		o.Exemplars = 0
	}
	if o.Choices == 0 {
		o.Choices = 20000
	}
	return o
}

// CompareRuns measures what the arm b did to the samples of one domain,
// against the independent runs a. Both must hold the same samples in the same
// order. It returns ErrOneRun where a side has one run only, and ErrNoCorrect
// where correctness is unknown.
func CompareRuns(a, b *Runs, o Options) (*Effect, error) {
	c, err := newComparison(a, b, o)
	if err != nil {
		return nil, err
	}
	if a.Correct == nil || b.Correct == nil {
		return nil, fmt.Errorf("domain %s: %w: transfer and interference are measured on correctness; add the column", a.Domain, ErrNoCorrect)
	}
	return c.effect(), nil
}

// comparison is a pair of arms on one domain, ready to be measured.
type comparison struct {
	a, b   *Runs
	o      Options
	layout layout
	shared []int64
	list   []cluster
	table  [][]int
}

func newComparison(a, b *Runs, o Options) (*comparison, error) {
	if err := o.Validate(); err != nil {
		return nil, err
	}
	for _, r := range []*Runs{a, b} {
		if err := r.check(); err != nil {
			return nil, err
		}
		if r.K() < 2 {
			return nil, fmt.Errorf("domain %s: %w: seed noise cannot be told from an effect (independent %d, arm %d)", a.Domain, ErrOneRun, a.K(), b.K())
		}
	}
	if a.Len() == 0 || a.Len() != b.Len() {
		return nil, fmt.Errorf("domain %s: %w: %d independent, %d of the arm", a.Domain, ErrSamples, a.Len(), b.Len())
	}
	c := &comparison{a: a, b: b, o: o.withDefaults()}
	if o.SharedSeeds {
		c.shared = sharedSeeds(a, b)
	}
	if n := len(c.shared); n > 0 && min(a.K(), b.K()) < 3 {
		return nil, fmt.Errorf("domain %s: %w: both sides share seeds, so at least three per arm are needed", a.Domain, ErrOneRun)
	}
	var placeA, placeB []int
	c.layout, placeA, placeB = layoutFor(a, b, c.shared)
	if a.Correct != nil && b.Correct != nil {
		c.list = clusters(rearrange(a.Correct, placeA), rearrange(b.Correct, placeB), a.Group)
		c.table = counts(c.list, a.K(), b.K())
	}
	return c, nil
}

// effect measures everything on correctness, and the mean loss where known.
func (c *comparison) effect() *Effect {
	m := momentsOf(c.list, c.layout)
	e := c.points(m)
	level := c.o.Level
	e.Delta = m.interval(combDelta, level)
	for _, x := range []struct {
		to   *Interval
		comb combination
	}{
		{&e.Transfer.Raw, combRawT}, {&e.Interference.Raw, combRawI},
		{&e.Transfer.Floor, combFloor}, {&e.Interference.Floor, combFloor},
		{&e.Transfer.Excess, combExcessT}, {&e.Interference.Excess, combExcessI},
		{&e.Transfer.Crossfit, combCrossfitT}, {&e.Interference.Crossfit, combCrossfitI},
	} {
		*x.to = m.interval(x.comb, level)
	}
	if len(m.deleted) > 0 && !m.crossfits {
		for _, s := range []*Side{&e.Transfer, &e.Interference} {
			s.Crossfit.Lo, s.Crossfit.Hi = math.NaN(), math.NaN()
		}
		e.Warnings = append(e.Warnings, "no interval for the cross-fitted bound: with shared seeds it takes four per arm")
	}
	mix := fitMixture(c.table)
	c.sides(e, m, mix)
	e.Loss = c.loss()
	e.NoEffect = gramOf(c.list, c.layout).noEffect(c.o.Choices, c.o.Seed)
	e.Calls = callsOf(c.a, c.b, c.table, mix, c.o)
	e.Warnings = append(e.Warnings, c.warnings(e)...)
	return e
}

// points returns the effect with its point estimates, limits unknown.
func (c *comparison) points(m moments) *Effect {
	point := func(comb combination) Interval { return Interval{m.estimate(comb), math.NaN(), math.NaN()} }
	side := func(raw, excess, crossfit combination) Side {
		return Side{Raw: point(raw), Floor: point(combFloor), Excess: point(excess), Crossfit: point(crossfit)}
	}
	mean := m.mean()
	e := &Effect{
		Domain: c.a.Domain, Measure: MeasureCorrect, Samples: c.a.Len(),
		SeedsA: c.a.K(), SeedsB: c.b.K(), AccuracyA: mean[vP], AccuracyB: mean[vQ],
		Delta:        point(combDelta),
		Transfer:     side(combRawT, combExcessT, combCrossfitT),
		Interference: side(combRawI, combExcessI, combCrossfitI),
		Changed:      m.changedShare(),
		Loss:         unknown(),
		Warnings:     []string{},
	}
	if c.a.Group != nil {
		e.Groups = len(c.list)
	}
	return e
}

// sides fills in bounds and estimates of transfer and interference.
func (c *comparison) sides(e *Effect, m moments, mix *mixture) {
	t, i := mix.sides()
	for _, x := range []struct {
		side     *Side
		sign     float64
		estimate float64
		room     float64 // what could be gained or lost
	}{{&e.Transfer, 1, t, 1 - e.AccuracyA}, {&e.Interference, -1, i, e.AccuracyA}} {
		s := x.side
		s.BoundLo, s.BoundHi = m.bounds(x.sign, c.o.Level)
		s.Estimate = min(max(x.estimate, s.BoundLo), s.BoundHi)
		s.Normalised = math.NaN()
		if x.room > 0 {
			s.Normalised = s.Estimate / x.room
		}
	}
}

func unknown() Interval { return Interval{math.NaN(), math.NaN(), math.NaN()} }

// warnings are the caveats that belong to the numbers.
func (c *comparison) warnings(e *Effect) []string {
	var w []string
	add := func(format string, args ...any) { w = append(w, fmt.Sprintf(format, args...)) }
	switch k := min(c.a.K(), c.b.K()); {
	case k == 2:
		add("intervals and bounds are conditional on these runs: with two seeds on a side nothing is said beyond them; use 3 or more")
	case k < 5:
		add("few seeds (independent %d, arm %d): intervals are wide", c.a.K(), c.b.K())
	}
	if n := c.a.Len(); n < 30 {
		add("only %d samples: intervals rest on an approximation for many", n)
	}
	if c.a.Group != nil && e.Groups < 10 {
		add("only %d groups of samples: intervals rest on an approximation for many", e.Groups)
	}
	if t := e.NoEffect; t.Smallest > 1-c.o.Level+1e-12 {
		add("the test of no effect cannot reach %.2g: its smallest p is %.2g with these seeds", 1-c.o.Level, t.Smallest)
	}
	if e.NoEffect.Sampled {
		add("test of no effect: %d of all label choices, drawn at random", e.NoEffect.Choices)
	}
	switch n := len(c.shared); {
	case n == 0:
	case n < c.a.K() || n < c.b.K():
		add("%d seeds occur on both sides and are taken to share randomness; seeds shared in part make intervals rougher", n)
	default:
		add("both sides have the same seeds and are taken to share randomness: pairs of one seed are left out")
	}
	return w
}
