package grouping

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/sharewise/sharewise/analysis"
	"github.com/sharewise/sharewise/analysis/policy"
	"github.com/sharewise/sharewise/analysis/study"
)

// TestRulesOfAFolder takes rules from the plan, and new ones beside them: pools that
// were trained before are then no candidates.
func TestRulesOfAFolder(t *testing.T) {
	r := &analysis.Results{Domains: []analysis.DomainInfo{{Name: "b"}, {Name: "a"}}}
	plan := &study.Plan{Policy: &policy.Policy{Rules: []policy.Rule{{Name: "owners", Same: "owner"}}}, Domains: []study.PlanDomain{
		{DomainSize: study.DomainSize{Name: "a"}, Labels: policy.Labels{"owner": {"x"}, "site": {"p"}}},
		{DomainSize: study.DomainSize{Name: "b"}, Labels: policy.Labels{"owner": {"x"}, "site": {"q"}}},
	}}
	sites := &policy.Policy{Rules: []policy.Rule{{Name: "sites", Same: "site"}}}
	loose := &policy.Policy{Rules: []policy.Rule{{Name: "owners", AtMost: 2}}}
	for _, test := range []struct {
		name    string
		options Options
		plan    *study.Plan
		rules   []string
		allowed bool
	}{
		{"the plan's", Options{}, plan, []string{"owners"}, true},
		{"new ones", Options{Rules: sites}, plan, []string{"sites", "owners"}, false},
		{"one of the same name", Options{Rules: loose}, plan, []string{"owners"}, true},
		{"labels of a study", Options{Rules: loose, Labels: []policy.Domain{{Name: "a"}, {Name: "b"}}}, plan, []string{"owners"}, true},
		{"labels alone", Options{Rules: sites, Labels: []policy.Domain{{Name: "a", Labels: policy.Labels{"site": {"p"}}}, {Name: "b", Labels: policy.Labels{"site": {"p"}}}}}, nil, []string{"sites"}, true},
	} {
		o := test.options
		if err := o.govern(test.plan, r); err != nil {
			t.Errorf("%s: %v", test.name, err)
			continue
		}
		var rules []string
		for _, r := range o.Policy.Policy().Rules {
			rules = append(rules, r.Name)
		}
		if !slices.Equal(rules, test.rules) || o.Policy.Allows([]int{0, 1}) != test.allowed || o.Policy.Domains()[0].Name != "b" {
			t.Errorf("%s: rules %q, allowed %v", test.name, rules, o.Policy.Allows([]int{0, 1}))
		}
	}
	var o Options
	if err := o.govern(nil, r); err != nil || o.Policy != nil {
		t.Errorf("without rules: %v, %v", o.Policy, err)
	}
	o = Options{Rules: sites}
	if err := o.govern(nil, r); err == nil || !strings.Contains(err.Error(), `domain "b"`) {
		t.Errorf("rules without labels: %v", err)
	}
	o = Options{Rules: &policy.Policy{Rules: []policy.Rule{{Name: "r", Same: "nothing"}}}}
	if err := o.govern(plan, r); !errors.Is(err, policy.ErrInvalid) {
		t.Errorf("a label that nobody has: %v", err)
	}
}
