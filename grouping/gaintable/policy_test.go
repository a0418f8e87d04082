package gaintable

import (
	"errors"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/sharewise/sharewise/analysis/policy"
	"github.com/sharewise/sharewise/grouping/solve"
)

// TestPolicy forbids pools of a table by labels, says why, and what each rule costs.
func TestPolicy(t *testing.T) {
	table := readTable(t, "pool,target,gain\na+b,a,0.3\na+b,b,0.1\na+c,a,0.1\na+c,c,0.1\nb+c,b,0.02\nb+c,c,0.02\na+b+c,a,0.2\na+b+c,b,0.2\na+b+c,c,0.2\n")
	rules := &policy.Policy{Rules: []policy.Rule{
		{Name: "owners", Same: "owner", Because: "contract"}, {Name: "two", AtMost: 2}, {Name: "tests", Same: "country", Covers: []string{policy.Evaluation}},
	}}
	labels := []policy.Domain{
		{Name: "c", Labels: policy.Labels{"owner": {"y"}, "country": {"p"}}}, {Name: "a", Labels: policy.Labels{"owner": {"y"}, "country": {"q"}}},
		{Name: "b", Labels: policy.Labels{"owner": {"x"}, "country": {"p"}}}, {Name: "unused"},
	}
	// A domain that the table lacks needs no label.
	c, err := table.Govern(rules, labels)
	if err != nil {
		t.Fatal(err)
	}
	p, err := table.Choose(Options{Policy: c})
	if err != nil {
		t.Fatal(err)
	}
	if pools(p) != "a+c:a+c b:b" || !p.Optimal() {
		t.Errorf("pools %s (%s)", pools(p), p.Certificate)
	}
	var names []string
	for _, f := range p.Forbidden {
		names = append(names, strings.Join(f.Train, "+"))
	}
	if want := []string{"a+b", "b+c", "a+b+c"}; !slices.Equal(names, want) || len(p.Forbidden[2].Because) != 2 {
		t.Errorf("forbidden %+v, want %q", p.Forbidden, want)
	}
	// Without owners a+b would gain 0.4 instead of 0.2; without two nothing changes.
	if len(p.Rules) != 2 || math.Abs(*p.Rules[0].Cost-0.2/3) > 1e-12 || *p.Rules[1].Cost != 0 || p.Rules[0].Pools != 3 || p.Rules[1].Pools != 1 {
		t.Errorf("rules %+v", p.Rules)
	}
	words := p.Words(&p.Rules[0])
	for _, want := range []string{`Rule "owners" (domains share a model only where they have the same owner; contract) costs 0.06667 of the objective`, "forbids 3 of the table's pools: a (owner y) and b (owner x) do not have the same owner, ..."} {
		if !strings.Contains(words, want) {
			t.Errorf("%q lacks %q", words, want)
		}
	}
	if _, err := table.Choose(Options{Policy: c, Constraints: solve.Constraints{MustLink: [][]string{{"a", "b"}}}}); !errors.Is(err, solve.ErrContradiction) {
		t.Errorf("must link what the policy forbids: %v", err)
	}
	for name, labels := range map[string][]policy.Domain{"no labels": nil, "another table": labels[:2], "no such label": {{Name: "a"}, {Name: "b"}, {Name: "c"}}} {
		if _, err := table.Govern(rules, labels); !errors.Is(err, ErrPolicy) {
			t.Errorf("%s: error %v", name, err)
		}
	}
	if _, err := table.Govern(&policy.Policy{Rules: rules.Rules[1:2]}, nil); err != nil {
		t.Errorf("a rule about no label needs none: %v", err)
	}
	if _, err := readTable(t, "pool,target,gain\nx+y,x,1\n").Choose(Options{Policy: c}); err == nil {
		t.Error("the policy of other domains is taken")
	}
}

// TestPolicyObeyed never trains what is forbidden, by any objective, with helpers,
// and with pools that are extrapolated.
func TestPolicyObeyed(t *testing.T) {
	for seed := range uint64(30) {
		r := rand.New(rand.NewPCG(seed, 8))
		table := random(t, r, 5)
		var labels []policy.Domain
		for _, name := range table.Domains {
			labels = append(labels, policy.Domain{Name: name, Labels: policy.Labels{"owner": {[]string{"x", "y"}[r.IntN(2)]}}})
		}
		c, err := table.Govern(&policy.Policy{Rules: []policy.Rule{{Name: "owners", Same: "owner"}}}, labels)
		if err != nil {
			t.Fatal(err)
		}
		for _, objective := range Objectives {
			for _, o := range []Options{{}, {Helpers: true}, {Extrapolate: true}} {
				o.Objective, o.Policy, o.Draws = objective, c, 5
				p, err := table.Choose(o)
				if err != nil {
					t.Fatal(err)
				}
				for _, pool := range p.Pools {
					if err := c.Refuse(pool.Train); err != nil {
						t.Errorf("seed %d, %s: %v", seed, objective, err)
					}
				}
			}
		}
	}
}

// TestRefused leaves a cost unknown where only pools that were never trained could show
// it.
func TestRefused(t *testing.T) {
	table := readTable(t, "pool,target,gain\na+b,a,0.1\na+b,b,-0.3\nc,c,0\n")
	o := Options{Constraints: solve.Constraints{CannotLink: [][]string{{"a", "c"}, {"b", "c"}, {"a", "b"}}}, Refused: [][]string{{"a", "c"}, {"a", "b", "c"}, {"x", "y"}, {"a", "b"}}}
	p, err := table.Choose(o)
	if err != nil {
		t.Fatal(err)
	}
	for i, known := range []bool{false, true, true} {
		if r := p.Rules[i]; (r.Cost != nil) != known {
			t.Errorf("%s: cost %v, want one that is known: %v", r.Name, r.Cost, known)
		}
	}
}
