package affinity_test

import (
	"fmt"

	"github.com/sharewise/sharewise/grouping"
	"github.com/sharewise/sharewise/grouping/affinity"
)

// Models of five plants are tested on each other's data, which takes no training.
// Six pairs were trained to audit what that is worth.
func ExampleAudit() {
	cross, err := affinity.NewCross([][]float64{ // trained on a row's plant, tested on a column's
		{0.10, 0.12, 0.60, 0.70, 0.50},
		{0.11, 0.10, 0.50, 0.80, 0.60},
		{0.70, 0.60, 0.20, 0.25, 0.40},
		{0.80, 0.60, 0.24, 0.20, 0.45},
		{0.50, 0.55, 0.40, 0.50, 0.10},
	}, false)
	if err != nil {
		fmt.Println(err)
		return
	}
	held := []grouping.Pool{
		{Members: []int{0, 1}, Gain: []float64{0.30, 0.28}},
		{Members: []int{2, 3}, Gain: []float64{0.20, 0.22}},
		{Members: []int{0, 3}, Gain: []float64{-0.20, -0.15}},
		{Members: []int{1, 4}, Gain: []float64{-0.10, -0.12}},
		{Members: []int{2, 4}, Gain: []float64{0.02, -0.05}},
		{Members: []int{1, 2}, Gain: []float64{-0.08, -0.09}},
	}
	r, err := affinity.Audit(cross, 5, held, affinity.AuditOptions{})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("%s: rank correlation %.2f, right signs %.2f, passed: %v\n", r.Name, r.Spearman.Value, r.Signs, r.Passed)
	p, err := affinity.Screen(cross, 5, affinity.ScreenOptions{Pools: 2, Audit: -1, Trained: [][]int{{0, 1}, {2, 3}}})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, c := range p.Candidates {
		fmt.Println("train", c.Pool, "for", c.For)
	}
	// Output:
	// cross-evaluation: rank correlation 0.93, right signs 0.92, passed: true
	// train [2 4] for 4
	// train [3 4] for 3
}
