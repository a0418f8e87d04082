package exemplars_test

import (
	"context"
	"fmt"
	"os"

	"github.com/sharewise/sharewise/analysis"
	"github.com/sharewise/sharewise/analysis/dataset"
	"github.com/sharewise/sharewise/analysis/effect"
	"github.com/sharewise/sharewise/analysis/exemplars"
	"github.com/sharewise/sharewise/analysis/layout"
	"github.com/sharewise/sharewise/analysis/study"
)

// A sample that sharing helped is shown with its features.
func ExampleWrite() {
	s := study.New("plants")
	held := map[string]*dataset.Samples{}
	for _, name := range []string{"north", "south"} {
		d := study.NewDomain(name)
		d.Format, d.Split.By = study.InMemory, study.ByTime
		s.Domains = append(s.Domains, d)
		held[name] = &dataset.Samples{Features: []string{"speed", "load"}}
		for i := range 20 {
			held[name].X = append(held[name].X, []float32{float32(i), float32(i) / 2})
			held[name].Labels = append(held[name].Labels, []string{"bad", "good"}[i%2])
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
	helped := analysis.Effect{Key: analysis.Key{Arm: "joint", Rung: "w1"}}
	helped.Domain = "north"
	helped.Calls.HelpedSamples = []effect.Call{{Sample: "19", P: 0.2, Q: 0.9}}
	results := &analysis.Results{Effects: []analysis.Effect{helped}}

	out, err := os.MkdirTemp("", "sharewise-example-*")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer func() { _ = os.RemoveAll(out) }()
	folder := layout.Folder(out)
	plan := new(study.Plan) // as layout.Folder.ReadPlan gives it
	for _, d := range domains {
		plan.Domains = append(plan.Domains, study.PlanDomain{DomainSize: study.DomainSize{Name: d.Name, SHA256: d.SHA256}})
	}
	if _, err := exemplars.Write(context.Background(), folder, plan, results, [][]*dataset.Domain{domains}); err != nil {
		fmt.Println(err)
		return
	}
	list, err := exemplars.Read(folder.Exemplars())
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, x := range list {
		fmt.Println(x.Domain, x.Sample, x.Direction, x.Features)
	}
	// Output:
	// north 19 helped [{class good} {speed 19} {load 9.5}]
}
