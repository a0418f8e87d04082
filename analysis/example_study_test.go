package analysis_test

import (
	"fmt"
	"iter"

	"github.com/sharewise/sharewise/analysis"
	"github.com/sharewise/sharewise/analysis/losses"
)

// A study trained anywhere: three seeds of every model, two hundred test samples
// for each of two domains, wrong on every fifth alone and on every tenth together.
func ExampleAnalyze() {
	s := analysis.Study{
		Name: "parts", Rungs: []string{"small"}, Weightings: []string{"equal"},
		Domains: []analysis.DomainInfo{
			{Name: "bolts", Task: "classification", Outputs: 2, Train: 500, Test: 200},
			{Name: "screws", Task: "classification", Outputs: 2, Train: 500, Test: 200},
		},
	}
	for seed := range int64(3) {
		for _, r := range []analysis.Run{
			{Arm: analysis.Independent, Domains: []string{"bolts"}},
			{Arm: analysis.Independent, Domains: []string{"screws"}},
			{Arm: "joint", Domains: []string{"bolts", "screws"}, Weighting: "equal"},
		} {
			r.ID = fmt.Sprint(r.Arm, r.Domains, seed)
			r.Rung, r.Seed, r.Status = "small", seed, analysis.Finished
			s.Runs = append(s.Runs, r)
		}
	}
	s.Open = func(r analysis.Run) iter.Seq2[*losses.Table, error] {
		every := int64(5)
		if r.Arm == "joint" {
			every = 10
		}
		t := new(losses.Table)
		for _, domain := range r.Domains {
			for i := range int64(200) {
				right := (i+r.Seed)%every != 0
				t.Domain, t.Seed, t.Sample = append(t.Domain, domain), append(t.Seed, r.Seed), append(t.Sample, losses.SampleID{Number: i})
				t.Correct, t.Loss = append(t.Correct, right), append(t.Loss, map[bool]float32{true: 0.1, false: 2}[right])
			}
		}
		return func(yield func(*losses.Table, error) bool) { yield(t, nil) }
	}
	results, err := analysis.Analyze(s)
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, g := range results.Gains {
		fmt.Printf("%s in %v: %.0f %% fewer errors\n", g.Domain, g.Pool, 100*g.Relative.Value)
	}
	// Output:
	// bolts in [bolts screws]: 50 % fewer errors
	// screws in [bolts screws]: 50 % fewer errors
}
