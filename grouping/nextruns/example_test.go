package nextruns_test

import (
	"fmt"

	"gonum.org/v1/gonum/mat"

	"github.com/sharewise/sharewise/grouping"
	"github.com/sharewise/sharewise/grouping/nextruns"
)

// Two domains seem to gain a little together. Independent models of a vary from
// run to run four times as much as all others, and so more of them help most.
func ExampleOutlook_Options() {
	b := &nextruns.Belief{Problem: &grouping.Problem{
		Domains: []string{"a", "b"},
		Pools:   []grouping.Pool{{Members: []int{0, 1}, Gain: []float64{0.05, 0.02}}},
	}}
	for _, independent := range []float64{0.04, 0.01} {
		run := mat.NewSymDense(2, []float64{independent, 0, 0, 0.01})
		b.Targets = append(b.Targets, nextruns.Target{Pools: []int{0}, Load: []float64{1}, Run: run, Sample: mat.NewSymDense(1, nil)})
	}
	runs := nextruns.Runs{Alone: []int{2, 2}, Pools: []int{2}}
	o, err := nextruns.NewOutlook(b, runs, nextruns.Rule{Tolerance: 0.02})
	if err != nil {
		fmt.Println(err)
		return
	}
	limits := nextruns.Limits{Most: 10, Costs: nextruns.Costs{Alone: []float64{1, 1}, Pools: []float64{2}}}
	best := o.Options(runs, limits)[0]
	fmt.Println("next:", b.Problem.Domains[best.Domain], "alone, then", best.Runs.Alone, "and", best.Runs.Pools, "runs")
	// Output:
	// next: a alone, then [3 2] and [2] runs
}
