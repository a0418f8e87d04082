package reports

import (
	"github.com/sharewise/sharewise/analysis"
	"github.com/sharewise/sharewise/analysis/wording"
)

// weightings compares the ways of combining losses: the gain of each domain
// under each, in the arm of all domains.
type weightings struct {
	Chart *rangeChart
	Arm   text
}

func newWeightings(in *Input) *weightings {
	if len(in.Results.Weightings) < 2 {
		return nil
	}
	rung, _ := in.selection()
	var items []rangeItem
	for _, d := range in.Results.Domains {
		for _, w := range in.Results.Weightings {
			if g := in.Results.Gain(analysis.Key{Arm: "joint", Rung: rung, Weighting: w, Domain: d.Name}); g != nil {
				items = append(items, rangeItem{label: wording.Name(d.Name), note: wording.Name(w), value: g.Relative})
			}
		}
	}
	chart := newRangeChart(items, say("gain from sharing: %s", gainMeaning(in.Results)), signed)
	if chart == nil {
		return nil
	}
	return &weightings{Chart: chart, Arm: armTitle("joint")}
}
