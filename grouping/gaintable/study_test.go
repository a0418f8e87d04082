package gaintable

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/sharewise/sharewise/analysis/policy"
	"github.com/sharewise/sharewise/grouping"
	"github.com/sharewise/sharewise/grouping/solve"
)

// TestOfStudy chooses from studies whose pools were all trained: by value the same as
// package grouping does, under a policy and links, too.
func TestOfStudy(t *testing.T) {
	for seed := range uint64(40) {
		r := rand.New(rand.NewPCG(seed, 12))
		n := 3 + r.IntN(3)
		p := &grouping.Problem{Level: 0.9}
		var domains []policy.Domain
		for j := range n {
			p.Domains = append(p.Domains, fmt.Sprint("d", j))
			p.Value = append(p.Value, float64(1+r.IntN(3)))
			domains = append(domains, policy.Domain{Name: p.Domains[j], Labels: policy.Labels{"owner": {fmt.Sprint(r.IntN(2))}}})
		}
		for k := 1; k < 1<<n; k++ {
			var pool grouping.Pool
			for j := range n {
				if k>>j&1 == 1 {
					g := r.NormFloat64()
					pool.Members, pool.Gain = append(pool.Members, j), append(pool.Gain, g)
					pool.Lo, pool.Hi = append(pool.Lo, g-0.1), append(pool.Hi, g+0.1)
				}
			}
			if len(pool.Members) > 1 {
				p.Pools = append(p.Pools, pool)
			}
		}
		checker, err := policy.New(&policy.Policy{Rules: []policy.Rule{{Name: "owners", Same: "owner"}}}, domains)
		if err != nil {
			t.Fatal(err)
		}
		models := 1 + r.IntN(n)
		links := solve.Constraints{CannotLink: [][]string{{"d0", "d1"}}}
		if seed%2 == 0 {
			checker, models = nil, 0
		}
		table, o, err := OfStudy(&grouping.Stated{Problem: p, Options: grouping.Options{Policy: checker, Constraints: &links, MaxGroups: &models}, Notes: []string{"doubt"}})
		if err != nil {
			t.Fatal(err)
		}
		o.Objective, o.Draws = Value, -1
		plan, err := table.Choose(o)
		p.MaxGroups = models
		governed := *p
		if checker != nil {
			allowed, err := p.Governed(checker)
			if err != nil {
				t.Fatal(err)
			}
			governed = *allowed
		}
		var rulesErr error
		if governed.Rules, rulesErr = links.Rules(governed.Indices, solve.Needs{}); rulesErr != nil {
			t.Fatal(rulesErr)
		}
		best, bestErr := grouping.Best(governed.Ruled())
		if (err == nil) != (bestErr == nil) {
			t.Errorf("seed %d: error %v, of the grouping %v", seed, err, bestErr)
		}
		if err != nil {
			continue
		}
		worth := 0.0
		for _, v := range p.Value {
			worth += v
		}
		if math.Abs(float64(plan.Objective)-best.Total/worth) > 1e-9 {
			t.Errorf("seed %d: objective %v, the best grouping has %v", seed, plan.Objective, best.Total/worth)
		}
		// 0.1 at 90 % is this at 95 %.
		for _, pool := range plan.Pools {
			for _, g := range pool.Gains {
				if half := float64(g.Hi) - g.Gain; pool.Source == Measured && math.Abs(half-0.1*1.959964/1.644854) > 1e-6 {
					t.Errorf("seed %d: limits of %s reach %v", seed, g.Domain, half)
				}
			}
		}
		if !slices.Contains(plan.Notes, "doubt") || len(plan.Notes) != 2 {
			t.Errorf("notes %q", plan.Notes)
		}
	}
}
