package reports_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"

	"github.com/sharewise/sharewise/analysis"
	"github.com/sharewise/sharewise/analysis/dataset"
	"github.com/sharewise/sharewise/analysis/exemplars"
	"github.com/sharewise/sharewise/analysis/layout"
	"github.com/sharewise/sharewise/analysis/project"
	"github.com/sharewise/sharewise/analysis/study"
	"github.com/sharewise/sharewise/analysis/train"
	"github.com/sharewise/sharewise/grouping"
	"github.com/sharewise/sharewise/onnxio/exec"
	"github.com/sharewise/sharewise/onnxio/reference"
	"github.com/sharewise/sharewise/reports"
	"github.com/sharewise/sharewise/reports/language"
)

// A program asks which of its plants should share a model. The reference
// evaluator trains tiny models here; ort.Default gives a backend for real ones.
func Example_study() {
	out, err := os.MkdirTemp("", "sharewise-example-*")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer func() { _ = os.RemoveAll(out) }()
	ended := 0
	groups, err := recommend(context.Background(), newStudy(30), reference.Backend(), layout.Folder(out), func(e train.Event) {
		if e.Kind == train.Ended {
			ended++
		}
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(ended, "models trained")
	for _, g := range groups.Groups {
		fmt.Println(g.Names())
	}
	// Output:
	// 21 models trained
	// [north south]
	// [west]
}

// newStudy compares the plants alone, in pairs and all together.
func newStudy(epochs int) *study.Study {
	s := study.New("plants")
	s.Seeds, s.Model.Widths = 3, []float64{0.1}
	s.Training.Epochs, s.Training.Batch, s.Training.Rate = epochs, 8, 0.01
	for _, name := range []string{"north", "south", "west"} {
		d := study.NewDomain(name)
		d.Format, d.Test, d.Split.Val = study.InMemory, new(study.Files), 0
		s.Domains = append(s.Domains, d)
	}
	return s
}

// recommend takes a study from samples in memory to a recommendation and a
// report. It can be stopped by its context, and called again to go on.
func recommend(ctx context.Context, s *study.Study, b exec.Backend, out layout.Folder, progress func(train.Event)) (*grouping.Recommendation, error) {
	p, err := project.Open(ctx, s, project.Options{Samples: plants()})
	if err != nil {
		return nil, err
	}
	if _, err := p.Train(ctx, b, out, project.TrainOptions{Observe: progress}); err != nil {
		return nil, err
	}
	results, err := analysis.AnalyzeFolder(out, "")
	if err != nil {
		return nil, err
	}
	if _, err := exemplars.Write(ctx, out, p.Plan, results, p.Tested()); err != nil {
		return nil, err
	}
	groups, err := grouping.RecommendFolder(out, grouping.Options{Seed: 1})
	if err != nil {
		return nil, err
	}
	_, err = reports.WriteFolder(out, out.Report(), language.English)
	return groups, err
}

// plants are measurements of three plants, few of them for training. North and
// south have the same rule, the west has its own.
func plants() map[string]*dataset.Samples {
	rng := rand.New(rand.NewPCG(1, 5))
	out := map[string]*dataset.Samples{}
	for _, name := range []string{"north", "south", "west"} {
		for _, part := range []struct {
			name string
			n    int
		}{{name, 32}, {name + " test", 150}} {
			s := new(dataset.Samples)
			for range part.n {
				x := []float32{float32(rng.NormFloat64()), float32(rng.NormFloat64()), float32(rng.NormFloat64()), float32(rng.NormFloat64())}
				good := x[0]*x[1] > 0
				if name == "west" {
					good = x[2]*x[3] > 0
				}
				s.X = append(s.X, x)
				s.Labels = append(s.Labels, map[bool]string{true: "good", false: "bad"}[good])
			}
			out[part.name] = s
		}
	}
	return out
}
