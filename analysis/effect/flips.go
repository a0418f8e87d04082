package effect

import "github.com/sharewise/sharewise/analysis/measures"

// Flips say how answers went over from independent models to those of an arm: shares of
// the samples in pairs of runs, one of each side, that add up to 1. Helped and Harmed
// hold what chance flips between runs that do the same (Floor, of each), so that they
// must not be shown without it.
type Flips struct {
	Kept   Number `json:"kept"`   // right, and right
	Helped Number `json:"helped"` // wrong, then right: the raw figure of transfer
	Harmed Number `json:"harmed"` // right, then wrong: the raw figure of interference
	Missed Number `json:"missed"` // wrong, and wrong
	Floor  Number `json:"floor"`
}

// Flips counts them; false where correctness is not known, a side has one run, or runs
// were tested on other samples each.
func (c *Comparison) Flips() (Flips, bool) {
	if c.a.Correct == nil || c.b.Correct == nil || c.enoughRuns() != nil || c.inFolds() {
		return Flips{}, false
	}
	a, b := c.arrangedAnswers()
	var sum values
	for i := range a {
		for k, v := range c.arrangement.at(pattern{a[i], b[i]}) {
			sum[k] += v
		}
	}
	for k := range sum {
		sum[k] /= float64(len(a))
	}
	return flipsOf(1-sum[vA], sum[vRawT], sum[vRawI], sum[vFloor]), true
}

// Flips are those that the effect rests on; false where it rests on losses, or raw
// figures are not known.
func (e *Effect) Flips() (Flips, bool) {
	right := float64(e.Accuracy.Independent)
	f := flipsOf(right, e.Transfer.Raw.Value, e.Interference.Raw.Value, e.Transfer.Floor.Value)
	known := f.Kept.Known() && f.Helped.Known() && f.Harmed.Known() && f.Missed.Known() && f.Floor.Known()
	return f, e.Measure == measures.Correct && known
}

// flipsOf completes what is right alone and the raw figures. Where sides share seeds,
// pairs of one seed are left out of these, and not of what is right alone.
func flipsOf(right, helped, harmed, floor float64) Flips {
	return Flips{
		Kept: Number(max(0, right-harmed)), Helped: Number(helped), Harmed: Number(harmed),
		Missed: Number(max(0, 1-right-helped)), Floor: Number(floor),
	}
}
