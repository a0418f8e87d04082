package grouping

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/sharewise/sharewise/analysis/policy"
	"github.com/sharewise/sharewise/grouping/solve"
)

// exists says by trying all partitions whether one keeps to the problem, of which the
// measured pools may be forbidden.
func (p *Problem) exists() bool {
	g, found := newGains(p), false
	partitions(len(p.Domains), func(assign []int, count int) {
		if found || count > p.maxGroups() {
			return
		}
		groups := make([]set, count)
		for j, k := range assign {
			groups[k] = groups[k].With(j)
		}
		for _, x := range groups {
			if p.forbids(x) || p.splits(x) {
				return
			}
			if newScorer(g, g.cell).score(x) == unusable {
				return
			}
		}
		found = true
	})
	return found
}

// TestConflict holds constraints that are named as being in the way against all
// partitions: together they cannot be kept, and without any one of them they can.
func TestConflict(t *testing.T) {
	several := 0
	for seed := range uint64(400) {
		r := rand.New(rand.NewPCG(seed, 8))
		n := 3 + r.IntN(3)
		p := ruled(r, n, n)
		if r.IntN(2) == 0 { // some pairs were not measured
			p.Pools = slices.DeleteFunc(p.Pools, func(Pool) bool { return r.IntN(3) == 0 })
		}
		c := solve.Constraints{LargestPool: r.IntN(n)}
		d := func() string { return fmt.Sprint("d", r.IntN(n)) }
		for range 1 + r.IntN(3) {
			if a, b := d(), d(); a != b {
				c.CannotLink = append(c.CannotLink, []string{a, b})
			}
		}
		p.addRules(t, c)
		if r.IntN(2) == 0 {
			domains := make([]policy.Domain, n)
			for i := range domains {
				domains[i] = policy.Domain{Name: p.Domains[i], Labels: policy.Labels{"owner": {string(rune('x' + r.IntN(2)))}}}
			}
			checker, err := policy.New(&policy.Policy{Rules: []policy.Rule{{Name: "owners", Same: "owner"}}}, domains)
			if err != nil {
				t.Fatal(err)
			}
			p.Policy = checker
		}
		_, err := Recommend(p, Context{Draws: 1})
		if err == nil {
			continue
		}
		var conflict *ConflictError
		if !errors.As(err, &conflict) || !errors.Is(err, ErrNoPartition) || !conflict.Irreducible {
			t.Fatalf("seed %d: %v", seed, err)
		}
		all := p.constraints()
		kept := func(names []string) *Problem {
			var dropped []constraint
			for _, c := range all {
				if !slices.Contains(names, c.name) {
					dropped = append(dropped, c)
				}
			}
			q := *p
			for _, c := range dropped {
				c.drop(&q)
			}
			return &q
		}
		if len(conflict.Constraints) == 0 || kept(conflict.Constraints).exists() {
			t.Errorf("seed %d: %v: what is named can be kept", seed, err)
		}
		for i := range conflict.Constraints {
			if !kept(slices.Delete(slices.Clone(conflict.Constraints), i, i+1)).exists() {
				t.Errorf("seed %d: %v: some of what is named is not to blame", seed, err)
			}
		}
		if least := conflict.Least; least > 0 {
			q := kept(conflict.Constraints)
			for q.MaxGroups = 1; q.MaxGroups < n && !q.exists(); q.MaxGroups++ {
			}
			if q.MaxGroups != least || !strings.Contains(err.Error(), fmt.Sprint("and it takes ", least)) {
				t.Errorf("seed %d: %v: it takes %d groups", seed, err, q.MaxGroups)
			}
		}
		if len(conflict.Constraints) > 1 {
			several++
		}
	}
	if several < 20 {
		t.Errorf("only %d problems had several constraints in the way", several)
	}
}
