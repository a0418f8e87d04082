package project_test

import (
	"context"
	"fmt"
	"os"

	"github.com/sharewise/sharewise/analysis/dataset"
	"github.com/sharewise/sharewise/analysis/layout"
	"github.com/sharewise/sharewise/analysis/project"
	"github.com/sharewise/sharewise/analysis/study"
	"github.com/sharewise/sharewise/onnxio/reference"
)

// A study of samples in memory is planned and trained. Training again finds that
// all is done.
func Example() {
	s := study.New("plants")
	s.Seeds, s.Training.Epochs, s.Model.Widths = 2, 1, []float64{0.02}
	held := map[string]*dataset.Samples{}
	for _, name := range []string{"north", "south"} {
		d := study.NewDomain(name)
		d.Format, d.Task.Kind = study.InMemory, study.Regression
		s.Domains = append(s.Domains, d)
		held[name] = new(dataset.Samples)
		for i := range 30 {
			held[name].X = append(held[name].X, []float32{float32(i % 7), float32(i % 4)})
			held[name].Targets = append(held[name].Targets, []float64{float64(i%7 + i%4)})
		}
	}
	p, err := project.Open(context.Background(), s, project.Options{Samples: held})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(len(p.Plan.Runs), "runs of", p.Plan.Runs[0].Steps, "steps:", p.Plan.Arms())

	out, err := os.MkdirTemp("", "sharewise-example-*")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer func() { _ = os.RemoveAll(out) }()
	for range 2 {
		o, err := p.Train(context.Background(), reference.Backend(), layout.Folder(out), project.TrainOptions{})
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Println(o.Trained, "trained,", o.Reused, "done before")
	}
	// Output:
	// 6 runs of 1 steps: [independent joint]
	// 6 trained, 0 done before
	// 0 trained, 6 done before
}
