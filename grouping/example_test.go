package grouping_test

import (
	"fmt"

	"github.com/sharewise/sharewise/grouping"
)

// Gains with their limits become groups, how firm these are, and what else was
// considered.
func ExampleRecommend() {
	p := &grouping.Problem{
		Domains: []string{"bolts", "screws", "apples"},
		Pools: []grouping.Pool{
			{Members: []int{0, 1}, Gain: []float64{0.20, 0.10}, Lo: []float64{0.12, 0.02}, Hi: []float64{0.28, 0.18}},
			{Members: []int{0, 2}, Gain: []float64{-0.15, 0.05}, Lo: []float64{-0.25, -0.01}, Hi: []float64{-0.05, 0.11}},
			{Members: []int{1, 2}, Gain: []float64{-0.10, 0.02}, Lo: []float64{-0.20, -0.05}, Hi: []float64{-0.01, 0.09}},
		},
	}
	r, err := grouping.Recommend(p, grouping.Context{Study: "parts", Seed: 1})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, g := range r.Groups {
		fmt.Println(g.Names(), g.Verdict)
	}
	fmt.Printf("total %.2f, optimal: %v\n", r.Total, r.Optimal)
	// Output:
	// [bolts screws] share
	// [apples] keep apart
	// total 0.30, optimal: true
}
