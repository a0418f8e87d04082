package reports

import (
	"bytes"
	"html"
	"strings"
	"testing"

	"github.com/sharewise/sharewise/analysis/contest"
	"github.com/sharewise/sharewise/analysis/effect"
	"github.com/sharewise/sharewise/analysis/study"
)

// TestComparedWeightings shows a comparison of weightings with its verdict, ranks and
// limits, and leaves out that of another study.
func TestComparedWeightings(t *testing.T) {
	in := fixture(t)
	in.Contest = &contest.File{
		Study: in.Results.Study, Rung: "w1", Epochs: 20, Trials: 9, Seeds: 5, Verdict: []string{"Nothing beats tuned static weights: none of 1 other method has a test loss that is surely lower."},
		Entries: []contest.Entry{
			{
				Method: "famo", Rate: 2, Epochs: 11, Cost: contest.Cost{Relative: 1.87}, Setting: study.Weighting{Name: "famo", Rate: 0.05, Decay: 0.001},
				Loss: contest.Standing{Against: effect.Interval{Value: -0.031, Lo: -0.08, Hi: 0.02}, AgainstLong: &effect.Interval{Value: 0.042, Lo: -0.01, Hi: 0.09}, Rank: 1, RankLo: 1, RankHi: 2},
			},
			{Method: "static", Rate: 1, Epochs: 20, Cost: contest.Cost{Relative: 1}, Setting: study.Weighting{Name: "static"}, Loss: contest.Standing{AgainstLong: &effect.Interval{}, Rank: 2, RankLo: 1, RankHi: 2}},
		},
	}
	var page bytes.Buffer
	if err := HTML(&page, in); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"Nothing beats tuned static weights: none of 1 other method has a test loss that is surely lower.", "1 (1 to 2)", minus + "3.1 % (" + minus + "8.0 to +2.0)", "1.87×", "every budget", "+4.2 % (" + minus + "1.0 to +9.0)", "static (control)", "rate 0.05", "9 candidates"} {
		if !strings.Contains(html.UnescapeString(page.String()), want) {
			t.Errorf("the page lacks %q", want)
		}
	}
	in.Contest.Study = "another"
	if newCompared(in) != nil {
		t.Error("a comparison of another study is shown")
	}
}
