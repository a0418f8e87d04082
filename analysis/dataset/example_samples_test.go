package dataset_test

import (
	"context"
	"fmt"

	"github.com/sharewise/sharewise/analysis/dataset"
	"github.com/sharewise/sharewise/analysis/study"
)

// Samples that a program holds are split and normalised as those of files are.
func ExampleFromMemory() {
	s := study.New("plants")
	held := map[string]*dataset.Samples{}
	for k, name := range []string{"north", "south"} {
		d := study.NewDomain(name)
		d.Format = study.InMemory
		s.Domains = append(s.Domains, d)
		held[name] = &dataset.Samples{Features: []string{"speed", "load"}}
		for i := range 40 {
			held[name].X = append(held[name].X, []float32{float32(i), float32(k + i%5)})
			held[name].Labels = append(held[name].Labels, []string{"yes", "no"}[i/2%2])
		}
	}
	if err := s.Validate(); err != nil {
		fmt.Println(err)
		return
	}
	domains, err := dataset.OpenAll(context.Background(), s, dataset.FromMemory(held))
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, d := range domains {
		fmt.Println(d.Name, d.Task.Classes, d.Features, d.Train.Len(), d.Val.Len(), d.Test.Len())
	}
	// Output:
	// north [no yes] [speed load] 28 4 8
	// south [no yes] [speed load] 28 4 8
}
