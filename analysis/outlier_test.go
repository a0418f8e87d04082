package analysis

import (
	"math"
	"slices"
	"strings"
	"testing"
)

// A study doubts a gain that one sample decides, and a cap on losses that the
// user asks for ends that, for all arms and with a word.
func TestAnalyzeOutlier(t *testing.T) {
	f := newFakeStudy(3)
	for id, table := range f.tables {
		if !strings.HasPrefix(id, "joint") {
			continue
		}
		for i := range table.Len() {
			if table.Domain[i] == "r" && table.Sample[i].Number == 30 {
				table.Loss[i] = 200
			}
		}
	}
	doubted := func(r *Results) bool {
		return slices.ContainsFunc(r.Doubts, func(d Doubt) bool {
			return d.Kind == FewCarry && slices.Equal(d.Domains, []string{"r"}) && strings.Contains(d.Text, "decide gains of r (trained with a and b it is −") && strings.Contains(d.Text, "% without 1 of 50 test samples)")
		})
	}
	gain := func(r *Results) Gain {
		return *r.Gain(Key{Arm: "joint", Rung: "w2", Weighting: "equal", Domain: "r"})
	}
	r, err := Analyze(f.Study)
	if err != nil {
		t.Fatal(err)
	}
	if g := gain(r); !doubted(r) || g.Relative.Value > -1 || math.Abs(g.Carriers.Without.Value-0.5) > 0.05 {
		t.Errorf("gain %+v, doubts %+v", gain(r), r.Doubts)
	}
	f.Options.LossCap = 0.95
	if r, err = Analyze(f.Study); err != nil {
		t.Fatal(err)
	}
	if g := gain(r); doubted(r) || math.Abs(g.Relative.Value-0.5) > 0.07 || !(g.LossCap > 1 && g.LossCap < 2) {
		t.Errorf("capped: gain %+v, doubts %+v", g, r.Doubts)
	}
	for _, e := range r.Effects {
		if (e.Domain == "r") != (e.LossCap > 0) {
			t.Errorf("effect on %s has the cap %g", e.Domain, e.LossCap)
		}
	}
	if !slices.ContainsFunc(r.Warnings, func(w string) bool {
		return strings.Contains(w, "r, rung w2: losses above 1.") && strings.Contains(w, "the 95% quantile")
	}) {
		t.Errorf("no word of the cap: %q", r.Warnings)
	}
	f.Options.LossCap = 0.2
	if _, err = Analyze(f.Study); err == nil || !strings.Contains(err.Error(), "want a quantile") {
		t.Errorf("a cap of 0.2: %v", err)
	}
}
