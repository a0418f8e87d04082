package merging_test

import (
	"fmt"

	"github.com/sharewise/sharewise/analysis/merging"
)

// Two trunks that started alike went apart in their first weight and together in
// their second.
func ExampleTIES() {
	start := []float32{0, 0, 0}
	models := [][]float32{{3, 1, 0.1}, {-1, 2, -0.2}}
	fmt.Println(merging.Average(models))
	fmt.Println(merging.TIES(start, models, 0.7, 1))
	// Output:
	// [1 1.5 -0.05]
	// [3 1.5 -0.2]
}
