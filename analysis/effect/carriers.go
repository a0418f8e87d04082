package effect

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/sharewise/sharewise/analysis/measures"
)

// Carriers are the few samples, or groups of samples, that decide a gain in
// losses: a loss is unbounded, so that one outlier can outweigh all other
// samples.
type Carriers struct {
	// Count is how many there are, of Of. Groups says that groups are counted.
	Count  int  `json:"count"`
	Of     int  `json:"of"`
	Groups bool `json:"groups,omitempty"`
	// Share is what they bear of the variance of the gain between samples, or,
	// where OfLoss is set, of the independent models' mean loss: all others then
	// count for little in a gain relative to it.
	Share  float64 `json:"share"`
	OfLoss bool    `json:"of_loss,omitempty"`
	// Without is the gain without them.
	Without Interval `json:"without"`
	// Decisive says that the gain is another without them: its sign, or half of
	// it, or that its limits exclude zero, is theirs.
	Decisive bool `json:"decisive"`
}

// A gain has carriers where at most carrierShare of the samples, or one, and no
// more than mostCarriers, bear more than heavyShare of its variance, or more
// than halfLoss of the mean loss. Of 200 samples alike the first bears 4 % of
// the variance.
const (
	halfLoss     = 0.5
	heavyShare   = 2.0 / 3
	carrierShare = 0.01
	mostCarriers = 5
	// smallChange of a gain is not worth a doubt where nothing is settled.
	smallChange = 0.05
)

// carriers looks for the samples that decide the gain of losses, nil where
// there are none; whether they are decisive is left open. The part of a sample (group) is its influence on the ratio,
// the linear form that the variance between samples rests on.
func (c *Comparison) carriers() *Carriers {
	a, b, o := c.a, c.b, c.o
	ea, eb := c.meanLoss()
	if !(ea > 0) {
		return nil
	}
	slope := eb / ea
	if ea < o.Floor {
		slope = 1 // the gain is a multiple of the difference
	}
	// Units in the order of their first samples.
	unit := func(i int) int { return i }
	n := a.Samples
	if a.Group != nil {
		of := make([]int, a.Samples)
		index := map[int32]int{}
		for i, g := range a.Group {
			at, ok := index[g]
			if !ok {
				at = len(index)
				index[g] = at
			}
			of[i] = at
		}
		unit, n = func(i int) int { return of[i] }, len(index)
	}
	loss, influence := make([]float64, n), make([]float64, n)
	for i := range a.Samples {
		at := unit(i)
		x, y := a.meanLossAt(i), b.meanLossAt(i)
		loss[at] += x
		influence[at] += (x-ea)*slope - (y - eb)
	}
	found := &Carriers{Of: n, Groups: a.Group != nil}
	units, share := heaviest(n, func(u int) float64 { return influence[u] * influence[u] }, heavyShare)
	if len(units) == 0 {
		found.OfLoss = true
		units, share = heaviest(n, func(u int) float64 { return max(0, loss[u]) }, halfLoss)
	}
	if len(units) == 0 {
		return nil
	}
	found.Count, found.Share = len(units), share
	out := make([]bool, a.Samples)
	for i := range out {
		out[i] = slices.Contains(units, unit(i))
	}
	found.Without = Unknown()
	if rest, err := Compare(a.without(out), b.without(out), o); err == nil {
		if gain, err := rest.gain(measures.Loss); err == nil {
			found.Without = gain.Relative
		}
	}
	return found
}

// heaviest returns the least number of n units that together bear more than the
// given share of all weight, with their share; none where that takes too many.
func heaviest(n int, weight func(unit int) float64, share float64) ([]int, float64) {
	most := min(mostCarriers, max(1, int(carrierShare*float64(n))), n-1)
	top := topRows(n, max(0, most), func(int) bool { return true }, func(i, j int) int {
		return cmp.Or(cmp.Compare(weight(j), weight(i)), cmp.Compare(i, j))
	})
	total := 0.0
	for u := range n {
		total += weight(u)
	}
	bears := 0.0
	for k, u := range top {
		if bears += weight(u); bears > share*total {
			return top[:k+1], bears / total
		}
	}
	return nil, 0
}

// decisive reports whether a gain says something else than the gain without its
// carriers.
func decisive(with, without Interval) bool {
	settled := func(v Interval) bool { return v.Lo > 0 || v.Hi < 0 }
	x, y := math.Abs(with.Value), math.Abs(without.Value)
	another := math.Signbit(with.Value) != math.Signbit(without.Value) || y < x/2 || y > 2*x
	return settled(with) != settled(without) || another && math.Abs(with.Value-without.Value) > smallChange
}

// Who names the carriers: 1 of 200 test samples.
func (c *Carriers) Who() string {
	what := "test samples"
	if c.Groups {
		what = "groups of test samples"
	}
	return fmt.Sprintf("%d of %d %s", c.Count, c.Of, what)
}

// them stands for them in a sentence.
func (c *Carriers) them() string {
	if c.Count == 1 {
		return "it"
	}
	return "them"
}

// warning says what the carriers bear.
func (c *Carriers) warning() string {
	what := "of what moves this gain"
	if c.OfLoss {
		what = "of the loss that this gain is relative to"
	}
	return fmt.Sprintf("%s %s %.0f%% %s; without %s it is %s", c.Who(), bear(c.Count), 100*c.Share, what, c.them(), c.Without.Percent())
}

func bear(n int) string {
	if n == 1 {
		return "bears"
	}
	return "bear"
}

// Percent writes a relative gain with its limits.
func (v Interval) Percent() string {
	text := fmt.Sprintf("%+.3g%%", 100*v.Value)
	if v.Limited() {
		text += fmt.Sprintf(" (%+.3g%% to %+.3g%%)", 100*v.Lo, 100*v.Hi)
	}
	return strings.ReplaceAll(text, "-", "−")
}
