package grouping

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/sharewise/sharewise/analysis/study"
	"github.com/sharewise/sharewise/grouping/solve"
)

// ruled is a problem of n domains with all pairs, some larger pools and random
// rules.
func ruled(r *rand.Rand, n, larger int) *Problem {
	p := &Problem{}
	for i := range n {
		p.Domains = append(p.Domains, fmt.Sprint("d", i))
		for j := range i {
			p.Pools = append(p.Pools, Pool{Members: []int{j, i}, Gain: []float64{r.NormFloat64(), r.NormFloat64()}})
		}
	}
	seen := map[set]bool{}
	for range larger {
		s := solve.SetOf(r.IntN(n), r.IntN(n), r.IntN(n), r.IntN(n))
		if s.Count() < 3 || seen[s] {
			continue
		}
		seen[s] = true
		pool := Pool{Members: s.Members()}
		for range pool.Members {
			pool.Gain = append(pool.Gain, r.NormFloat64())
		}
		p.Pools = append(p.Pools, pool)
	}
	if r.IntN(2) == 0 {
		p.MaxGroups = 1 + r.IntN(n)
	}
	return p
}

func (p *Problem) addRules(t *testing.T, c solve.Constraints) {
	t.Helper()
	var err error
	if p.Rules, err = c.Rules(p.Indices, solve.Needs{}); err != nil {
		t.Fatal(err)
	}
}

// TestRules compares groups under rules with all partitions that keep to them, and
// what rules cost with the best without.
func TestRules(t *testing.T) {
	infeasible := 0
	for seed := range uint64(150) {
		r := rand.New(rand.NewPCG(seed, 3))
		n := 3 + r.IntN(4)
		p := ruled(r, n, n)
		c := solve.Constraints{LargestPool: r.IntN(n + 1)}
		d := func() string { return fmt.Sprint("d", r.IntN(n)) }
		if a, b := d(), d(); a != b {
			c.MustLink = append(c.MustLink, []string{a, b})
		}
		if a, b := d(), d(); a != b {
			c.CannotLink = append(c.CannotLink, []string{a, b})
		}
		p.addRules(t, c)
		best := func(rules []solve.Rule) float64 {
			g := newGains(p)
			most := math.Inf(-1)
			partitions(n, func(assign []int, count int) {
				if count > p.maxGroups() {
					return
				}
				groups := make([]set, count)
				for j, k := range assign {
					groups[k] = groups[k].With(j)
				}
				sum := 0.0
				for _, s := range groups {
					for _, rule := range rules {
						if rule.Forbids != nil && s.Count() > 1 && rule.Forbids(s) || s.Meets(rule.Together) && !rule.Together.Minus(s).Empty() {
							return
						}
					}
					// What the pool is worth without any rule.
					open := *p
					open.Rules = nil
					g.problem = &open
					sum += g.value(s, g.cell)
				}
				most = max(most, sum)
			})
			return most
		}
		rec, err := Recommend(p, Context{Draws: 5})
		want := best(p.Rules)
		if err != nil {
			infeasible++
			if !errors.Is(err, solve.ErrContradiction) && !errors.Is(err, ErrNoPartition) || !math.IsInf(want, -1) {
				t.Errorf("seed %d: error %v, best %v", seed, err, want)
			}
			continue
		}
		if math.Abs(rec.Total-want) > 1e-9 || !rec.Optimal {
			t.Errorf("seed %d: total %v, want %v", seed, rec.Total, want)
		}
		for k, cost := range rec.Constraints {
			rules := append(append([]solve.Rule(nil), p.Rules[:k]...), p.Rules[k+1:]...)
			if without := best(rules); cost.Cost == nil || math.Abs(*cost.Cost-(without-want)) > 1e-9 {
				t.Errorf("seed %d: %s costs %v, want %v", seed, cost.Name, cost.Cost, without-want)
			}
		}
	}
	if infeasible == 0 || infeasible > 75 {
		t.Errorf("%d instances of 150 have no answer", infeasible)
	}
}

// TestRulesOfMany keeps to rules where groups are searched for, and proves what is
// best of up to 20 domains.
func TestRulesOfMany(t *testing.T) {
	for _, n := range []int{16, 24} {
		p := ruled(rand.New(rand.NewPCG(1, uint64(n))), n, 0)
		p.MaxGroups = 6
		free, err := Best(p)
		if err != nil {
			t.Fatal(err)
		}
		p.addRules(t, solve.Constraints{MustLink: [][]string{{"d0", "d9"}, {"d9", "d3"}}, CannotLink: [][]string{{"d1", "d2"}}, LargestPool: 5})
		linked, err := Best(p.Ruled())
		if err != nil {
			t.Fatal(err)
		}
		if linked.Optimal != (n <= latticeLimit) || n <= latticeLimit && !free.Optimal || linked.Total > free.Bound+1e-9 || linked.Bound < linked.Total {
			t.Errorf("%d domains: total %v of %v (%v), without rules %v of %v (%v)", n, linked.Total, linked.Bound, linked.Optimal, free.Total, free.Bound, free.Optimal)
		}
		g := newGains(p)
		groups, err := g.setsOf(linked.Names())
		if err != nil {
			t.Fatal(err)
		}
		for _, s := range groups {
			if p.splits(s) || p.forbids(s) || len(groups) > 6 {
				t.Errorf("%d domains: group %v of %d breaks a rule", n, s.Members(), len(groups))
			}
		}
		if linked.RunnerUp == nil || linked.RunnerUp.Total > linked.Total || linked.RunnerUp.Same(linked.Names()) {
			t.Errorf("%d domains: runner-up %+v", n, linked.RunnerUp)
		}
	}
}

// TestRulesUntrained counts the pools that a rule alone kept from being trained.
func TestRulesUntrained(t *testing.T) {
	p := ruled(rand.New(rand.NewPCG(1, 3)), 4, 4)
	p.addRules(t, solve.Constraints{CannotLink: [][]string{{"d0", "d1"}}, LargestPool: 3})
	p.Pools = slices.DeleteFunc(p.Pools, func(m Pool) bool { return p.forbids(solve.SetOf(m.Members...)) })
	refused := []study.RefusedArm{
		{Domains: []string{"d0", "d1", "d2", "d3"}}, // by both
		{Domains: []string{"d0", "d1"}}, {Domains: []string{"d0", "d1", "d3"}},
		{Domains: []string{"d0", "x"}},
	}
	r, err := Recommend(p, Context{Draws: 5, Refused: refused})
	if err != nil {
		t.Fatal(err)
	}
	if got := r.Constraints; len(got) != 2 || got[0].Untrained != 2 || got[1].Untrained != 0 {
		t.Errorf("rules %+v, want 2 pools that the first kept from being trained", got)
	}
	if of := r.Constraints[0]; of.Cost != nil || of.Words() != "has a cost that is not known: 2 pools that it alone forbids were never trained" {
		t.Errorf("%+v says %q", of, of.Words())
	}
	some := 0.125
	if words := (&RuleCost{Cost: &some, Untrained: 1}).Words(); words != "costs at least 0.1250 of the total gain; 1 pool that it alone forbids was never trained" {
		t.Errorf("words %q", words)
	}
}

// TestSearchWithLinks compares the search, and its bound, with the exact answer where
// domains must be together, with pools listed and not.
func TestSearchWithLinks(t *testing.T) {
	proved, possible := 0, 0
	const trials = 150
	for trial := range trials {
		r := rand.New(rand.NewPCG(uint64(trial), 31))
		n := 5 + r.IntN(5)
		p := sparseProblem(r, n)
		if trial%3 == 0 {
			p.MaxGroups = 2 + r.IntN(n-2)
		}
		p.addRules(t, solve.Constraints{MustLink: [][]string{{"d0", "d3"}, {"d1", fmt.Sprint("d", 4+r.IntN(n-4))}}})
		exact := newGains(p).best(false)
		g := newGains(p)
		got := g.best(true)
		if (exact == nil) != (got == nil) {
			t.Fatalf("trial %d: search %v, exact %v", trial, got, exact)
		}
		if exact == nil {
			continue
		}
		possible++
		if math.Abs(got.Total-exact.Total) > 1e-9 {
			t.Errorf("trial %d: total %v, want %v", trial, got.Total, exact.Total)
		}
		if got.Optimal {
			proved++
		}
		// As if pools were too many to list.
		v := newSolver(g)
		v.listed, v.complete = false, false
		v.sets, v.members = v.sets[:0:0], v.members[:0:0]
		for _, s := range g.sets {
			if s.Count() > 1 && !p.splits(s) {
				v.list(s)
			}
		}
		a := v.solve(newScorer(g, g.cell), nil, v.thorough())
		if a.groups == nil {
			continue
		}
		if total := g.total(a.groups, g.cell); total > exact.Total+1e-9 || a.bound < exact.Total-1e-9 || a.proved && total < exact.Total-1e-9 {
			t.Errorf("trial %d: unlisted: total %v, bound %v, proved %v; the best is %v", trial, total, a.bound, a.proved, exact.Total)
		}
	}
	if proved < possible || possible < trials/4 {
		t.Errorf("proved %d of %d", proved, possible)
	}
}
