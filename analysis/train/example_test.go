package train_test

import (
	"context"
	"fmt"
	"os"

	"github.com/sharewise/sharewise/analysis/dataset"
	"github.com/sharewise/sharewise/analysis/layout"
	"github.com/sharewise/sharewise/analysis/project"
	"github.com/sharewise/sharewise/analysis/study"
	"github.com/sharewise/sharewise/analysis/train"
	"github.com/sharewise/sharewise/onnxio/reference"
)

// Some runs of a project are trained by hand, with an eye on what happens.
// project.Project.Train does so for all of them.
func ExampleSchedule() {
	s := study.New("plants")
	s.Seeds, s.Training.Epochs, s.Model.Widths = 1, 2, []float64{0.02}
	held := map[string]*dataset.Samples{}
	for _, name := range []string{"north", "south"} {
		d := study.NewDomain(name)
		d.Format = study.InMemory
		s.Domains = append(s.Domains, d)
		held[name] = new(dataset.Samples)
		for i := range 30 {
			held[name].X = append(held[name].X, []float32{float32(i % 7), float32(i % 4)})
			held[name].Labels = append(held[name].Labels, []string{"bad", "good"}[i%2])
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
	var tasks []train.Task
	for _, r := range p.Plan.Runs[:2] {
		tasks = append(tasks, p.Task(r, reference.Backend()))
	}
	summary, err := train.Schedule(context.Background(), reference.Backend(), layout.Folder(out), tasks, train.Options{Observe: func(e train.Event) {
		if e.Kind == train.Ended {
			fmt.Println(e.Done.Status, "after", e.Total, "steps")
		}
	}})
	fmt.Printf("%+v %v\n", summary, err)
	// Output:
	// done after 2 steps
	// done after 2 steps
	// {Reused:0 Trained:2 Diverged:0 Failed:0 Left:0} <nil>
}
