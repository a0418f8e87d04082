package effect

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
	// Where sides share seeds, pairs of one seed are left out, and what is right alone
	// is counted with those too.
	return Flips{
		Kept: Number(max(0, 1-sum[vA]-sum[vRawI])), Helped: Number(sum[vRawT]),
		Harmed: Number(sum[vRawI]), Missed: Number(max(0, sum[vA]-sum[vRawT])), Floor: Number(sum[vFloor]),
	}, true
}
