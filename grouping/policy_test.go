package grouping

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/sharewise/sharewise/analysis/policy"
	"github.com/sharewise/sharewise/analysis/study"
	"github.com/sharewise/sharewise/grouping/solve"
)

// governed is a problem of n domains with all pairs, some larger pools, random gains
// and a random policy.
func governed(t *testing.T, random *rand.Rand, n int) *Problem {
	t.Helper()
	p := &Problem{}
	var domains []policy.Domain
	for i := range n {
		p.Domains = append(p.Domains, fmt.Sprint("d", i))
		label := func(values ...string) []string { return []string{values[random.IntN(len(values))]} }
		domains = append(domains, policy.Domain{Name: p.Domains[i], Labels: policy.Labels{
			"owner": label("a", "b", "c"), "purpose": append(label("x", "y"), label("z", "w")...), "kind": label("open", "secret"),
		}})
	}
	for mask := 1; mask < 1<<n; mask++ {
		var pool Pool
		for i := range n {
			if mask>>i&1 == 1 {
				pool.Members = append(pool.Members, i)
				pool.Gain = append(pool.Gain, random.NormFloat64())
			}
		}
		if len(pool.Members) == 2 || len(pool.Members) > 2 && random.IntN(4) == 0 {
			p.Pools = append(p.Pools, pool)
		}
	}
	all := []policy.Rule{
		{Name: "owners apart", Same: "owner", Among: policy.Match{"kind": {"secret"}}}, {Name: "purpose", Common: "purpose"},
		{Name: "three at most", AtMost: 3}, {Name: "two owners", AtMost: 2, Of: "owner"}, {Name: "b apart", Separate: policy.Match{"owner": {"b"}}},
	}
	random.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
	var err error
	if p.Policy, err = policy.New(&policy.Policy{Rules: all[:1+random.IntN(2)]}, domains); err != nil {
		t.Fatal(err)
	}
	return p
}

// partitionsOf calls f with every partition of n domains.
func partitionsOf(n int, f func([]set)) {
	var extend func(i int, groups []set)
	extend = func(i int, groups []set) {
		if i == n {
			f(groups)
			return
		}
		for k := range groups {
			old := groups[k]
			groups[k] = old.With(i)
			extend(i+1, groups)
			groups[k] = old
		}
		extend(i+1, append(slices.Clone(groups), solve.SetOf(i)))
	}
	extend(0, nil)
}

// bestAllowed compares all partitions, by rules read off the checker alone.
func bestAllowed(p *Problem, c *policy.Checker) float64 {
	free := *p
	free.Policy = nil
	g := newGains(&free)
	best := math.Inf(-1)
	partitionsOf(len(p.Domains), func(groups []set) {
		for _, s := range groups {
			if !c.Allows(s.Members()) {
				return
			}
		}
		if total := g.total(groups, g.cell); total > best {
			best = total
		}
	})
	return best
}

// TestPolicyExactly holds recommendations under random policies, and the cost of each
// rule, to the comparison of all partitions: by the exact solver and by the search.
func TestPolicyExactly(t *testing.T) {
	random := rand.New(rand.NewPCG(7, 7))
	for trial := range 60 {
		p := governed(t, random, 4+trial%4)
		r, err := Recommend(p, Context{Draws: 20})
		if err != nil {
			t.Fatal(err)
		}
		want := bestAllowed(p, p.Policy)
		if math.Abs(r.Total-want) > 1e-9 {
			t.Errorf("trial %d: total %v, want %v", trial, r.Total, want)
		}
		for _, names := range append(r.Names(), poolsOf(r)...) {
			if err := p.Policy.Refuse(names); err != nil {
				t.Errorf("trial %d: %v", trial, err)
			}
		}
		for _, e := range r.Governance.Rules {
			cost := bestAllowed(p, p.Policy.Without(e.Name)) - want
			if e.Cost == nil || math.Abs(*e.Cost-cost) > 1e-9 {
				t.Errorf("trial %d: rule %s costs %v, want %v", trial, e.Name, e.Cost, cost)
			}
		}
		inner, err := p.Governed(p.Policy)
		if err != nil {
			t.Fatal(err)
		}
		g := newGains(inner)
		found := g.best(true)
		if found == nil || found.Total > want+1e-9 || found.Bound < want-1e-9 {
			t.Errorf("trial %d: the search found %+v, the best is %v", trial, found, want)
			continue
		}
		for _, names := range found.Names() {
			if err := p.Policy.Refuse(names); err != nil {
				t.Errorf("trial %d: the search takes %v", trial, err)
			}
		}
	}
}

// poolsOf lists all pools that a recommendation names beside its groups.
func poolsOf(r *Recommendation) [][]string {
	var out [][]string
	for _, a := range r.Alternatives {
		out = append(out, a.Groups...)
	}
	for _, c := range r.Confirm {
		out = append(out, c.Pool)
	}
	if r.Stability != nil {
		for _, p := range r.Pairs {
			out = append(out, []string{p.A.Domain, p.B.Domain})
		}
	}
	return append(out, r.Lasting...)
}

// TestCostOfRules tells what is known of a rule's cost from what is not.
func TestCostOfRules(t *testing.T) {
	domains := []policy.Domain{{Name: "a", Labels: policy.Labels{"owner": {"x"}}}, {Name: "b", Labels: policy.Labels{"owner": {"x"}}}, {Name: "c", Labels: policy.Labels{"owner": {"y"}}}}
	c, err := policy.New(&policy.Policy{Rules: []policy.Rule{{Name: "owners", Same: "owner", Because: "contract"}}}, domains)
	if err != nil {
		t.Fatal(err)
	}
	refused := []study.RefusedArm{{Arm: "pool{a,c}", Domains: []string{"a", "c"}}, {Arm: "pool{b,c}", Domains: []string{"b", "c"}}}
	recommend := func(pools ...Pool) *Recommendation {
		r, err := Recommend(&Problem{Domains: []string{"a", "b", "c"}, Policy: c, Pools: pools}, Context{Refused: refused})
		if err != nil {
			t.Fatal(err)
		}
		return r
	}
	ab := Pool{Members: []int{0, 1}, Gain: []float64{0.1, 0.1}}
	never := recommend(ab)
	if e := never.Governance.Rules[0]; e.Cost != nil || e.Untrained != 2 || e.Pools != 2 || e.Words(3) != "unknown: 2 pools that it alone forbids were never trained" {
		t.Errorf("%+v: %s", e, e.Words(3))
	}
	bc := Pool{Members: []int{1, 2}, Gain: []float64{0.2, 0.3}}
	trained := recommend(ab, bc)
	e := trained.Governance.Rules[0]
	if e.Cost == nil || math.Abs(*e.Cost-0.3) > 1e-12 || e.Untrained != 1 || fmt.Sprint(e.Instead) != "[[a] [b c]]" || !strings.HasPrefix(e.Words(3), "at least 10.0 % of the error or loss") {
		t.Errorf("%+v: %s", e, e.Words(3))
	}
	if fmt.Sprint(trained.Names()) != "[[a b] [c]]" || !slices.ContainsFunc(trained.Warnings, func(w string) bool {
		return strings.Contains(w, `forbids a pool that was trained: b, c, by rule "owners"`)
	}) {
		t.Errorf("groups %v, warnings %q", trained.Names(), trained.Warnings)
	}
	if f := trained.Governance.Forbidden; len(f) != 2 || !f[0].Trained || f[1].Trained {
		t.Errorf("forbidden %+v", f)
	}
	// Only a forbidden pool was trained: that is an answer, too.
	alone := recommend(bc)
	if fmt.Sprint(alone.Names()) != "[[a] [b] [c]]" || alone.Total != 0 {
		t.Errorf("groups %v, total %v", alone.Names(), alone.Total)
	}
	// An open question of three is estimated from pairs.
	three, err := policy.New(&policy.Policy{Rules: []policy.Rule{{Name: "two", AtMost: 2}}}, domains)
	if err != nil {
		t.Fatal(err)
	}
	ac := Pool{Members: []int{0, 2}, Gain: []float64{0.2, 0.2}}
	r, err := Recommend(&Problem{Domains: []string{"a", "b", "c"}, Policy: three, Pools: []Pool{ab, bc, ac}}, Context{})
	if err != nil {
		t.Fatal(err)
	}
	if e := r.Governance.Rules[0]; e.Cost == nil || math.Abs(*e.Cost-0.05) > 1e-12 || !e.Estimated {
		t.Errorf("%+v", e)
	}
	if slices.ContainsFunc(r.Alternatives, func(a Alternative) bool { return a.Name == "joint" }) {
		t.Error("all together is an alternative")
	}
}

// TestGovernedCovariances keeps the errors of the pools that are left.
func TestGovernedCovariances(t *testing.T) {
	domains := []policy.Domain{{Name: "a", Labels: policy.Labels{"o": {"x"}}}, {Name: "b", Labels: policy.Labels{"o": {"y"}}}, {Name: "c", Labels: policy.Labels{"o": {"x"}}}}
	c, err := policy.New(&policy.Policy{Rules: []policy.Rule{{Name: "o", Same: "o"}}}, domains)
	if err != nil {
		t.Fatal(err)
	}
	p := &Problem{Domains: []string{"a", "b", "c"}, Pools: []Pool{
		{Members: []int{0, 1}, Gain: []float64{1, 1}}, {Members: []int{0, 2}, Gain: []float64{2, 3}},
	}, Covariances: []Covariance{
		{Cells: []Cell{{0, 0}, {1, 0}}, Matrix: [][]float64{{4, 1}, {1, 9}}, DF: 3}, {Cells: []Cell{{0, 1}}, Matrix: [][]float64{{1}}},
	}}
	g, err := p.Governed(c)
	if err != nil {
		t.Fatal(err)
	}
	if err := g.Validate(); err != nil || len(g.Pools) != 1 || len(g.Covariances) != 1 || g.Covariances[0].Matrix[0][0] != 9 || g.Covariances[0].DF != 3 || g.Covariances[0].Cells[0] != (Cell{0, 0}) {
		t.Errorf("%+v, %v", g, err)
	}
	if _, err := (&Problem{Domains: []string{"a", "c", "b"}}).Governed(c); err == nil {
		t.Error("domains in another order pass")
	}
}

// What runs have in common across domains is left out with the pools.
func TestGovernedAcross(t *testing.T) {
	p := governed(t, rand.New(rand.NewPCG(3, 4)), 5)
	p.Across = &Across{Pool: 0.4, Seed: 0.2, Seeds: 3}
	for k, pool := range p.Pools {
		p.Across.Runs = append(p.Across.Runs, make([]float64, len(pool.Members)))
		p.Across.Runs[k][0] = float64(k)
	}
	out, err := p.Governed(p.Policy)
	if err != nil {
		t.Fatal(err)
	}
	if err := out.Validate(); err != nil || len(out.Pools) == len(p.Pools) {
		t.Fatalf("%d of %d pools are left: %v", len(out.Pools), len(p.Pools), err)
	}
	for k, pool := range out.Pools {
		was := int(out.Across.Runs[k][0])
		if !slices.Equal(p.Pools[was].Members, pool.Members) {
			t.Errorf("pool %v has the variances of %v", pool.Members, p.Pools[was].Members)
		}
	}
	if len(p.Across.Runs) != len(p.Pools) {
		t.Error("the problem itself has changed")
	}
}
