package remedies_test

import (
	"fmt"

	"github.com/sharewise/sharewise/analysis"
	"github.com/sharewise/sharewise/analysis/effect"
	"github.com/sharewise/sharewise/grouping"
	"github.com/sharewise/sharewise/grouping/remedies"
)

// In a pool of three, clothes lose a tenth, and lose more still in a pair with digits.
func ExamplePropose() {
	r := &analysis.Results{Study: "images", Level: 0.95, Rungs: []string{"w0.5", "w1"}, Weightings: []string{"equal"}}
	for name, train := range map[string]int{"clothes": 200, "digits": 2000, "letters": 900} {
		r.Domains = append(r.Domains, analysis.DomainInfo{Name: name, Train: train, Measure: "loss"})
	}
	gain := func(arm, domain string, value float64, pool ...string) {
		g := analysis.Gain{Key: analysis.Key{Arm: arm, Rung: "w0.5", Weighting: "equal", Domain: domain}, Pool: pool}
		g.Relative = effect.Interval{Value: value, Lo: value - 0.05, Hi: value + 0.05}
		g.Discovery = value < -0.05 || value > 0.05
		r.Gains = append(r.Gains, g)
	}
	for _, d := range []string{"clothes", "digits", "letters"} {
		gain("joint", d, map[string]float64{"clothes": -0.1, "digits": 0.08, "letters": 0.02}[d], "clothes", "digits", "letters")
	}
	gain("pool{clothes,digits}", "clothes", -0.2, "clothes", "digits")
	f, err := remedies.Propose(r, grouping.Selection{Rung: "w0.5"}, remedies.Known{})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, r := range f.Remedies {
		if r.Arm == "joint" {
			fmt.Printf("%s: %s\n", r.Name, r.Reason)
		}
	}
	// Output:
	// own model: in the pool, clothes loses 10.0% of its own error
	// weight 2 to 1: clothes brings 200 of 3100 training samples of the pool
	// weight 5 to 1: clothes brings 200 of 3100 training samples of the pool
	// adapters by domain: all layers are shared, so that clothes can differ from the others by its head alone
	// without digits: in a pair with digits alone, clothes loses 20.0%
	// size w1: the study has the size w1
	// without doubtful samples: samples whose neighbours all have another class, and repeated ones, may be mislabelled or count too much; the trial takes those of suspects.json, or finds some in the data
}
