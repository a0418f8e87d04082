package project

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/sharewise/sharewise/analysis/dataset"
	"github.com/sharewise/sharewise/analysis/layout"
	"github.com/sharewise/sharewise/analysis/study"
	"github.com/sharewise/sharewise/analysis/train"
	"github.com/sharewise/sharewise/onnxio/reference"
)

// held is a study whose samples are in memory, and the samples.
func held() (*study.Study, map[string]*dataset.Samples) {
	s, samples := study.New("held"), map[string]*dataset.Samples{}
	s.Seeds, s.Training.Epochs, s.Model.Widths = 2, 1, []float64{0.02}
	for _, name := range []string{"a", "b"} {
		d := study.NewDomain(name)
		d.Format = study.InMemory
		s.Domains = append(s.Domains, d)
		samples[name] = new(dataset.Samples)
		for i := range 40 {
			samples[name].X = append(samples[name].X, []float32{float32(i % 9), float32(i % 7)})
			samples[name].Labels = append(samples[name].Labels, []string{"no", "yes"}[i%2])
		}
	}
	return s, samples
}

// TestOpenMadeInGo validates a study that a program made, and leaves it as it is.
func TestOpenMadeInGo(t *testing.T) {
	s, samples := held()
	var hashes []string
	for range 2 {
		p, err := Open(t.Context(), s, Options{Samples: samples, SkipBad: true})
		if err != nil {
			t.Fatal(err)
		}
		if len(s.Model.Rungs) > 0 || s.Domains[0].SkipBad || !p.Study.Domains[0].SkipBad || p.Study.Model.Trunk != "mlp" {
			t.Errorf("the study was changed, or its copy was not: %+v", s)
		}
		if len(p.Plan.Warnings) == 0 || len(s.Warnings) > 0 {
			t.Errorf("warnings of the plan %q, of the study %q", p.Plan.Warnings, s.Warnings)
		}
		var now []string
		for _, r := range p.Plan.Runs {
			now = append(now, r.Hash)
		}
		if hashes != nil && !slices.Equal(now, hashes) {
			t.Error("opened again, the study has other runs")
		}
		hashes = now
	}
	s.Training.Epochs = -1
	if _, err := Open(t.Context(), s, Options{Samples: samples}); !errors.Is(err, study.ErrInvalid) || !strings.Contains(err.Error(), "training.epochs") {
		t.Errorf("%v", err)
	}
	s.Training.Epochs = 1
	delete(samples, "b")
	if _, err := Open(t.Context(), s, Options{Samples: samples}); !errors.Is(err, dataset.ErrData) || !strings.Contains(err.Error(), "domain b: b: the program handed over no samples") {
		t.Errorf("%v", err)
	}
}

// TestSamplesDecideRuns trains again what changed samples touch, and nothing
// else.
func TestSamplesDecideRuns(t *testing.T) {
	folder := layout.Folder(t.TempDir())
	s, samples := held()
	trained := func() Outcome {
		t.Helper()
		p, err := Open(t.Context(), s, Options{Samples: samples})
		if err != nil {
			t.Fatal(err)
		}
		out, err := p.Train(t.Context(), reference.Backend(), folder, TrainOptions{})
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
	if out := trained(); out.Trained != 6 {
		t.Errorf("%+v", out)
	}
	samples["b"].X[3][0] = 100
	if out := trained(); out.Trained != 4 || out.Reused != 2 { // those of a alone stay
		t.Errorf("after an edit of one sample of b: %+v", out)
	}
}

// TestTrainStopped says so before anything is trained.
func TestTrainStopped(t *testing.T) {
	s, samples := held()
	p, err := Open(t.Context(), s, Options{Samples: samples})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if out, err := p.Train(ctx, reference.Backend(), layout.Folder(t.TempDir()), TrainOptions{}); !errors.Is(err, train.ErrInterrupted) || out.Trained != 0 {
		t.Errorf("%+v, %v", out, err)
	}
	if _, err := Open(ctx, s, Options{Samples: samples}); !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
}
