package grouping

import (
	"math"
	"testing"

	"github.com/sharewise/sharewise/analysis"
	"github.com/sharewise/sharewise/analysis/effect"
	"github.com/sharewise/sharewise/analysis/study"
)

// priced are results of a and b, who make 10 and 4 % errors alone, and 8 and 3 %
// together.
func priced() *analysis.Results {
	gain := func(domain string, alone, together float64) analysis.Gain {
		return analysis.Gain{
			Key:  analysis.Key{Arm: "joint", Rung: "w1", Weighting: "equal", Domain: domain},
			Pool: []string{"a", "b"},
			Gain: effect.Gain{Absolute: effect.Point(alone - together), Relative: effect.Point(1 - together/alone)},
		}
	}
	return &analysis.Results{
		Domains: []analysis.DomainInfo{{Name: "a"}, {Name: "b"}}, Rungs: []string{"w1"}, Weightings: []string{"equal"},
		Gains: []analysis.Gain{gain("a", 0.10, 0.08), gain("b", 0.04, 0.03)},
	}
}

func TestUseMoney(t *testing.T) {
	at := Selection{"w1", "equal"}
	e := study.NewEconomics()
	e.Value.Each, e.Value.Domains = 300, map[string]float64{"b": 1000}
	for unit, want := range map[string][2]float64{
		// All of 10 and of 4 points of error; all of a hundred percent; all of 0.1
		// and of 0.04 units.
		study.PerPoint:   {300 * 10, 1000 * 4},
		study.PerPercent: {300 * 100, 1000 * 100},
		study.PerOne:     {300 * 0.10, 1000 * 0.04},
	} {
		e.Value.Unit = unit
		for i, domain := range []string{"a", "b"} {
			if got := MoneyPerGain(e, priced(), at, domain); math.Abs(got-want[i]) > 1e-9*want[i] {
				t.Errorf("%s: all of %s's error is worth %v, want %v", unit, domain, got, want[i])
			}
		}
		p := &Problem{Domains: []string{"a", "b"}}
		if !p.UseMoney(e, 70, priced(), at) {
			t.Fatal("no money")
		}
		sum := want[0] + want[1]
		if math.Abs(p.Value[0]+p.Value[1]-2) > 1e-12 || math.Abs(p.Value[0]/p.Value[1]-want[0]/want[1]) > 1e-9 {
			t.Errorf("%s: values %v", unit, p.Value)
		}
		// A regret of exactly the tolerance is 70 a month.
		if got := p.Tolerance * sum; sum > 70 && math.Abs(got-70) > 1e-9 {
			t.Errorf("%s: the tolerance is worth %v", unit, got)
		}
	}
	if p := (&Problem{Domains: []string{"a", "b"}}); p.UseMoney(nil, 0, priced(), at) || p.UseMoney(study.NewEconomics(), 1, priced(), at) || p.Value != nil {
		t.Error("money of nothing")
	}
}

func TestRecommendCountsMoney(t *testing.T) {
	e := study.NewEconomics()
	e.Value.Domains = map[string]float64{"b": 1000}
	got, err := RecommendResults(priced(), Options{Economics: e})
	if err != nil {
		t.Fatal(err)
	}
	if got.Domains[0].Value != 0 || math.Abs(got.Domains[1].Value-2) > 1e-12 {
		t.Errorf("values %+v", got.Domains)
	}
}

// TestOwnErrorOfNoGain reads a domain's own error from the limits of a gain of zero,
// which is known and worth something: it is not that nothing is known.
func TestOwnErrorOfNoGain(t *testing.T) {
	r := priced()
	g := &r.Gains[0].Gain
	g.Absolute = effect.Interval{Value: 0, Lo: -0.05, Hi: 0.12}
	g.Relative = effect.Interval{Value: 0, Lo: -0.5, Hi: 1}
	if own := OwnError(r, Selection{"w1", "equal"}, "a"); math.Abs(own-0.1) > 1e-12 {
		t.Errorf("own error %v, want 0.1", own)
	}
	g.Absolute, g.Relative = effect.Point(0), effect.Point(0)
	if own := OwnError(r, Selection{"w1", "equal"}, "a"); !math.IsNaN(own) {
		t.Errorf("own error %v of a gain without limits", own)
	}
}
