package solve

import (
	"fmt"
	"slices"
	"strings"
)

// Rule says which pools may not be trained, or which domains one pool must serve.
type Rule struct {
	// Name is what reports call it: the reason that they give for a pool that is
	// missing.
	Name string
	// Forbids reports whether a pool with these domains may not be trained; nil:
	// none.
	Forbids func(train Set) bool
	// Upward says that with a pool every larger one is forbidden that holds it, as
	// rules against too much do. It allows searches to stop early, and
	// contradictions to be found at once.
	Upward bool
	// Refuses reports whether a pool may not serve a domain that it trains, since its
	// model does not fit where it would be; nil: never. In a cover the pool may
	// serve others.
	Refuses func(train Set, domain int) bool
	// Together are domains that one pool must serve; empty: none.
	Together Set
}

// CannotLink forbids every pool that trains two of the domains.
func CannotLink(name string, domains ...int) Rule {
	all := SetOf(domains...)
	return Rule{Name: name, Forbids: func(train Set) bool { return train.Both(all).Count() > 1 }, Upward: true}
}

// MustLink lets one pool serve all of the domains.
func MustLink(name string, domains ...int) Rule {
	return Rule{Name: name, Together: SetOf(domains...)}
}

// Largest forbids pools of more domains.
func Largest(name string, most int) Rule {
	return Rule{Name: name, Forbids: func(train Set) bool { return train.Count() > most }, Upward: true}
}

// AtSite lets no pool serve a domain that is too heavy for its site: need is the
// memory, or the latency, of a model that is trained on the domains (NaN where it is
// not known: such a pool may not), limit what the site allows.
func AtSite(name string, domain int, need func(train Set) float64, limit float64) Rule {
	return Rule{Name: name, Refuses: func(train Set, j int) bool {
		return j == domain && !(need(train) <= limit*(1+BudgetTolerance))
	}}
}

// Forbidden returns the name of the first rule by which a pool may not be trained, or
// not serve all that it trains, as pools of a partition do; "" where there is none.
func Forbidden(rules []Rule, train Set) string {
	if name := Untrainable(rules, train); name != "" {
		return name
	}
	return refusedBy(rules, train, train)
}

// Untrainable returns the name of the first rule by which a pool may not be trained,
// "" where there is none.
func Untrainable(rules []Rule, train Set) string {
	for i := range rules {
		if rules[i].Forbids != nil && rules[i].Forbids(train) {
			return rules[i].Name
		}
	}
	return ""
}

// refusedBy is the name of the first rule by which a pool may not serve some of the
// domains.
func refusedBy(rules []Rule, train, domains Set) string {
	for i := range rules {
		if rules[i].Refuses == nil {
			continue
		}
		for j := range domains.All() {
			if rules[i].Refuses(train, j) {
				return rules[i].Name
			}
		}
	}
	return ""
}

// ContradictionError names rules that cannot be kept together.
type ContradictionError struct {
	Domains []string // that one pool must serve
	Must    []string // the rules that say so
	Cannot  string   // the rule that forbids every pool with them
}

func (e *ContradictionError) Error() string {
	return fmt.Sprintf("%s must be served by one pool (%s), and no pool may train them together (%s): remove one of these rules",
		strings.Join(e.Domains, ", "), strings.Join(e.Must, "; "), e.Cannot)
}

func (e *ContradictionError) Unwrap() error { return ErrContradiction }

// Blocks are the sets of domains that one pool must serve, joined where they
// overlap, and all other domains alone, by first member.
func Blocks(n int, rules []Rule) []Set {
	blocks := make([]Set, n)
	for j := range blocks {
		blocks[j] = SetOf(j)
	}
	for _, r := range rules {
		if r.Together.Empty() {
			continue
		}
		joined := r.Together
		blocks = slices.DeleteFunc(blocks, func(b Set) bool {
			meets := b.Meets(joined)
			if meets {
				joined = joined.Union(b)
			}
			return meets
		})
		blocks = append(blocks, joined)
	}
	slices.SortFunc(blocks, func(a, b Set) int { return a.First() - b.First() })
	return blocks
}

// Contradiction looks for domains that must be together while a rule forbids every
// pool that holds them. It returns nil where it finds none.
func Contradiction(n int, rules []Rule, name func(int) string) error {
	for _, r := range rules {
		if r.Together.Last() >= n {
			return fmt.Errorf("solve: rule %s is about domain %d of %d", r.Name, r.Together.Last(), n)
		}
	}
	for _, block := range Blocks(n, rules) {
		if block.Count() < 2 {
			continue
		}
		for i := range rules {
			if f := rules[i].Forbids; f == nil || !rules[i].Upward || !f(block) {
				continue
			}
			e := &ContradictionError{Cannot: rules[i].Name}
			for j := range block.All() {
				e.Domains = append(e.Domains, name(j))
			}
			for _, r := range rules {
				if r.Together.Meets(block) {
					e.Must = append(e.Must, r.Name)
				}
			}
			return e
		}
	}
	return nil
}

func (p *Problem) checkRules() error { return Contradiction(p.Domains, p.Rules, p.name) }
