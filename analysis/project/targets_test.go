package project

import (
	"encoding/json"
	"os"
	"strings"
	"testing"

	"github.com/sharewise/sharewise/analysis/layout"
	"github.com/sharewise/sharewise/analysis/study"
	"github.com/sharewise/sharewise/onnxio/reference"
)

// TestTargets trains weightings that hold domains against their independent models:
// these come first, whatever the order of the plan, and what they end with stands in
// the runs' specifications.
func TestTargets(t *testing.T) {
	s, samples := held()
	s.Seeds = 1
	s.Weightings = []study.Weighting{{Name: "doremi"}, {Name: "baseline"}, {Name: "gap", Targets: map[string]float64{"a": 0.3, "b": 0.4}}}
	p, err := Open(t.Context(), s, Options{Samples: samples})
	if err != nil {
		t.Fatal(err)
	}
	folder := layout.Folder(t.TempDir())
	out, err := p.Train(t.Context(), reference.Backend(), folder, TrainOptions{Jobs: 2})
	if err != nil {
		t.Fatal(err)
	}
	if out.Trained != len(p.Plan.Runs) {
		t.Errorf("%d of %d runs trained", out.Trained, len(p.Plan.Runs))
	}
	for _, r := range p.Plan.Runs {
		if len(r.Domains) == 1 {
			continue
		}
		var spec layout.Spec
		data, err := os.ReadFile(folder.Run(r.ID).Spec())
		if err == nil {
			err = json.Unmarshal(data, &spec)
		}
		if err != nil {
			t.Fatal(err)
		}
		got := spec.Run.Weighting.Targets
		if r.Weighting.Name == "gap" {
			if got["a"] != 0.3 || got["b"] != 0.4 {
				t.Errorf("given targets became %v", got)
			}
			continue
		}
		want, err := p.Targets(folder, r.Run)
		if err != nil {
			t.Fatal(err)
		}
		if len(got) != 2 || got["a"] != want["a"] || got["b"] != want["b"] || got["a"] <= 0 {
			t.Errorf("%s: targets %v, want %v", r.Weighting.Name, got, want)
		}
	}
	// By itself such a run says what it lacks.
	r := p.Plan.Runs[len(p.Plan.Runs)-1]
	r.Weighting = study.Weighting{Name: "doremi"}
	if _, err := p.TaskIn(layout.Folder(t.TempDir()), r, reference.Backend()).Prepare(); err == nil || !strings.Contains(err.Error(), "has not finished") {
		t.Errorf("error %v", err)
	}
}
