package similarity_test

import (
	"context"
	"fmt"
	"log"

	"github.com/sharewise/sharewise/analysis/dataset"
	"github.com/sharewise/sharewise/analysis/project"
	"github.com/sharewise/sharewise/analysis/similarity"
	"github.com/sharewise/sharewise/analysis/study"
)

// Three plants have the same inputs; two of them have parts that are bad by the first
// input, the third by the second. Their inputs do not tell them apart, inputs with
// labels do; nothing is trained.
func ExampleAssess() {
	s := study.New("plants")
	held := map[string]*dataset.Samples{}
	for k, name := range []string{"east", "west", "south"} {
		d := study.NewDomain(name)
		d.Format = study.InMemory
		s.Domains = append(s.Domains, d)
		held[name] = new(dataset.Samples)
		for i := range 160 {
			x := []float32{float32((7*i+k)%20) - 9.5, float32((11*i+5*k)%20) - 9.5}
			bad := x[0] > 0
			if name == "south" {
				bad = x[1] > 0
			}
			held[name].X = append(held[name].X, x)
			held[name].Labels = append(held[name].Labels, map[bool]string{true: "bad", false: "good"}[bad])
		}
	}
	p, err := project.Open(context.Background(), s, project.Options{Samples: held})
	if err != nil {
		log.Fatal(err)
	}
	found, err := similarity.Assess(context.Background(), nil, p, "", similarity.Config{})
	if err != nil {
		log.Fatal(err)
	}
	for _, m := range found.Measures {
		if m.Name == "labelled transport (OTDD)" {
			for _, q := range m.Pairs {
				fmt.Printf("%s and %s: %.1f\n", q.A, q.B, q.Score)
			}
		}
	}
	// Output:
	// east and west: 0.0
	// east and south: -0.8
	// west and south: -1.0
}
