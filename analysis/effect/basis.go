package effect

import (
	"fmt"
	"math"
	"slices"

	"github.com/sharewise/sharewise/analysis/measures"
)

// basis is what transfer and interference rest on.
func (c *Comparison) basis() (basis, error) {
	name, err := c.basisName()
	if err != nil {
		return nil, err
	}
	if name == measures.Loss {
		return newLossBasis(c), nil
	}
	return newCorrectBasis(c), nil
}

// basisName is measures.Correct or measures.Loss.
func (c *Comparison) basisName() (string, error) {
	asked := measures.Of(c.o.Measure)
	name := asked.Effects
	if asked.Apart() && !asked.Needs.Has(measures.Answers) && c.a.Correct == nil && c.b.Correct == nil {
		name = measures.Loss // the measure does without knowing which answers are right
	}
	if name == "" {
		knownA, knownB := c.a.Correct != nil, c.b.Correct != nil
		switch {
		case knownA && knownB:
			name = measures.Correct
		case knownA:
			return "", fmt.Errorf("%s: arm: %w, which independent has; add it, or compare losses", c.a.Domain, ErrNoCorrect)
		case knownB:
			return "", fmt.Errorf("%s: independent: %w, which arm has; add it, or compare losses", c.a.Domain, ErrNoCorrect)
		default:
			name = measures.Loss
		}
	}
	return name, c.lacking(name)
}

// basis is what an effect rests on: correctness, or losses.
type basis interface {
	name() string
	moments() moments
	distances() distances
	// levels fills in what only this basis knows of a domain.
	levels(e *Effect, m moments)
	// estimates are those of transfer and interference, before they are cut to
	// the bounds.
	estimates(e *Effect) (transfer, interference float64)
	// room is what could be gained and lost, to normalise with.
	room(e *Effect) (gain, loss float64)
	calls(m moments) Calls
	warnings(m moments) []string
}

// Effect measures what the arm did to the samples. It returns ErrOneRun where a
// side has one run only, ErrNoCorrect where correctness is asked for and
// unknown or known on one side only, and ErrNoLoss likewise.
func (c *Comparison) Effect() (*Effect, error) {
	if err := c.enoughRuns(); err != nil {
		return nil, err
	}
	if c.inFolds() {
		e, err := c.effectInPasses()
		if err == nil {
			e.nameCalls(c.name)
		}
		return e, err
	}
	d := c.draft()
	if d.err != nil {
		return nil, fmt.Errorf("domain %w", d.err)
	}
	m := c.momentsOn(d.kind)
	e := d.effect.clone()
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
		e.Warnings = append(e.Warnings, "no interval for the cross-fitted bound: where both arms have seeds of their own beside those in common it takes four runs of each")
	}
	c.sides(e, d, m)
	e.LossReduction = e.Delta
	if e.Measure != measures.Loss {
		e.LossReduction = c.loss()
	}
	e.Warnings = append(e.Warnings, c.warnings(e)...)
	e.Warnings = append(e.Warnings, d.warnings...)
	return e, nil
}

// draft is what an effect takes from the samples: all but its limits, which other
// comparisons have a say in.
type draft struct {
	kind   kind
	effect *Effect
	// transfer and interference are the estimates before they are cut to the
	// bounds; gain and loss what they are normalised with.
	transfer, interference, gain, loss float64
	warnings                           []string // of the basis
	err                                error
}

func (c *Comparison) draft() draft {
	return remember(c, "draft", func() draft {
		what, err := c.basis()
		if err != nil {
			return draft{err: err}
		}
		d := draft{kind: onLosses}
		if what.name() == measures.Correct {
			d.kind = onCorrect
		}
		m := c.alone(d.kind)
		d.effect = c.points(what, m)
		d.effect.NoEffect = what.distances().noEffect(c.o.Choices, c.o.Seed)
		d.effect.Calls = what.calls(m)
		d.normalise(what)
		d.warnings = what.warnings(m)
		return d
	})
}

// normalise fills in estimates and room.
func (d *draft) normalise(what basis) {
	d.transfer, d.interference = what.estimates(d.effect)
	d.gain, d.loss = what.room(d.effect)
}

// clone copies the effect, but for what nobody changes.
func (e *Effect) clone() *Effect {
	out := *e
	out.Warnings = slices.Clone(e.Warnings)
	out.Calls.HelpedSamples, out.Calls.HarmedSamples = slices.Clone(e.Calls.HelpedSamples), slices.Clone(e.Calls.HarmedSamples)
	return &out
}

// points returns the effect with its point estimates, limits unknown.
func (c *Comparison) points(what basis, m moments) *Effect {
	lossA, lossB := c.meanLoss()
	point := func(comb combination) Interval { return Point(m.estimate(comb)) }
	side := func(raw, excess, crossfit combination) Side {
		return Side{Raw: point(raw), Floor: point(combFloor), Excess: point(excess), Crossfit: point(crossfit)}
	}
	e := &Effect{
		Measure: what.name(), Samples: c.a.Samples,
		Seeds:         Pair[int]{c.a.K(), c.b.K()},
		Accuracy:      Pair[Number]{NaN, NaN},
		Loss:          Pair[Number]{Number(lossA), Number(lossB)},
		Delta:         point(combDelta),
		Transfer:      side(combRawT, combExcessT, combCrossfitT),
		Interference:  side(combRawI, combExcessI, combCrossfitI),
		Changed:       NaN,
		LossReduction: Unknown(),
		Warnings:      []string{},
	}
	if e.Measure == measures.Loss {
		e.LossCap = c.a.LossCap
	}
	if c.a.Group != nil {
		e.Groups = int(m.clusters)
	}
	what.levels(e, m)
	return e
}

// sides fills in bounds and estimates of transfer and interference.
func (c *Comparison) sides(e *Effect, d draft, m moments) {
	for _, x := range []struct {
		side     *Side
		sign     float64
		estimate float64
		room     float64
	}{{&e.Transfer, 1, d.transfer, d.gain}, {&e.Interference, -1, d.interference, d.loss}} {
		s := x.side
		lo, hi := m.bounds(x.sign, c.o.Level)
		estimate := min(max(x.estimate, lo), hi)
		s.BoundLo, s.BoundHi, s.Estimate = Number(lo), Number(hi), Number(estimate)
		s.RelativeLo, s.RelativeHi = Number(e.Relative(lo)), Number(e.Relative(hi))
		s.P = Number(m.chance(x.sign))
		s.Normalised = NaN
		if x.room > 0 {
			s.Normalised = Number(estimate / x.room)
		}
	}
}

// loss is the change of the mean loss, independent minus arm.
func (c *Comparison) loss() Interval {
	if c.a.Loss == nil || c.b.Loss == nil {
		return Unknown()
	}
	return c.momentsOn(c.errorsIn(measures.Loss)).limits(figureOf(combDelta), c.o.Level)
}

// fewGroups is the number of groups below which simulated bounds held the truth
// in less than 95 % of cases, down to 89 % for ten groups and ten runs.
const fewGroups = 20

// fewComparisons is the number of comparisons below which a study tells so little
// of how much runs vary that limits of three or four runs stay nearly as wide as
// those of a comparison by itself: 4 to 6 degrees of freedom instead of 8 to 16.
const fewComparisons = 4

// warnings are the caveats that belong to the numbers.
func (c *Comparison) warnings(e *Effect) []string {
	var w []string
	add := func(format string, args ...any) { w = append(w, fmt.Sprintf(format, args...)) }
	switch k := min(c.a.K(), c.b.K()); {
	case k == 2:
		add("intervals and bounds are conditional on these runs: with two seeds on a side nothing is said beyond them; use 3 or more")
	case k < 5:
		text := fmt.Sprintf("few seeds (independent %d, arm %d): intervals are wide", c.a.K(), c.b.K())
		switch n := len(c.study.list); {
		case n == 1:
			text += ", since these runs alone tell how much runs vary; comparisons of other domains or arms would tell more"
		case n < fewComparisons:
			text += fmt.Sprintf(", since %d comparisons alone tell how much runs vary; those of other domains or arms would tell more", n)
		}
		w = append(w, text)
	}
	w = append(w, c.identical()...)
	if n := c.a.Samples; n < 30 {
		add("only %d samples: intervals rest on an approximation for many", n)
	}
	if c.a.Group != nil && e.Groups < fewGroups {
		add("only %d groups of samples: intervals and bounds rest on an approximation for many", e.Groups)
	}
	if t := e.NoEffect; float64(t.Smallest) > 1-c.o.Level+1e-12 {
		add("the test of no effect cannot reach %.2g: its smallest p is %.2g with these seeds", 1-c.o.Level, t.Smallest)
	}
	if e.NoEffect.Sampled {
		add("test of no effect: %d of all label choices, drawn at random", e.NoEffect.Choices)
	}
	return w
}
