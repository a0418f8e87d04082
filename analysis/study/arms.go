package study

import (
	"fmt"
	"slices"
	"strings"

	"github.com/sharewise/sharewise/analysis/policy"
	"github.com/sharewise/sharewise/analysis/wording"
)

type arm struct {
	name    string
	domains []string
}

// RefusedArm is an arm that a study asks for and that its policy, cannot_link or
// largest_pool forbids.
type RefusedArm struct {
	Arm     string           `json:"arm"`
	Domains []string         `json:"domains"`
	Because []policy.Refusal `json:"because"`
	// Instead are the pools that stand in for the joint arm: the largest that are
	// allowed.
	Instead [][]string `json:"instead,omitempty"`
}

// Words names the arm and the first rule that forbids it.
func (r RefusedArm) Words() string { return r.Arm + ", by " + r.Because[0].Words() }

// arms lists the arms of several domains, each set of domains once: a pool of
// all is the joint arm, and so is the pair of a study of two domains. What the
// policy, cannot_link or largest_pool forbids is left out and returned, and the joint
// arm gives way to the largest pools that are allowed.
func (s *Study) arms() ([]arm, []RefusedArm, error) {
	checker, err := s.Checker()
	if err != nil {
		return nil, nil, err
	}
	l := &armList{checker: checker, links: s.Grouping.linkRules(), seen: map[string]bool{}}
	for _, d := range s.Domains {
		l.all = append(l.all, d.Name)
	}
	if s.Arms.Joint {
		l.add(l.all, true)
	}
	if s.Pairs() {
		for i := range l.all {
			for j := i + 1; j < len(l.all); j++ {
				l.add([]string{l.all[i], l.all[j]}, false)
			}
		}
	}
	for _, p := range s.Arms.Pools {
		l.add(inOrder(l.all, p), false)
	}
	return l.arms, l.refused, nil
}

// armList collects arms in order.
type armList struct {
	checker *policy.Checker
	links   []linkRule
	all     []string
	arms    []arm
	refused []RefusedArm
	seen    map[string]bool
}

// add takes a set of domains, in the study's order, for an arm. Where it is
// forbidden and is to be replaced, the largest allowed pools take its place.
func (l *armList) add(domains []string, replace bool) {
	name := PoolName(domains)
	if len(domains) == len(l.all) {
		name = Joint
	}
	if l.seen[name] {
		return
	}
	l.seen[name] = true
	members := make([]int, 0, len(domains))
	for i, d := range l.all {
		if at := len(members); at < len(domains) && domains[at] == d {
			members = append(members, i)
		}
	}
	because := append(l.checker.Refusals(members), refusals(l.links, domains)...)
	if len(because) == 0 {
		l.arms = append(l.arms, arm{name, domains})
		return
	}
	at := len(l.refused)
	l.refused = append(l.refused, RefusedArm{Arm: name, Domains: domains, Because: because})
	if !replace {
		return
	}
	names := func(pool []int) []string {
		out := make([]string, len(pool))
		for i, m := range pool {
			out[i] = l.all[m]
		}
		return out
	}
	for _, pool := range l.checker.CoverWhere(linked(l.links, l.all)) {
		names := names(pool)
		l.refused[at].Instead = append(l.refused[at].Instead, names)
		l.add(names, false)
	}
}

// RefusedWords says what the policy, cannot_link and largest_pool left out of the
// plan, rule by rule: how many of the arms asked for each forbids, with the first
// reason.
func (p *Plan) RefusedWords() []string {
	var out []string
	for _, r := range p.Refused {
		if r.Arm != Joint {
			continue
		}
		line := "no model of all domains: " + r.Because[0].Words()
		if len(r.Instead) > 0 {
			pools := make([]string, len(r.Instead))
			for i, pool := range r.Instead {
				pools[i] = wording.First(pool, 8)
			}
			line += fmt.Sprintf("; instead the largest pools that are allowed: %s", strings.Join(pools, " | "))
		} else {
			line += "; no two domains may share a model"
		}
		out = append(out, line)
	}
	if !p.Policy.Empty() {
		for i := range p.Policy.Rules {
			rule := &p.Policy.Rules[i]
			out = append(out, fmt.Sprintf("rule %q (%s): ", rule.Name, rule.Words())+p.refusedBy(rule.Name))
		}
	}
	for _, rule := range p.Grouping.linkRules() {
		out = append(out, fmt.Sprintf("rule %q of grouping: ", rule.name)+p.refusedBy(rule.name))
	}
	return out
}

// refusedBy says how many pools beside that of all domains a rule left out.
func (p *Plan) refusedBy(rule string) string {
	count, first := 0, ""
	for _, r := range p.Refused {
		at := slices.IndexFunc(r.Because, func(b policy.Refusal) bool { return b.Rule == rule })
		if at < 0 || r.Arm == Joint {
			continue
		}
		if count++; first == "" {
			first = r.Because[at].Reason
		}
	}
	if count == 0 {
		return "forbids no pair or pool that the study asks for"
	}
	line := fmt.Sprintf("forbids %s that the study asks for: %s", wording.PluralAs(count, "pool", "pools"), first)
	if count > 1 {
		line += ", ..."
	}
	return line
}

// Checker answers which domains of the plan may share a model.
func (p *Plan) Checker() (*policy.Checker, error) {
	names := make([]string, len(p.Domains))
	for i, d := range p.Domains {
		names[i] = d.Name
	}
	return p.CheckerOf(names)
}

// CheckerOf is [Plan.Checker] for some domains in an order of their own, such as
// those of results. It fails for domains that the plan does not have.
func (p *Plan) CheckerOf(names []string) (*policy.Checker, error) {
	domains := make([]policy.Domain, len(names))
	for i, name := range names {
		d := p.Domain(name)
		if d == nil {
			return nil, fmt.Errorf("nothing says what labels domain %q has, which the plan's policy needs", name)
		}
		domains[i] = policy.Domain{Name: name, Labels: d.Labels}
	}
	return policy.New(p.Policy, domains)
}

// PolicyIdentity computes PolicySHA256 from the rules and labels that the plan has.
func (p *Plan) PolicyIdentity() (string, error) {
	if p.Policy == nil {
		return "", nil
	}
	checker, err := p.Checker()
	if err != nil {
		return "", err
	}
	return policy.Hash(p.Policy, checker.Domains()), nil
}
