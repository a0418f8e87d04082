package reports

import (
	"fmt"
	"strings"
	"testing"

	"github.com/sharewise/sharewise/analysis"
	"github.com/sharewise/sharewise/analysis/effect"
)

func TestConflicts(t *testing.T) {
	in := &Input{Results: &analysis.Results{Rungs: []string{"w1"}, Weightings: []string{"equal"}}}
	if newConflicts(in) != nil {
		t.Error("there is a section without gradients")
	}
	pair := func(arm, a, b string, cosine, ratio float64) analysis.Conflict {
		return analysis.Conflict{
			Arm: arm, Rung: "w1", Weighting: "equal", A: a, B: b,
			Cosine: effect.Interval{Value: cosine, Lo: cosine - 0.1, Hi: cosine + 0.1}, Opposed: effect.Point(0.25), LogRatio: effect.Point(ratio),
		}
	}
	in.Results.Conflict = []analysis.Conflict{pair("joint", "a", "b", 0.5, 0.1), pair("joint", "a", "c", -0.3, -1), pair("pool{a,b}", "a", "b", -0.9, 0)}
	c := newConflicts(in)
	if len(c.Chart.Rows) != 2 || c.Left != 0 {
		t.Fatalf("%+v", c)
	}
	first, second := c.Chart.Rows[0], c.Chart.Rows[1]
	if first.Label.String() != "a and c" || !strings.Contains(first.Note.String(), "opposed in 25% of the steps looked at; the gradient of c is 10 times as long") {
		t.Errorf("the most opposed pair is %+v", first)
	}
	if second.Label.String() != "a and b" || second.Text != "0.50" || strings.Contains(second.Note.String(), "long") {
		t.Errorf("the other is %+v", second)
	}
	unknown := pair("joint", "a", "b", 0.5, 0.5)
	unknown.Opposed = effect.Unknown()
	if got := conflictNote(unknown); !strings.HasPrefix(got.String(), "the gradient of a is 3.2 times") {
		t.Errorf("note %q", got)
	}
	for i := range 2 * mostConflicts {
		in.Results.Conflict = append(in.Results.Conflict, pair("joint", "d", fmt.Sprint(i), 0, 0))
	}
	if c := newConflicts(in); len(c.Chart.Rows) != mostConflicts || c.Left != 2+mostConflicts {
		t.Errorf("%d rows, %d left", len(c.Chart.Rows), c.Left)
	}
}
