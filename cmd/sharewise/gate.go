package main

import (
	"encoding/json"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// gate is one condition under which compare fails: a field of a domain's
// result, as --json prints it, against a number.
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
func (g gate) check(domains []comparedDomain) (reasons []string, err error) {
	seen := false
	var names []string
	for _, d := range domains {
		names = append(names, d.Domain)
		if g.domain != "" && g.domain != d.Domain {
			continue
		}
		seen = true
		v, err := g.lookup(d)
		if err != nil {
			return nil, err
		}
		if g.holds(v) {
			reasons = append(reasons, fmt.Sprintf("%s: %s = %.6g %s %g", d.Domain, strings.Join(g.path, "."), v, g.op, g.limit))
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

// lookup follows the path through the domain's JSON.
func (g gate) lookup(d comparedDomain) (float64, error) {
	data, err := json.Marshal(d)
	if err != nil {
		return 0, err
	}
	var at any
	if err := json.Unmarshal(data, &at); err != nil {
		return 0, err
	}
	for i, name := range g.path {
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
		return 0, inputError(fmt.Errorf("condition %q: the value is not known for domain %s, so the gate cannot be decided; name the domains it is for", g.text, d.Domain))
	}
	return 0, usagef("condition %q: %s is not a number", g.text, strings.Join(g.path, "."))
}
