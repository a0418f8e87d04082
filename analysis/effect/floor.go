package effect

import (
	"fmt"

	"github.com/sharewise/sharewise/analysis/measures"
)

// A relative gain divides by what the domain's own models do wrong. Where they
// do next to nothing wrong, a change that nobody would notice becomes a gain of
// minus many thousand per cent, and one domain outweighs all others of a study.
// The denominator therefore has a floor:
//
//	g = (e_A - e_B) / max(e_A, floor)
//
// the larger of Options.Floor and, where wrong answers are counted, of one wrong
// test sample (of the rarest class, where classes count the same): a smaller error
// is that of some runs on one sample, and no scale. The gain is continuous in e_A;
// below the floor it is a multiple of the absolute gain, with its limits, and
// close to zero as long as the shared model does next to nothing wrong either.
// A domain without any error has no relative gain, as before: what its own models
// do cannot be improved.

// floor is the least error that relative gains by a measure are relative to.
func (c *Comparison) floor(measure string) float64 {
	switch measure {
	case measures.Correct:
		return max(c.o.Floor, 1/float64(c.a.Samples))
	case measures.Balanced:
		most := remember(c, "most", func() float64 { return c.a.mostOfErrors(measure) })
		return max(c.o.Floor, most/float64(c.a.Samples))
	}
	return c.o.Floor
}

// measureOf is the measure that gains on values of a kind are of.
func (c *Comparison) measureOf(of kind) string {
	switch of {
	case onCorrect:
		return measures.Correct
	case onLosses:
		return measures.Loss
	}
	return string(of[len(onErrors):])
}

// floored says of a gain that it is relative to the floor, where it is.
func (g *Gain) floored(own, floor float64) {
	if !g.Relative.Known() || own >= floor {
		return
	}
	g.Floor = floor
	g.Warnings = append(g.Warnings, fmt.Sprintf("the independent models do next to nothing wrong (%.3g): the relative gain is that of an error of %.3g", own, floor))
}
