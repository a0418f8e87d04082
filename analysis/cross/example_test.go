package cross_test

import (
	"context"
	"fmt"
	"os"

	"github.com/sharewise/sharewise/analysis/cross"
	"github.com/sharewise/sharewise/analysis/dataset"
	"github.com/sharewise/sharewise/analysis/layout"
	"github.com/sharewise/sharewise/analysis/project"
	"github.com/sharewise/sharewise/analysis/study"
	"github.com/sharewise/sharewise/onnxio/reference"
)

// Models of two plants whose rules are opposite are tested on each other's data.
func ExampleDomains() {
	s := study.New("plants")
	s.Seeds, s.Training.Epochs, s.Training.Batch, s.Training.Rate, s.Model.Widths = 2, 10, 8, 0.02, []float64{0.05}
	held := map[string]*dataset.Samples{}
	for _, name := range []string{"north", "south"} {
		d := study.NewDomain(name)
		d.Format = study.InMemory
		s.Domains = append(s.Domains, d)
		held[name] = new(dataset.Samples)
		for i := range 100 {
			x := float32(i%20) - 9.5
			held[name].X = append(held[name].X, []float32{x})
			held[name].Labels = append(held[name].Labels, map[bool]string{true: "bad", false: "good"}[(x > 0) == (name == "north")])
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
	r, err := cross.Domains(context.Background(), reference.Backend(), folder, p.Tested(), 1)
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, c := range r.Cells {
		fmt.Printf("%s on %s: more than half right: %v\n", c.Trained, c.Tested, c.Score.Accuracy.Value > 0.5)
	}
	_, err = cross.Domains(context.Background(), reference.Backend(), folder, [][]*dataset.Domain{p.Domains[:1]}, 1)
	fmt.Println(err)
	// Output:
	// north on north: more than half right: true
	// north on south: more than half right: false
	// south on north: more than half right: false
	// south on south: more than half right: true
	// cross: domain south is gone since the runs were planned; train the study again
}
