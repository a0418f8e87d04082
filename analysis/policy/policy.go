package policy

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Labels are the values of each label of a domain.
type Labels map[string][]string

// Match are labels that a domain must have, each with one of the values.
type Match map[string][]string

// Policy is what rules allow.
type Policy struct {
	// Confidential marks the domains whose samples are shown nowhere; nil stands
	// for DefaultConfidential.
	Confidential Match `json:"confidential,omitempty"`
	// Values lists the values that labels may have, for labels that are listed.
	Values map[string][]string `json:"values,omitempty"`
	Rules  []Rule              `json:"rules,omitempty"`
}

// DefaultConfidential marks the domains whose samples are shown nowhere where a
// policy does not say which.
func DefaultConfidential() Match {
	return Match{"confidentiality": {"confidential", "secret", "restricted"}}
}

// Acts that a rule may forbid.
const (
	Pooling    = "pooling"    // one model learns from the domains
	Evaluation = "evaluation" // a model of one domain is tested on data of another
)

// Acts lists the acts.
func Acts() []string { return []string{Pooling, Evaluation} }

// Rule forbids pools. Exactly one of its statements is given, see the
// documentation of the package.
type Rule struct {
	Name string `json:"name"`
	// Because says where the rule comes from: a contract, a law.
	Because string `json:"because,omitempty"`
	// Among are the domains that the rule considers, all where it is empty, and
	// Except those that it leaves alone.
	Among  Match `json:"among,omitempty"`
	Except Match `json:"except,omitempty"`

	Same     string  `json:"same,omitempty"`
	Common   string  `json:"common,omitempty"`
	Separate Match   `json:"separate,omitempty"`
	Apart    []Match `json:"apart,omitempty"`
	Never    Match   `json:"never,omitempty"`
	AtMost   int     `json:"at_most,omitempty"`
	Of       string  `json:"of,omitempty"`
	// Lasts has one label with a date or a length of time.
	Lasts map[string]string `json:"lasts,omitempty"`

	// Covers are the acts that the rule forbids; empty: pooling.
	Covers []string `json:"covers,omitempty"`
}

// covers reports whether the rule forbids an act.
func (r *Rule) covers(act string) bool {
	return slices.Contains(r.Covers, act) || len(r.Covers) == 0 && act == Pooling
}

// Empty reports whether the policy has no rule.
func (p *Policy) Empty() bool { return p == nil || len(p.Rules) == 0 }

// Hash is the SHA-256 of the policy and of the labels of domains: of all that
// decides what is allowed.
func Hash(p *Policy, domains []Domain) string {
	data, err := json.Marshal(struct {
		Policy  *Policy  `json:"policy"`
		Domains []Domain `json:"domains"`
	}{p, domains})
	if err != nil {
		panic(fmt.Sprintf("policy: hash: %v", err)) // texts and numbers only
	}
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}

// IsConfidential reports whether samples of a domain with these labels are shown
// nowhere. A policy may be nil.
func (p *Policy) IsConfidential(l Labels) bool {
	match := DefaultConfidential()
	if p != nil && len(p.Confidential) > 0 {
		match = p.Confidential
	}
	return match.matches(l)
}

// Rule returns the rule with a name, or nil.
func (p *Policy) Rule(name string) *Rule {
	for i := range p.Rules {
		if p.Rules[i].Name == name {
			return &p.Rules[i]
		}
	}
	return nil
}

// Without returns the policy without one rule.
func (p *Policy) Without(name string) *Policy {
	out := *p
	out.Rules = slices.DeleteFunc(slices.Clone(p.Rules), func(r Rule) bool { return r.Name == name })
	return &out
}

// With is the policy with the rules of another one beside its own, and in place of
// those of the same name. Either may be nil.
func (p *Policy) With(other *Policy) *Policy {
	if p == nil || other == nil {
		return cmp.Or(p, other)
	}
	out := *p
	out.Rules = slices.Clone(other.Rules)
	for _, r := range p.Rules {
		if other.Rule(r.Name) == nil {
			out.Rules = append(out.Rules, r)
		}
	}
	return &out
}

// matches reports whether labels have one of the values of every label. An empty
// match holds for all.
func (m Match) matches(l Labels) bool {
	for label, values := range m {
		if !slices.ContainsFunc(values, func(v string) bool { return slices.Contains(l[label], v) }) {
			return false
		}
	}
	return true
}

// words says a match: "confidentiality confidential or secret and owner a".
func (m Match) words() string {
	var parts []string
	for _, label := range slices.Sorted(maps.Keys(m)) {
		parts = append(parts, label+" "+strings.Join(m[label], " or "))
	}
	return strings.Join(parts, " and ")
}
