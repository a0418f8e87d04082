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
	*solver
}

// partition is one under improvement.
func (v *solver) partition(s *scorer, groups []set) *partition {
	return &partition{scorer: s, solver: v, groups: slices.Clone(groups)}
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

// step takes a block from its group to another, and, where back is one, that block the
// other way.
type step struct {
	to   int // len(groups): a new group
	back set // empty: none
}

// move takes every block in turn to the group where it adds most, to one of its own,
// or exchanges it with another, if that adds something.
func (p *partition) move() bool {
	groups := slices.Clone(p.groups)
	moved := false
	sums := p.sums(groups)
	for _, block := range p.blocks {
		d := solve.SetOf(block...)
		from := slices.IndexFunc(groups, func(x set) bool { return x.Has(block[0]) })
		to, ok := p.place(groups, sums, from, d)
		if !ok {
			continue
		}
		moved = true
		if to.to == len(groups) {
			groups = append(groups, set{})
		}
		groups[from] = groups[from].Minus(d).Union(to.back)
		groups[to.to] = groups[to.to].Union(d).Minus(to.back)
		sums.move(from, to.to, d)
		sums.move(to.to, from, to.back)
		for k := len(groups) - 1; k >= 0; k-- {
			if groups[k].Empty() {
				groups = slices.Delete(groups, k, k+1)
				sums.drop(k)
			}
		}
	}
	p.groups = groups
	return moved
}

// place is the best step for a block, if one adds something.
func (p *partition) place(groups []set, sums *sums, from int, d set) (best step, ok bool) {
	gain := int64(0)
	try := func(v int64, s step) {
		if v > gain {
			gain, best, ok = v, s, true
		}
	}
	x, first := groups[from], d.First()
	rest := x.Minus(d)
	before := p.score(x)
	left := p.score(rest) - before
	if len(groups) < p.limit && !rest.Empty() {
		try(left+p.score(d), step{to: len(groups)})
	}
	for to, y := range groups {
		block := p.block(y.First())
		single := block == y
		if to == from || p.hopeless(first, y, len(groups)) && (!single || rest.Empty() || p.hopeless(y.First(), rest, len(groups))) {
			continue
		}
		old := p.score(y)
		try(left+p.score(y.Union(d))-old, step{to: to})
		if rest.Empty() && single {
			continue
		}
		for _, e := range p.apart(y) {
			if sums != nil && !p.promising(sums, from, to, d, e, gain+before+old) {
				continue
			}
			try(p.score(rest.Union(e))+p.score(y.Minus(e).Union(d))-before-old, step{to, e})
		}
	}
	return best, ok
}

// hopeless says whether no pool with a domain and most of a group, all of it
// or all but one, can be valued, if there are several groups left.
func (p *partition) hopeless(d int, y set, groups int) bool {
	at := d * p.n
	return groups > 2 && len(p.blocks) == p.n && !p.scorer.gains.linked[at+y.First()] && !p.scorer.gains.linked[at+y.Last()]
}

// insert puts the measured pool that adds most in the place of what it meets.
func (p *partition) insert() bool {
	var best []set
	now := p.sum(p.groups)
	for _, pool := range p.large {
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

// replace puts a pool into the partition.
func (p *partition) replace(pool set) []set {
	out := []set{pool}
	for _, x := range p.groups {
		if x.Meets(pool) {
			out = append(out, p.left(x, pool)...)
		} else {
			out = append(out, x)
		}
	}
	return out
}

// left is what a pool leaves of a group: it stays together where that is allowed and
// worth it.
func (p *partition) left(x, pool set) []set {
	rest := x.Minus(pool)
	if rest.Empty() {
		return nil
	}
	if apart := p.apart(rest); p.score(rest) < p.sum(apart) {
		return apart
	}
	return []set{rest}
}

// replaced is the score, and the number of groups, of the partition with a pool in the
// place of what it meets, and a group that it breaks (-1: none); of is the group of
// every domain, now the partition's score.
func (p *partition) replaced(pool set, of []int, now int64) (score int64, groups, breaks int) {
	score, groups, breaks = now+p.score(pool), len(p.groups)+1, -1
	done := set{}
	for j := range pool.All() {
		x := p.groups[of[j]]
		if done.Has(j) {
			continue
		}
		done = done.Union(x)
		left := p.left(x, pool)
		sum := p.sum(left)
		if sum == unusable {
			return unusable, 0, -1
		}
		score += sum - p.score(x)
		groups += len(left) - 1
		if x != pool && (breaks < 0 || of[j] < breaks) {
			breaks = of[j]
		}
	}
	return score, groups, breaks
}

// dissolve takes a group apart whose blocks are better off by themselves.
func (p *partition) dissolve() bool {
	for i, x := range p.groups {
		apart := p.apart(x)
		if len(apart) == 1 || len(p.groups)+len(apart)-1 > p.limit || p.sum(apart) <= p.score(x) {
			continue
		}
		p.groups = append(slices.Delete(slices.Clone(p.groups), i, i+1), apart...)
		return true
	}
	return false
}

// block is what must be together with a domain.
func (p *partition) block(d int) set { return p.within[p.blockOf[d]] }

// apart are the blocks of a pool.
func (p *partition) apart(pool set) []set {
	var out []set
	for d := range pool.All() {
		if b := p.block(d); b.First() == d {
			out = append(out, b)
		}
	}
	return out
}
