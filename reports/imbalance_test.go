package reports

import (
	"strings"
	"testing"

	"github.com/sharewise/sharewise/analysis/effect"
	"github.com/sharewise/sharewise/grouping/imbalance"
)

// TestUnequal says whether unequal numbers have a part in the harm.
func TestUnequal(t *testing.T) {
	in := fixture(t)
	if newUnequal(in) != nil {
		t.Error("a section where nobody asked")
	}
	in.Imbalance = &imbalance.File{Study: in.Results.Study, Judgement: imbalance.Judgement{
		Ratio:  4,
		Levels: []imbalance.Level{{Name: "out", Samples: []int{100, 400}}, {Name: "equal", Samples: []int{100, 100}, Equal: true}},
		Domains: []imbalance.Domain{
			{Name: "bolts", Gains: []effect.Interval{effect.Point(-0.1), effect.Point(0.1)}, Part: effect.Interval{Value: 0.2, Lo: 0.1, Hi: 0.3}, Rate: imbalance.Rate{Own: 20, Lo: 10, Hi: 40}},
			{Name: "screws", Gains: []effect.Interval{effect.Point(0), effect.Point(0)}, Part: effect.Interval{Value: 0, Lo: -0.1, Hi: 0.1}, Rate: imbalance.Rate{Own: effect.NaN, Lo: effect.NaN, Hi: effect.NaN}},
		},
	}}
	u := newUnequal(in)
	if u == nil || len(u.Chart.Rows) != 2 || u.Chart.Rows[0].Mark.String() != "imbalance costs it" || u.Chart.Rows[1].Mark.String() != "" || len(u.Notes) != 1 || !strings.Contains(u.Lead.String(), "equal numbers, bolts would") {
		t.Fatalf("%+v", u)
	}
	var page strings.Builder
	if err := HTML(&page, in); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(page.String(), `id="imbalance"`) {
		t.Error("the page lacks the section")
	}
	in.Imbalance.Why = "no study has as many"
	if u := newUnequal(in); !strings.HasSuffix(u.Lead.String(), "No study has as many.") {
		t.Errorf("lead %q", u.Lead)
	}
}
