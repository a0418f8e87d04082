package study

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/sharewise/sharewise/analysis/policy"
)

func TestLinks(t *testing.T) {
	const head = `version: 1
name: t
domains:
  - {name: a, data: {path: a.csv}, columns: {label: y}}
  - {name: b, data: {path: b.csv}, columns: {label: y}}
  - {name: c, data: {path: c.csv}, columns: {label: y}}
grouping:
`
	for _, c := range []struct{ text, want string }{
		{"  must_link: [[a, b]]\n  cannot_link: [[b, c]]\n  largest_pool: 2\n", ""},
		{"  must_link: [[a, d]]\n", `grouping.must_link[0][1]: no domain is called "d"`},
		{"  cannot_link: [[a, a]]\n", "a is named twice"},
		{"  must_link: [[a]]\n", "must_link"},
		{"  must_link: [[a, b], [c, b]]\n  cannot_link: [[a, c]]\n", "a and c may not be in one group, and grouping.must_link wants them there"},
		{"  must_link: [[a, b], [c, b]]\n  largest_pool: 2\n", "a group of at most 2, and grouping.must_link wants a, b, c in one"},
		{"  aversion: 2\n", "grouping.aversion: an aversion is for the objective risk"},
		{"  objective: most\n", "grouping.objective"},
		{"  budget: 0\n", "grouping.budget"},
		{"  models: [{pool: [a, d], cost: 2}]\n", `grouping.models[0].pool[1]: no domain is called "d"`},
		{"  models: [{pool: [a, a], cost: 2}]\n", "a is named twice"},
		{"  models: [{pool: [a, b], cost: 2}, {pool: [b, a], memory: 2}]\n", "grouping.models[1]: the pool a+b occurs twice"},
		{"  models: [{pool: [a, b]}]\n", "says nothing of the pool"},
		{"  sites: [{domain: a}]\n", "says nothing of the site"},
		{"  sites: [{domain: d, memory: 1}]\n", `grouping.sites[0].domain: no domain is called "d"`},
		{"  sites: [{domain: a, memory: 1}, {domain: a, latency: 1}]\n", "a has another site before"},
		{"  sites: [{domain: a, latency: 1}]\n", "latency is limited, and no model with a has one"},
	} {
		s, err := ParseBytes([]byte(head+c.text), "study.yaml", "")
		switch {
		case c.want == "" && err != nil:
			t.Errorf("%s: %v", c.text, err)
		case c.want == "":
			if len(s.Grouping.MustLink) != 1 || s.Grouping.CannotLink[0][1] != "c" || s.Grouping.LargestPool != 2 {
				t.Errorf("%+v", s.Grouping)
			}
		case err == nil || !strings.Contains(err.Error(), c.want):
			t.Errorf("%s: error %v, want %s", c.text, err, c.want)
		}
	}
}

// TestPlanning reads what pools are planned by.
func TestPlanning(t *testing.T) {
	s, err := ParseBytes([]byte(`version: 1
name: t
domains:
  - {name: a, data: {path: a.csv}, columns: {label: y}}
  - {name: b, data: {path: b.csv}, columns: {label: y}}
grouping:
  objective: risk
  aversion: 2
  budget: 1.5
  helpers: true
  models: [{pool: [a, b], cost: 1.5, latency: 3}, {pool: [a], memory: 2e6}]
  sites: [{domain: a, memory: 1e6, latency: 5}]
`), "study.yaml", "")
	if err != nil {
		t.Fatal(err)
	}
	want := Grouping{
		Tolerance: 0.02, Objective: "risk", Aversion: 2, Budget: 1.5, Helpers: true,
		Models: []GroupModel{{Pool: []string{"a", "b"}, Cost: 1.5, Latency: 3}, {Pool: []string{"a"}, Memory: 2e6}},
		Sites:  []GroupSite{{"a", 1e6, 5}},
	}
	if !reflect.DeepEqual(s.Grouping, want) || !s.Grouping.Planned() {
		t.Errorf("%+v", s.Grouping)
	}
}

// TestLinksInPlan leaves out pools that cannot_link and largest_pool forbid, beside
// those of the policy, and replaces the joint arm.
func TestLinksInPlan(t *testing.T) {
	head := "version: 1\nname: t\nseeds: 2\ndefaults: {data: x.csv, columns: {label: y}}\n"
	for _, name := range []string{"a", "b", "c", "d"} {
		head += map[bool]string{true: "domains:\n"}[name == "a"] + "  - {name: " + name + "}\n"
	}
	for _, c := range []struct {
		text    string
		arms    []string
		refused []string
		words   []string
	}{
		{"grouping: {cannot_link: [[a, b]]}\narms: {pools: [[a, b, c]]}\n",
			[]string{Independent, "pool{a,c,d}", "pool{b,c,d}", "pool{a,c}", "pool{a,d}", "pool{b,c}", "pool{b,d}", "pool{c,d}"},
			[]string{Joint, "pool{a,b}", "pool{a,b,c}"},
			[]string{`no model of all domains: rule "cannot link a+b": a and b may not be in one group; instead the largest pools that are allowed: a, c, d | b, c, d`,
				`rule "cannot link a+b" of grouping: forbids 2 pools that the study asks for: a and b may not be in one group, ...`}},
		{"grouping: {largest_pool: 2}\narms: {pairs: false, pools: [[b, c, d]]}\n",
			[]string{Independent, "pool{a,b}", "pool{c,d}"}, []string{Joint, "pool{b,c,d}"},
			[]string{`instead the largest pools that are allowed: a, b | c, d`, `rule "pools of at most 2" of grouping: forbids 1 pool that the study asks for: b, c, d are 3`}},
		{"grouping: {cannot_link: [[a, b]]}\narms: {pairs: false}\ndefaults: {labels: {k: x}, data: x.csv, columns: {label: y}}\npolicy: {rules: [{name: three, at_most: 3}]}\n",
			[]string{Independent, "pool{a,c,d}", "pool{b,c,d}"}, []string{Joint},
			[]string{`no model of all domains: rule "three"`, `rule "three" (`, `forbids no pair or pool`}},
		{"grouping: {cannot_link: [[a, b]]}\narms: {joint: false, pairs: false, pools: [[c, d]]}\n",
			[]string{Independent, "pool{c,d}"}, nil, []string{"forbids no pair or pool that the study asks for"}},
	} {
		text := head + c.text
		if strings.Contains(c.text, "defaults:") {
			text = strings.Replace(head, "defaults: {data: x.csv, columns: {label: y}}\n", "", 1) + c.text
		}
		s := mustParse(t, text)
		p, err := s.Plan(sizesOf(s))
		if err != nil {
			t.Fatal(err)
		}
		if got := p.Arms(); !slices.Equal(got, c.arms) {
			t.Errorf("%s: arms %q, want %q", c.text, got, c.arms)
		}
		var refused []string
		for _, r := range p.Refused {
			refused = append(refused, r.Arm)
		}
		if !slices.Equal(refused, c.refused) {
			t.Errorf("%s: refused %q, want %q", c.text, refused, c.refused)
		}
		words := strings.Join(p.RefusedWords(), "\n")
		for _, want := range c.words {
			if !strings.Contains(words, want) {
				t.Errorf("%s: %s\nlacks %q", c.text, words, want)
			}
		}
	}
	s := mustParse(t, head+"grouping: {largest_pool: 1}\n")
	if _, err := s.Plan(sizesOf(s)); !errors.Is(err, policy.ErrForbidden) {
		t.Errorf("with nothing left to compare: %v", err)
	}
}

// TestManyLinks plans many domains with many links in little time.
func TestManyLinks(t *testing.T) {
	const n = 300
	text := "version: 1\nname: t\ndefaults: {data: x.csv, columns: {label: y}}\narms: {pairs: false}\ndomains:\n"
	var links []string
	for i := range n {
		text += fmt.Sprintf("  - {name: d%d}\n", i)
		if i%2 == 1 {
			links = append(links, fmt.Sprintf("[d%d, d%d]", i-1, i))
		}
	}
	s := mustParse(t, text+"grouping: {cannot_link: ["+strings.Join(links, ", ")+"]}\n")
	arms, refused, err := s.arms()
	if err != nil || len(refused) != 1 || len(arms) != 2 || len(arms[0].domains) != n/2 || len(arms[1].domains) != n/2 {
		t.Errorf("%d arms, %d refused, %v", len(arms), len(refused), err)
	}
}
