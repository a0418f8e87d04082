package policy

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/sharewise/sharewise/analysis/wording"
)

// Words is the rule as a sentence.
func (r *Rule) Words() string {
	who := "domains"
	if len(r.Among) > 0 {
		who += " with " + r.Among.words()
	}
	if len(r.Except) > 0 {
		who += ", except those with " + r.Except.words() + ","
	}
	var what string
	switch {
	case r.Same != "":
		what = " share a model only where they have the same " + r.Same
	case r.Common != "":
		what = " share a model only where there is a " + r.Common + " that all of them have"
	case len(r.Separate) > 0:
		what = " with " + r.Separate.words() + " share a model only with each other"
		if len(r.Among) > 0 {
			what = ", of which those" + what
		}
	case len(r.Apart) > 0:
		sides := make([]string, len(r.Apart))
		for i, m := range r.Apart {
			sides[i] = m.words()
		}
		what = " of different ones of these share no model: " + strings.Join(sides, "; ")
	case len(r.Never) > 0:
		what = " with " + r.Never.words() + " share no model with any other"
		if len(r.Among) > 0 {
			what = ", of which those" + what
		}
	case r.AtMost > 0 && r.Of != "":
		what = fmt.Sprintf(" of at most %d different %s share a model", r.AtMost, values(r.Of))
	case r.AtMost > 0:
		what = fmt.Sprintf(" share a model where there are at most %d of them", r.AtMost)
	default:
		for label, until := range r.Lasts {
			what = fmt.Sprintf(" share a model only where their %s lasts until %s", label, until)
			if _, err := parseSpan(until); err == nil {
				what = fmt.Sprintf(" share a model only where their %s lasts for %s", label, until)
			}
		}
	}
	switch {
	case !r.covers(Pooling):
		what = strings.NewReplacer("share a model", "test models on each other's data", "share no model", "test no model on data").Replace(what)
	case r.covers(Evaluation):
		what += "; so it is with tests of models on each other's data"
	}
	return who + what
}

// values says that a label's values are counted.
func values(label string) string { return "values of " + label }

// Refusal is a rule that forbids a set of domains.
type Refusal struct {
	Rule string `json:"rule"`
	// Domains are those that the set is forbidden because of: without one of them
	// the rule would allow it, or there are several such reasons.
	Domains []string `json:"domains"`
	Reason  string   `json:"reason"`
}

// Words is the refusal with its rule: "rule no-mixing: a and b differ in owner".
func (r Refusal) Words() string { return fmt.Sprintf("rule %q: %s", r.Rule, r.Reason) }

// said lists the values of a label: "owner acme", "purpose quality or repair".
func said(d Domain, label string) string {
	return fmt.Sprintf("%s (%s %s)", d.Name, label, strings.Join(d.Labels[label], ", "))
}

// saidMatch lists what a domain says about the labels of a match.
func saidMatch(d Domain, m Match) string {
	var parts []string
	for _, label := range slices.Sorted(maps.Keys(m)) {
		parts = append(parts, label+" "+strings.Join(d.Labels[label], ", "))
	}
	return fmt.Sprintf("%s (%s)", d.Name, strings.Join(parts, ", "))
}

func names(domains []Domain) []string {
	out := make([]string, len(domains))
	for i, d := range domains {
		out[i] = d.Name
	}
	return out
}

// list writes names in a sentence.
func list(names []string) string { return wording.First(names, 6) }
