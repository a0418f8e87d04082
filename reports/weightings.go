package reports

import "github.com/sharewise/sharewise/analysis"

// weightings compares the ways of combining losses: the gain of each domain
// under each, in the arm of all domains.
type weightings struct {
	Chart *rangeChart
	Arm   string
}

func newWeightings(in *Input) *weightings {
	if len(in.Results.Weightings) < 2 {
		return nil
	}
	rung, _ := in.selection()
	gains := map[[2]string]analysis.Interval{}
	for _, g := range in.Results.Gains {
		if g.Arm == "joint" && g.Rung == rung {
			gains[[2]string{g.Target, g.Weighting}] = g.Relative
		}
	}
	var items []rangeItem
	for _, d := range in.Results.Domains {
		for _, w := range in.Results.Weightings {
			if v, ok := gains[[2]string{d.Name, w}]; ok {
				items = append(items, rangeItem{label: d.Name, note: w, value: v})
			}
		}
	}
	chart := newRangeChart(items, "gain from sharing: "+gainMeaning(in.Results), signed)
	if chart == nil {
		return nil
	}
	return &weightings{Chart: chart, Arm: armTitle("joint")}
}
