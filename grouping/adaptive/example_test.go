package adaptive_test

import (
	"context"
	"fmt"
	"os"

	"github.com/sharewise/sharewise/analysis/dataset"
	"github.com/sharewise/sharewise/analysis/layout"
	"github.com/sharewise/sharewise/analysis/project"
	"github.com/sharewise/sharewise/analysis/study"
	"github.com/sharewise/sharewise/grouping/adaptive"
	"github.com/sharewise/sharewise/onnxio/reference"
)

// Two domains are trained within a budget of twelve runs, of which the pilot takes
// nine: three seeds of either domain and of both together.
func ExampleRun() {
	s := study.New("plants")
	s.Training.Epochs, s.Model.Widths, s.Baseline = 1, []float64{0.02}, study.NoBaseline
	held := map[string]*dataset.Samples{}
	for k, name := range []string{"north", "south"} {
		d := study.NewDomain(name)
		d.Format, d.Task.Kind = study.InMemory, study.Regression
		s.Domains = append(s.Domains, d)
		held[name] = new(dataset.Samples)
		for i := range 60 {
			held[name].X = append(held[name].X, []float32{float32(i % 7), float32(i % 4)})
			held[name].Targets = append(held[name].Targets, []float64{float64(i%7 + k*(i%4) + i%5)})
		}
	}
	p, err := project.Open(context.Background(), s, project.Options{Samples: held})
	if err != nil {
		fmt.Println(err)
		return
	}
	out, err := os.MkdirTemp("", "sharewise-example-*")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer func() { _ = os.RemoveAll(out) }()
	r, err := adaptive.Run(context.Background(), p, reference.Backend(), layout.Folder(out), adaptive.Options{
		Step: 2, Jobs: 1, Budget: adaptive.Budget{Runs: 12},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, d := range r.Decisions {
		fmt.Println(d.Kind, len(d.Runs))
	}
	fmt.Println(r.End.Reason)
	// Output:
	// pilot 9
	// nothing helps
}
