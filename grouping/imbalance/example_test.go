package imbalance_test

import (
	"fmt"

	"github.com/sharewise/sharewise/analysis"
	"github.com/sharewise/sharewise/analysis/effect"
	"github.com/sharewise/sharewise/grouping/imbalance"
)

// results of two domains: the numbers of training samples, errors alone and gains.
func results(samples [2]int, alone, gain [2]float64) *analysis.Results {
	r := &analysis.Results{Level: 0.95, Rungs: []string{"w1"}, Weightings: []string{"equal"}}
	for i, name := range []string{"large", "small"} {
		r.Domains = append(r.Domains, analysis.DomainInfo{Name: name, Train: samples[i], Test: 500, Measure: "loss"})
		s := analysis.NewScore(analysis.Key{Arm: analysis.Independent, Rung: "w1", Domain: name})
		s.Seeds, s.Loss = 5, effect.Interval{Value: alone[i], Lo: 0.99 * alone[i], Hi: 1.01 * alone[i]}
		r.Scores = append(r.Scores, s)
		g := analysis.Gain{Key: analysis.Key{Arm: "joint", Rung: "w1", Weighting: "equal", Domain: name}, Pool: []string{"large", "small"}}
		g.Relative = effect.Interval{Value: gain[i], Lo: gain[i] - 0.02, Hi: gain[i] + 0.02}
		r.Gains = append(r.Gains, g)
	}
	return r
}

// The small domain's error falls with the root of its samples, and sharing takes a
// quarter off it: that is worth 78 samples more of its own, and so each of the 1000 of
// the large one is worth 0.08 of them.
func ExampleJudge() {
	given := imbalance.Study{Name: "out", Results: results([2]int{1000, 100}, [2]float64{0.10, 0.40}, [2]float64{-0.05, 0.25})}
	equal := imbalance.Study{Name: "out-equal", Results: results([2]int{100, 100}, [2]float64{0.32, 0.40}, [2]float64{0.10, 0.12})}
	half := imbalance.Study{Name: "out-half", Results: results([2]int{500, 50}, [2]float64{0.14, 0.566}, [2]float64{-0.02, 0.30})}
	j, err := imbalance.Judge(given, []imbalance.Study{equal, half})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, d := range j.Domains {
		fmt.Printf("%s: imbalance takes %+.0f %%; sharing is worth %.0f samples of its own, %.2f for each of the others'\n", d.Name, 100*d.Part.Value, float64(d.Rate.Own), float64(d.Rate.Each))
	}
	// Output:
	// large: imbalance takes +15 %; sharing is worth -92 samples of its own, -0.92 for each of the others'
	// small: imbalance takes -13 %; sharing is worth 78 samples of its own, 0.08 for each of the others'
}
