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
	index := map[int32]int{}
	var units []carrierUnit
	for i := range a.Samples {
		at := len(units)
		if a.Group != nil {
			if known, ok := index[a.Group[i]]; ok {
				at = known
			}
			index[a.Group[i]] = at
		}
		if at == len(units) {
			units = append(units, carrierUnit{})
		}
		units[at].rows = append(units[at].rows, i)
		x, y := a.meanLossAt(i), b.meanLossAt(i)
		units[at].loss += x
		units[at].influence += (x-ea)*slope - (y - eb)
	}
	found := &Carriers{Of: len(units), Groups: a.Group != nil}
	found.Count, found.Share = heaviest(units, func(u carrierUnit) float64 { return u.influence * u.influence }, heavyShare)
	if found.Count == 0 {
		found.OfLoss = true
		found.Count, found.Share = heaviest(units, func(u carrierUnit) float64 { return max(0, u.loss) }, halfLoss)
	}
	if found.Count == 0 {
		return nil
	}
	out := make([]bool, a.Samples)
	for _, u := range units[:found.Count] {
		for _, i := range u.rows {
			out[i] = true
		}
	}
	found.Without = Unknown()
	if rest, err := Compare(a.without(out), b.without(out), o); err == nil {
		if gain, err := rest.gain(measures.Loss); err == nil {
			found.Without = gain.Relative
		}
	}
	return found
}

// carrierUnit is a sample, or a group of samples.
type carrierUnit struct {
	rows            []int
	influence, loss float64
}

// heaviest sorts the units by weight and returns the least number of them that
// together bear more than the given share of all weight, with their share; 0
// where that takes too many.
func heaviest(units []carrierUnit, weight func(carrierUnit) float64, share float64) (int, float64) {
	slices.SortStableFunc(units, func(x, y carrierUnit) int { return cmp.Compare(weight(y), weight(x)) })
	total := 0.0
	for _, u := range units {
		total += weight(u)
	}
	most := min(mostCarriers, max(1, int(carrierShare*float64(len(units)))), len(units)-1)
	bears := 0.0
	for n := range most {
		if bears += weight(units[n]); bears > share*total {
			return n + 1, bears / total
		}
	}
	return 0, 0
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
