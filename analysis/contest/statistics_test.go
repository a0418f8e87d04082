package contest

import (
	"math"
	"math/rand/v2"
	"testing"

	"gonum.org/v1/gonum/stat/distuv"

	"github.com/sharewise/sharewise/analysis/effect"
)

// world draws test samples of methods whose losses differ by known factors: each
// domain's samples have their own difficulty, each seed its own luck, shared by all
// methods in part.
func world(r *rand.Rand, effects []float64, seeds int) []*scores {
	const domains, samples = 3, 80
	shared := make([][]float64, seeds)
	for k := range shared {
		shared[k] = make([]float64, domains)
		for d := range shared[k] {
			shared[k][d] = 0.1 * r.NormFloat64()
		}
	}
	difficulty := make([][]float64, domains)
	for d := range difficulty {
		for range samples {
			difficulty[d] = append(difficulty[d], r.ExpFloat64()*float64(d+1))
		}
	}
	var out []*scores
	for _, effect := range effects {
		s := &scores{}
		// What a method does to single samples is its own and does not average out.
		taste := make([][]float64, domains)
		for d := range taste {
			for range samples {
				taste[d] = append(taste[d], math.Exp(0.3*r.NormFloat64()-0.045))
			}
		}
		for k := range seeds {
			var by [][]float64
			for d := range domains {
				luck := math.Exp(effect + shared[k][d] + 0.05*r.NormFloat64())
				var v []float64
				for i := range samples {
					v = append(v, difficulty[d][i]*taste[d][i]*luck)
				}
				by = append(by, v)
			}
			s.add(by, seeds)
		}
		out = append(out, s)
	}
	return out
}

// TestStandingsHoldTheTruth draws many contests, without and with differences, and
// counts how often all limits hold together, and all ranks.
func TestStandingsHoldTheTruth(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for _, test := range []struct {
		name    string
		effects []float64
	}{
		{"no differences", make([]float64, 8)},
		{"some differences", []float64{0, -0.3, 0.3, 0, 0.1, -0.1, 0.6, 0}},
	} {
		const contests = 300
		limits, long, ranks, found := 0, 0, 0, 0
		for range contests {
			held, heldLong, ranked := true, true, true
			for i, s := range standings(world(r, test.effects, 4), 0, 3, byLosses, 0.95) {
				truth := math.Expm1(test.effects[i] - test.effects[0])
				if i > 0 && (truth < s.Against.Lo || truth > s.Against.Hi) {
					held = false
				}
				if v := s.AgainstLong; i == 3 && *v != (effect.Interval{}) || i != 3 && (math.Expm1(test.effects[i]-test.effects[3]) < v.Lo || math.Expm1(test.effects[i]-test.effects[3]) > v.Hi) {
					heldLong = false
				}
				better, worse := 0, 0
				for _, e := range test.effects {
					if e < test.effects[i] {
						better++
					}
					if e > test.effects[i] {
						worse++
					}
				}
				if s.RankLo > 1+better || s.RankHi < len(test.effects)-worse {
					ranked = false
				}
				if s.Against.Hi < 0 && test.effects[i] < -0.2 {
					found++
				}
			}
			if held {
				limits++
			}
			if heldLong {
				long++
			}
			if ranked {
				ranks++
			}
		}
		if limits < 0.92*contests || long < 0.92*contests || ranks < 0.94*contests {
			t.Errorf("%s: of %d contests all limits hold in %d, those against a second control in %d, all ranks in %d", test.name, contests, limits, long, ranks)
		}
		if test.effects[1] < 0 && found < 0.8*contests {
			t.Errorf("%s: a loss lower by a quarter is found in %d of %d", test.name, found, contests)
		}
	}
}

// TestPrior recovers the prior that variances were drawn from.
func TestPrior(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	const freedom, priorFreedom, variance = 4., 8., 2.5
	var drawn []float64
	for range 4000 {
		truth := variance * priorFreedom / distuv.ChiSquared{K: priorFreedom, Src: r}.Rand()
		drawn = append(drawn, truth*distuv.ChiSquared{K: freedom, Src: r}.Rand()/freedom)
	}
	p := priorOf(drawn, freedom)
	if math.Abs(p.variance/variance-1) > 0.05 || math.Abs(p.freedom/priorFreedom-1) > 0.2 {
		t.Errorf("prior %+v, want variance %g and %g degrees of freedom", p, variance, priorFreedom)
	}
	if v, f := p.shrink(10, freedom); v >= 10 || v <= p.variance || f <= freedom {
		t.Errorf("shrunk to %g with %g degrees", v, f)
	}
	// Variances that differ by chance alone are one.
	alike := drawn[:0:0]
	for range 2000 {
		alike = append(alike, distuv.ChiSquared{K: freedom, Src: r}.Rand()/freedom)
	}
	if p := priorOf(alike, freedom); p.freedom < 50 {
		t.Errorf("prior of equal variances: %+v", p)
	}
}

// TestTimesValidate refuses costs that would give a method epochs without end.
func TestTimesValidate(t *testing.T) {
	for _, c := range []struct {
		cost  Cost
		wrong bool
	}{{Cost{Seconds: 1, Relative: 1}, false}, {Cost{Seconds: 1, Relative: 7}, false}, {Cost{Relative: 1e-12}, true}, {Cost{}, true}, {Cost{Relative: math.Inf(1)}, true}, {Cost{Relative: 1, Seconds: -1}, true}} {
		if err := (&times{Costs: map[string]Cost{"equal": c.cost}}).Validate(); (err != nil) != c.wrong {
			t.Errorf("%+v: %v", c.cost, err)
		}
	}
}
