package project

import (
	"slices"
	"testing"

	"github.com/sharewise/sharewise/analysis/layout"
	"github.com/sharewise/sharewise/analysis/study"
	"github.com/sharewise/sharewise/onnxio/reference"
)

// TestCandidates plans more seeds without changing the runs that were planned, and
// trains a choice of them.
func TestCandidates(t *testing.T) {
	s, samples := held()
	d := s.Domains[0]
	d.Name = "c"
	s.Domains = append(s.Domains, d)
	samples["c"] = samples["a"]
	no := false
	s.Arms.Pairs = &no
	p, err := Open(t.Context(), s, Options{Samples: samples})
	if err != nil {
		t.Fatal(err)
	}
	c, err := p.Candidates(4, [][]string{{"a", "c"}})
	if err != nil {
		t.Fatal(err)
	}
	// Four seeds of three domains, of all together and of the pool.
	if len(c.Runs) != 4*5 || len(p.Plan.Runs) != 2*4 {
		t.Fatalf("%d candidates, %d planned", len(c.Runs), len(p.Plan.Runs))
	}
	for _, r := range p.Plan.Runs {
		if !slices.ContainsFunc(c.Runs, func(x study.PlannedRun) bool { return x.ID == r.ID && x.Hash == r.Hash }) {
			t.Errorf("%s is no candidate", r.ID)
		}
	}
	ids := []string{c.Runs[len(c.Runs)-1].ID, c.Runs[0].ID, "none"}
	p.Plan = c.Choose(ids)
	if len(p.Plan.Runs) != 2 || p.Plan.Runs[0].ID != ids[1] || p.Plan.Seeds != 4 || p.Plan.IndependentSeeds != 1 || p.Plan.Total.FLOPs != c.Runs[0].FLOPs+c.Runs[len(c.Runs)-1].FLOPs {
		t.Errorf("the choice: %d runs, %d seeds, %+v", len(p.Plan.Runs), p.Plan.Seeds, p.Plan.Total)
	}
	folder := layout.Folder(t.TempDir())
	out, err := p.Train(t.Context(), reference.Backend(), folder, TrainOptions{})
	if err != nil || out.Trained != 2 {
		t.Errorf("%+v, %v", out, err)
	}
	if plan, err := folder.ReadPlan(); err != nil || len(plan.Runs) != 2 {
		t.Errorf("plan.json: %+v, %v", plan, err)
	}
}
