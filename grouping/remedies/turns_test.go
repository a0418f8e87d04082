package remedies_test

import (
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/sharewise/sharewise/analysis/custody"
	"github.com/sharewise/sharewise/analysis/study"
	"github.com/sharewise/sharewise/grouping/remedies"
	"github.com/sharewise/sharewise/onnxio/ort/orttest"
)

// inTurns lets every seed of a study test another part of all samples.
func inTurns(s *study.Study, folds int) {
	for i := range s.Domains {
		s.Domains[i].Split.Folds, s.Domains[i].Split.Test = folds, 0
	}
	s.Seeds = folds
}

// TestTurns: as TestShift, with all samples tested in turns. Nothing is chosen by
// validation samples, which other seeds test: all settings are tested with all seeds.
// The runs of the trial are in the ledger.
func TestTurns(t *testing.T) {
	s, held := planted(0.05, "none", plant{"a", 500, []int{0, 1}, 0}, plant{"b", 500, []int{0, 1}, 1.5})
	inTurns(s, 5)
	p, folder, f := tried(t, s, held, remedies.Options{})
	for _, kind := range []remedies.Kind{remedies.Normalising, remedies.Adapters} {
		if c := changes(f, kind)["a"]; !c.Cured() {
			t.Errorf("%s: %+v", kind, c)
		}
	}
	weights := 0
	for _, r := range f.Remedies {
		if r.Kind == remedies.Weights {
			weights++
		}
		if r.Kind != remedies.Own && len(r.Outcome.Domains) > 0 && (!slices.Equal(r.Outcome.Seeds, []int{1, 2, 3, 4, 5}) || r.Outcome.Validation.Known()) {
			t.Errorf("%s was tested with %v after validation %v", r.Name, r.Outcome.Seeds, r.Outcome.Validation)
		}
		if r.Outcome.Verdict == remedies.Worse {
			t.Errorf("%s was left out by validation samples", r.Name)
		}
	}
	if weights != 2 || !slices.ContainsFunc(f.Warnings, func(w string) bool { return strings.Contains(w, "tested in turns") }) {
		t.Errorf("%d weights, warnings %q", weights, f.Warnings)
	}
	valid(t, folder)
	was, err := os.ReadFile(folder.Remedies())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := remedies.Try(t.Context(), failing{orttest.Backend(t)}, p, folder, remedies.Options{}); err != nil {
		t.Fatal(err)
	}
	if now, err := os.ReadFile(folder.Remedies()); err != nil || string(now) != string(was) {
		t.Errorf("tried again: %v\n%s\nbefore:\n%s", err, now, was)
	}

	checked := func() *custody.Report {
		r, err := custody.Check(t.Context(), folder, true)
		if err != nil {
			t.Fatal(err)
		}
		return r
	}
	if r := checked(); r.Faults() > 0 || r.Verified < 3*f.Trial.Trained {
		t.Errorf("%d sums verified of %d runs of the trial beside the study: %v", r.Verified, f.Trial.Trained, r.Lines())
	}
	runs, err := os.ReadDir(string(folder.RemedyRuns()) + "/runs")
	if err != nil || len(runs) != f.Trial.Trained {
		t.Fatalf("%d runs, %v", len(runs), err)
	}
	if err := os.WriteFile(folder.RemedyRuns().Run(runs[0].Name()).Losses(), []byte("PAR1"), 0o644); err != nil {
		t.Fatal(err)
	}
	r := checked()
	if r.Faults() != 1 || r.Findings[0].State != custody.Damaged || r.Findings[0].Command != "remedies" {
		t.Errorf("a damaged run of the trial: %v", r.Lines())
	}
	if err := os.RemoveAll(string(folder.RemedyRuns().Run(runs[0].Name()))); err != nil {
		t.Fatal(err)
	}
	if r = checked(); r.Faults() != 1 || r.Findings[0].What != "remedies.json" || r.Findings[0].State != custody.Stale {
		t.Errorf("a run of the trial that is gone: %v", r.Lines())
	}
}

// TestTurnsBudget tries the first setting of every kind before the second of any.
func TestTurnsBudget(t *testing.T) {
	s, held := planted(0.05, "none", plant{"a", 200, []int{0, 1}, 0}, plant{"b", 200, []int{0, 1}, 2.5})
	inTurns(s, 4)
	_, _, f := tried(t, s, held, remedies.Options{Budget: remedies.Budget{Runs: 9}})
	var tested, over []string
	for _, r := range f.Remedies {
		switch {
		case r.Kind == remedies.Own:
		case r.Outcome.Verdict == remedies.OverBudget:
			over = append(over, r.Name)
		case len(r.Outcome.Domains) > 0:
			tested = append(tested, r.Name)
		}
	}
	if !slices.Equal(tested, []string{"weight 2 to 1", "adapters by domain"}) || !slices.Contains(over, "weight 5 to 1") || f.Trial.Trained > 9 {
		t.Errorf("tested %v, over budget %v, %d trained", tested, over, f.Trial.Trained)
	}
}
