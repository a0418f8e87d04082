package study

import (
	"fmt"
	"slices"
	"strings"
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
