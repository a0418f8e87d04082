package reports

import (
	"cmp"
	"math"
	"slices"

	"github.com/sharewise/sharewise/analysis"
	"github.com/sharewise/sharewise/analysis/wording"
)

// mostConflicts is how many pairs of domains the section on gradients shows.
const mostConflicts = 30

// conflicts shows how the domains' gradients of the shared part stood to each other in
// the arm of all domains, the most opposed pairs first.
type conflicts struct {
	Chart *rangeChart
	Arm   text
	Left  int // pairs that are not shown
}

func newConflicts(in *Input) *conflicts {
	rung, weighting := in.selection()
	var pairs []analysis.Conflict
	for _, c := range in.Results.Conflict {
		if c.Arm == "joint" && c.Rung == rung && c.Weighting == weighting {
			pairs = append(pairs, c)
		}
	}
	if len(pairs) == 0 {
		return nil
	}
	slices.SortStableFunc(pairs, func(a, b analysis.Conflict) int { return cmp.Compare(a.Cosine.Value, b.Cosine.Value) })
	out := &conflicts{Arm: armTitle("joint"), Left: max(0, len(pairs)-mostConflicts)}
	var items []rangeItem
	for _, c := range pairs[:len(pairs)-out.Left] {
		items = append(items, rangeItem{label: list([]string{c.A, c.B}), note: conflictNote(c), value: c.Cosine})
	}
	write := func(x float64) string { return fixed(x, 2) }
	_, all := valuesOf(items)
	s := newScale(all, 5)
	out.Chart = &rangeChart{Ticks: s.ticks(write), Axis: say("cosine between the gradients"), Key: measuredKey()}
	out.Chart.add(items, s, math.Inf(1), write)
	return out
}

// conflictNote says what else is known of a pair.
func conflictNote(c analysis.Conflict) text {
	var notes []text
	if c.Opposed.Known() {
		notes = append(notes, say("opposed in %s of the steps looked at", percent(c.Opposed.Value)))
	}
	if r := c.LogRatio.Value; c.LogRatio.Known() && math.Abs(r) >= math.Log10(2) {
		longer := c.A
		if r < 0 {
			longer = c.B
		}
		notes = append(notes, say("the gradient of %s is %s times as long", longer, number(math.Pow(10, math.Abs(r)))))
	}
	return wording.Clauses(notes)
}
