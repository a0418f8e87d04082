package inspection_test

import (
	"context"
	"fmt"

	"github.com/sharewise/sharewise/analysis/dataset"
	"github.com/sharewise/sharewise/analysis/inspection"
	"github.com/sharewise/sharewise/analysis/study"
)

// One sample of the south is in training and in the test data that are given.
func ExampleInspect() {
	s := study.New("plants")
	held := map[string]*dataset.Samples{}
	for k, name := range []string{"north", "south"} {
		d := study.NewDomain(name)
		d.Format, d.Test, d.Split.Val = study.InMemory, new(study.Files), 0
		s.Domains = append(s.Domains, d)
		for part, from := range map[string]int{name: 0, name + " test": 100} {
			held[part] = new(dataset.Samples)
			for i := range 60 {
				at := float32(1000*k + from + i)
				held[part].X = append(held[part].X, []float32{at * at, at * at * at})
				held[part].Labels = append(held[part].Labels, []string{"yes", "no"}[i%2])
			}
		}
	}
	held["south test"].X[4] = held["south"].X[6]
	if err := s.Validate(); err != nil {
		fmt.Println(err)
		return
	}
	domains, err := dataset.OpenAll(context.Background(), s, dataset.FromMemory(held))
	if err != nil {
		fmt.Println(err)
		return
	}
	r, err := inspection.Inspect(context.Background(), s, domains, inspection.Options{Near: -1})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, w := range r.Warnings[:1] {
		fmt.Printf("%s, %s: %s\n", w.Domain, w.Kind, w.Text)
	}
	// Output:
	// south, leak: 1 of 60 test samples (1.7 %) have inputs equal to a training sample's, such as test 4 = train 6. Remove copies, set split.by: content, or give them a common group so that they stay in one split
}
