package project_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/sharewise/sharewise/analysis/dataset"
	"github.com/sharewise/sharewise/analysis/layout"
	"github.com/sharewise/sharewise/analysis/project"
	"github.com/sharewise/sharewise/analysis/study"
	"github.com/sharewise/sharewise/analysis/train"
	"github.com/sharewise/sharewise/onnxio/ort/orttest"
	"github.com/sharewise/sharewise/onnxio/reference"
)

// alongStudy is a study of three domains in memory whose joint model and pool of two are
// trained for 4 epochs.
func alongStudy(shape ...int) (*study.Study, map[string]*dataset.Samples) {
	s, samples := study.New("along"), map[string]*dataset.Samples{}
	s.Seeds, s.Training.Epochs, s.Training.Batch, s.Model.Widths = 1, 4, 8, []float64{0.1}
	s.Arms.Pairs, s.Arms.Joint, s.Arms.Pools = new(bool), true, [][]string{{"a", "c"}}
	size := 1
	for _, n := range shape {
		size *= n
	}
	for k, name := range []string{"a", "b", "c"} {
		d := study.NewDomain(name)
		d.Format = study.InMemory
		s.Domains = append(s.Domains, d)
		random := rand.New(rand.NewPCG(uint64(k), 8))
		held := &dataset.Samples{Shape: shape}
		for i := range 60 + 20*k {
			x := make([]float32, size)
			for q := range x {
				x[q] = float32(random.NormFloat64()) + float32(i%3*(q%2))
			}
			held.X, held.Labels = append(held.X, x), append(held.Labels, fmt.Sprint(i%3))
		}
		samples[name] = held
	}
	return s, samples
}

// TestAlong trains runs once more by ONNX Runtime with kernels: every parameter and every
// statistic comes to the bits of the recorded model, also where that is of another epoch than
// the last, or was trained with other passes than there are now. Trained by a backend without
// the recorded kernels it does not, and is said not to.
func TestAlong(t *testing.T) {
	b := orttest.Kernels(t)
	for _, c := range []struct {
		name   string
		shape  []int
		set    func(*study.Study)
		passes string // with which it is recorded
	}{
		{"mlp", []int{12}, func(*study.Study) {}, "all"},
		{"mlp with other passes", []int{12}, func(*study.Study) {}, "none"},
		{"mlp of the best epoch", []int{12}, func(s *study.Study) { s.Training.Select, s.Training.Rate = "best", 0.05 }, "all"},
		{"mlp with weights", []int{12}, func(s *study.Study) {
			s.Weightings = []study.Weighting{{Name: "mgda"}, {Name: "doremi"}}
		}, "-steps"},
		{"cnn", []int{1, 12, 12}, func(s *study.Study) { s.Model.Trunk, s.Training.Threads = "cnn", 2 }, "all"},
		{"resnet20 with weights", []int{3, 8, 8}, func(s *study.Study) {
			s.Model.Trunk, s.Model.BatchNorm, s.Training.Epochs, s.Arms.Joint = "resnet20", study.DomainStatistics, 2, false
			s.Weightings = []study.Weighting{{Name: "mgda"}}
		}, "all"},
	} {
		t.Run(c.name, func(t *testing.T) {
			s, samples := alongStudy(c.shape...)
			c.set(s)
			p, err := project.Open(t.Context(), s, project.Options{Samples: samples})
			if err != nil {
				t.Fatal(err)
			}
			folder := layout.Folder(t.TempDir())
			t.Setenv(train.PassesVariable, c.passes)
			if _, err := p.Train(t.Context(), b, folder, project.TrainOptions{Jobs: 2}); err != nil {
				t.Fatal(err)
			}
			t.Setenv(train.PassesVariable, "all")
			early := 0
			for _, r := range p.Plan.Runs {
				if len(r.Domains) < 2 {
					continue
				}
				steps, point, repeated, err := p.Along(t.Context(), b, folder, r, []int{1, 2})
				if err != nil {
					t.Fatal(err)
				}
				if err := point.Close(); err != nil {
					t.Fatal(err)
				}
				if len(steps) != 2 || !repeated {
					t.Errorf("%s: %d points, ends where it did: %t", r.ID, len(steps), repeated)
				}
				if done, err := folder.Run(r.ID).ReadDone(r.Hash); err != nil || done.Epoch < s.Training.Epochs {
					early++
				}
			}
			if best := s.Training.Select == "best"; best != (early > 0) {
				t.Errorf("%d models of another epoch than the last", early)
			}
			if c.name != "mlp" {
				return
			}
			r := p.Plan.Runs[len(p.Plan.Runs)-1]
			_, point, repeated, err := p.Along(t.Context(), reference.Backend(), folder, r, nil)
			if err != nil {
				t.Fatal(err)
			}
			if err := point.Close(); err != nil {
				t.Fatal(err)
			}
			if repeated {
				t.Error("the reference engine is said to have ended at the bits of ONNX Runtime")
			}
		})
	}
}

// TestAlongRates reads the learning rates of points off constant and falling schedules: those
// of the last step of an epoch.
func TestAlongRates(t *testing.T) {
	for _, kind := range []string{"constant", "cosine"} {
		s, samples := alongStudy(12)
		s.Training.Schedule = study.Schedule{Kind: kind, Final: 0.2}
		p, err := project.Open(t.Context(), s, project.Options{Samples: samples})
		if err != nil {
			t.Fatal(err)
		}
		folder := layout.Folder(t.TempDir())
		if _, err := p.Train(t.Context(), reference.Backend(), folder, project.TrainOptions{}); err != nil {
			t.Fatal(err)
		}
		r := p.Plan.Runs[len(p.Plan.Runs)-1]
		steps, point, repeated, err := p.Along(t.Context(), reference.Backend(), folder, r, []int{1, 3, 4})
		if err != nil {
			t.Fatal(err)
		}
		if err := point.Close(); err != nil {
			t.Fatal(err)
		}
		if len(steps) != 3 || !repeated {
			t.Fatalf("%s: %d points, ends where it did: %t", kind, len(steps), repeated)
		}
		last := float64(4*p.Plan.StepsPerEpoch - 1) // steps from the first to the last
		for _, step := range steps {
			want := p.Study.Training.Rate
			if kind == "cosine" {
				at := float64(step.Epoch*p.Plan.StepsPerEpoch-1) / last
				want *= 0.2 + 0.8*(1+math.Cos(math.Pi*at))/2
			}
			if math.Abs(step.Rate-want) > 1e-12 {
				t.Errorf("%s: rate %g after epoch %d, want %g", kind, step.Rate, step.Epoch, want)
			}
		}
	}
}
