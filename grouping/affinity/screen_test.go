package affinity

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/sharewise/sharewise/analysis/policy"
	"github.com/sharewise/sharewise/analysis/study"
)

// TestScreenManyDomains screens 29, 64 and 139 domains in clusters of three with
// scores that know the truth but for noise: the default number of pairs, far below
// all of them, holds nearly every pair of a cluster.
func TestScreenManyDomains(t *testing.T) {
	for _, n := range []int{29, 64, 139} {
		random := rand.New(rand.NewPCG(uint64(n), 1))
		_, truth := planted(random, n, 0)
		for i := range truth {
			for j := range truth {
				truth[i][j] += 0.05 * random.NormFloat64()
			}
		}
		pools := study.ScreeningPairs(n)
		p, err := Screen(scored(truth), n, ScreenOptions{Pools: pools, Seed: 1})
		if err != nil {
			t.Fatal(err)
		}
		found := map[[2]int]bool{}
		for _, pair := range p.Audit {
			found[[2]int(pair)] = true
		}
		for _, c := range p.Candidates {
			found[[2]int(c.Pool)] = true
		}
		if len(found) != pools || len(p.Audit) != study.ScreeningAudit(pools) {
			t.Errorf("%d domains: %d pairs of %d, %d of them random", n, len(found), pools, len(p.Audit))
		}
		truly, hit := 0, 0
		for i := range n {
			for j := i + 1; j < n; j++ {
				if i/3 == j/3 {
					truly++
					if found[[2]int{i, j}] {
						hit++
					}
				}
			}
		}
		t.Logf("%d domains: %d of %d pairs trained hold %d of the %d that belong together", n, pools, n*(n-1)/2, hit, truly)
		if float64(hit) < 0.95*float64(truly) {
			t.Errorf("%d domains: %d of %d pairs found", n, hit, truly)
		}
	}
}

// TestScreenWithoutEstimator draws at random, the same for the same seed, and
// nothing that was trained.
func TestScreenWithoutEstimator(t *testing.T) {
	trained := [][]int{{0, 1}, {2, 3}, {0, 1, 2}}
	draw := func(seed uint64, pools int) [][]int {
		p, err := Screen(nil, 4, ScreenOptions{Pools: pools, Trained: trained, Seed: seed})
		if err != nil {
			t.Fatal(err)
		}
		if len(p.Candidates) > 0 {
			t.Errorf("candidates without an estimator: %v", p.Candidates)
		}
		return p.Audit
	}
	same := func(a, b [][]int) bool { return slices.EqualFunc(a, b, slices.Equal) }
	if !same(draw(1, 2), draw(1, 2)) {
		t.Error("one seed draws two proposals")
	}
	if got := draw(1, 9); !same(got, [][]int{{0, 2}, {0, 3}, {1, 2}, {1, 3}}) {
		t.Errorf("pairs that are left: %v", got)
	}
	if _, err := Screen(nil, 4, ScreenOptions{}); err == nil {
		t.Error("no pool is a proposal")
	}
}

// TestScreenInTurns gives every domain its best partner before any its second.
func TestScreenInTurns(t *testing.T) {
	from := square(4, 0)
	// Everybody likes domain 0 best and then domain 1; domain 0 likes 3.
	for j := range 4 {
		from[0][j], from[1][j], from[2][j] = 3, 2, 1
	}
	from[3][0] = 5
	p, err := Screen(scored(from), 4, ScreenOptions{Pools: 4, Audit: -1})
	if err != nil {
		t.Fatal(err)
	}
	var got [][]int
	for _, c := range p.Candidates {
		got = append(got, c.Pool)
	}
	if want := [][]int{{0, 3}, {0, 1}, {0, 2}, {1, 2}}; !slices.EqualFunc(got, want, slices.Equal) {
		t.Errorf("candidates %v, want %v", got, want)
	}
}

// TestScreenUnderPolicy proposes no pair that a rule forbids, by chance or by score.
func TestScreenUnderPolicy(t *testing.T) {
	var domains []policy.Domain
	for i := range 6 {
		domains = append(domains, policy.Domain{Name: fmt.Sprint("d", i), Labels: policy.Labels{"owner": {fmt.Sprint(i % 2)}}})
	}
	rules, err := policy.New(&policy.Policy{Rules: []policy.Rule{{Name: "owners", Same: "owner"}}}, domains)
	if err != nil {
		t.Fatal(err)
	}
	loss := square(6, 1)
	for i := range loss {
		loss[i][i] = 0.5
	}
	cross, err := NewCross(loss, true)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range []Estimator{nil, cross} {
		p, err := Screen(e, 6, ScreenOptions{Pools: 20, Forbidden: rules})
		if err != nil {
			t.Fatal(err)
		}
		pairs := p.Audit
		for _, c := range p.Candidates {
			pairs = append(pairs, c.Pool)
		}
		for _, pair := range pairs {
			if pair[0]%2 != pair[1]%2 {
				t.Errorf("%v is proposed", pair)
			}
		}
		if len(pairs) != 6 {
			t.Errorf("%d pairs are proposed, 6 are allowed", len(pairs))
		}
	}
}
