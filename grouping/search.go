package grouping

import (
	"cmp"
	"slices"

	"github.com/sharewise/sharewise/grouping/solve"
)

// partition is a partition under improvement. Only steps are taken that raise
// its score, or that lower the number of groups while there are too many.
type partition struct {
	*scorer
	groups []set
	limit  int
	pools  []set // measured ones of three and more: what insert tries
}

// climb improves the partition until no merge of two groups, no move or
// exchange of domains, no measured pool put in the place of what it meets and
// no group taken apart adds anything. Its end is therefore never worse than
// any measured pool with all others alone.
func (p *partition) climb() {
	for p.merge() || p.move() || p.insert() || p.dissolve() {
	}
	p.groups = inOrder(p.groups)
}

func (p *partition) usable() bool {
	return len(p.groups) <= p.limit && p.sum(p.groups) != unusable
}

// merge joins the pairs of groups that add most, as far as they are disjoint.
// While there are more groups than allowed it also joins one pair at a loss.
func (p *partition) merge() bool {
	type joint struct {
		gain int64
		a, b int
	}
	var gains []joint
	least := joint{a: -1}
	forced := len(p.groups) > p.limit
	for a, x := range p.groups {
		before := p.score(x)
		for b := a + 1; b < len(p.groups); b++ {
			if !forced && p.hopeless(x.First(), p.groups[b], len(p.groups)) {
				continue
			}
			d := p.score(x.Union(p.groups[b])) - before - p.score(p.groups[b])
			if d > 0 {
				gains = append(gains, joint{d, a, b})
			} else if forced && (least.a < 0 || d > least.gain) {
				least = joint{d, a, b}
			}
		}
	}
	if len(gains) == 0 && least.a >= 0 {
		gains = append(gains, least)
	}
	if len(gains) == 0 {
		return false
	}
	slices.SortStableFunc(gains, func(x, y joint) int { return cmp.Compare(y.gain, x.gain) })
	merged := slices.Clone(p.groups)
	used := make([]bool, len(merged))
	for _, g := range gains {
		if !used[g.a] && !used[g.b] {
			used[g.a], used[g.b] = true, true
			merged[g.a] = merged[g.a].Union(merged[g.b])
			merged[g.b] = set{}
		}
	}
	p.groups = slices.DeleteFunc(merged, set.Empty)
	return true
}

// step takes a domain from its group to another, and, where back is a domain,
// that one the other way.
type step struct {
	to   int // len(groups): a new group
	back int // -1: none
}

// move takes every domain in turn to the group where it adds most, to one of
// its own, or exchanges it with another, if that adds something.
func (p *partition) move() bool {
	groups := slices.Clone(p.groups)
	moved := false
	for d := range p.gains.n {
		from := slices.IndexFunc(groups, func(x set) bool { return x.Has(d) })
		to, ok := p.place(groups, from, d)
		if !ok {
			continue
		}
		moved = true
		if to.to == len(groups) {
			groups = append(groups, set{})
		}
		groups[from] = groups[from].Without(d)
		groups[to.to] = groups[to.to].With(d)
		if to.back >= 0 {
			groups[from] = groups[from].With(to.back)
			groups[to.to] = groups[to.to].Without(to.back)
		}
		groups = slices.DeleteFunc(groups, set.Empty)
	}
	p.groups = groups
	return moved
}

// place is the best step for a domain, if one adds something.
func (p *partition) place(groups []set, from, d int) (best step, ok bool) {
	gain := int64(0)
	try := func(v int64, s step) {
		if v > gain {
			gain, best, ok = v, s, true
		}
	}
	x := groups[from]
	rest := x.Without(d)
	before := p.score(x)
	left := p.score(rest) - before
	if len(groups) < p.limit && !rest.Empty() {
		try(left+p.score(solve.SetOf(d)), step{len(groups), -1})
	}
	for to, y := range groups {
		single := y.First() == y.Last()
		if to == from || p.hopeless(d, y, len(groups)) && (!single || rest.Empty() || p.hopeless(y.First(), rest, len(groups))) {
			continue
		}
		old := p.score(y)
		try(left+p.score(y.With(d))-old, step{to, -1})
		if rest.Empty() && single {
			continue
		}
		for e := range y.All() {
			try(p.score(rest.With(e))+p.score(y.Without(e).With(d))-before-old, step{to, e})
		}
	}
	return best, ok
}

// hopeless says whether no pool with a domain and most of a group, all of it
// or all but one, can be valued, if there are several groups left.
func (p *partition) hopeless(d int, y set, groups int) bool {
	at := d * p.gains.n
	return groups > 2 && !p.gains.linked[at+y.First()] && !p.gains.linked[at+y.Last()]
}

// insert puts the measured pool that adds most in the place of what it meets.
func (p *partition) insert() bool {
	var best []set
	now := p.sum(p.groups)
	for _, pool := range p.pools {
		if with := p.replace(pool); len(with) <= max(p.limit, len(p.groups)) {
			if v := p.sum(with); v > now {
				best, now = with, v
			}
		}
	}
	if best == nil {
		return false
	}
	p.groups = best
	return true
}

// replace puts a pool into the partition. What it leaves of other groups stays
// together where that is allowed and worth it.
func (p *partition) replace(pool set) []set {
	out := []set{pool}
	for _, x := range p.groups {
		rest := x.Minus(pool)
		switch {
		case rest.Empty():
		case rest == x || p.score(rest) >= int64(rest.Count()):
			out = append(out, rest)
		default:
			for d := range rest.All() {
				out = append(out, solve.SetOf(d))
			}
		}
	}
	return out
}

// dissolve takes a group apart whose members are better off alone.
func (p *partition) dissolve() bool {
	for i, x := range p.groups {
		n := x.Count()
		if n == 1 || p.score(x) >= int64(n) || len(p.groups)+n-1 > p.limit || p.alone(x) <= p.score(x) {
			continue
		}
		groups := slices.Delete(slices.Clone(p.groups), i, i+1)
		for d := range x.All() {
			groups = append(groups, solve.SetOf(d))
		}
		p.groups = groups
		return true
	}
	return false
}

// alone is the score of the members of a pool by themselves.
func (p *partition) alone(pool set) int64 {
	sum := int64(0)
	for d := range pool.All() {
		v := p.score(solve.SetOf(d))
		if v == unusable {
			return unusable
		}
		sum += v
	}
	return sum
}
