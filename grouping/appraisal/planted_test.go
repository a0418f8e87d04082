package appraisal_test

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"

	"github.com/sharewise/sharewise/analysis"
	"github.com/sharewise/sharewise/analysis/dataset"
	"github.com/sharewise/sharewise/analysis/layout"
	"github.com/sharewise/sharewise/analysis/project"
	"github.com/sharewise/sharewise/analysis/study"
	"github.com/sharewise/sharewise/grouping"
	"github.com/sharewise/sharewise/onnxio/reference"
)

// trained trains two small tables of the same rule, at two sizes and three seeds, by
// the reference evaluator, and chooses groups. Every fifth sample is defective.
func trained(folder layout.Folder, widths ...float64) error { return trainedOn(folder, 60, widths...) }

// trainedOn is trained with another number of training samples.
func trainedOn(folder layout.Folder, train int, widths ...float64) error {
	s, samples := study.New("lines"), map[string]*dataset.Samples{}
	s.Training.Epochs, s.Training.Batch, s.Training.Rate = 6, 8, 0.02
	s.Model.Widths, s.Seeds, s.Baseline = widths, 3, study.NoBaseline
	random := rand.New(rand.NewPCG(1, 2))
	for _, name := range []string{"north", "south"} {
		d := study.NewDomain(name)
		d.Format = study.InMemory
		d.Split.Val, d.Split.Test, d.Limit.Train = 0.02, 0.8, train
		d.Task.Measure = "error"
		s.Domains = append(s.Domains, d)
		x := new(dataset.Samples)
		for range 600 {
			row := make([]float32, 6)
			for i := range row {
				row[i] = float32(random.NormFloat64())
			}
			label := "good"
			if random.Float64() < 1/(1+math.Exp(1.8-2*float64(row[0]-row[1]))) {
				label = "crack"
			}
			x.X, x.Labels = append(x.X, row), append(x.Labels, label)
		}
		samples[name] = x
	}
	ctx := context.Background()
	p, err := project.Open(ctx, s, project.Options{Samples: samples})
	if err != nil {
		return err
	}
	if _, err := p.Train(ctx, reference.Backend(), folder, project.TrainOptions{Jobs: 2}); err != nil {
		return err
	}
	if _, err := analysis.AnalyzeFolder(folder, ""); err != nil {
		return err
	}
	if _, err := grouping.RecommendFolder(folder, grouping.Options{Seed: 1}); err != nil {
		return fmt.Errorf("groups: %w", err)
	}
	return nil
}
