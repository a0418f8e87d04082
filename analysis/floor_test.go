package analysis

import (
	"math"
	"slices"
	"testing"

	"github.com/sharewise/sharewise/analysis/measures"
)

// Gains of a domain whose own models lose next to nothing are relative to a
// hundredth of what guessing loses, here the entropy of two even classes.
func TestAnalyzeNearlyPerfectDomain(t *testing.T) {
	f := newFakeStudy(3)
	for i := range f.Domains {
		if f.Domains[i].Task == "classification" {
			f.Domains[i].Measure = measures.Loss
		}
	}
	for _, r := range f.Runs {
		for i, name := range f.tables[r.ID].Domain {
			if name == "b" && r.Arm == Independent {
				f.tables[r.ID].Loss[i] *= 1e-4
			}
		}
	}
	got, err := Analyze(f.Study)
	if err != nil {
		t.Fatal(err)
	}
	seen := 0
	for _, g := range got.Gains {
		if g.Domain != "b" {
			if g.Floor != 0 {
				t.Errorf("%s in %s: floor %v", g.Domain, g.Arm, g.Floor)
			}
			continue
		}
		seen++
		if math.Abs(g.Floor-0.01*math.Ln2) > 1e-9 || !(g.Relative.Value > -60) || !slices.ContainsFunc(g.Warnings, func(w string) bool { return len(w) > 0 }) {
			t.Errorf("gain %+v of floor %v, want that of %.4f", g.Relative, g.Floor, 0.01*math.Ln2)
		}
	}
	if seen != 4 {
		t.Errorf("%d gains of b", seen)
	}
}
