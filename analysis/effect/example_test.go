package effect_test

import (
	"fmt"

	"github.com/sharewise/sharewise/analysis/effect"
)

// The worked example of the package documentation: two independent runs and
// two runs of an arm on ten samples.
func ExampleComparison_Effect() {
	right := func(s string) []bool {
		run := make([]bool, len(s))
		for i := range s {
			run[i] = s[i] == '1'
		}
		return run
	}
	independent, err := effect.NewRuns("digits", [][]bool{
		right("0010111111"),
		right("0001111111"),
	})
	if err != nil {
		panic(err)
	}
	arm, err := effect.NewRuns("digits", [][]bool{
		right("1110011111"),
		right("1101011111"),
	})
	if err != nil {
		panic(err)
	}
	c, err := effect.Compare(independent, arm, effect.Options{})
	if err != nil {
		panic(err)
	}
	e, err := c.Effect()
	if err != nil {
		panic(err)
	}
	fmt.Printf("accuracy  %.2f to %.2f, change %+.2f\n", e.Accuracy.Independent, e.Accuracy.Arm, e.Delta.Value)
	for _, s := range []struct {
		name string
		effect.Side
	}{{"transfer", e.Transfer}, {"interference", e.Interference}} {
		fmt.Printf("%-12s  raw %.2f, floor %.2f, excess %.2f, cross-fit %.2f\n",
			s.name, s.Raw.Value, s.Floor.Value, s.Excess.Value, s.Crossfit.Value)
	}
	fmt.Printf("changed   at least %.2f of the samples\n", e.Changed)
	fmt.Println(e.Warnings[0])
	// Output:
	// accuracy  0.70 to 0.80, change +0.10
	// transfer      raw 0.25, floor 0.10, excess 0.15, cross-fit 0.15
	// interference  raw 0.15, floor 0.10, excess 0.05, cross-fit 0.05
	// changed   at least 0.20 of the samples
	// intervals and bounds are conditional on these runs: with two seeds on a side nothing is said beyond them; use 3 or more
}

// The worked example of losses in the package documentation: two independent
// runs and two runs of an arm on four samples.
func ExampleComparison_Effect_losses() {
	independent := &effect.Runs{
		Domain: "turbine", Seeds: []int64{1, 2}, Samples: 4,
		Loss: [][]float32{{4, 1, 1, 2}, {6, 3, 1, 2}},
	}
	arm := &effect.Runs{
		Domain: "turbine", Seeds: []int64{3, 4}, Samples: 4,
		Loss: [][]float32{{1, 2, 2, 2}, {3, 2, 4, 2}},
	}
	c, err := effect.Compare(independent, arm, effect.Options{})
	if err != nil {
		panic(err)
	}
	e, err := c.Effect()
	if err != nil {
		panic(err)
	}
	fmt.Printf("mean loss     %.2f to %.2f, a fall of %.2f\n", e.Loss.Independent, e.Loss.Arm, e.Delta.Value)
	for _, s := range []struct {
		name string
		effect.Side
	}{{"transfer", e.Transfer}, {"interference", e.Interference}} {
		fmt.Printf("%-12s  raw %.3f, floor %.3f, excess %.3f, cross-fit %.3f\n",
			s.name, s.Raw.Value, s.Floor.Value, s.Excess.Value, s.Crossfit.Value)
	}
	fmt.Printf("S             %.2f\n", e.NoEffect.Statistic)
	// Output:
	// mean loss     2.50 to 2.25, a fall of 0.25
	// transfer      raw 0.875, floor 0.500, excess 0.375, cross-fit 0.625
	// interference  raw 0.625, floor 0.500, excess 0.125, cross-fit 0.375
	// S             2.25
}
