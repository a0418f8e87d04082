package effect

import (
	"math"
	"math/rand/v2"
	"testing"

	"gonum.org/v1/gonum/mathext"
	"gonum.org/v1/gonum/stat"
	"gonum.org/v1/gonum/stat/distuv"
)

// inverseChi draws ρ from a scaled inverse χ² of the given location.
func inverseChi(r *rand.Rand, location, freedom float64) float64 {
	return location * freedom / distuv.ChiSquared{K: freedom, Src: r}.Rand()
}

// trigamma is the derivative of digamma.
func trigamma(x float64) float64 { return mathext.Zeta(2, x) }

// limma estimates d_0 and the location by the mean and the variance of log r
// (Smyth 2004, section 6.2).
func limma(ratios []float64, d float64) (location, freedom float64) {
	var logs []float64
	for _, r := range ratios {
		logs = append(logs, math.Log(r)-mathext.Digamma(d/2)+math.Log(d/2))
	}
	excess := stat.Variance(logs, nil) - trigamma(d/2)
	lo, hi := 1e-3, 1e6
	for range 200 {
		if mid := math.Sqrt(lo * hi); trigamma(mid) > excess {
			lo = mid
		} else {
			hi = mid
		}
	}
	freedom = 2 * lo
	return math.Exp(stat.Mean(logs, nil) + mathext.Digamma(lo) - math.Log(lo)), freedom
}

// With many sets of runs of one domain, dispersions are those of limma.
func TestModerateAgreesWithLimma(t *testing.T) {
	const n, d, d0, location = 800, 9, 8, 5
	r := rand.New(rand.NewPCG(1, 2))
	var sets []dispersion
	var ratios []float64
	for range n {
		ratio := inverseChi(r, location, d0) * distuv.ChiSquared{K: d, Src: r}.Rand() / d
		sets = append(sets, dispersion{"a", ratio, d})
		ratios = append(ratios, ratio)
	}
	m, freedom := limma(ratios, d)
	if freedom < 4 || freedom > 20 {
		t.Fatalf("limma finds %.1f degrees of freedom of %d", freedom, d0)
	}
	for g, p := range moderated(sets, 0) {
		want := (freedom*m + d*ratios[g]) / (freedom + d)
		if math.Abs(math.Log(p.ratio/want)) > .15 {
			t.Errorf("ratio %.2f: posterior %.2f, limma %.2f", ratios[g], p.ratio, want)
		}
		if p.freedom < .6*(freedom+d) || p.freedom > 1.6*(freedom+d) {
			t.Errorf("ratio %.2f: %.1f degrees of freedom, limma %.1f", ratios[g], p.freedom, freedom+d)
		}
	}
}

// What few sets say stays uncertain; what many say does not.
func TestModerateBorrowsByItself(t *testing.T) {
	alike := func(domains int) []dispersion {
		r := rand.New(rand.NewPCG(3, 4))
		var sets []dispersion
		for j := range domains {
			for range domains {
				sets = append(sets, dispersion{string(rune('a' + j)), 4 * distuv.ChiSquared{K: 2, Src: r}.Rand() / 2, 2})
			}
		}
		return sets
	}
	last := 0.0
	for _, domains := range []int{1, 2, 4, 8} {
		var freedoms []float64
		for _, p := range moderate(alike(domains)) {
			freedoms = append(freedoms, p.freedom)
		}
		if m := stat.Mean(freedoms, nil); m < last || domains == 8 && m < 10 || domains == 1 && m > 8 {
			t.Errorf("%d domains: %.1f degrees of freedom after %.1f", domains, m, last)
		} else {
			last = m
		}
	}
	// A set that runs say nothing of takes what the others say.
	sets := alike(6)
	sets[0].ratio = math.NaN()
	if p := moderate(sets)[0]; !(p.ratio > 1.5 && p.ratio < 8) {
		t.Errorf("unknown ratio among ratios around 4: %+v", p)
	}
	// A domain unlike the others is not taken for one of them.
	for i := range sets {
		if sets[i].domain == "b" {
			sets[i].ratio *= 15
		}
	}
	for i, p := range moderate(sets) {
		if sets[i].domain == "b" && p.ratio < 15 || sets[i].domain == "f" && p.ratio > 12 {
			t.Errorf("domain %s: %+v", sets[i].domain, p)
		}
	}
}
