package policy

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

// plants are domains of three owners in two jurisdictions.
func plants() []Domain {
	domain := func(name, owner, jurisdiction, confidentiality, retention string, purposes ...string) Domain {
		return Domain{name, Labels{"owner": {owner}, "jurisdiction": {jurisdiction}, "confidentiality": {confidentiality}, "retention": {retention}, "purpose": purposes}}
	}
	return []Domain{
		domain("a1", "acme", "EU", "confidential", "2031-12-31", "quality", "repair"),
		domain("a2", "acme", "EU", "open", "2031-12-31", "quality"),
		domain("b1", "bolt", "EU", "confidential", "2027-06", "repair"),
		domain("c1", "coil", "JP", "open", "unlimited", "quality", "energy"),
		domain("c2", "coil", "JP", "secret", "2030", "energy", "repair"),
	}
}

// TestStatements holds every kind of rule to the pools that it should forbid, with
// the domains that it names.
func TestStatements(t *testing.T) {
	confidential := Match{"confidentiality": {"confidential", "secret"}}
	for _, test := range []struct {
		rule    Rule
		forbids map[string]string // pool → part of the reason
		allows  []string
	}{
		{Rule{Among: confidential, Same: "owner"},
			map[string]string{"a1 b1": "a1 (owner acme) and b1 (owner bolt) do not have the same owner", "a1 a2 c2": "a1 (owner acme) and c2"},
			[]string{"a1 a2", "a1 c1", "a2 c1 c2"}},
		{Rule{Separate: Match{"jurisdiction": {"EU"}}},
			map[string]string{"a1 c1": "a1 (jurisdiction EU) is not pooled with c1 (jurisdiction JP)", "c2 a1": "a1 (jurisdiction EU) is not pooled with c2"},
			[]string{"a1 a2 b1", "c1 c2"}},
		{Rule{Common: "purpose"},
			map[string]string{"a2 b1": "no purpose is common to a2 (purpose quality), b1 (purpose repair)", "a1 c1 c2": "no purpose is common to a1 (purpose quality, repair), c1 (purpose quality, energy), c2 (purpose energy, repair)"},
			[]string{"a1 c1", "c1 c2", "a1 c2", "a1 a2 c1"}},
		{Rule{Never: Match{"confidentiality": {"secret"}}},
			map[string]string{"a1 c2": "c2 (confidentiality secret) shares no model"}, []string{"a1 b1 c1"}},
		{Rule{AtMost: 2}, map[string]string{"a1 a2 b1": "a1, a2, b1 are more than 2"}, []string{"a1 c2"}},
		{Rule{AtMost: 2, Of: "owner"}, map[string]string{"a1 a2 b1 c1": "a1, b1, c1 have more than 2 different values of owner"}, []string{"a1 a2 b1", "c1 c2 b1"}},
		{Rule{Among: confidential, Except: Match{"owner": {"coil"}}, AtMost: 1}, map[string]string{"a1 b1 c2": "a1, b1 are more than 1"}, []string{"a1 c2", "b1 c1 c2"}},
		{Rule{Lasts: map[string]string{"retention": "2028-12-31"}}, map[string]string{"a1 b1": "b1 (retention 2027-06) ends before 2028-12-31"}, []string{"a1 c1 c2"}},
		{Rule{Apart: []Match{{"owner": {"acme"}}, {"owner": {"bolt"}}}}, map[string]string{"b1 c1 a2": "b1 (owner bolt) and a2 (owner acme) are kept apart"}, []string{"a1 a2 c1", "b1 c1"}},
	} {
		test.rule.Name = "r"
		c, err := New(&Policy{Rules: []Rule{test.rule}}, plants())
		if err != nil {
			t.Errorf("%+v: %v", test.rule, err)
			continue
		}
		for pool, want := range test.forbids {
			err := c.Refuse(strings.Fields(pool))
			if !errors.Is(err, ErrForbidden) || !strings.Contains(err.Error(), want) {
				t.Errorf("%s: pool %s: %v, want %q", test.rule.Words(), pool, err, want)
			}
		}
		for _, pool := range test.allows {
			if err := c.Refuse(strings.Fields(pool)); err != nil {
				t.Errorf("%s: pool %s: %v", test.rule.Words(), pool, err)
			}
		}
		for _, d := range plants() {
			if err := c.Refuse([]string{d.Name}); err != nil {
				t.Errorf("%s alone: %v", d.Name, err)
			}
		}
	}
}

// TestProperties draws policies and holds them to what searches rest on: supersets
// of a forbidden set are forbidden, there is a reason exactly where something is
// forbidden, the domains named are forbidden by themselves, and Cover has every
// domain that may be pooled, in pools that can take in no other.
func TestProperties(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for trial := range 300 {
		n := 2 + random.IntN(6)
		domains := make([]Domain, n)
		for i := range domains {
			some := func(values ...string) []string {
				out := []string{values[random.IntN(len(values))]}
				if v := values[random.IntN(len(values))]; random.IntN(2) == 0 && v != out[0] {
					out = append(out, v)
				}
				return out
			}
			domains[i] = Domain{fmt.Sprint("d", i), Labels{"owner": some("a", "b", "c")[:1], "purpose": some("x", "y", "z"), "kind": some("p", "q"), "until": some("2026", "2030")}}
		}
		all := []Rule{
			{Same: "owner", Among: Match{"kind": {"p"}}}, {Common: "purpose"}, {Separate: Match{"owner": {"a"}}}, {AtMost: 1 + random.IntN(3)},
			{AtMost: 1 + random.IntN(2), Of: "owner"}, {Never: Match{"purpose": {"z"}, "kind": {"q"}}}, {Lasts: map[string]string{"until": "2028"}},
			{Apart: []Match{{"purpose": {"x"}}, {"purpose": {"y"}}}},
		}
		p := &Policy{}
		for range 1 + random.IntN(3) {
			r := all[random.IntN(len(all))]
			r.Name = fmt.Sprint("rule ", len(p.Rules))
			p.Rules = append(p.Rules, r)
		}
		c, err := New(p, domains)
		if err != nil {
			t.Fatal(err)
		}
		for m := 1; m < 1<<n; m++ {
			pool := membersOf(m, n)
			refusals := c.Refusals(pool)
			if (len(refusals) == 0) != c.Allows(pool) {
				t.Fatalf("trial %d: pool %v: allowed %v with refusals %v", trial, pool, c.Allows(pool), refusals)
			}
			for _, r := range refusals {
				if c.Without(r.Rule).Policy().Rule(r.Rule) != nil || c.Refuse(r.Domains) == nil && len(r.Domains) > 1 {
					t.Fatalf("trial %d: pool %v: %v is no reason", trial, pool, r)
				}
			}
			for extra := range n {
				if with := m | 1<<extra; !c.Allows(pool) && c.Allows(membersOf(with, n)) {
					t.Fatalf("trial %d: %v is forbidden and %v is not", trial, pool, membersOf(with, n))
				}
			}
		}
		covered := make([]bool, n)
		for _, pool := range c.Cover() {
			for m := range n {
				covered[m] = covered[m] || slices.Contains(pool, m)
				with := append(slices.Clone(pool), m)
				slices.Sort(with)
				if !slices.Contains(pool, m) && c.Allows(with) {
					t.Fatalf("trial %d: %v can take in %d", trial, pool, m)
				}
			}
			if !c.Allows(pool) || len(pool) < 2 {
				t.Fatalf("trial %d: cover %v", trial, pool)
			}
		}
		for a := range n {
			for b := range a {
				if c.Allows([]int{b, a}) && (!covered[a] || !covered[b]) {
					t.Fatalf("trial %d: %d and %d may be pooled and one is in no pool of %v", trial, a, b, c.Cover())
				}
			}
		}
	}
}

func membersOf(mask, n int) []int {
	var out []int
	for i := range n {
		if mask>>i&1 == 1 {
			out = append(out, i)
		}
	}
	return out
}

// TestMistakes has one mistake each, found where it is.
func TestMistakes(t *testing.T) {
	for _, test := range []struct {
		policy Policy
		labels Labels
		want   string
	}{
		{Policy{Rules: []Rule{{Name: "r"}}}, nil, "the rule says nothing"},
		{Policy{Rules: []Rule{{Same: "owner"}}}, Labels{"owner": {"a"}}, "a rule has a name"},
		{Policy{Rules: []Rule{{Name: "r", Same: "owner", AtMost: 1}}}, Labels{"owner": {"a"}}, "same and at_most: a rule says one thing"},
		{Policy{Rules: []Rule{{Name: "r", Same: "owner"}}}, nil, "domain d has no label owner"},
		{Policy{Rules: []Rule{{Name: "r", Among: Match{"kind": {"x"}}, AtMost: 1}}}, nil, "domain d has no label kind"},
		{Policy{Rules: []Rule{{Name: "r", Lasts: map[string]string{"until": "soon"}}}}, Labels{"until": {"2030"}}, `"soon" is neither a date`},
		{Policy{Rules: []Rule{{Name: "r", Lasts: map[string]string{"until": "2030"}}}}, Labels{"until": {"36 months"}}, "label until of domain d"},
		{Policy{Rules: []Rule{{Name: "r", Lasts: map[string]string{"until": "36 months"}}}}, Labels{"until": {"2030"}}, "is no length of time"},
		{Policy{Values: map[string][]string{"owner": {"acme"}}}, Labels{"owner": {"acmee"}}, `has the value "acmee"; policy.values has acme`},
		{Policy{Rules: []Rule{{Name: "r", Covers: []string{"reading"}, AtMost: 1}}}, nil, "neither pooling nor evaluation"},
		{Policy{Rules: []Rule{{Name: "r", Of: "owner", Same: "owner"}}}, Labels{"owner": {"a"}}, "there is no at_most"},
		{Policy{Rules: []Rule{{Name: "r", AtMost: 1}, {Name: "r", AtMost: 2}}}, nil, "a second rule"},
		{Policy{Rules: []Rule{{Name: "r", Apart: []Match{{"owner": {"a"}}}}}}, Labels{"owner": {"a"}}, "there are two at least"},
		{Policy{Confidential: Match{"level": {"high"}}}, nil, "no label level"},
	} {
		_, err := New(&test.policy, []Domain{{"d", test.labels}})
		if !errors.Is(err, ErrInvalid) || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%+v: %v, want %q", test.policy, err, test.want)
		}
	}
}

// TestConfidential knows which samples are shown.
func TestConfidential(t *testing.T) {
	own := &Policy{Confidential: Match{"level": {"high"}}}
	for _, test := range []struct {
		policy *Policy
		labels Labels
		want   bool
	}{
		{nil, nil, false},
		{nil, Labels{"confidentiality": {"open"}}, false},
		{nil, Labels{"confidentiality": {"secret"}}, true},
		{&Policy{}, Labels{"confidentiality": {"confidential"}}, true},
		{own, Labels{"confidentiality": {"secret"}, "level": {"low"}}, false},
		{own, Labels{"level": {"high"}}, true},
	} {
		if got := test.policy.IsConfidential(test.labels); got != test.want {
			t.Errorf("%+v, %v: confidential %v", test.policy, test.labels, got)
		}
	}
}

// TestActs tells pooling from evaluation.
func TestActs(t *testing.T) {
	c, err := New(&Policy{Rules: []Rule{{Name: "tests stay inside", Same: "owner", Covers: []string{Evaluation}}}}, plants())
	if err != nil {
		t.Fatal(err)
	}
	two := []string{"a1", "b1"}
	if err := c.Refuse(two); err != nil {
		t.Error(err)
	}
	if err := c.RefuseAct(Evaluation, two); !errors.Is(err, ErrForbidden) {
		t.Errorf("evaluation: %v", err)
	}
	if err := c.RefuseAct(Evaluation, []string{"a1", "unknown"}); !errors.Is(err, ErrForbidden) {
		t.Errorf("a domain without labels may be tested: %v", err)
	}
}

func BenchmarkAllows(b *testing.B) {
	c, err := New(&Policy{Rules: []Rule{{Name: "a", Common: "purpose"}, {Name: "b", Same: "owner", Among: DefaultConfidential()}}}, plants())
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		c.Allows([]int{0, 1, 3})
	}
}

// TestAmong asks a checker about some of its domains by their new places.
func TestAmong(t *testing.T) {
	p := &Policy{Rules: []Rule{{Name: "one owner", Same: "owner"}}}
	c, err := New(p, []Domain{{Name: "a", Labels: Labels{"owner": {"x"}}}, {Name: "b", Labels: Labels{"owner": {"y"}}}, {Name: "c", Labels: Labels{"owner": {"x"}}}})
	if err != nil {
		t.Fatal(err)
	}
	some := c.Among([]string{"c", "a", "unknown"})
	if !some.Allows([]int{0, 1}) || len(some.Domains()) != 2 || some.Domains()[0].Name != "c" {
		t.Errorf("among c and a: %+v", some.Domains())
	}
	if c.Among([]string{"a", "b"}).Allows([]int{0, 1}) {
		t.Error("two owners are allowed")
	}
}
