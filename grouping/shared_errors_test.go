package grouping

import (
	"math"
	"testing"

	"github.com/sharewise/sharewise/analysis"
	"github.com/sharewise/sharewise/analysis/effect"
)

// Covariances of results reach the problem, by pool and member; gains that are
// no discoveries among others decide nothing by themselves.
func TestSharedErrorsReachTheProblem(t *testing.T) {
	r := &analysis.Results{Level: .95, Rungs: []string{"w1"}, Weightings: []string{"equal"}, Domains: []analysis.DomainInfo{{Name: "a"}, {Name: "b"}, {Name: "c"}}}
	gain := func(arm string, pool []string, domain string, p float64, discovery bool) {
		r.Gains = append(r.Gains, analysis.Gain{
			Key: analysis.Key{Arm: arm, Rung: "w1", Weighting: "equal", Domain: domain}, Pool: pool,
			Gain: effect.Gain{Relative: effect.Interval{Value: .2, Lo: .1, Hi: .3}, P: p, Discovery: discovery, DF: 10},
		})
	}
	gain("ab", []string{"a", "b"}, "a", .03, false)
	gain("ab", []string{"a", "b"}, "b", .001, true)
	gain("ac", []string{"a", "c"}, "a", .001, true)
	gain("ac", []string{"a", "c"}, "c", .001, true)
	r.Covariances = []analysis.GainCovariance{
		{Target: "a", Rung: "w1", Weighting: "equal", Arms: []string{"ab", "ac"}, Matrix: [][]float64{{.0025, .001}, {.001, .0025}}, Freedom: []float64{10, 30}},
		{Target: "b", Rung: "other", Weighting: "equal", Arms: []string{"ab"}, Matrix: [][]float64{{1}}, Freedom: []float64{1}},
	}
	r.Across = []analysis.AcrossDomains{{Rung: "w1", Weighting: "equal", Across: effect.Across{Pool: .4, Seed: .1, Seeds: 3}}}
	r.Covariances[0].RunVariance = []float64{.001, .002}
	p, _, _, err := FromResults(r, Selection{})
	if err != nil {
		t.Fatal(err)
	}
	if len(p.Covariances) != 1 {
		t.Fatalf("covariances %+v", p.Covariances)
	}
	c := p.Covariances[0]
	if c.Cells[0] != (Cell{0, 0}) || c.Cells[1] != (Cell{1, 0}) || c.Matrix[0][1] != .001 || math.Abs(c.DF-15) > 1e-9 {
		t.Errorf("covariance %+v", c)
	}
	// The runs of pool ab move b's gain as well, of which no variance is known, and
	// leave a's variances as they are.
	if a := p.Across; a == nil || a.Pool != .4 || a.Seeds != 3 || a.Runs[0][0] != .001 || a.Runs[1][0] != .002 || a.Runs[0][1] != 0 {
		t.Errorf("across domains %+v", a)
	}
	errors, err := newErrorModel(newGains(p))
	if err != nil {
		t.Fatal(err)
	}
	for at, want := range []float64{.0025, -1, .0025, -1} {
		weight := make([]float64, 4)
		weight[at] = 1
		if v := errors.variance(weight); want > 0 && math.Abs(v-want) > 1e-9 {
			t.Errorf("gain %d has the variance %v, want %v", at, v, want)
		}
	}
	pairs := newGains(p).pairGains()
	if ab := pairs[0]; ab.A.Verdict != Undecided || ab.B.Verdict != Share || ab.Verdict != Undecided {
		t.Errorf("a and b: %+v", ab)
	}
	if ac := pairs[1]; ac.Verdict != Share {
		t.Errorf("a and c: %+v", ac)
	}
}
