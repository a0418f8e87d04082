package effect

import (
	"math/rand/v2"
	"testing"
)

// BenchmarkCompareRuns measures a domain of a million samples under five runs
// of each arm, everything included.
func BenchmarkCompareRuns(b *testing.B) {
	const n = 1_000_000
	x, y := randomRuns(rand.New(rand.NewPCG(1, 1)), n, 5, 5)
	x.Loss, y.Loss = errorsAsLosses(x.Correct, 5), errorsAsLosses(y.Correct, 5)
	for b.Loop() {
		if _, err := compareRuns(x, y, Options{}); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(n*float64(b.N)/b.Elapsed().Seconds()/1e6, "Msamples/s")
}

// BenchmarkCompareLosses is the same on losses that are all different.
func BenchmarkCompareLosses(b *testing.B) {
	const n = 1_000_000
	x, y := lossRuns(rand.New(rand.NewPCG(1, 1)), lossFamilies[0].with(2, 0.02), n, 5, 5)
	for b.Loop() {
		if _, err := compareRuns(x, y, Options{}); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(n*float64(b.N)/b.Elapsed().Seconds()/1e6, "Msamples/s")
}
