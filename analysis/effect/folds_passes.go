package effect

import (
	"fmt"
	"math/bits"
	"slices"
	"strings"

	"github.com/sharewise/sharewise/analysis/measures"
)

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
