package linearise_test

import (
	"context"
	"fmt"
	"os"

	"github.com/sharewise/sharewise/analysis/dataset"
	"github.com/sharewise/sharewise/analysis/layout"
	"github.com/sharewise/sharewise/analysis/linearise"
	"github.com/sharewise/sharewise/analysis/project"
	"github.com/sharewise/sharewise/analysis/study"
	"github.com/sharewise/sharewise/onnxio/reference"
)

// Of three plants two follow one rule and the third the opposite one. One joint
// model says with whom the first is better off.
func ExampleTry() {
	no := false
	s := study.New("plants")
	s.Seeds, s.Training.Epochs, s.Training.Batch, s.Training.Rate, s.Model.Widths = 2, 6, 8, 0.02, []float64{0.05}
	s.Arms.Pairs = &no
	held := map[string]*dataset.Samples{}
	for k, name := range []string{"east", "west", "south"} {
		d := study.NewDomain(name)
		d.Format = study.InMemory
		s.Domains = append(s.Domains, d)
		held[name] = new(dataset.Samples)
		for i := range 120 {
			x, y := float32((i+k)%20)-9.5, float32(i%7)-3
			held[name].X = append(held[name].X, []float32{x, y})
			held[name].Labels = append(held[name].Labels, map[bool]string{true: "bad", false: "good"}[(x > 2*y) == (name != "south")])
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
	folder := layout.Folder(out)
	if _, err := p.Train(context.Background(), reference.Backend(), folder, project.TrainOptions{}); err != nil {
		fmt.Println(err)
		return
	}
	trials, err := linearise.Try(context.Background(), reference.Backend(), p, folder, linearise.Config{Dimensions: 20, Samples: 60})
	if err != nil {
		fmt.Println(err)
		return
	}
	east := map[string]float64{}
	for _, pool := range trials.Methods[0].Pools {
		if pool.Pool[0] == "east" {
			east[pool.Pool[1]] = pool.Loss[0]
		}
	}
	fmt.Println("subsets:", len(trials.Methods[0].Pools))
	fmt.Println("east is better off with west:", east["west"] < east["south"])
	// Output:
	// subsets: 3
	// east is better off with west: true
}
