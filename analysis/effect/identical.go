package effect

import (
	"fmt"
	"slices"
)

// sameRuns counts the runs of the arm that some independent run is a copy of, sample
// by sample. Losses that are not all the same tell; where none are known, answers
// do, if each of the arm's runs is a copy and these differ from each other, since two
// runs may well answer alike by chance.
func (c *Comparison) sameRuns() int {
	n := 0
	if c.a.Loss != nil && c.b.Loss != nil {
		scans := c.scans().Arm
		for k, x := range c.b.Loss {
			if scans[k].varies && slices.ContainsFunc(c.a.Loss, func(y []float32) bool { return slices.Equal(x, y) }) {
				n++
			}
		}
		return n
	}
	if c.a.Correct == nil || c.b.Correct == nil {
		return 0
	}
	answers := func(r *Runs, k int) []bool {
		out := make([]bool, r.Samples)
		for i, bits := range r.Correct {
			out[i] = bits>>k&1 == 1
		}
		return out
	}
	var seen [][]bool
	for k := range c.b.K() {
		x := answers(c.b, k)
		copied := false
		for l := range c.a.K() {
			copied = copied || slices.Equal(x, answers(c.a, l))
		}
		if !copied || slices.ContainsFunc(seen, func(y []bool) bool { return slices.Equal(x, y) }) {
			return 0
		}
		seen = append(seen, x)
	}
	return len(seen)
}

// identical warns of runs that both sides have.
func (c *Comparison) identical() []string {
	switch n := remember(c, "same runs", c.sameRuns); {
	case n == 0:
		return nil
	case n == c.b.K() && c.a.K() == c.b.K():
		return []string{"both sides hold the very same runs: nothing is compared with anything else, and limits say what other runs of the same kind might show"}
	case n == 1:
		return []string{"1 of the arm's runs is the very same as an independent one, sample by sample: was it read twice?"}
	default:
		return []string{fmt.Sprintf("%d of the arm's runs are the very same as independent ones, sample by sample: were they read twice?", n)}
	}
}
