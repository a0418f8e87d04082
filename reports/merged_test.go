package reports

import (
	"strings"
	"testing"

	"github.com/sharewise/sharewise/analysis"
	"github.com/sharewise/sharewise/analysis/effect"
	"github.com/sharewise/sharewise/analysis/layout"
	"github.com/sharewise/sharewise/analysis/merging"
)

// TestMerged shows merged models of the report's capacity and weighting beside trained
// pools.
func TestMerged(t *testing.T) {
	in := fixture(t)
	if newMerged(in) != nil {
		t.Error("a section without anything merged")
	}
	rung, weighting := in.selection()
	compared := func(value float64, v merging.Verdict) merging.Compared {
		return merging.Compared{Difference: analysis.Difference{By: effect.Interval{Value: value, Lo: value - 0.1, Hi: value + 0.1}}, Verdict: v}
	}
	pool := func(names []string, value float64, v merging.Verdict) merging.Judged {
		return merging.Judged{Pool: names, Merged: effect.Point(value), Again: effect.Point(0), Compared: compared(value, v)}
	}
	pair := []string{"bolts", "screws"}
	in.Merged = &merging.File{
		Trials: layout.Trials{Study: in.Results.Study, Rung: rung},
		Judged: &merging.Judgement{Weighting: weighting, Margin: 0.02, Ways: []merging.Way{
			{Name: "merged by average", Mean: compared(-0.3, merging.Worse), Worse: 1, Pools: []merging.Judged{pool(pair, -0.3, merging.Worse)}},
			{Name: "merged by TIES", Mean: compared(0.2, merging.AsGood), AsGood: 1, Pools: []merging.Judged{pool(pair, 0.2, merging.AsGood)}},
		}},
	}
	m := newMerged(in)
	if m == nil || m.Lead.String() != "Every pool is as good merged by TIES as trained together: that costs no training." {
		t.Fatalf("%+v", m)
	}
	if rows := m.Each.Rows; len(rows) != 2 || rows[0].Mark.String() != "worse" || !rows[0].Strong || rows[1].Note.String() != "merged by TIES" {
		t.Errorf("rows %+v", rows)
	}
	var page strings.Builder
	if err := HTML(&page, in); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(page.String(), `id="merged"`) || !strings.Contains(page.String(), `href="#merged"`) {
		t.Error("the page lacks the section")
	}
	in.Merged.Judged.Ways[1].AsGood, in.Merged.Judged.Ways[1].Pools[0].Verdict = 0, merging.Undecided
	if m := newMerged(in); m.Lead.String() != "No pool is surely as good merged as trained together, and up to 1 of 1 are surely worse." {
		t.Error(m.Lead)
	}
	in.Merged.Rung = "other"
	if newMerged(in) != nil {
		t.Error("a section of another capacity")
	}
}
