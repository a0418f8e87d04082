package study

import (
	"fmt"
	"slices"
	"strings"

	"github.com/sharewise/sharewise/analysis/policy"
	"github.com/sharewise/sharewise/analysis/wording"
)

// links checks the domains that must be in one group and those that may not, and
// that both can be.
func (c *checker) links() {
	g := c.study.Grouping
	names := c.names()
	check := func(key string, sets [][]string) {
		for i, set := range sets {
			for j, n := range set {
				at := fmt.Sprintf("grouping.%s[%d][%d]", key, i, j)
				if !slices.Contains(names, n) {
					c.errorf(at, "no domain is called %q%s", n, DidYouMean(n, names))
				}
				if slices.Contains(set[:j], n) {
					c.errorf(at, "%s is named twice", n)
				}
			}
		}
	}
	check("must_link", g.MustLink)
	check("cannot_link", g.CannotLink)
	c.planning()
	// Blocks of domains that must be together, joined where they overlap.
	var blocks [][]string
	for _, set := range g.MustLink {
		block := slices.Clone(set)
		blocks = slices.DeleteFunc(blocks, func(other []string) bool {
			meets := slices.ContainsFunc(other, func(n string) bool { return slices.Contains(block, n) })
			if meets {
				block = append(block, other...)
			}
			return meets
		})
		slices.Sort(block)
		blocks = append(blocks, slices.Compact(block))
	}
	for _, block := range blocks {
		for i, set := range g.CannotLink {
			var both []string
			for _, n := range set {
				if slices.Contains(block, n) && !slices.Contains(both, n) {
					both = append(both, n)
				}
			}
			if len(both) > 1 {
				c.errorf(fmt.Sprintf("grouping.cannot_link[%d]", i), "%s may not be in one group, and grouping.must_link wants them there: remove one of these rules", strings.Join(both, " and "))
			}
		}
		if g.LargestPool > 0 && len(block) > g.LargestPool {
			c.errorf("grouping.largest_pool", "a group of at most %d, and grouping.must_link wants %s in one", g.LargestPool, strings.Join(block, ", "))
		}
	}
}

// planning checks what pools are planned by.
func (c *checker) planning() {
	g := c.study.Grouping
	names := c.names()
	known := func(at, n string) {
		if !slices.Contains(names, n) {
			c.errorf(at, "no domain is called %q%s", n, DidYouMean(n, names))
		}
	}
	if g.Aversion > 0 && g.Objective != "risk" {
		c.errorf("grouping.aversion", "an aversion is for the objective risk; set grouping.objective to it, or remove the key")
	}
	var pools []string
	for i, m := range g.Models {
		at := fmt.Sprintf("grouping.models[%d]", i)
		for j, n := range m.Pool {
			known(fmt.Sprintf("%s.pool[%d]", at, j), n)
			if slices.Contains(m.Pool[:j], n) {
				c.errorf(fmt.Sprintf("%s.pool[%d]", at, j), "%s is named twice", n)
			}
		}
		sorted := slices.Clone(m.Pool)
		slices.Sort(sorted)
		pool := strings.Join(sorted, "+")
		if slices.Contains(pools, pool) {
			c.errorf(at, "the pool %s occurs twice", pool)
		}
		pools = append(pools, pool)
		if m.Cost == 0 && m.Memory == 0 && m.Latency == 0 {
			c.errorf(at, "says nothing of the pool: give cost, memory or latency")
		}
	}
	for i, s := range g.Sites {
		at := fmt.Sprintf("grouping.sites[%d]", i)
		known(at+".domain", s.Domain)
		if slices.ContainsFunc(g.Sites[:i], func(o GroupSite) bool { return o.Domain == s.Domain }) {
			c.errorf(at+".domain", "%s has another site before: put both limits into one", s.Domain)
		}
		if s.Memory == 0 && s.Latency == 0 {
			c.errorf(at, "says nothing of the site: give memory or latency")
		}
		if s.Latency > 0 && !slices.ContainsFunc(g.Models, func(m GroupModel) bool { return m.Latency > 0 && slices.Contains(m.Pool, s.Domain) }) {
			c.errorf(at+".latency", "latency is limited, and no model with %s has one: state it under grouping.models", s.Domain)
		}
	}
}

// linkRule is one thing that cannot_link or largest_pool forbids.
type linkRule struct {
	name  string
	apart []string // of which no pool trains two
	most  int      // domains of a pool; 0: any number
}

// linkRules are what the settings forbid to train.
func (g *Grouping) linkRules() []linkRule {
	var out []linkRule
	for _, set := range g.CannotLink {
		out = append(out, linkRule{name: "cannot link " + strings.Join(set, "+"), apart: set})
	}
	if g.LargestPool > 0 {
		out = append(out, linkRule{name: fmt.Sprintf("pools of at most %d", g.LargestPool), most: g.LargestPool})
	}
	return out
}

// refusals lists the rules that forbid a pool.
func refusals(rules []linkRule, pool []string) []policy.Refusal {
	if len(pool) < 2 {
		return nil
	}
	var out []policy.Refusal
	for _, r := range rules {
		if r.most > 0 && len(pool) > r.most {
			out = append(out, policy.Refusal{Rule: r.name, Domains: pool, Reason: fmt.Sprintf("%s are %d", wording.First(pool, 6), len(pool))})
		}
		var both []string
		for _, name := range pool {
			if slices.Contains(r.apart, name) {
				both = append(both, name)
			}
		}
		if len(both) > 1 {
			out = append(out, policy.Refusal{Rule: r.name, Domains: both[:2], Reason: fmt.Sprintf("%s and %s may not be in one group", both[0], both[1])})
		}
	}
	return out
}

// linked is what rules say for [policy.Checker.CoverWhere].
func linked(rules []linkRule, domains []string) (allows func([]int) bool, kind func(int) string) {
	most, in := len(domains), make([][]int, len(domains))
	for k, r := range rules {
		if r.most > 0 {
			most = min(most, r.most)
		}
		for m, name := range domains {
			if slices.Contains(r.apart, name) {
				in[m] = append(in[m], k)
			}
		}
	}
	allows = func(members []int) bool {
		if len(members) > max(1, most) {
			return false
		}
		met := make([]bool, len(rules))
		for _, m := range members {
			for _, k := range in[m] {
				if met[k] {
					return false
				}
				met[k] = true
			}
		}
		return true
	}
	return allows, func(m int) string { return fmt.Sprint(in[m]) }
}
