package project

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/sharewise/sharewise/analysis/dataset"
	"github.com/sharewise/sharewise/analysis/layout"
	"github.com/sharewise/sharewise/analysis/policy"
	"github.com/sharewise/sharewise/analysis/study"
	"github.com/sharewise/sharewise/onnxio"
	"github.com/sharewise/sharewise/onnxio/reference"
)

// owned is the study of held with a third domain, of another owner than the others,
// whose data stay with their owners.
func owned() (*study.Study, map[string]*dataset.Samples) {
	s, samples := held()
	c := study.NewDomain("c")
	c.Format = study.InMemory
	s.Domains, samples["c"] = append(s.Domains, c), samples["b"]
	s.Seeds, s.Baseline = 1, study.NoBaseline
	for i, owner := range []string{"x", "x", "y"} {
		s.Domains[i].Labels = policy.Labels{"owner": {owner}}
	}
	s.Policy = &study.Policy{Policy: policy.Policy{Rules: []policy.Rule{{Name: "owners", Same: "owner"}}}}
	return s, samples
}

// TestPolicy trains what rules allow and nothing else, whatever the plan says.
func TestPolicy(t *testing.T) {
	s, samples := owned()
	p, err := Open(t.Context(), s, Options{Samples: samples})
	if err != nil {
		t.Fatal(err)
	}
	if got := p.Plan.Arms(); !slices.Equal(got, []string{study.Independent, "pool{a,b}"}) {
		t.Errorf("arms %q", got)
	}
	more, err := p.Candidates(2, [][]string{{"a", "c"}, {"a", "b", "c"}})
	if err != nil || !slices.Equal(more.Arms(), []string{study.Independent, "pool{a,b}"}) {
		t.Errorf("candidates %v, %v", more.Arms(), err)
	}
	folder := layout.Folder(filepath.Join(t.TempDir(), "out"))
	forged := *p.Plan
	run := forged.Runs[len(forged.Runs)-1]
	run.Domains, run.Arm = []string{"b", "c"}, "pool{b,c}"
	forged.Runs = append(slices.Clone(forged.Runs), run)
	whole := p.Plan
	p.Plan = &forged
	if _, err := p.Train(t.Context(), reference.Backend(), folder, TrainOptions{}); !errors.Is(err, policy.ErrForbidden) || !strings.Contains(err.Error(), `rule "owners": b (owner x) and c (owner y)`) {
		t.Errorf("a forged plan: %v", err)
	}
	if _, err := os.Stat(string(folder)); err == nil {
		t.Error("a refused training leaves a folder")
	}
	if _, err := p.Task(run, reference.Backend()).Prepare(); !errors.Is(err, policy.ErrForbidden) {
		t.Errorf("a forged run: %v", err)
	}
	p.Plan = whole
	if _, err := p.Train(t.Context(), reference.Backend(), folder, TrainOptions{}); err != nil {
		t.Fatal(err)
	}
	plan, err := folder.ReadPlan()
	if err != nil || plan.PolicySHA256 != p.Plan.PolicySHA256 || len(plan.Refused) != 3 {
		t.Errorf("plan.json %+v, %v", plan, err)
	}
	testHistory(t, s, samples, folder, plan)
}

// testHistory starts from a model that has learned a: it may learn b, and nothing of
// c; what comes of it remembers where it began.
func testHistory(t *testing.T, s *study.Study, samples map[string]*dataset.Samples, folder layout.Folder, plan *study.Plan) {
	var file string
	for _, r := range plan.Runs {
		if r.Domains[0] == "a" && len(r.Domains) == 1 {
			file = folder.Run(r.ID).Model()
		}
	}
	again := s.Only([]string{"a", "b"})
	again.Model = study.Model{Trunk: file, Features: "auto"}
	p, err := Open(t.Context(), again, Options{Samples: samples})
	if err != nil {
		t.Fatal(err)
	}
	out := layout.Folder(filepath.Join(t.TempDir(), "out"))
	if _, err := p.Train(t.Context(), reference.Backend(), out, TrainOptions{}); err != nil {
		t.Fatal(err)
	}
	alone := p.Plan.Runs[1]
	m, err := onnxio.Load(out.Run(alone.ID).Model())
	if err != nil {
		t.Fatal(err)
	}
	if before, _ := m.Property("sharewise.learned"); before != "a" || alone.Domains[0] != "b" {
		t.Errorf("the model of %v began with %q", alone.Domains, before)
	}
	for name, of := range map[string]string{"at once": file, "by way of b": out.Run(alone.ID).Model()} {
		other := s.Only(nil)
		other.Model = study.Model{Trunk: of, Features: "auto"}
		if _, err := Open(t.Context(), other, Options{Samples: samples}); !errors.Is(err, policy.ErrForbidden) || !strings.Contains(err.Error(), "has learned") {
			t.Errorf("%s: %v", name, err)
		}
	}
}
