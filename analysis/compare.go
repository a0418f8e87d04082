package analysis

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/sharewise/sharewise/analysis/losses"
)

// DefaultExemplars is the number of samples that commands list.
const DefaultExemplars = 12

// Options are the settings of a comparison. Zero values stand for the usual
// ones, where zero itself has no meaning.
type Options struct {
	Level     float64 // nominal coverage of intervals; 0.95
	Alpha     float64 // false discovery rate of calls; 0.05
	Exemplars int     // samples listed per direction; none where 0 or less. DefaultExemplars is the usual number
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
	// LossCap is the quantile of the losses of independent models that Analyze
	// cuts losses to, where a domain is measured by losses; 0 and 1 cut none.
	LossCap float64
	// Measure is what gains, transfer and interference rest on, MeasureCorrect
	// or one of its siblings; empty: correctness where both sides know it,
	// losses where neither does.
	Measure string
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
	if o.Measure != "" && !slices.Contains(measures, o.Measure) {
		return fmt.Errorf("measure %q: want one of %s, or nothing", o.Measure, strings.Join(measures, ", "))
	}
	if err := checkCap(o.LossCap); err != nil {
		return err
	}
	if o.Choices < 0 {
		return fmt.Errorf("choices %d: want a positive number", o.Choices)
	}
	return nil
}

// withDefaults fills in the zero values that have no meaning of their own, so
// that filling them in twice changes nothing.
func (o Options) withDefaults() Options {
	if o.Level == 0 {
		o.Level = 0.95
	}
	if o.Alpha == 0 {
		o.Alpha = 0.05
	}
	o.Exemplars = max(0, o.Exemplars)
	if o.Choices == 0 {
		o.Choices = 20000
	}
	return o
}

// CompareRuns measures what the arm b did to the samples of one domain,
// against the independent runs a. Both must hold the same samples in the same
// order. It returns ErrOneRun where a side has one run only, ErrNoCorrect where
// correctness is asked for and unknown or known on one side only, and ErrNoLoss
// likewise.
func CompareRuns(a, b *Runs, o Options) (*Effect, error) {
	c, err := newComparison(a, b, o)
	if err != nil {
		return nil, err
	}
	m, err := c.measure()
	if err != nil {
		return nil, fmt.Errorf("domain %w", err)
	}
	return c.effect(m), nil
}

// comparison is a pair of arms on one domain, ready to be measured.
type comparison struct {
	a, b           *Runs
	o              Options
	arrangement    arrangement
	placeA, placeB []int // of runs in the arrangement
	shared         []int64
}

// measure says what the comparison rests on.
func (c *comparison) measure() (measure, error) {
	name := effectMeasure(c.o.Measure)
	if c.o.Measure == MeasureAUC && c.a.Correct == nil && c.b.Correct == nil {
		name = MeasureLoss // scores rank samples without dividing them
	}
	if name == "" {
		knownA, knownB := c.a.Correct != nil, c.b.Correct != nil
		switch {
		case knownA && knownB:
			name = MeasureCorrect
		case knownA:
			return nil, fmt.Errorf("%s: arm: %w, which independent has; add it, or compare losses", c.a.Domain, ErrNoCorrect)
		case knownB:
			return nil, fmt.Errorf("%s: independent: %w, which arm has; add it, or compare losses", c.a.Domain, ErrNoCorrect)
		default:
			name = MeasureLoss
		}
	}
	if err := known(c.a, c.b, name); err != nil {
		return nil, err
	}
	if name == MeasureLoss {
		return newLossMeasure(c), nil
	}
	return newCorrectMeasure(c), nil
}

// measure is what an effect rests on: correctness, or losses.
type measure interface {
	name() string
	moments() moments
	distances() distances
	// levels fills in what only this measure knows of a domain.
	levels(e *Effect, m moments)
	// estimates are those of transfer and interference, before they are cut to
	// the bounds.
	estimates(e *Effect) (transfer, interference float64)
	// room is what could be gained and lost, to normalise with.
	room(e *Effect) (gain, loss float64)
	calls(m moments) Calls
	warnings(m moments) []string
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
	c.arrangement, c.placeA, c.placeB = arrangementOf(a, b, c.shared)
	return c, nil
}

// clusters are the patterns of correctness.
func (c *comparison) clusters() []cluster {
	return clusters(rearrange(c.a.Correct, c.placeA), rearrange(c.b.Correct, c.placeB), c.a.Group)
}

// effect measures everything.
func (c *comparison) effect(what measure) *Effect {
	m := what.moments()
	e := c.points(what, m)
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
	c.sides(e, what, m)
	e.Loss = e.Delta
	if what.name() != MeasureLoss {
		e.Loss = c.loss()
	}
	e.NoEffect = what.distances().noEffect(c.o.Choices, c.o.Seed)
	e.Calls = what.calls(m)
	e.Warnings = append(e.Warnings, c.warnings(e)...)
	e.Warnings = append(e.Warnings, what.warnings(m)...)
	return e
}

// points returns the effect with its point estimates, limits unknown.
func (c *comparison) points(what measure, m moments) *Effect {
	point := func(comb combination) Interval { return Interval{m.estimate(comb), math.NaN(), math.NaN()} }
	side := func(raw, excess, crossfit combination) Side {
		return Side{Raw: point(raw), Floor: point(combFloor), Excess: point(excess), Crossfit: point(crossfit)}
	}
	e := &Effect{
		Domain: c.a.Domain, Measure: what.name(), Samples: c.a.Len(),
		SeedsA: c.a.K(), SeedsB: c.b.K(), AccuracyA: math.NaN(), AccuracyB: math.NaN(),
		LossA: c.a.meanLoss(), LossB: c.b.meanLoss(),
		Delta:        point(combDelta),
		Transfer:     side(combRawT, combExcessT, combCrossfitT),
		Interference: side(combRawI, combExcessI, combCrossfitI),
		Changed:      math.NaN(),
		Loss:         unknown(),
		Warnings:     []string{},
	}
	if e.Measure == MeasureLoss {
		e.LossCap = c.a.LossCap
	}
	if c.a.Group != nil {
		e.Groups = int(m.clusters)
	}
	what.levels(e, m)
	return e
}

// sides fills in bounds and estimates of transfer and interference.
func (c *comparison) sides(e *Effect, what measure, m moments) {
	t, i := what.estimates(e)
	gain, loss := what.room(e)
	for _, x := range []struct {
		side     *Side
		sign     float64
		estimate float64
		room     float64
	}{{&e.Transfer, 1, t, gain}, {&e.Interference, -1, i, loss}} {
		s := x.side
		s.BoundLo, s.BoundHi = m.bounds(x.sign, c.o.Level)
		s.P = m.chance(x.sign)
		s.Estimate = min(max(x.estimate, s.BoundLo), s.BoundHi)
		s.Normalised = math.NaN()
		if x.room > 0 {
			s.Normalised = s.Estimate / x.room
		}
	}
}

// loss is the change of the mean loss, independent minus arm.
func (c *comparison) loss() Interval {
	if c.a.Loss == nil || c.b.Loss == nil {
		return unknown()
	}
	j := c.meanLosses()
	diff := []float64{vA: 1, vB: -1}
	return j.linear(diff).interval(dot(diff, j.mean()), c.o.Level)
}

func unknown() Interval { return Interval{math.NaN(), math.NaN(), math.NaN()} }

// fewGroups is the number of groups below which simulated bounds held the truth
// in less than 95 % of cases, down to 89 % for ten groups and ten runs.
const fewGroups = 20

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
	if c.a.Group != nil && e.Groups < fewGroups {
		add("only %d groups of samples: intervals and bounds rest on an approximation for many", e.Groups)
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
