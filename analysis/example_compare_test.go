package analysis_test

import (
	"fmt"

	"github.com/sharewise/sharewise/analysis"
	"github.com/sharewise/sharewise/analysis/losses"
)

// Two loss tables from any framework: six seeds of a model of one plant, and six of
// a model that it shares with others, each judged on the same two hundred samples.
func ExampleCompare() {
	table := func(firstSeed int64, every int64) *losses.Table {
		t := new(losses.Table)
		for seed := firstSeed; seed < firstSeed+6; seed++ {
			for i := range int64(200) {
				right := (i+seed)%every != 0
				t.Domain, t.Seed, t.Sample = append(t.Domain, "bolts"), append(t.Seed, seed), append(t.Sample, losses.SampleID{Number: i})
				t.Correct, t.Loss = append(t.Correct, right), append(t.Loss, map[bool]float32{true: 0.1, false: 2}[right])
			}
		}
		return t
	}
	found, err := analysis.Compare(table(0, 5), table(100, 10), analysis.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, e := range found.Effects {
		fmt.Printf("%s: accuracy %.2f alone, %.2f shared\n", e.Domain, e.Accuracy.Independent, e.Accuracy.Arm)
		fmt.Printf("%d samples, of which sharing helped at least %.0f %%\n", e.Samples, 100*e.Transfer.BoundLo)
	}
	// Output:
	// bolts: accuracy 0.80 alone, 0.90 shared
	// 200 samples, of which sharing helped at least 8 %
}
