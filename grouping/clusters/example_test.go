package clusters_test

import (
	"fmt"

	"github.com/sharewise/sharewise/grouping/clusters"
)

func Example() {
	// What the row's domain gains from the column's.
	gains := [][]float64{
		{0, 0.21, 0.24, -0.05, -0.02, -0.04},
		{0.18, 0, 0.22, -0.07, 0.01, -0.03},
		{0.25, 0.19, 0, -0.04, -0.06, 0.02},
		{-0.06, -0.02, 0.01, 0, 0.17, 0.22},
		{-0.03, -0.05, -0.04, 0.23, 0, 0.18},
		{0.02, -0.06, -0.03, 0.2, 0.24, 0},
	}
	views, err := clusters.Look([]string{"a", "b", "c", "x", "y", "z"}, gains, clusters.Config{Seed: 1})
	if err != nil {
		panic(err)
	}
	for _, v := range views.Views {
		fmt.Printf("%s: clusters %v %v\n", v.Method, v.Clusters, v.Groups)
	}
	// Output:
	// average: clusters true [[a b c] [x y z]]
	// complete: clusters true [[a b c] [x y z]]
	// single: clusters true [[a b c] [x y z]]
	// ward: clusters true [[a b c] [x y z]]
	// spectral: clusters true [[a b c] [x y z]]
	// relaxation: clusters true [[a b c] [x y z]]
}
