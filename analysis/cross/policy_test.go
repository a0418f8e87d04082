package cross

import (
	"slices"
	"strings"
	"testing"

	"github.com/sharewise/sharewise/analysis/dataset"
	"github.com/sharewise/sharewise/analysis/layout"
	"github.com/sharewise/sharewise/analysis/policy"
	"github.com/sharewise/sharewise/analysis/project"
	"github.com/sharewise/sharewise/analysis/study"
	"github.com/sharewise/sharewise/onnxio/reference"
)

// TestPolicy tests no model on data that a rule keeps from it, and says so.
func TestPolicy(t *testing.T) {
	s, samples := study.New("owned"), map[string]*dataset.Samples{}
	s.Seeds, s.Training.Epochs, s.Model.Widths, s.Baseline = 1, 1, []float64{0.02}, study.NoBaseline
	for i, name := range []string{"a", "b", "c"} {
		d := study.NewDomain(name)
		d.Format = study.InMemory
		d.Labels = policy.Labels{"owner": {[]string{"x", "x", "y"}[i]}}
		s.Domains = append(s.Domains, d)
		samples[name] = new(dataset.Samples)
		for k := range 40 {
			samples[name].X = append(samples[name].X, []float32{float32(k % 9), float32(k % 7)})
			samples[name].Labels = append(samples[name].Labels, []string{"no", "yes"}[k%2])
		}
	}
	s.Policy = &study.Policy{Policy: policy.Policy{Rules: []policy.Rule{{Name: "owners", Same: "owner", Covers: []string{policy.Evaluation}}}}}
	p, err := project.Open(t.Context(), s, project.Options{Samples: samples})
	if err != nil {
		t.Fatal(err)
	}
	folder := layout.Folder(t.TempDir())
	if _, err := p.Train(t.Context(), reference.Backend(), folder, project.TrainOptions{}); err != nil {
		t.Fatal(err)
	}
	r, err := Domains(t.Context(), reference.Backend(), folder, p.Tested(), 1)
	if err != nil {
		t.Fatal(err)
	}
	var tested []string
	for _, c := range r.Cells {
		tested = append(tested, c.Trained+c.Tested)
	}
	if !slices.Equal(tested, []string{"aa", "ab", "ba", "bb", "cc"}) {
		t.Errorf("tested %q", tested)
	}
	if len(r.Notes) != 4 || !strings.Contains(r.Notes[0], `models of one of a, c may not be tested on data of another: rule "owners"`) {
		t.Errorf("notes %q", r.Notes)
	}
}
