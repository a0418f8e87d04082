package reports

import (
	"strings"
	"testing"

	"github.com/sharewise/sharewise/analysis"
	"github.com/sharewise/sharewise/grouping"
)

// TestDoubtsLead checks that what speaks against acting on a study stands in
// the verdict's first sentence, and only where it bears on the recommendation.
func TestDoubtsLead(t *testing.T) {
	const share, apart, open = grouping.Share, grouping.Apart, grouping.Undecided
	leak := analysis.Doubt{Kind: analysis.Leaked, Domains: []string{"c"}, Brief: "4% of the test samples of c stand in its training data", Text: "4% of the test samples of c stand in its training data, so it is", Next: "Split c by content."}
	noSkill := analysis.Doubt{Kind: analysis.NoSkill, Domains: []string{"c"}, Brief: "models of c alone learned nothing", Text: "models of c alone learned nothing (AUC 0.5)", Next: "Look at c."}
	pool := recommendation(0.97, g{share, "a b"}, g{apart, "c"})
	tests := []struct {
		name     string
		groups   *grouping.Recommendation
		doubts   []analysis.Doubt
		headline string
		firmness grouping.Firmness
		reason   string
		next     string
	}{
		{name: "none", groups: pool, headline: "Settled: share a and b; keep c apart.", firmness: grouping.Clear},
		{
			name: "leak anywhere", groups: pool, doubts: []analysis.Doubt{leak}, firmness: grouping.Doubtful, reason: "4% of the test samples of c stand in its training data, so it is.", next: "Split c by content.",
			headline: "Do not act on this yet: 4% of the test samples of c stand in its training data. As measured: settled: share a and b; keep c apart.",
		},
		{
			name: "no skill outside of pools", groups: pool, doubts: []analysis.Doubt{noSkill}, firmness: grouping.Clear,
			headline: "Settled: share a and b; keep c apart.", reason: "Models of c alone learned nothing (AUC 0.5).",
		},
		{
			name: "no skill in a pool", groups: recommendation(0.97, g{share, "a c"}, g{apart, "b"}), doubts: []analysis.Doubt{noSkill}, firmness: grouping.Doubtful, next: "Look at c.",
			headline: "Do not act on this yet: models of c alone learned nothing. As measured: settled: share a and c; keep b apart.",
		},
		{
			name: "no skill and no pool", groups: recommendation(0.5, g{open, "a"}, g{open, "b"}, g{open, "c"}), doubts: []analysis.Doubt{noSkill}, firmness: grouping.Doubtful,
			headline: "Do not act on this yet: models of c alone learned nothing. As measured: best guess, not settled: leave all three domains alone for now.",
		},
		{
			name: "three", groups: pool, doubts: []analysis.Doubt{leak, leak, leak}, firmness: grouping.Doubtful,
			headline: "Do not act on this yet: 4% of the test samples of c stand in its training data; 4% of the test samples of c stand in its training data; and 1 more reason. As measured: settled: share a and b; keep c apart.",
		},
	}
	for _, tt := range tests {
		groups := *tt.groups
		groups.Doubts = tt.doubts
		groups.Decide()
		s := State(&Input{Results: &analysis.Results{Doubts: tt.doubts}, Groups: &groups})
		if text := strings.TrimSpace((s.Doubt() + " " + s.Measured()).String()); text != s.Headline.String() || (s.Measured() != "") != (s.Firmness == grouping.Doubtful) {
			t.Errorf("%s: on the page it is %q", tt.name, text)
		}
		if s.Headline.String() != tt.headline || s.Firmness != tt.firmness {
			t.Errorf("%s:\n got %s (%s)\nwant %s (%s)", tt.name, s.Headline, s.Firmness, tt.headline, tt.firmness)
		}
		if !strings.Contains(strings.Join(english(s.Reasons), "\n"), tt.reason) || !strings.Contains(strings.Join(english(s.Next), "\n"), tt.next) {
			t.Errorf("%s: reasons %q, next %q", tt.name, s.Reasons, s.Next)
		}
	}
}

// TestUngrouped says why no groups were chosen, where that is known.
func TestUngrouped(t *testing.T) {
	s := State(&Input{Results: &analysis.Results{Doubts: []analysis.Doubt{
		{Kind: analysis.DivergedRuns, Brief: "all 9 runs diverged", Text: "all 9 runs diverged (joint)", Next: "Lower training.rate."},
	}}})
	if s.Headline.String() != "No groups were chosen: all 9 runs diverged." || s.Firmness != grouping.Unknown || len(s.Reasons) != 1 || s.Reasons[0].String() != "All 9 runs diverged (joint)." || s.Next[0].String() != "Lower training.rate." {
		t.Errorf("statement %+v", s)
	}
	// Doubts in files of older versions have no brief form.
	if got, want := briefly([]analysis.Doubt{{Text: "it leaks"}}), "it leaks"; got.String() != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

// A doubt about one domain of six leaves the others to act on, and the first
// sentence says which.
func TestDoubtInPart(t *testing.T) {
	p := &grouping.Problem{Domains: []string{"a", "b", "c", "d", "e", "f"}}
	for i := range 6 {
		for j := i + 1; j < 6; j++ {
			gain := -0.2
			if i%2 == 0 && j == i+1 {
				gain = 0.3
			}
			lo, hi := gain-0.02, gain+0.02
			p.Pools = append(p.Pools, grouping.Pool{Members: []int{i, j}, Gain: []float64{gain, gain}, Lo: []float64{lo, lo}, Hi: []float64{hi, hi}})
		}
	}
	doubt := analysis.Doubt{Kind: analysis.Undertrained, Domains: []string{"e"}, Brief: "models of e were still learning", Text: "models of e were still learning", Next: "Train longer."}
	groups, err := grouping.Recommend(p, grouping.Context{Doubts: []analysis.Doubt{doubt}, Seed: 1})
	if err != nil {
		t.Fatal(err)
	}
	in := &Input{Results: &analysis.Results{Doubts: []analysis.Doubt{doubt}}, Groups: groups}
	s := State(in)
	want := "Settled, but for e and f: share a and b; share c and d. Do not act on e and f yet: models of e were still learning."
	if s.Headline.String() != want || s.Firmness != grouping.Clear || s.Doubt().String() != want {
		t.Errorf("%s: %s\nwant %s", s.Firmness, s.Headline, want)
	}
	if !strings.HasPrefix(s.Evidence.String(), "Of the four domains out of doubt: with 95% probability") {
		t.Error(s.Evidence)
	}
	text := strings.Join(english(s.Reasons), "\n")
	if strings.Count(text, "In doubt, see above.") != 1 || !strings.Contains(text, "Models of e were still learning.") || len(s.Next) != 1 {
		t.Errorf("reasons:\n%s\nnext %q", text, s.Next)
	}
	var inDoubt []string
	for _, c := range newOutcome(in).Cards {
		if strings.HasPrefix(c.Verdict.String(), "in doubt") {
			inDoubt = append(inDoubt, strings.Join(c.Names, "+"))
		}
	}
	if len(inDoubt) != 1 || inDoubt[0] != "e+f" {
		t.Errorf("cards in doubt: %q", inDoubt)
	}
}
