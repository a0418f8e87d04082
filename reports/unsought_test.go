package reports

import (
	"strings"
	"testing"

	"github.com/sharewise/sharewise/analysis"
	"github.com/sharewise/sharewise/grouping"
)

// TestUnsought says in the first sentence that no groups were looked for where only a
// model of all domains was trained beside those of each.
func TestUnsought(t *testing.T) {
	in := fixture(t)
	if what, next := in.unsought(); what != "" || next != "" {
		t.Errorf("with pairs: %q, %q", what, next)
	}
	var all []analysis.Gain
	for _, g := range in.Results.Gains {
		if len(g.Pool) == len(in.Results.Domains) {
			all = append(all, g)
		}
	}
	in.Results.Gains = all
	groups, err := grouping.RecommendResults(in.Results, grouping.Options{Draws: 200, Seed: 1})
	if err != nil {
		t.Fatal(err)
	}
	in.Groups = groups
	s := State(in)
	if want := "Groups were not looked for: beside the models of single domains only those of all four were trained."; !strings.Contains(s.Headline.String(), want) {
		t.Errorf("headline %q, want %q in it", s.Headline, want)
	}
	if next := english(s.Next); !strings.Contains(strings.Join(next, " "), "--until settled") {
		t.Errorf("next %q", next)
	}
	in.Results.Gains = nil
	if what, _ := in.unsought(); what != "" {
		t.Errorf("without gains: %q", what)
	}
}
