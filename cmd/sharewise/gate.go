package main

import (
	"encoding/json"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/sharewise/sharewise/analysis"
)

// gate is one condition under which compare fails: a field of the
// effect on a domain, as --json prints it, against a number; the fields of the
// domain's gain stand under "gain".
type gate struct {
	text   string
	domain string // empty: any domain
	path   []string
	op     string
	limit  float64
}

// gateSyntax is [DOMAIN:]FIELD.FIELD OPERATOR NUMBER.
var gateSyntax = regexp.MustCompile(`^(?:(.+):)?\s*([a-z][a-z0-9_]*(?:\.[a-z][a-z0-9_]*)*)\s*(>=|<=|>|<)\s*(\S+)$`)

func parseGate(text string) (gate, error) {
	m := gateSyntax.FindStringSubmatch(strings.TrimSpace(text))
	if m == nil {
		return gate{}, fmt.Errorf("condition %q: want [DOMAIN:]FIELD OPERATOR NUMBER with one of > >= < <=, for instance 'interference.bound_lo > 0.01'", text)
	}
	limit, err := strconv.ParseFloat(m[4], 64)
	if err != nil || limit != limit {
		return gate{}, fmt.Errorf("condition %q: %q is not a number", text, m[4])
	}
	return gate{text, strings.TrimSpace(m[1]), strings.Split(m[2], "."), m[3], limit}, nil
}

// check returns, for each domain in which the condition holds, one phrase that
// says so. A value that is not known cannot be decided and is an error.
func (g gate) check(found *analysis.Comparison) (reasons []string, err error) {
	seen := false
	var names []string
	for i, e := range found.Effects {
		names = append(names, e.Domain)
		if g.domain != "" && g.domain != e.Domain {
			continue
		}
		seen = true
		v, err := g.lookup(e, found.Gains[i])
		if err != nil {
			return nil, err
		}
		if g.holds(v) {
			reasons = append(reasons, fmt.Sprintf("%s: %s = %.6g %s %g", e.Domain, strings.Join(g.path, "."), v, g.op, g.limit))
		}
	}
	if !seen {
		return nil, usagef("condition %q: no domain %q; there are %s", g.text, g.domain, strings.Join(names, ", "))
	}
	return reasons, nil
}

func (g gate) holds(v float64) bool {
	switch g.op {
	case ">":
		return v > g.limit
	case ">=":
		return v >= g.limit
	case "<":
		return v < g.limit
	}
	return v <= g.limit
}

// fieldsOf are the fields of a figure as JSON has them.
func fieldsOf(figure any) (map[string]any, error) {
	data, err := json.Marshal(figure)
	if err != nil {
		return nil, err
	}
	var fields map[string]any
	err = json.Unmarshal(data, &fields)
	return fields, err
}

// lookup follows the path through the fields of a domain.
func (g gate) lookup(e analysis.Effect, gain analysis.Gain) (float64, error) {
	all, err := fieldsOf(e)
	if err != nil {
		return 0, err
	}
	if all["gain"], err = fieldsOf(gain); err != nil {
		return 0, err
	}
	var at any = all
	for i, name := range g.path {
		if at == nil { // an interval of which nothing is known
			return 0, g.unknown(e.Domain)
		}
		fields, ok := at.(map[string]any)
		next, known := fields[name]
		if !ok || !known {
			where := "a domain"
			if i > 0 {
				where = strings.Join(g.path[:i], ".")
			}
			if !ok {
				return 0, usagef("condition %q: %s has no fields", g.text, where)
			}
			return 0, usagef("condition %q: %s has no field %q; there are %s", g.text, where, name, strings.Join(slices.Sorted(maps.Keys(fields)), ", "))
		}
		at = next
	}
	switch v := at.(type) {
	case float64:
		return v, nil
	case nil:
		return 0, g.unknown(e.Domain)
	}
	return 0, usagef("condition %q: %s is not a number", g.text, strings.Join(g.path, "."))
}

func (g gate) unknown(domain string) error {
	return inputError(fmt.Errorf("condition %q: the value is not known for domain %s, so the gate cannot be decided; name the domains it is for", g.text, domain))
}
