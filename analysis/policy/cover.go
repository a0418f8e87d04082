package policy

import (
	"fmt"
	"slices"
	"strings"
)

// Cover returns pools of the domains that rules allow, of two domains at least, so
// that every domain that may be pooled with any other is in one: the largest that is
// found, then again and again the one with most domains that are in none yet. No
// pool can take in another domain. It is the pool of all domains where that is
// allowed. Members are ascending, and so are pools by their first members.
func (c *Checker) Cover() [][]int {
	return c.CoverWhere(func([]int) bool { return true }, func(int) string { return "" })
}

// CoverWhere is [Checker.Cover] where something beside the rules has a say: allows
// reports whether it has nothing against a pool, and refuses with a pool every larger
// one that holds it. Domains of the same kind can stand for one another there.
func (c *Checker) CoverWhere(allows func(members []int) bool, kind func(domain int) string) [][]int {
	var out [][]int
	covered, signatures := make([]bool, len(c.domains)), c.signatures()
	for m := range signatures {
		signatures[m] += kind(m)
	}
	for {
		best, most := []int(nil), 0
		tried := map[string]bool{}
		for first := range c.domains {
			if covered[first] || tried[signatures[first]] {
				continue
			}
			tried[signatures[first]] = true
			pool := c.grow(first, covered, signatures, allows)
			if fresh := count(pool, covered); len(pool) > 1 && (fresh > most || fresh == most && len(pool) > len(best)) {
				best, most = pool, fresh
			}
		}
		if best == nil {
			slices.SortFunc(out, slices.Compare[[]int])
			return out
		}
		out = append(out, best)
		for _, m := range best {
			covered[m] = true
		}
	}
}

// signatures are what all rules say of each domain: domains of the same signature
// can stand for one another.
func (c *Checker) signatures() []string {
	out := make([]string, len(c.domains))
	for m := range out {
		var b strings.Builder
		for i := range c.rules {
			fmt.Fprint(&b, c.rules[i].member[m], c.rules[i].class[m], c.rules[i].sets[m], ";")
		}
		out[m] = b.String()
	}
	return out
}

// grow adds to a domain what is allowed: domains in no pool yet first, those like
// it before others.
func (c *Checker) grow(first int, covered []bool, signatures []string, allows func([]int) bool) []int {
	var order []int
	for pass := range 4 {
		for m := range c.domains {
			alike := signatures[m] == signatures[first]
			if m != first && covered[m] == (pass > 1) && alike == (pass%2 == 0) {
				order = append(order, m)
			}
		}
	}
	pool := []int{first}
	for _, m := range order {
		if with := append(pool, m); c.Allows(with) && allows(with) {
			pool = with
		}
	}
	slices.Sort(pool)
	return pool
}

func count(pool []int, covered []bool) int {
	n := 0
	for _, m := range pool {
		if !covered[m] {
			n++
		}
	}
	return n
}
