package reports

import (
	"bytes"
	"strings"
	"testing"

	"github.com/sharewise/sharewise/analysis"
	"github.com/sharewise/sharewise/analysis/effect"
)

// baselineScore is what one fit of a linear model scores.
func baselineScore(domain string, loss, accuracy float64) *analysis.Score {
	s := analysis.NewScore(analysis.Key{Domain: domain})
	s.Seeds, s.Loss, s.Accuracy = 1, effect.Point(loss), effect.Point(accuracy)
	return &s
}

// TestBaselines shows linear models in the table of scores: their figure, how
// they came about, how networks compare at the chosen rung, or why there is
// none.
func TestBaselines(t *testing.T) {
	in := fixture(t)
	in.Results.Baselines = []analysis.Baseline{
		{
			Domain: "bolts", Model: "logistic regression", Text: "logistic regression of 784 columns, fitted to 500 rows, penalty chosen by 10 folds of the training rows",
			Score: baselineScore("bolts", 0.31, 0.9251),
			Against: []analysis.Contest{
				{Rung: "w0.5", Metric: "accuracy", Lead: effect.Interval{Value: 0.2, Lo: 0.1, Hi: 0.3}, Weaker: true},
				{Rung: "w1", Metric: "accuracy", Lead: effect.Interval{Value: 0.0491, Lo: 0.02, Hi: 0.0782}, Weaker: true},
			},
		},
		{Domain: "screws", Model: "logistic regression", Text: "left out: too large", Against: []analysis.Contest{}},
	}
	rows, _ := scores(in)
	rows = rows[len(rows)-2:]
	if r := rows[0]; r.Domain != "bolts" || r.Arm.String() != "linear model" || r.First.String() != "accuracy 92.5%" || r.Second != noData || r.Note.String() != "Networks alone are weaker: accuracy −0.049 (−0.078 to −0.020). Logistic regression of 784 columns, fitted to 500 rows, penalty chosen by 10 folds of the training rows." {
		t.Errorf("row %+v", r)
	}
	if r := rows[1]; r.First != noData || r.Second != noData || r.Note.String() != "Left out: too large." {
		t.Errorf("row %+v", r)
	}
	var page bytes.Buffer
	if err := HTML(&page, in); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(page.String(), "Logistic regression of 784 columns") {
		t.Error("the page does not say how the linear model came about")
	}
	if s := Summarize(in); len(s.Baselines) != 2 {
		t.Errorf("summary has %d baselines", len(s.Baselines))
	}
}

// TestLed says in the reasons where a linear model scores more but chance may
// make as much, and leaves to a doubt what it tells.
func TestLed(t *testing.T) {
	lead := func(domain string, own, lead float64) analysis.Baseline {
		limits := effect.Interval{Value: lead, Lo: lead - 0.1, Hi: lead + 0.1}
		return analysis.Baseline{
			Domain: domain, Score: baselineScore(domain, nan, own),
			Against: []analysis.Contest{{Rung: "w0.5", Metric: "accuracy", Lead: limits, Tolerance: 0.01}, {Rung: "w1", Metric: "accuracy", Lead: limits, Tolerance: 0.01}},
		}
	}
	in := fixture(t)
	in.Results.Baselines = []analysis.Baseline{lead("bolts", 0.9, 0.02), lead("screws", 0.8, 0.009), lead("rivets", 0.7, 0.05), {Domain: "apples", Against: []analysis.Contest{}}}
	in.Results.Doubts = nil
	want := "Networks alone score less than a linear model on bolts (accuracy 88.0% against 90.0%) and rivets (accuracy 65.0% against 70.0%): that may be chance, and more test samples or seeds would tell."
	if got := in.led(); got.String() != want {
		t.Errorf("%q, want %q", got, want)
	}
	if reasons := State(in).Reasons; reasons[len(reasons)-1].String() != want {
		t.Errorf("reasons %q", reasons)
	}
	in.Results.Doubts = []analysis.Doubt{{Kind: analysis.WorseThanBaseline, Domains: []string{"bolts", "rivets"}, Text: "they lose"}}
	if got := in.led(); got != "" {
		t.Errorf("%q beside the doubt", got)
	}
}
