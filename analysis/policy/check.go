package policy

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
)

// Domain is a domain with its labels.
type Domain struct {
	Name   string `json:"name"`
	Labels Labels `json:"labels,omitempty"`
}

var labelForm = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9_-]*$`)

// Check lists all that is wrong with a policy and the labels of domains.
func (p *Policy) Check(domains []Domain) []Mistake {
	c := &checks{policy: p, domains: domains}
	c.labels()
	seen := map[string]bool{}
	for i := range p.Rules {
		r := &p.Rules[i]
		c.rule = i
		switch {
		case strings.TrimSpace(r.Name) == "":
			c.wrong("name", "a rule has a name, which reports call it by")
		case seen[r.Name]:
			c.wrong("name", "a second rule is called %q", r.Name)
		}
		seen[r.Name] = true
		c.statement(r)
	}
	c.rule = -1
	if len(p.Confidential) > 0 {
		c.match("confidential", p.Confidential, c.everyone())
	}
	return c.found
}

type checks struct {
	policy  *Policy
	domains []Domain
	rule    int
	found   []Mistake
}

func (c *checks) wrong(key, format string, args ...any) {
	c.found = append(c.found, Mistake{Rule: c.rule, Domain: -1, Key: key, Message: fmt.Sprintf(format, args...)})
}

// labels checks the labels of domains by themselves.
func (c *checks) labels() {
	for i, d := range c.domains {
		for _, label := range slices.Sorted(maps.Keys(d.Labels)) {
			bad := func(format string, args ...any) {
				c.found = append(c.found, Mistake{Rule: -1, Domain: i, Key: label, Message: fmt.Sprintf(format, args...)})
			}
			if !labelForm.MatchString(label) {
				bad("%q: a label begins with a letter and goes on with letters, digits, '-' and '_'", label)
			}
			values := d.Labels[label]
			if len(values) == 0 {
				bad("label %s of domain %s has no value", label, d.Name)
			}
			for _, v := range values {
				if strings.TrimSpace(v) != v || v == "" {
					bad("label %s of domain %s has the value %q, which is empty or begins or ends with a space", label, d.Name, v)
				}
				if known, listed := c.policy.Values[label]; listed && !slices.Contains(known, v) {
					bad("label %s of domain %s has the value %q; policy.values has %s", label, d.Name, v, strings.Join(known, ", "))
				}
			}
		}
	}
	c.rule = -1
	for _, label := range slices.Sorted(maps.Keys(c.policy.Values)) {
		if len(c.policy.Values[label]) == 0 {
			c.wrong("values."+label, "label %s has no values to choose from", label)
		}
	}
}

func (c *checks) everyone() []Domain { return c.domains }

// statement checks a rule, which has exactly one.
func (c *checks) statement(r *Rule) {
	var given []string
	for _, s := range []struct {
		key   string
		given bool
	}{
		{"same", r.Same != ""}, {"common", r.Common != ""}, {"separate", len(r.Separate) > 0}, {"apart", len(r.Apart) > 0},
		{"never", len(r.Never) > 0}, {"at_most", r.AtMost != 0}, {"lasts", len(r.Lasts) > 0},
	} {
		if s.given {
			given = append(given, s.key)
		}
	}
	switch len(given) {
	case 0:
		c.wrong("", "the rule says nothing; give one of same, common, separate, apart, never, at_most and lasts")
		return
	case 1:
	default:
		c.wrong(given[1], "%s: a rule says one thing; write a rule for each", strings.Join(given, " and "))
		return
	}
	for _, act := range r.Covers {
		if !slices.Contains(Acts(), act) {
			c.wrong("covers", "%q is neither pooling nor evaluation", act)
		}
	}
	if !c.match("among", r.Among, c.everyone()) || !c.match("except", r.Except, c.everyone()) {
		return
	}
	considered := slices.DeleteFunc(slices.Clone(c.domains), func(d Domain) bool { return !r.considers(d) })
	c.match("separate", r.Separate, considered)
	c.match("never", r.Never, considered)
	for i, m := range r.Apart {
		c.match(fmt.Sprintf("apart[%d]", i), m, considered)
	}
	c.have("same", r.Same, considered)
	c.have("common", r.Common, considered)
	c.have("of", r.Of, considered)
	switch {
	case len(r.Apart) == 1:
		c.wrong("apart", "there is one entry; domains of different entries are kept apart, so that there are two at least")
	case r.AtMost < 0:
		c.wrong("at_most", "%d: must be 1 or more", r.AtMost)
	case r.Of != "" && r.AtMost == 0:
		c.wrong("of", "of says whose values at_most counts, and there is no at_most")
	case len(r.Lasts) > 1:
		c.wrong("lasts", "lasts has %d labels; write a rule for each", len(r.Lasts))
	}
	for label, need := range r.Lasts {
		c.lasts(label, need, considered)
	}
}

func (r *Rule) considers(d Domain) bool {
	return r.Among.matches(d.Labels) && (len(r.Except) == 0 || !r.Except.matches(d.Labels))
}

// match checks that domains have the labels of a match.
func (c *checks) match(key string, m Match, domains []Domain) bool {
	before := len(c.found)
	for _, label := range slices.Sorted(maps.Keys(m)) {
		if len(m[label]) == 0 {
			c.wrong(key, "label %s has no value", label)
		}
		for _, v := range m[label] {
			if known, listed := c.policy.Values[label]; listed && !slices.Contains(known, v) {
				c.wrong(key, "label %s never has the value %q; policy.values has %s", label, v, strings.Join(known, ", "))
			}
		}
		c.have(key, label, domains)
	}
	return len(c.found) == before
}

// have checks that domains have a label.
func (c *checks) have(key, label string, domains []Domain) {
	if label == "" {
		return
	}
	var lack []string
	for _, d := range domains {
		if len(d.Labels[label]) == 0 {
			lack = append(lack, d.Name)
		}
	}
	if len(lack) == 0 {
		return
	}
	has := "has"
	if len(lack) > 1 {
		has = "have"
	}
	at := "domain"
	if len(lack) > 1 {
		at = "domains"
	}
	c.wrong(key, "%s %s %s no label %s, which the rule needs; give it to them, or to all by 'defaults: {labels: {%s: ...}}'", at, list(lack), has, label, label)
}

// lasts checks that values are comparable with what is needed.
func (c *checks) lasts(label, need string, domains []Domain) {
	c.have("lasts", label, domains)
	if _, err := outlasts(unlimited, need); err != nil {
		c.wrong("lasts", "%v", err)
		return
	}
	if _, err := parseDate(need); err != nil {
		if _, err := parseSpan(need); err != nil {
			c.wrong("lasts", "%q is neither a date such as 2029-12-31 nor a length of time such as 36 months", need)
			return
		}
	}
	for _, d := range domains {
		for _, v := range d.Labels[label] {
			if _, err := outlasts(v, need); err != nil {
				c.wrong("lasts", "label %s of domain %s: %v, as rule %q has it (%s); data without a limit have the value %s", label, d.Name, err, c.policy.Rules[c.rule].Name, need, unlimited)
			}
		}
	}
}
