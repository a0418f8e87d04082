package analysis_test

import (
	"fmt"
	"slices"

	"github.com/sharewise/sharewise/analysis"
	"github.com/sharewise/sharewise/analysis/losses"
)

// The worked example of the package documentation: two independent runs and
// two runs of an arm on ten samples.
func ExampleCompareRuns() {
	right := func(s string) []bool {
		run := make([]bool, len(s))
		for i := range s {
			run[i] = s[i] == '1'
		}
		return run
	}
	independent, err := analysis.NewRuns("digits", [][]bool{
		right("0010111111"),
		right("0001111111"),
	})
	if err != nil {
		panic(err)
	}
	arm, err := analysis.NewRuns("digits", [][]bool{
		right("1110011111"),
		right("1101011111"),
	})
	if err != nil {
		panic(err)
	}
	e, err := analysis.CompareRuns(independent, arm, analysis.Options{})
	if err != nil {
		panic(err)
	}
	fmt.Printf("accuracy  %.2f to %.2f, change %+.2f\n", e.AccuracyA, e.AccuracyB, e.Delta.Value)
	for _, s := range []struct {
		name string
		analysis.Side
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
func ExampleCompareRuns_losses() {
	samples := []losses.SampleID{{Number: 0}, {Number: 1}, {Number: 2}, {Number: 3}}
	independent := &analysis.Runs{
		Domain: "turbine", Seeds: []int64{1, 2}, Samples: samples,
		Loss: [][]float32{{4, 1, 1, 2}, {6, 3, 1, 2}},
	}
	arm := &analysis.Runs{
		Domain: "turbine", Seeds: []int64{3, 4}, Samples: slices.Clone(samples),
		Loss: [][]float32{{1, 2, 2, 2}, {3, 2, 4, 2}},
	}
	e, err := analysis.CompareRuns(independent, arm, analysis.Options{})
	if err != nil {
		panic(err)
	}
	fmt.Printf("mean loss     %.2f to %.2f, a fall of %.2f\n", e.LossA, e.LossB, e.Delta.Value)
	for _, s := range []struct {
		name string
		analysis.Side
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
