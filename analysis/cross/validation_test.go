package cross

import (
	"math"
	"testing"

	"github.com/sharewise/sharewise/analysis/dataset"
	"github.com/sharewise/sharewise/analysis/layout"
	"github.com/sharewise/sharewise/analysis/policy"
	"github.com/sharewise/sharewise/analysis/project"
	"github.com/sharewise/sharewise/analysis/study"
	"github.com/sharewise/sharewise/onnxio/reference"
)

// TestValidation finds a domain in other units near, one of an opposite rule far, and
// nothing about one of other classes and one that a rule keeps from the others.
func TestValidation(t *testing.T) {
	s, samples := study.New("plants"), map[string]*dataset.Samples{}
	s.Seeds, s.Training.Epochs, s.Training.Batch, s.Training.Rate, s.Model.Widths, s.Baseline = 2, 10, 8, 0.02, []float64{0.05}, study.NoBaseline
	for _, name := range []string{"own", "units", "opposite", "classes", "kept"} {
		d := study.NewDomain(name)
		d.Format = study.InMemory
		d.Labels = policy.Labels{"owner": {map[bool]string{true: "y", false: "x"}[name == "kept"]}}
		s.Domains = append(s.Domains, d)
		samples[name] = new(dataset.Samples)
		for i := range 100 {
			x := float32(i%20) - 9.5
			label := map[bool]string{true: "good", false: "bad"}[(x > 0) != (name == "opposite")]
			switch name {
			case "units":
				x = 700 + 30*x
			case "classes":
				label += " or so"
			}
			samples[name].X, samples[name].Labels = append(samples[name].X, []float32{x}), append(samples[name].Labels, label)
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
	loss, err := Validation(t.Context(), reference.Backend(), folder, p.Plan, p.Plan.Rungs[0], p.Tested(), 1)
	if err != nil {
		t.Fatal(err)
	}
	for i := range loss {
		if !(loss[i][i] < 0.5) {
			t.Errorf("at home, domain %d loses %v", i, loss[i][i])
		}
	}
	if !(loss[0][1] < 0.5 && loss[1][0] < 0.5) {
		t.Errorf("in other units: %v, %v", loss[0][1], loss[1][0])
	}
	if !(loss[0][2] > 1 && loss[2][1] > 1) {
		t.Errorf("of the opposite rule: %v, %v", loss[0][2], loss[2][1])
	}
	for _, x := range []float64{loss[0][3], loss[3][1], loss[0][4], loss[4][2]} {
		if !math.IsNaN(x) {
			t.Errorf("of other classes, or kept apart by a rule: %v", x)
		}
	}
	if loss, err = Validation(t.Context(), reference.Backend(), folder, p.Plan, "none", p.Tested(), 1); err != nil || !math.IsNaN(loss[0][0]) {
		t.Errorf("of a size that was not trained: %v, %v", loss, err)
	}
}

// TestValidationTargets brings the targets of a regression to the units of the domain.
func TestValidationTargets(t *testing.T) {
	s, samples := study.New("plants"), map[string]*dataset.Samples{}
	s.Seeds, s.Training.Epochs, s.Training.Batch, s.Training.Rate, s.Model.Widths, s.Baseline = 2, 20, 8, 0.02, []float64{0.05}, study.NoBaseline
	for k, name := range []string{"litres", "gallons"} {
		d := study.NewDomain(name)
		d.Format, d.Task.Kind = study.InMemory, study.Regression
		s.Domains = append(s.Domains, d)
		samples[name] = new(dataset.Samples)
		for i := range 100 {
			x := float32(i%20) - 9.5
			samples[name].X, samples[name].Targets = append(samples[name].X, []float32{x}), append(samples[name].Targets, []float64{float64(x)*math.Pow(0.22, float64(k)) + 40*float64(k)})
		}
	}
	p, err := project.Open(t.Context(), s, project.Options{Samples: samples})
	if err != nil {
		t.Fatal(err)
	}
	folder := layout.Folder(t.TempDir())
	if _, err := p.Train(t.Context(), reference.Backend(), folder, project.TrainOptions{}); err != nil {
		t.Fatal(err)
	}
	loss, err := Validation(t.Context(), reference.Backend(), folder, p.Plan, p.Plan.Rungs[0], p.Tested(), 1)
	if err != nil || !(loss[0][1] < 0.3 && loss[1][0] < 0.3 && loss[0][0] < 0.3) {
		t.Errorf("%v, %v", loss, err)
	}
}
