package effect

import (
	"fmt"
	"slices"

	"github.com/sharewise/sharewise/analysis/measures"
)

// lossBasis measures transfer and interference on losses.
type lossBasis struct{ *Comparison }

func newLossBasis(c *Comparison) lossBasis { return lossBasis{c} }

func (lossBasis) name() string       { return measures.Loss }
func (c lossBasis) moments() moments { return c.momentsOn(onLosses) }

func (c lossBasis) distances() distances {
	a, b := c.arranged()
	return distancesBetween(a, b, c.arrangement)
}

func (lossBasis) levels(*Effect, moments) {}

// estimates are the cross-fitted figures. Losses have no model like the grid of
// probabilities of correctness that would deserve the name; this one is known
// to lean low, by as much as other runs err about the direction of a sample.
func (lossBasis) estimates(e *Effect) (transfer, interference float64) {
	return e.Transfer.Crossfit.Value, e.Interference.Crossfit.Value
}

// room is the independent models' mean loss, in both directions.
func (lossBasis) room(e *Effect) (gain, loss float64) {
	alone := float64(e.Loss.Independent)
	return alone, alone
}

func (c lossBasis) calls(m moments) Calls { return c.lossCalls(m) }

// fewSamples is the effective number of samples below which simulated intervals
// of raw and floor held the truth in about 91 % instead of 95.
const fewSamples = 200

// warnings say where a few samples carry most of the seed noise: the central
// limit theorem then comes late. Their effective number is that of Kish,
// (Σx)²/Σx² for the samples' (groups') floors x.
func (c lossBasis) warnings(m moments) []string {
	any := false
	scans := c.scans()
	for _, arm := range [][]lossScan{scans.Independent, scans.Arm} {
		any = any || slices.ContainsFunc(arm, func(run lossScan) bool { return run.max > 0 || run.min < 0 })
	}
	if !any {
		return []string{"no sample has any loss under any run: limits allow for losses of 1 on samples that are not among these"}
	}
	square := m.cross[vFloor][vFloor]
	if square == 0 {
		return nil
	}
	n := m.sum[vFloor] * m.sum[vFloor] / square
	if n >= min(fewSamples, m.clusters/2) {
		return nil // even enough, or few to begin with, which is another warning
	}
	return []string{fmt.Sprintf("losses are uneven: their seed noise is that of about %.0f samples alike; intervals of raw and floor may hold the truth in only 9 of 10 cases", n)}
}
