package affinity

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/sharewise/sharewise/analysis/policy"
	"github.com/sharewise/sharewise/grouping"
)

// TestLargerFindsClusters grows the planted clusters of three from noisy scores of
// pairs, and stops there: a stranger would take from the total.
func TestLargerFindsClusters(t *testing.T) {
	const n = 12
	random := rand.New(rand.NewPCG(7, 1))
	_, truth := planted(random, n, 0)
	for i := range truth {
		for j := range truth {
			truth[i][j] += 0.02 * random.NormFloat64()
		}
	}
	_, grown := Larger(scored(truth), Calibration{0, 1}, n, LargerOptions{Pools: 4})
	found := 0
	for _, p := range grown {
		if len(p.Pool) == 3 && p.Pool[0]/3 == p.Pool[2]/3 {
			found++
		}
	}
	if found != 4 {
		t.Errorf("%v hold %d of 4 clusters", grown, found)
	}
	// A base far below zero: nobody is expected to gain, and nothing grows.
	if _, grown := Larger(scored(truth), Calibration{-9, 1}, n, LargerOptions{Pools: 4}); len(grown) > 0 {
		t.Errorf("grown without gain: %v", grown)
	}
	// Nor without a calibration.
	if _, grown := Larger(scored(truth), Calibration{math.NaN(), math.NaN()}, n, LargerOptions{Pools: 4}); len(grown) > 0 {
		t.Errorf("grown without calibration: %v", grown)
	}
}

// TestLargerPasses leaves out what was trained and what is forbidden, and draws
// random pools of three and more first.
func TestLargerPasses(t *testing.T) {
	from := square(6, 1)
	rules := &policy.Policy{Rules: []policy.Rule{{Name: "apart", Apart: []policy.Match{{"owner": {"0"}}, {"owner": {"1"}}}}}}
	var domains []policy.Domain
	for i := range 6 {
		domains = append(domains, policy.Domain{Name: fmt.Sprint(i), Labels: policy.Labels{"owner": {fmt.Sprint(i)}}})
	}
	checker, err := policy.New(rules, domains)
	if err != nil {
		t.Fatal(err)
	}
	apart := checker.Allows
	o := LargerOptions{Pools: 6, Random: 2, Members: 4, Trained: [][]int{{1, 2, 3, 4}}, Forbidden: checker, Seed: 3}
	random, grown := Larger(scored(from), Calibration{0, 1}, 6, o)
	if len(random) != 2 || len(random)+len(grown) > 6 || len(grown) == 0 {
		t.Fatalf("%v and %v", random, grown)
	}
	all := slices.Clone(random)
	for _, p := range grown {
		all = append(all, p.Pool)
	}
	for k, pool := range all {
		if len(pool) < 3 || len(pool) > 4 || !apart(pool) || slices.Equal(pool, o.Trained[0]) || !slices.IsSorted(pool) {
			t.Errorf("%v is proposed", pool)
		}
		if slices.ContainsFunc(all[:k], func(q []int) bool { return slices.Equal(q, pool) }) {
			t.Errorf("%v is proposed twice", pool)
		}
	}
	again, _ := Larger(scored(from), Calibration{0, 1}, 6, o)
	if !slices.EqualFunc(random, again, slices.Equal) {
		t.Error("one seed draws two proposals")
	}
}

func TestCalibrateLine(t *testing.T) {
	from := square(3, 0)
	from[0][1], from[1][0], from[0][2], from[2][0] = 1, 2, 3, 4
	pools := []grouping.Pool{{Members: []int{0, 1}, Gain: []float64{-0.5 + 0.1*2, -0.5 + 0.1*1}}, {Members: []int{0, 2}, Gain: []float64{-0.5 + 0.1*4, -0.5 + 0.1*3}}}
	if c := Calibrate(scored(from), pools); math.Abs(c.Base+0.5) > 1e-9 || math.Abs(c.Slope-0.1) > 1e-9 {
		t.Errorf("%+v", c)
	}
	for i := range pools {
		for k := range pools[i].Gain {
			pools[i].Gain[k] *= -1
		}
	}
	if c := Calibrate(scored(from), pools); c.Slope != 0 || math.Abs(c.Base-0.25) > 1e-9 {
		t.Errorf("scores that order backwards: %+v", c)
	}
	if c := Calibrate(scored(from), pools[:1]); !math.IsNaN(c.Base) {
		t.Errorf("of two cells: %+v", c)
	}
}
