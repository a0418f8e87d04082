package study

import (
	"errors"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"

	"github.com/goccy/go-yaml/ast"

	"github.com/sharewise/sharewise/analysis/filelimit"
	"github.com/sharewise/sharewise/analysis/policy"
)

// Policy is what rules allow, see [policy.Policy].
type Policy struct {
	// File is where the rules were read from; empty where they stand in the study.
	File string
	policy.Policy
}

var policyFields = append([]field{
	{key: "file", doc: "File with the keys below, for several studies.", typ: text(),
		at: at(func(p *Policy) *string { return &p.File })},
}, policyFileFields...)

// policyFileFields are the keys of a policy in a file of its own.
var policyFileFields = []field{
	{key: "confidential", doc: "Labels of domains whose samples are shown nowhere: in no report, table, log or message.", typ: labels(), note: "{confidentiality: [confidential, secret, restricted]}",
		at: at(func(p *Policy) *map[string][]string { return (*map[string][]string)(&p.Confidential) })},
	{key: "values", doc: "Values that labels may have: {confidentiality: [open, confidential]}. Another value of these labels is a mistake.", typ: labels(),
		at: at(func(p *Policy) *map[string][]string { return &p.Values })},
	{key: "rules", doc: "What forbids sets of domains. A domain may always have a model of its own.", typ: listOf[policy.Rule](object(ruleFields)),
		at: at(func(p *Policy) *[]policy.Rule { return &p.Rules })},
}

var ruleFields = []field{
	{key: "name", doc: "What reports call the rule.", typ: text(), need: true,
		at: at(func(r *policy.Rule) *string { return &r.Name })},
	{key: "because", doc: "Where the rule comes from: a contract, a law, a decision.", typ: text(),
		at: at(func(r *policy.Rule) *string { return &r.Because })},
	{key: "among", doc: "Labels of the domains that the rule considers; the rule says nothing of others. {confidentiality: [confidential, secret]} are those with one of the two.", typ: labels(), note: "all domains",
		at: at(func(r *policy.Rule) *map[string][]string { return (*map[string][]string)(&r.Among) })},
	{key: "except", doc: "Labels of domains that the rule leaves alone.", typ: labels(),
		at: at(func(r *policy.Rule) *map[string][]string { return (*map[string][]string)(&r.Except) })},
	{key: "same", doc: "A label of which all domains of a pool have the same values: owner.", typ: text(),
		at: at(func(r *policy.Rule) *string { return &r.Same })},
	{key: "common", doc: "A label of which some value is common to all domains of a pool: purpose.", typ: text(),
		at: at(func(r *policy.Rule) *string { return &r.Common })},
	{key: "separate", doc: "Domains with these labels are pooled only with each other: {jurisdiction: EU}.", typ: labels(),
		at: at(func(r *policy.Rule) *map[string][]string { return (*map[string][]string)(&r.Separate) })},
	{key: "apart", doc: "Domains of different entries are in no pool together: [{owner: acme}, {owner: bolt}].", typ: listOf[policy.Match](labels()),
		at: at(func(r *policy.Rule) *[]policy.Match { return &r.Apart })},
	{key: "never", doc: "Domains with these labels are in no pool: {confidentiality: secret}.", typ: labels(),
		at: at(func(r *policy.Rule) *map[string][]string { return (*map[string][]string)(&r.Never) })},
	{key: "at_most", doc: "Most domains of a pool; with of, most different values of that label.", typ: integer(1, MaxDomains),
		at: at(func(r *policy.Rule) *int { return &r.AtMost })},
	{key: "of", doc: "The label whose values at_most counts: owner.", typ: text(),
		at: at(func(r *policy.Rule) *string { return &r.Of })},
	{key: "lasts", doc: "A label and until when, or how long, data must be allowed to be used, such as the planned life of models: {retention: 2029-12-31}, {retention: 36 months}. Domains whose data end before are in no pool; unlimited data end never.", typ: texts(),
		at: at(func(r *policy.Rule) *map[string]string { return &r.Lasts })},
	{key: "covers", doc: "What the rule forbids: pooling, one model for the domains; evaluation, a model of one domain tested on data of another.", typ: listOf[string](choice(policy.Acts()...)), note: "[pooling]",
		at: at(func(r *policy.Rule) *[]string { return &r.Covers })},
}

// labelsAt is the place of labels or of a match.
func labelsAt(dst any) *map[string][]string {
	if m, ok := dst.(*policy.Match); ok {
		return (*map[string][]string)(m)
	}
	return dst.(*map[string][]string)
}

// labels reads a mapping from labels to values, and keeps what stands there already
// of other labels: those of defaults.
func (d *decoder) labels(n ast.Node, dst *map[string][]string, path string) {
	entries, ok := d.entries(n, path)
	if !ok {
		d.errorf(path, "%s is not %s, such as {owner: acme, purpose: [quality, repair]}", describe(n), expected(labels()))
		return
	}
	m := maps.Clone(*dst)
	if m == nil {
		m = map[string][]string{}
	}
	given := map[string]bool{}
	for _, e := range entries {
		label := e.Key.GetToken().Value
		sub := path + "." + label
		if given[label] {
			d.errs = append(d.errs, d.newError(position(e.Key), sub, fmt.Sprintf("the label %s was given before; several values are a list", label)))
			continue
		}
		given[label] = true
		var values []string
		value, ok := d.resolve(e.Value, sub)
		if !ok {
			d.places[sub] = position(e.Key)
			d.errorf(sub, "no value; a text or a list of texts must stand here")
			continue
		}
		if list, several := value.(*ast.SequenceNode); several {
			d.value(value, listOf[string](text()).ofLength(1, unbounded), &values, sub)
			d.places[sub] = position(list)
		} else {
			values = make([]string, 1)
			d.value(value, text(), &values[0], sub)
		}
		m[label] = values
	}
	*dst = m
}

// labelled reads a mapping from values to their labels.
func (d *decoder) labelled(n ast.Node, dst *map[string]map[string][]string, path string) {
	entries, ok := d.entries(n, path)
	if !ok {
		d.errorf(path, "%s is not %s, such as {north: {owner: acme}, south: {owner: bolt}}", describe(n), expected(labelled()))
		return
	}
	m := map[string]map[string][]string{}
	for _, e := range entries {
		value := e.Key.GetToken().Value
		sub := path + "." + value
		if _, given := m[value]; given {
			d.errs = append(d.errs, d.newError(position(e.Key), sub, fmt.Sprintf("the labels of %s were given before", value)))
			continue
		}
		d.places[sub] = position(e.Key)
		node, ok := d.resolve(e.Value, sub)
		if !ok {
			d.errorf(sub, "no labels; a mapping such as {owner: acme} must stand here")
			continue
		}
		var of map[string][]string
		d.labels(node, &of, sub)
		m[value] = of
	}
	*dst = m
}

// policyFile reads a policy that stands in a file of its own.
func (d *decoder) policyFile(s *Study) {
	if s.Policy == nil || s.Policy.File == "" {
		return
	}
	for _, f := range policyFileFields {
		if d.has("policy." + f.key) {
			d.errorf("policy."+f.key, "the policy is in the file %s; give either the file or its keys", s.Policy.File)
		}
	}
	file := s.Path(d.findings.expand("policy.file", s.Policy.File))
	data, err := filelimit.ReadFile(file, filelimit.Document)
	if err != nil {
		d.errorf("policy.file", "%v", err)
		return
	}
	read, own, errs := parsePolicy(data, filepath.ToSlash(file))
	if len(errs) > 0 {
		d.errs = append(d.errs, errs...)
		return
	}
	read.File = s.Policy.File
	s.Policy, d.policy = read, own
}

// ParsePolicy reads a policy from a file of its own. An error about its content is
// [Errors].
func ParsePolicy(file string) (*Policy, error) {
	data, err := filelimit.ReadFile(file, filelimit.Document)
	if err != nil {
		return nil, fmt.Errorf("policy: %w", err)
	}
	p, _, errs := parsePolicy(data, file)
	if len(errs) > 0 {
		return nil, errs.sorted()
	}
	p.File = file
	return p, nil
}

func parsePolicy(data []byte, name string) (*Policy, *findings, Errors) {
	if what := notText(data); what != "" {
		return nil, nil, Errors{{File: name, Message: "not a policy: it is " + what}}
	}
	own := &findings{file: name, lines: strings.Split(string(data), "\n"), places: map[string]place{}}
	d := &decoder{findings: own, anchor: map[string]ast.Node{}}
	body, err := d.parse(data)
	if err != nil {
		var found Errors
		if !errors.As(err, &found) {
			found = Errors{{File: name, Message: err.Error()}}
		}
		return nil, nil, found
	}
	p := &Policy{}
	if _, ok := d.entries(body, ""); !ok {
		return nil, nil, Errors{d.newError(position(body), "", "a policy is a mapping with the keys "+strings.Join(keys(policyFileFields), ", "))}
	}
	d.object(body, object(policyFileFields), p, "policy")
	d.requiredOfRules(p)
	return p, own, own.errs
}

// requiredOfPolicy reports keys of rules that must be given.
func (d *decoder) requiredOfPolicy(s *Study) {
	if s.Policy != nil && d.policy == nil {
		d.requiredOfRules(s.Policy)
	}
}

func (d *decoder) requiredOfRules(p *Policy) {
	for i := range p.Rules {
		d.required(ruleFields, fmt.Sprintf("policy.rules[%d]", i))
	}
}

// PolicyDomains are the domains with their labels.
func (s *Study) PolicyDomains() []policy.Domain {
	out := make([]policy.Domain, len(s.Domains))
	for i, d := range s.Domains {
		out[i] = policy.Domain{Name: d.Name, Labels: d.Labels}
	}
	return out
}

// rules are those of the study; nil without a policy.
func (s *Study) rules() *policy.Policy {
	if s.Policy == nil {
		return nil
	}
	return &s.Policy.Policy
}

// Checker answers which domains of a valid study may share a model.
func (s *Study) Checker() (*policy.Checker, error) {
	return policy.New(s.rules(), s.PolicyDomains())
}

// Confidential reports whether samples of a domain are shown nowhere.
func (s *Study) Confidential(domain string) bool {
	d := s.Domain(domain)
	return d != nil && s.rules().IsConfidential(d.Labels)
}

// policy checks rules and labels together.
func (c *checker) policy() {
	s := c.study
	p := s.rules()
	if p == nil {
		p = &policy.Policy{}
	}
	found := p.Check(s.PolicyDomains())
	for _, m := range found {
		at, path := c.findings, "policy"
		switch {
		case m.Domain >= 0:
			path = fmt.Sprintf("domains[%d].labels.%s", m.Domain, m.Key)
		case m.Rule >= 0:
			path = strings.TrimSuffix(fmt.Sprintf("policy.rules[%d].%s", m.Rule, m.Key), ".")
		default:
			path += "." + m.Key
		}
		if c.findings.policy != nil && m.Domain < 0 {
			at = c.findings.policy
		}
		c.errs = append(c.errs, at.newError(at.where(path), path, m.Message))
	}
	if len(found) > 0 {
		return
	}
	c.nearValues(p)
	c.outlived(p)
}

// nearValues warns of values that a rule speaks of, that no domain has, and that
// look like one that some domain has.
func (c *checker) nearValues(p *policy.Policy) {
	have := map[string][]string{}
	for _, d := range c.study.Domains {
		for label, values := range d.Labels {
			have[label] = append(have[label], values...)
		}
	}
	near := func(where string, m policy.Match) {
		for _, label := range slices.Sorted(maps.Keys(m)) {
			for _, v := range have[label] {
				if n := Nearest(v, m[label]); !slices.Contains(m[label], v) && n != "" && !slices.Contains(have[label], n) {
					c.warnf("%s speaks of %s %q, which no domain has; is %q of some domain meant?", where, label, n, v)
					break
				}
			}
		}
	}
	for i := range p.Rules {
		r := &p.Rules[i]
		for _, m := range append([]policy.Match{r.Among, r.Except, r.Separate, r.Never}, r.Apart...) {
			near(fmt.Sprintf("policy: rule %q", r.Name), m)
		}
	}
	confidential := p.Confidential
	if len(confidential) == 0 {
		confidential = policy.DefaultConfidential()
	}
	near("policy.confidential", confidential)
}

// outlived warns of data that end before models do: a rule keeps them out of pools,
// and says nothing of the domain's own model.
func (c *checker) outlived(p *policy.Policy) {
	for i := range p.Rules {
		r := &p.Rules[i]
		for label, need := range r.Lasts {
			var short []string
			for _, d := range c.study.Domains {
				if !r.Allows(policy.Domain{Name: d.Name, Labels: d.Labels}) {
					short = append(short, d.Name)
				}
			}
			if len(short) > 0 {
				c.warnf("policy: rule %q: %s of %s ends before %s; they are pooled with none, and models of their own would outlive their data, too", r.Name, label, strings.Join(short, ", "), need)
			}
		}
	}
}
