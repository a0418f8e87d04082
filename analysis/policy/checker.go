package policy

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Checker answers which sets of some domains rules allow. It is safe for use by
// several goroutines.
type Checker struct {
	policy  *Policy
	domains []Domain
	index   map[string]int
	rules   []compiled
}

// compiled is a rule with what it asks of each domain.
type compiled struct {
	*Rule
	member []bool // the rule considers the domain
	// class numbers the values of same or of, the sides of separate; what never
	// and lasts refuse is 1.
	class []int
	// sets are values of common, or entries of apart, as bits.
	sets [][]uint64
}

// New makes a checker. An error is a joined list of Mistakes.
func New(p *Policy, domains []Domain) (*Checker, error) {
	if p == nil {
		p = &Policy{}
	}
	if found := p.Check(domains); len(found) > 0 {
		errs := make([]error, len(found))
		for i, m := range found {
			errs[i] = m
		}
		return nil, errors.Join(errs...)
	}
	c := &Checker{policy: p, domains: domains, index: map[string]int{}}
	for i, d := range domains {
		c.index[d.Name] = i
	}
	for i := range p.Rules {
		c.rules = append(c.rules, compile(&p.Rules[i], domains))
	}
	return c, nil
}

// Policy is what the checker checks.
func (c *Checker) Policy() *Policy { return c.policy }

// Domains are those that the checker knows.
func (c *Checker) Domains() []Domain { return c.domains }

// Among is the checker for some of the domains, by their names, in this order. Names
// that it does not know are passed over.
func (c *Checker) Among(names []string) *Checker {
	out := &Checker{policy: c.policy, index: map[string]int{}}
	for _, name := range names {
		if at, known := c.index[name]; known {
			out.index[name] = len(out.domains)
			out.domains = append(out.domains, c.domains[at])
		}
	}
	for i := range c.policy.Rules {
		out.rules = append(out.rules, compile(&c.policy.Rules[i], out.domains))
	}
	return out
}

// Without is the checker without one rule.
func (c *Checker) Without(rule string) *Checker {
	out := *c
	out.policy = c.policy.Without(rule)
	out.rules = slices.DeleteFunc(slices.Clone(c.rules), func(r compiled) bool { return r.Name == rule })
	return &out
}

// Only is the checker with one rule alone.
func (c *Checker) Only(rule string) *Checker {
	out := *c
	out.policy = &Policy{Confidential: c.policy.Confidential, Values: c.policy.Values}
	if r := c.policy.Rule(rule); r != nil {
		out.policy.Rules = []Rule{*r}
	}
	out.rules = slices.DeleteFunc(slices.Clone(c.rules), func(r compiled) bool { return r.Name != rule })
	return &out
}

func compile(r *Rule, domains []Domain) compiled {
	n := len(domains)
	out := compiled{Rule: r, member: make([]bool, n), class: make([]int, n)}
	classes := map[string]int{}
	bits := map[string]int{}
	var values [][]int
	for i, d := range domains {
		out.member[i] = r.considers(d)
		number := func(label string) int {
			sorted := slices.Sorted(slices.Values(d.Labels[label]))
			key := strings.Join(slices.Compact(sorted), "\x00")
			if _, known := classes[key]; !known {
				classes[key] = len(classes)
			}
			return classes[key]
		}
		var own []int
		switch {
		case r.Same != "":
			out.class[i] = number(r.Same)
		case r.Of != "":
			out.class[i] = number(r.Of)
		case len(r.Separate) > 0:
			out.class[i] = one(r.Separate.matches(d.Labels))
		case len(r.Never) > 0:
			out.class[i] = one(r.Never.matches(d.Labels))
		case len(r.Lasts) > 0:
			out.class[i] = one(!r.lastsFor(d))
		case r.Common != "":
			for _, v := range d.Labels[r.Common] {
				if _, known := bits[v]; !known {
					bits[v] = len(bits)
				}
				own = append(own, bits[v])
			}
		case len(r.Apart) > 0:
			for k, m := range r.Apart {
				if m.matches(d.Labels) {
					own = append(own, k)
				}
			}
		}
		values = append(values, own)
	}
	words := (max(len(bits), len(r.Apart)) + 63) / 64
	for _, own := range values {
		set := make([]uint64, words)
		for _, b := range own {
			set[b/64] |= 1 << (b % 64)
		}
		out.sets = append(out.sets, set)
	}
	return out
}

func one(b bool) int {
	if b {
		return 1
	}
	return 0
}

// lastsFor reports whether data of a domain may be used for as long as the rule
// needs: all values of the label say so.
func (r *Rule) lastsFor(d Domain) bool {
	for label, need := range r.Lasts {
		for _, have := range d.Labels[label] {
			if ok, err := outlasts(have, need); err != nil || !ok {
				return false
			}
		}
	}
	return true
}

// allows reports whether the rule allows a set.
func (r *compiled) allows(members []int) bool {
	if len(members) < 2 {
		return true
	}
	count, class := 0, -1
	var common []uint64
	var counted []int
	for _, m := range members {
		if !r.member[m] {
			continue
		}
		count++
		switch {
		case len(r.Never) > 0 || len(r.Lasts) > 0:
			if r.class[m] == 1 {
				return false
			}
		case r.Same != "" || len(r.Separate) > 0:
			if class >= 0 && class != r.class[m] {
				return false
			}
			class = r.class[m]
		case r.AtMost > 0 && r.Of != "":
			if !slices.Contains(counted, r.class[m]) {
				counted = append(counted, r.class[m])
			}
			if len(counted) > r.AtMost {
				return false
			}
		case r.AtMost > 0:
			if count > r.AtMost {
				return false
			}
		case r.Common != "":
			if common == nil {
				common = slices.Clone(r.sets[m])
				continue
			}
			left := uint64(0)
			for w := range common {
				common[w] &= r.sets[m][w]
				left |= common[w]
			}
			if left == 0 {
				return false
			}
		}
	}
	return len(r.Apart) == 0 || r.togetherOf(members) == nil
}

// togetherOf returns two domains that match different entries of apart.
func (r *compiled) togetherOf(members []int) []int {
	for i, a := range members {
		for _, b := range members[:i] {
			if r.member[a] && r.member[b] && parted(r.sets[b], r.sets[a]) {
				return []int{b, a}
			}
		}
	}
	return nil
}

// parted reports whether a is in some entry and b in some other one.
func parted(a, b []uint64) bool {
	first := func(s []uint64) (some, several bool) {
		n := 0
		for _, w := range s {
			for ; w != 0; w &= w - 1 {
				n++
			}
		}
		return n > 0, n > 1
	}
	someA, severalA := first(a)
	someB, severalB := first(b)
	return someA && someB && (severalA || severalB || !slices.Equal(a, b))
}

// Allows reports whether domains, by their indices, may share a model.
func (c *Checker) Allows(members []int) bool { return c.AllowsAct(Pooling, members) }

// AllowsAct reports whether rules allow an act with domains, by their indices.
func (c *Checker) AllowsAct(act string, members []int) bool {
	for i := range c.rules {
		if r := &c.rules[i]; r.covers(act) && !r.allows(members) {
			return false
		}
	}
	return true
}

// Refusals lists every rule that forbids domains, by their indices, to share a
// model, in the order of the rules.
func (c *Checker) Refusals(members []int) []Refusal { return c.RefusalsOf(Pooling, members) }

// RefusalsOf lists every rule that forbids an act.
func (c *Checker) RefusalsOf(act string, members []int) []Refusal {
	var out []Refusal
	for i := range c.rules {
		if r := &c.rules[i]; r.covers(act) && !r.allows(members) {
			out = append(out, c.explain(r, members))
		}
	}
	return out
}

// Refuse is nil where domains, by their names, may share a model, and else a
// *Forbidden.
func (c *Checker) Refuse(domains []string) error { return c.RefuseAct(Pooling, domains) }

// RefuseAct is [Checker.Refuse] for an act. Domains that the checker does not know
// are an error: nothing is known about them.
func (c *Checker) RefuseAct(act string, domains []string) error {
	members := make([]int, len(domains))
	for i, name := range domains {
		at, known := c.index[name]
		if !known && slices.ContainsFunc(c.rules, func(r compiled) bool { return r.covers(act) }) {
			return fmt.Errorf("policy: nothing says what labels domain %q has, so that %w", name, &Forbidden{Act: act, Domains: domains})
		}
		members[i] = at
	}
	if found := c.RefusalsOf(act, members); len(found) > 0 {
		return &Forbidden{Act: act, Domains: domains, Refusals: found}
	}
	return nil
}

// explain says because of which domains a rule forbids a set.
func (c *Checker) explain(r *compiled, members []int) Refusal {
	considered := slices.DeleteFunc(slices.Clone(members), func(m int) bool { return !r.member[m] })
	var because []Domain
	var reason string
	pair := func(differ func(a, b int) bool) {
		for i, b := range considered {
			for _, a := range considered[:i] {
				if differ(a, b) {
					because = []Domain{c.domains[a], c.domains[b]}
					return
				}
			}
		}
	}
	refused := func() {
		for _, m := range considered {
			if r.class[m] == 1 {
				because = append(because, c.domains[m])
			}
		}
	}
	otherClass := func(a, b int) bool { return r.class[a] != r.class[b] }
	switch {
	case r.Same != "":
		pair(otherClass)
		reason = fmt.Sprintf("%s and %s do not have the same %s", said(because[0], r.Same), said(because[1], r.Same), r.Same)
	case len(r.Separate) > 0:
		pair(otherClass)
		if r.Separate.matches(because[1].Labels) {
			slices.Reverse(because)
		}
		reason = fmt.Sprintf("%s is not pooled with %s", saidMatch(because[0], r.Separate), saidMatch(because[1], r.Separate))
	case len(r.Apart) > 0:
		two := r.togetherOf(considered)
		because = []Domain{c.domains[two[0]], c.domains[two[1]]}
		labels := Match{}
		for _, m := range r.Apart {
			maps.Copy(labels, m)
		}
		reason = fmt.Sprintf("%s and %s are kept apart", saidMatch(because[0], labels), saidMatch(because[1], labels))
	case len(r.Never) > 0:
		refused()
		reason = fmt.Sprintf("%s shares no model", saidMatch(because[0], r.Never))
	case len(r.Lasts) > 0:
		refused()
		for label, need := range r.Lasts {
			reason = fmt.Sprintf("%s ends before %s", said(because[0], label), need)
			if _, err := parseSpan(need); err == nil {
				reason = fmt.Sprintf("%s is shorter than %s", said(because[0], label), need)
			}
		}
	case r.Common != "":
		because = c.smallest(r, considered)
		parts := make([]string, len(because))
		for i, d := range because {
			parts[i] = said(d, r.Common)
		}
		reason = fmt.Sprintf("no %s is common to %s", r.Common, list(parts))
	case r.Of != "":
		because = c.smallest(r, considered)
		reason = fmt.Sprintf("%s have more than %d different %s", list(names(because)), r.AtMost, values(r.Of))
	default:
		because = c.smallest(r, considered)
		reason = fmt.Sprintf("%s are more than %d", list(names(because)), r.AtMost)
	}
	return Refusal{Rule: r.Name, Domains: names(because), Reason: reason}
}

// smallest leaves out domains for as long as the rule forbids the rest.
func (c *Checker) smallest(r *compiled, members []int) []Domain {
	left := slices.Clone(members)
	for i := len(left) - 1; i >= 0; i-- {
		if without := slices.Delete(slices.Clone(left), i, i+1); !r.allows(without) {
			left = without
		}
	}
	out := make([]Domain, len(left))
	for i, m := range left {
		out[i] = c.domains[m]
	}
	return out
}

// Allows reports whether the rule has nothing against a domain being pooled at all:
// never and lasts speak of single domains, and no other statement does.
func (r *Rule) Allows(d Domain) bool {
	if !r.considers(d) {
		return true
	}
	return (len(r.Never) == 0 || !r.Never.matches(d.Labels)) && (len(r.Lasts) == 0 || r.lastsFor(d))
}
