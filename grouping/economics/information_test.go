package economics_test

import (
	"math"
	"math/rand/v2"
	"testing"

	"gonum.org/v1/gonum/stat/distuv"

	"github.com/sharewise/sharewise/grouping/economics"
)

// twoActions is the textbook case: keep what there is, or take what brings a normal
// gain of the given mean and standard deviation, once.
func twoActions(mean, deviation float64) *economics.Case {
	c := &economics.Case{
		Prices:  economics.Prices{Horizon: 1},
		Domains: []economics.Domain{{Name: "a", Value: 1}},
		Options: []economics.Option{
			{Name: "keep", Rung: "w1", Models: []economics.Model{{Members: []int{0}}}},
			{Name: "take", Rung: "w1", Models: []economics.Model{{Members: []int{0}, Terms: []economics.Term{{0, 0, 1}}}}},
		},
		Centre: []float64{mean},
	}
	random := rand.New(rand.NewPCG(1, 2))
	for range 100_000 {
		z := random.NormFloat64()
		c.Draws = append(c.Draws, []float64{mean + deviation*z}, []float64{mean - deviation*z})
	}
	return c
}

// lossIntegral is σ·L(|m|/σ), the closed form.
func lossIntegral(mean, deviation float64) float64 {
	u := math.Abs(mean) / deviation
	return deviation * (distuv.UnitNormal.Prob(u) - u*(1-distuv.UnitNormal.CDF(u)))
}

func TestInformationOfTwoActions(t *testing.T) {
	for _, x := range []struct{ mean, deviation float64 }{{0, 10}, {5, 10}, {-5, 10}, {12, 10}} {
		c := twoActions(x.mean, x.deviation)
		r, err := economics.Appraise(c)
		if err != nil {
			t.Fatal(err)
		}
		if want := lossIntegral(x.mean, x.deviation); math.Abs(r.Perfect-want) > 0.02*want+0.01 {
			t.Errorf("mean %v: perfect information is worth %.4f, by the closed form %.4f", x.mean, r.Perfect, want)
		}
		// 4 units there are, of which 70 % of the variance comes. With k more the
		// expectation moves by a variance of 0.7·k/(4+k) of what it is.
		units := []float64{1, 4, 40, 4000}
		got, err := c.Information(economics.Source{Price: 0.1, Have: 4, Share: []float64{0.7}, Units: units})
		if err != nil {
			t.Fatal(err)
		}
		for i, k := range units {
			moves := x.deviation * math.Sqrt(0.7*k/(4+k))
			want := lossIntegral(x.mean, moves)
			if math.Abs(got[i].Value-want) > 0.02*want+0.01 {
				t.Errorf("mean %v: %v units are worth %.4f, by the closed form %.4f", x.mean, k, got[i].Value, want)
			}
			if got[i].Cost != 0.1*k {
				t.Errorf("%v units cost %v", k, got[i].Cost)
			}
			if got[i].Value > r.Perfect+1e-9 {
				t.Errorf("%v units are worth more than perfect information", k)
			}
		}
	}
}

// Options valued by draws of their own would seem to be worth telling apart even
// where they are the same.
func TestSameDrawsForAllOptions(t *testing.T) {
	c := twoActions(5, 10)
	c.Options = append(c.Options, c.Options[1])
	r, err := economics.Appraise(c)
	if err != nil {
		t.Fatal(err)
	}
	if want := lossIntegral(5, 10); math.Abs(r.Perfect-want) > 0.02*want {
		t.Errorf("a second name for the same option makes information worth %.4f instead of %.4f", r.Perfect, want)
	}
	if r.Options[2].Best != 0 || math.Abs(r.Options[1].Best-distuv.UnitNormal.CDF(0.5)) > 0.01 {
		t.Errorf("shares of being best: %v, %v", r.Options[1].Best, r.Options[2].Best)
	}
}

func TestStage(t *testing.T) {
	c := plants()
	c.Options = append(c.Options, economics.Option{Name: "apart, larger", Rung: "w2", Models: []economics.Model{
		{Members: []int{0}, Terms: []economics.Term{{0, 0, 0.1}}}, {Members: []int{1}}, {Members: []int{2}},
	}})
	s, err := economics.Stage(c, []string{"w1", "w2"}, []economics.Source{
		{What: "seed", Price: 1, Have: 3, Share: []float64{1, 1, 1, 1}, Units: []float64{1, 2, 4, 8, 16}},
		{What: "dear seed", Price: 1e6, Have: 3, Share: []float64{1, 1, 1, 1}, Units: []float64{1, 2}},
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(s.Introduce) != 1 || len(s.Introduce[0].Domains) != 2 || s.Introduce[0].Advice != economics.Go {
		t.Fatalf("introduces %+v", s.Introduce)
	}
	with, onceWith, _ := sheet("north + south", 0.4, 1.2, 0)
	without, onceWithout, _ := sheet("apart", 0, 0, 0)
	near(t, "what introducing the pool gains", s.Introduce[0].Gain.Value, with-without)
	near(t, "what it takes at the start", s.Introduce[0].Once, onceWith-onceWithout)
	if len(s.Sizes) != 2 || s.Sizes[0].Advice != economics.Go || s.Sizes[1].Advice != economics.Stop {
		t.Errorf("sizes %+v", s.Sizes)
	}
	r, err := economics.Appraise(c)
	if err != nil {
		t.Fatal(err)
	}
	near(t, "the step to the larger size", s.Sizes[1].Step.Value, r.Options[3].Present.Value-r.Options[1].Present.Value)
	cheap, dear := s.Learn[0], s.Learn[1]
	if cheap.Advice != economics.Go || cheap.Best == nil || dear.Advice != economics.Stop || dear.Best != nil {
		t.Fatalf("lessons %+v, %+v", cheap, dear)
	}
	for i, p := range cheap.Look {
		if p.Value-p.Cost > cheap.Best.Value-cheap.Best.Cost || i > 0 && p.Value < cheap.Look[i-1].Value-1e-9 {
			t.Errorf("looked at %+v, best %+v", cheap.Look, cheap.Best)
		}
	}
	near(t, "what seeds can tell at most", cheap.Limit, r.Perfect)
}

func TestValidate(t *testing.T) {
	for name, spoil := range map[string]func(*economics.Case){
		"one option":    func(c *economics.Case) { c.Options = c.Options[:1] },
		"no value":      func(c *economics.Case) { c.Domains = []economics.Domain{{}, {}, {}} },
		"not served":    func(c *economics.Case) { c.Options[1].Models = c.Options[1].Models[:1] },
		"served twice":  func(c *economics.Case) { c.Options[2].Models = append(c.Options[2].Models, c.Options[1].Models[1]) },
		"no horizon":    func(c *economics.Case) { c.Prices.Horizon = 0 },
		"negative":      func(c *economics.Case) { c.Prices.Hour = -1 },
		"no draws":      func(c *economics.Case) { c.Draws = nil },
		"short draw":    func(c *economics.Case) { c.Draws[1] = c.Draws[1][:2] },
		"no number":     func(c *economics.Case) { c.Draws[1][0] = math.NaN() },
		"unknown cell":  func(c *economics.Case) { c.Options[1].Models[0].Terms[0].Cell = 9 },
		"a level of 95": func(c *economics.Case) { c.Level = 95 },
	} {
		c := plants()
		spoil(c)
		if _, err := economics.Appraise(c); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}
