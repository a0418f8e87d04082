package similarity

import (
	"context"
	"errors"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"

	"github.com/sharewise/sharewise/analysis/dataset"
	"github.com/sharewise/sharewise/analysis/layout"
	"github.com/sharewise/sharewise/analysis/policy"
	"github.com/sharewise/sharewise/analysis/project"
	"github.com/sharewise/sharewise/analysis/study"
	"github.com/sharewise/sharewise/onnxio/reference"
)

// plants is a study of four domains: near1 and near2 are one distribution, shape has the
// same inputs and other labels, and far has other inputs too.
func plants(t *testing.T, edit func(*study.Study)) *project.Project {
	t.Helper()
	s := study.New("plants")
	s.Seeds, s.Training.Epochs, s.Training.Batch, s.Training.Rate, s.Model.Widths = 2, 3, 8, 0.02, []float64{0.05}
	no := false
	s.Arms.Pairs = &no
	held := map[string]*dataset.Samples{}
	random := rand.New(rand.NewPCG(1, 2))
	for _, name := range []string{"near1", "near2", "shape", "far"} {
		d := study.NewDomain(name)
		d.Format = study.InMemory
		s.Domains = append(s.Domains, d)
		x := new(dataset.Samples)
		for range 160 {
			a, b := random.NormFloat64(), random.NormFloat64()
			bad := a > 0
			switch name {
			case "shape":
				bad = b > 0
			case "far":
				bad = b > 0
				a = a * a * a // no normal distribution
				b = float64(random.IntN(2))
			}
			x.X = append(x.X, []float32{float32(a), float32(b)})
			x.Labels = append(x.Labels, map[bool]string{true: "bad", false: "good"}[bad])
		}
		held[name] = x
	}
	if edit != nil {
		edit(s)
	}
	p, err := project.Open(context.Background(), s, project.Options{Samples: held})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func scores(t *testing.T, s *layout.Similarities, measure string) map[string]float64 {
	t.Helper()
	for _, m := range s.Measures {
		if m.Name == measure {
			out := map[string]float64{}
			for _, p := range m.Pairs {
				out[p.A+" "+p.B] = p.Score
			}
			return out
		}
	}
	t.Fatalf("there is no %s: %v", measure, s.Notes)
	return nil
}

// TestAssess finds in each stage what was planted, the same every time.
func TestAssess(t *testing.T) {
	p, ctx, folder := plants(t, nil), context.Background(), layout.Folder(t.TempDir())
	if _, err := p.Train(ctx, reference.Backend(), folder, project.TrainOptions{}); err != nil {
		t.Fatal(err)
	}
	c := Config{Gradients: 40}
	found, err := Assess(ctx, reference.Backend(), p, folder, c)
	if err != nil {
		t.Fatal(err)
	}
	if len(found.Measures) != 9 || len(found.Notes) != 0 {
		t.Errorf("%d measures, notes %q", len(found.Measures), found.Notes)
	}
	for _, m := range found.Measures {
		if len(m.Pairs) != 6 {
			t.Errorf("%s has %d pairs of 6", m.Name, len(m.Pairs))
		}
		if model := m.Needs != layout.DataAlone; model != (m.Work > 0) {
			t.Errorf("%s needs %s, and takes %v", m.Name, m.Needs, m.Work)
		}
	}
	inputs, labels := scores(t, found, "proxy A-distance"), scores(t, found, "labelled transport (OTDD)")
	if inputs["near1 near2"] < -0.4 || inputs["near1 shape"] < -0.4 || inputs["near1 far"] > -1 {
		t.Errorf("proxy A-distance: %v", inputs)
	}
	if !(labels["near1 near2"] > labels["near1 shape"]+0.3) || !(labels["near1 near2"] > labels["near2 far"]+0.3) {
		t.Errorf("transport: %v", labels)
	}
	for _, name := range []string{"Fisher embedding at the start", "representations (CKA)"} {
		if s := scores(t, found, name); !(s["near1 near2"] > s["near1 far"]) {
			t.Errorf("%s: %v", name, s)
		}
	}
	alone, err := Representations(ctx, reference.Backend(), p, folder, c)
	if err != nil || alone == nil || !reflect.DeepEqual(*alone, found.Measures[8]) {
		t.Errorf("representations alone: %+v, %v; want %+v", alone, err, found.Measures[8])
	}
	if alone, err = Representations(ctx, reference.Backend(), p, layout.Folder(t.TempDir()), c); alone != nil || err != nil {
		t.Errorf("representations of models that are not trained: %+v, %v", alone, err)
	}
	again, err := Assess(ctx, reference.Backend(), p, folder, c)
	if err != nil {
		t.Fatal(err)
	}
	for k, m := range found.Measures {
		for q, pair := range m.Pairs {
			if again.Measures[k].Pairs[q] != pair {
				t.Errorf("%s: %v, and again %v", m.Name, pair, again.Measures[k].Pairs[q])
			}
		}
	}
}

// TestAssessUntrained: before training there is less, and without a backend what the
// data alone say.
func TestAssessUntrained(t *testing.T) {
	p, ctx := plants(t, nil), context.Background()
	for _, c := range []struct {
		backend  bool
		measures int
		note     string
	}{{true, 6, ""}, {false, 4, "without ONNX Runtime"}} {
		var found *layout.Similarities
		var err error
		if c.backend {
			found, err = Assess(ctx, reference.Backend(), p, "", Config{Gradients: 5})
		} else {
			found, err = Assess(ctx, nil, p, "", Config{})
		}
		if err != nil {
			t.Fatal(err)
		}
		if len(found.Measures) != c.measures || !strings.Contains(strings.Join(found.Notes, "\n"), c.note) {
			t.Errorf("%d measures, want %d; notes %q", len(found.Measures), c.measures, found.Notes)
		}
	}
	ctx, cancel := context.WithCancel(ctx)
	cancel()
	if _, err := Assess(ctx, nil, p, "", Config{}); !errors.Is(err, context.Canceled) {
		t.Errorf("abandoned: %v", err)
	}
}

// TestAssessPolicy compares nothing that rules keep apart.
func TestAssessPolicy(t *testing.T) {
	p := plants(t, func(s *study.Study) {
		s.Policy = &study.Policy{Policy: policy.Policy{Rules: []policy.Rule{{Name: "sites", Separate: policy.Match{"owner": {"acme"}}}}}}
		for i := range s.Domains {
			s.Domains[i].Labels = policy.Labels{"owner": {[]string{"bolt", "bolt", "bolt", "acme"}[i]}}
		}
	})
	found, err := Assess(context.Background(), reference.Backend(), p, "", Config{Gradients: 5})
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range found.Measures {
		for _, q := range m.Pairs {
			if q.B == "far" {
				t.Errorf("%s compares %s with far", m.Name, q.A)
			}
		}
	}
	if want := "3 of 6 pairs are kept apart"; !strings.Contains(strings.Join(found.Notes, "\n"), want) {
		t.Errorf("notes %q, want %q", found.Notes, want)
	}
}
