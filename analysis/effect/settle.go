package effect

import (
	"cmp"

	"github.com/sharewise/sharewise/analysis/measures"
)

// Settle computes all that the effect and the gain by the measure of the options
// take from the samples, and lets go of these, so that comparisons of many domains
// need the memory of one. Limits, in which other comparisons have a say, are left
// to [Comparison.Effect] and [Comparison.Gain], which can be asked for nothing else
// afterwards: not for gains by other measures, nor for what runs add to their
// errors. Runs that were tested on other samples each are kept.
//
// name is the name of a sample by its row, for lists of samples.
func (c *Comparison) Settle(name func(row int) string) {
	if c.inFolds() {
		c.name = name
		return
	}
	for _, measure := range measures.Names() {
		_ = c.lacking(measure)
	}
	c.Pairing()
	basis, _ := c.basisName()
	asked := cmp.Or(c.o.Measure, measures.Correct)
	if c.enoughRuns() == nil {
		if d := c.draft(); d.err == nil {
			d.effect.nameCalls(name)
			c.identical()
		}
		for _, measure := range []string{asked, measures.Loss} {
			if c.lacking(measure) == nil {
				c.alone(c.errorsIn(measure))
			}
		}
	}
	for _, measure := range []string{asked, basis} {
		if measure == "" || c.lacking(measure) != nil {
			continue
		}
		c.meanErrors(measure)
		c.floor(measure)
		c.errorsOnly(measure)
		if measure == measures.Loss {
			_, _ = c.Gain(measure) // looks for carriers
		}
	}
	a, b := c.a.hollow(), c.b.hollow()
	c.a, c.b = a, b
}

// nameCalls names the listed samples.
func (e *Effect) nameCalls(name func(row int) string) {
	if name == nil {
		return
	}
	for _, list := range [][]Call{e.Calls.HelpedSamples, e.Calls.HarmedSamples} {
		for i := range list {
			list[i].Sample = name(list[i].Row)
		}
	}
}

// hollow are the runs without what they did on samples, of which remains what was
// known.
func (r *Runs) hollow() *Runs {
	out := &Runs{Domain: r.Domain, Seeds: r.Seeds, Samples: r.Samples, LossCap: r.LossCap}
	if r.Correct != nil {
		out.Correct = []uint64{}
	}
	if r.Loss != nil {
		out.Loss = make([][]float32, r.K())
	}
	if r.Label != nil {
		out.Label = []int32{}
	}
	if r.Score != nil {
		out.Score = make([][]float32, r.K())
	}
	if r.Group != nil {
		out.Group = []int32{}
	}
	return out
}
