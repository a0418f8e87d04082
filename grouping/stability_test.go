package grouping

import (
	"fmt"
	"math"
	"testing"

	"github.com/google/go-cmp/cmp"
	"gonum.org/v1/gonum/stat/distuv"
)

// pairProblem has one pair whose members gain x and y with standard error se.
func pairProblem(x, y, se float64) *Problem {
	z := distuv.UnitNormal.Quantile(0.975)
	return &Problem{
		Domains: []string{"a", "b"},
		Pools: []Pool{{
			Members: []int{0, 1}, Gain: []float64{x, y},
			Lo: []float64{x - z*se, y - z*se}, Hi: []float64{x + z*se, y + z*se},
		}},
	}
}

// TestStabilityKnown compares shares with their exact values: two domains are
// pooled when the sum of two normal gains is positive.
func TestStabilityKnown(t *testing.T) {
	for _, tt := range []struct{ x, y, se float64 }{{0.1, 0, 0.1}, {0.1, 0.1, 0.05}, {-0.2, 0.05, 0.1}, {0, 0, 0.3}} {
		p := pairProblem(tt.x, tt.y, tt.se)
		best, err := Best(p)
		if err != nil {
			t.Fatal(err)
		}
		s, err := Resample(p, best, 20000, 7)
		if err != nil {
			t.Fatal(err)
		}
		total, sd := tt.x+tt.y, math.Sqrt2*tt.se
		together := distuv.UnitNormal.CDF(total / sd)
		if got := s.TogetherShare("a", "b"); math.Abs(got-together) > 0.03 {
			t.Errorf("gains %v, %v: together in %v of draws, want %v", tt.x, tt.y, got, together)
		}
		share := together
		if total <= 0 {
			share = 1 - together
		}
		if math.Abs(s.Share-share) > 0.03 {
			t.Errorf("gains %v, %v: share %v, want %v", tt.x, tt.y, s.Share, share)
		}
		// With errors put on k times the total has the standard deviation √k·sd, so
		// that the k-th term of optimism is sd·φ(total/(√k·sd))/√k.
		optimism := 0.0
		for k, weight := range []float64{4, -6, 4, -1} {
			root := math.Sqrt(float64(k + 1))
			optimism += weight * sd / root * distuv.UnitNormal.Prob(total/sd/root)
		}
		if math.Abs(s.Optimism-max(0, optimism)) > 0.12*sd {
			t.Errorf("gains %v, %v: optimism %v, want %v", tt.x, tt.y, s.Optimism, optimism)
		}
		if s.TogetherShare("a", "b") != s.TogetherShare("b", "a") {
			t.Errorf("together %v depends on the order", s.Together)
		}
	}
}

func TestStabilityIsReproducible(t *testing.T) {
	p := pairProblem(0.05, 0, 0.1)
	best, err := Best(p)
	if err != nil {
		t.Fatal(err)
	}
	a, err := Resample(p, best, 0, 3)
	if err != nil {
		t.Fatal(err)
	}
	b, err := Resample(p, best, 0, 3)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(a, b); d != "" {
		t.Errorf("same seed, other result:\n%s", d)
	}
	if a.Draws != 2000 || a.Fixed != 0 {
		t.Errorf("draws %d, fixed %d", a.Draws, a.Fixed)
	}
}

func TestStabilityWithoutLimits(t *testing.T) {
	p := pairProblem(0.1, 0.1, 0.1)
	p.Pools[0].Lo[1], p.Pools[0].Hi[1] = math.NaN(), math.NaN()
	best, err := Best(p)
	if err != nil {
		t.Fatal(err)
	}
	s, err := Resample(p, best, 100, 1)
	if err != nil || s.Fixed != 1 {
		t.Errorf("one gain without limits: %+v, %v", s, err)
	}
	p.Pools[0].Lo, p.Pools[0].Hi = nil, nil
	if s, err := Resample(p, best, 100, 1); s != nil || err != nil {
		t.Errorf("no gain with limits: %+v, %v; want nothing", s, err)
	}
}

func TestDefaultDraws(t *testing.T) {
	for _, tt := range []struct{ n, k, pools, want int }{{2, 2, 1, 2000}, {10, 10, 45, 2000}, {12, 12, 66, 1881}, {14, 14, 91, 209}, {14, 3, 91, 200}, {16, 16, 2, 1000}, {64, 64, 2016, 72}, {64, 5, 2016, 30}, {139, 139, 9591, 30}} {
		g := &gains{n: tt.n, sets: make([]set, tt.pools), problem: &Problem{Domains: make([]string, tt.n), MaxGroups: tt.k}}
		if got := g.defaultDraws(); got != tt.want {
			t.Errorf("%d domains, %d groups, %d pools: %d draws, want %d", tt.n, tt.k, tt.pools, got, tt.want)
		}
	}
}

// TestStabilityOfSearch compares shares above ExactLimit with their exact
// values: two measured pools, whose gains add up to a normal variate each, and
// no pair. They are both used when both sums are positive.
func TestStabilityOfSearch(t *testing.T) {
	z := distuv.UnitNormal.Quantile(0.975)
	p := &Problem{Domains: numbered(20)}
	for _, pool := range []struct {
		members []int
		gain    float64
	}{{span(0, 9), 0.02}, {span(9, 18), -0.01}, {span(5, 20), -1}} {
		q := Pool{Members: pool.members}
		for range pool.members {
			q.Gain, q.Lo, q.Hi = append(q.Gain, pool.gain), append(q.Lo, pool.gain-z*0.1), append(q.Hi, pool.gain+z*0.1)
		}
		p.Pools = append(p.Pools, q)
	}
	best, err := Best(p)
	if err != nil {
		t.Fatal(err)
	}
	s, err := Resample(p, best, 3000, 5)
	if err != nil {
		t.Fatal(err)
	}
	first, second := distuv.UnitNormal.CDF(0.02*9/0.3), distuv.UnitNormal.CDF(-0.01*9/0.3)
	if got := s.TogetherShare("d0", "d8"); math.Abs(got-first) > 0.03 {
		t.Errorf("the first pool is used in %v of draws, want %v", got, first)
	}
	if got := s.TogetherShare("d9", "d17"); math.Abs(got-second) > 0.03 {
		t.Errorf("the second pool is used in %v of draws, want %v", got, second)
	}
	if want := first * (1 - second); math.Abs(s.Share-want) > 0.03 {
		t.Errorf("share %v, want %v", s.Share, want)
	}
}

// numbered names n domains.
func numbered(n int) []string {
	names := make([]string, n)
	for i := range names {
		names[i] = fmt.Sprintf("d%d", i)
	}
	return names
}

// A domain that makes next to no error alone has gains like -300 ± 350: they say
// that it is better alone, and must not make the other domains' decision a matter of
// thousands of per cent. No true gain exceeds 1.
func TestOneDomainDoesNotDecide(t *testing.T) {
	z := distuv.UnitNormal.Quantile(0.975)
	p := &Problem{Domains: numbered(4)}
	for i := range 4 {
		for j := i + 1; j < 4; j++ {
			pool := Pool{Members: []int{i, j}}
			for m := range 2 {
				gain, se := -0.3, 0.02
				switch {
				case j < 2:
					gain = 0.3
				case j == 3 && m == 1:
					gain, se = -300, 350
				}
				pool.Gain, pool.Lo, pool.Hi = append(pool.Gain, gain), append(pool.Lo, gain-z*se), append(pool.Hi, min(1, gain+z*se))
			}
			p.Pools = append(p.Pools, pool)
		}
	}
	regret := map[bool]float64{}
	for _, relative := range []bool{false, true} {
		p.Relative = relative
		best, err := Best(p)
		if err != nil {
			t.Fatal(err)
		}
		s, err := Resample(p, best, 0, 1)
		if err != nil {
			t.Fatal(err)
		}
		regret[relative] = s.Decision.Regret
		if relative && s.TogetherShare("d0", "d1") < 0.95 {
			t.Errorf("the good pair is together in %.2f of draws", s.TogetherShare("d0", "d1"))
		}
	}
	if regret[false] < 50 || regret[true] > 0.25 {
		t.Errorf("regret %.3g, and %.3g where gains are at most 1", regret[false], regret[true])
	}
}
