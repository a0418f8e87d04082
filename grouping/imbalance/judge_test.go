package imbalance

import (
	"errors"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/sharewise/sharewise/analysis"
	"github.com/sharewise/sharewise/analysis/effect"
)

// measured is a result of two domains with planted errors, each known as well as five
// runs tell it.
func measured(random *rand.Rand, samples [2]int, alone func(n float64) float64, gain, noise float64) *analysis.Results {
	r := &analysis.Results{Level: 0.95, Rungs: []string{"w1"}, Weightings: []string{"equal"}}
	for i, name := range []string{"a", "b"} {
		r.Domains = append(r.Domains, analysis.DomainInfo{Name: name, Train: samples[i], Test: 100, Measure: "loss"})
		s := analysis.NewScore(analysis.Key{Arm: analysis.Independent, Rung: "w1", Domain: name})
		e := alone(float64(samples[i]))
		runs := make([]float64, 5)
		for k := range runs {
			runs[k] = e * (1 + noise*random.NormFloat64())
		}
		s.Seeds, s.Loss = len(runs), effect.OverRuns(runs, 0.95)
		r.Scores = append(r.Scores, s)
		g := analysis.Gain{Key: analysis.Key{Arm: "joint", Rung: "w1", Weighting: "equal", Domain: name}}
		v := gain + noise*random.NormFloat64()
		g.Relative = effect.Interval{Value: v, Lo: v - 1.96*noise, Hi: v + 1.96*noise}
		r.Gains = append(r.Gains, g)
	}
	return r
}

// TestRateHolds checks that limits of the worth in own samples hold the planted one, at
// noise small and large, where sharing helps, harms and does nothing.
func TestRateHolds(t *testing.T) {
	random := rand.New(rand.NewPCG(4, 4))
	for _, c := range []struct{ power, gain, noise float64 }{{0.5, 0.2, 0.02}, {0.3, 0, 0.02}, {0.5, -0.15, 0.03}, {0.2, 0.1, 0.05}} {
		alone := func(n float64) float64 { return math.Pow(n, -c.power) }
		const studies = 100
		held := 0
		for range studies {
			given := Study{"given", measured(random, [2]int{400, 400}, alone, c.gain, c.noise)}
			var others []Study
			for _, n := range []int{200, 100} {
				others = append(others, Study{"fewer", measured(random, [2]int{n, n}, alone, c.gain, c.noise)})
			}
			j, err := Judge(given, others)
			if err != nil {
				t.Fatal(err)
			}
			truth := 400 * (math.Pow(1-c.gain, -1/c.power) - 1)
			rate := j.Domains[0].Rate
			if float64(rate.Lo) <= truth && (!rate.Hi.Known() || truth <= float64(rate.Hi)) {
				held++
			}
		}
		t.Logf("%+v: limits hold %d of %d", c, held, studies)
		if held < 90 {
			t.Errorf("%+v: limits hold %d of %d", c, held, studies)
		}
	}
}

// TestPartHolds checks the part of imbalance, planted and null.
func TestPartHolds(t *testing.T) {
	random := rand.New(rand.NewPCG(6, 6))
	alone := func(n float64) float64 { return math.Pow(n, -0.4) }
	for _, at := range []float64{0.1, -0.2} {
		held, excluded := 0, 0
		for range 200 {
			given := Study{"given", measured(random, [2]int{400, 50}, alone, -0.2, 0.03)}
			equal := Study{"equal", measured(random, [2]int{50, 50}, alone, at, 0.03)}
			j, err := Judge(given, []Study{equal})
			if err != nil {
				t.Fatal(err)
			}
			p := j.Domains[0].Part
			if p.Lo <= at+0.2 && at+0.2 <= p.Hi {
				held++
			}
			if p.Lo > 0 || p.Hi < 0 {
				excluded++
			}
		}
		if held < 182 || at < 0 && excluded > 18 || at > 0 && excluded < 150 {
			t.Errorf("part %v: held %d, leaves out zero %d of 200", at+0.2, held, excluded)
		}
	}
}

func TestUnknownStaysUnknown(t *testing.T) {
	random := rand.New(rand.NewPCG(7, 7))
	alone := func(n float64) float64 { return math.Pow(n, -0.3) }
	given := Study{"given", measured(random, [2]int{400, 50}, alone, 0.5, 0.02)}
	j, err := Judge(given, nil)
	if err != nil || j.Why == "" || j.Domains[0].Part.Known() || j.Domains[0].Rate.Own.Known() || j.Domains[0].Rate.Why == "" {
		t.Errorf("one study: %+v, %v", j, err)
	}
	// Half of the samples let the curve be followed to twice as many: half the error is
	// worth ten times as many.
	half := Study{"half", measured(random, [2]int{200, 25}, alone, 0.5, 0.02)}
	if j, err = Judge(given, []Study{half}); err != nil || j.Domains[0].Rate.Own.Known() || math.Abs(float64(j.Domains[0].Rate.Lo)-400) > 1 {
		t.Errorf("beyond the curve: %+v, %v", j.Domains[0].Rate, err)
	}
	other := Study{"other", measured(random, [2]int{200, 25}, alone, 0.5, 0.02)}
	other.Results.Domains[1].Test = 99
	if _, err := Judge(given, []Study{other}); !errors.Is(err, ErrDiffers) {
		t.Errorf("other test samples: %v", err)
	}
}
