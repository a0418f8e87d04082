package grouping

import (
	"fmt"
	"slices"
	"strings"

	"github.com/sharewise/sharewise/analysis"
)

// Context is what a recommendation says about its origin, and how it is made.
type Context struct {
	Study     string
	Selection Selection
	Doubts    []analysis.Doubt // of the results
	Warnings  []string         // of FromResults
	Draws     int              // of Resample; 0: default
	Seed      uint64
}

const stabilityMeaning = "Share of draws in which this partition is best, each gain replaced by a normal variate as wide as its limits. " +
	"Gains are drawn independently although they share runs, so this is a guide to firmness and no probability."

// Recommend solves the problem and gathers all that planners should know about
// the answer.
func Recommend(p *Problem, c Context) (*Recommendation, error) {
	best, err := Best(p)
	if err != nil {
		return nil, err
	}
	stability, err := Resample(p, best, c.Draws, c.Seed)
	if err != nil {
		return nil, err
	}
	tree, err := Linkage(p)
	if err != nil {
		return nil, err
	}
	b := &builder{p: p, g: newGains(p)}
	b.lo, b.hi = b.g.limits()
	r := &Recommendation{
		Version: fileVersion, Study: c.Study, Rung: c.Selection.Rung, Weighting: c.Selection.Weighting,
		Level: p.level(), MinGain: p.MinGain, MaxGroups: p.MaxGroups,
		Total: best.Total, Bound: best.Bound, Optimal: best.Optimal,
		Pairs: b.pairs(), Tree: b.tree(tree), Stability: b.stability(stability),
		Alternatives: b.alternatives(best),
		Confirm:      []Confirmation{}, Doubts: slices.Clone(c.Doubts), Warnings: slices.Clone(c.Warnings),
	}
	for i, name := range p.Domains {
		r.Domains = append(r.Domains, DomainValue{name, p.value(i)})
	}
	for _, group := range best.Groups {
		r.Groups = append(r.Groups, b.group(group, r.Pairs))
	}
	r.Confirm = append(r.Confirm, b.confirm(best)...)
	r.Warnings = append(r.Warnings, b.warnings(r, stability)...)
	if r.Warnings == nil {
		r.Warnings = []string{}
	}
	if r.Doubts == nil {
		r.Doubts = []analysis.Doubt{}
	}
	r.Decide()
	return r, nil
}

// builder puts names to numbers.
type builder struct {
	p      *Problem
	g      *gains
	lo, hi []float64
}

func (b *builder) member(domain int, gain, lo, hi float64) Member {
	return Member{
		Domain: b.p.Domains[domain], Gain: gain, Lo: known(lo), Hi: known(hi),
		Verdict: Judge(lo, hi, b.p.MinGain),
	}
}

func (b *builder) group(group Group, pairs []PairGain) RecommendedGroup {
	out := RecommendedGroup{Source: group.Source}
	var verdicts []Verdict
	for i, m := range group.Members {
		member := b.member(m, group.Gain[i], group.Lo[i], group.Hi[i])
		verdicts = append(verdicts, member.Verdict)
		out.Members = append(out.Members, member)
		out.Total += b.p.value(m) * group.Gain[i]
	}
	out.Verdict = together(verdicts)
	if group.Source == Single {
		out.Verdict = b.alone(out.Members[0].Domain, pairs)
		out.Members[0].Verdict = out.Verdict
	}
	return out
}

// alone is the verdict on a domain by itself.
func (b *builder) alone(domain string, pairs []PairGain) Verdict {
	apart := 0
	for _, pair := range pairs {
		if (pair.A.Domain == domain || pair.B.Domain == domain) && pair.Verdict == Apart {
			apart++
		}
	}
	if apart == len(b.p.Domains)-1 && apart > 0 {
		return Apart
	}
	return Undecided
}

func (b *builder) pairs() []PairGain {
	out := []PairGain{}
	for i := range b.g.n {
		for j := i + 1; j < b.g.n; j++ {
			x, y := b.g.pair[i*b.g.n+j], b.g.pair[j*b.g.n+i]
			if x < 0 {
				continue
			}
			pair := PairGain{
				A: b.member(i, b.g.cell[x], b.lo[x], b.hi[x]),
				B: b.member(j, b.g.cell[y], b.lo[y], b.hi[y]),
			}
			pair.Verdict = together([]Verdict{pair.A.Verdict, pair.B.Verdict})
			out = append(out, pair)
		}
	}
	return out
}

func (b *builder) tree(t *Tree) *TreeNode {
	if t.Domain >= 0 {
		return &TreeNode{Domain: b.p.Domains[t.Domain]}
	}
	return &TreeNode{Gain: known(t.Gain), Children: []*TreeNode{b.tree(t.Left), b.tree(t.Right)}}
}

func (b *builder) stability(s *Stability) *RecommendedStability {
	if s == nil {
		return nil
	}
	out := &RecommendedStability{
		Share: s.Share, Draws: s.Draws, Seed: s.Seed, Optimism: s.Optimism,
		Meaning: stabilityMeaning, Together: []PairShare{},
	}
	for i := range b.g.n {
		for j := i + 1; j < b.g.n; j++ {
			if share := s.Together[i][j]; share > 0 {
				out.Together = append(out.Together, PairShare{b.p.Domains[i], b.p.Domains[j], share})
			}
		}
	}
	for _, f := range s.Partitions {
		share := PartitionShare{Share: f.Share}
		for _, group := range f.Groups {
			share.Groups = append(share.Groups, b.p.Names(group))
		}
		out.Partitions = append(out.Partitions, share)
	}
	return out
}

// alternatives lists the runner-up, all alone and all together, less what is
// the recommendation itself and what cannot be valued.
func (b *builder) alternatives(best *Grouping) []Alternative {
	out := []Alternative{}
	add := func(name string, g *Grouping) {
		if g == nil || g.key() == best.key() {
			return
		}
		a := Alternative{Name: name, Total: g.Total, Source: Measured}
		for _, group := range g.Groups {
			a.Groups = append(a.Groups, b.p.Names(group.Members))
			if group.Source == FromPairs {
				a.Source = FromPairs
			}
		}
		out = append(out, a)
	}
	add("runner-up", best.RunnerUp)
	add("independent", b.g.grouping(alone(b.g.n)))
	all := allOf(b.g.n)
	if _, measured := b.g.pools[all]; measured || b.g.hasPairs(all) {
		add("joint", b.g.grouping([]set{all}))
	}
	return out
}

// confirm asks for the pools that the recommendation and the runner-up only
// estimate.
func (b *builder) confirm(best *Grouping) []Confirmation {
	var out []Confirmation
	seen := map[set]bool{}
	ask := func(g *Grouping, recommended bool, why string) {
		if g == nil {
			return
		}
		for _, group := range g.Groups {
			if m := setOf(group.Members...); group.Source == FromPairs && !seen[m] {
				seen[m] = true
				out = append(out, Confirmation{b.p.Names(group.Members), recommended, why})
			}
		}
	}
	ask(best, true, "recommended, but its gain is an estimate from pairs")
	ask(best.RunnerUp, false, "in the runner-up, and its gain is an estimate from pairs")
	return out
}

func (b *builder) warnings(r *Recommendation, s *Stability) []string {
	var out, estimated []string
	for _, group := range r.Groups {
		names := pooled(group.Names())
		var harmed []string
		for _, m := range group.Members {
			if group.Source != Single && m.Verdict == Apart {
				harmed = append(harmed, m.Domain)
			}
		}
		const because = "The pool is recommended because the others gain more, or because of the bound on groups."
		switch len(harmed) {
		case 0:
		case 1:
			out = append(out, fmt.Sprintf("%s is better off alone than in the recommended pool of %s: its gain lies below zero with all of its limits. %s", harmed[0], names, because))
		default:
			out = append(out, fmt.Sprintf("%s are better off alone than in the recommended pool of %s: their gains lie below zero with all of their limits. %s", pooled(harmed), names, because))
		}
		if group.Source == FromPairs {
			estimated = append(estimated, names)
		}
	}
	switch n := len(estimated); {
	case n == 1:
		out = append(out, fmt.Sprintf("The gains of the pool of %s are estimated as means of pair gains; the pool itself was not trained. Larger pools need more capacity, and pairs do not show that.", estimated[0]))
	case n > 1:
		out = append(out, fmt.Sprintf("The gains of %d of the pools, such as that of %s, are estimated as means of pair gains; the pools themselves were not trained. Larger pools need more capacity, and pairs do not show that.", n, estimated[0]))
	}
	if len(b.g.cell) == 0 {
		return out // what was left out, and why, is said
	}
	if missing := b.g.missingPairs(); missing > 0 {
		out = append(out, fmt.Sprintf("%d of %d pairs were not measured. Pools that need them were not considered.", missing, b.g.n*(b.g.n-1)/2))
	}
	if !r.Optimal {
		out = append(out, fmt.Sprintf("The partition was searched for among many and may not be the best one: its total is %.4g, and no partition's total exceeds %.4g.", r.Total, r.Bound))
	}
	switch {
	case s == nil:
		out = append(out, "No gain has limits, so nothing can be said about how firm the groups are. Three seeds or more give limits.")
	case s.Fixed > 0:
		out = append(out, fmt.Sprintf("%d of %d gains have no limits; the stability takes them as exact.", s.Fixed, len(b.g.cell)))
	}
	return out
}

// pooled lists the members of a pool for a sentence; of many, the first.
func pooled(names []string) string {
	const most = 8
	if extra := len(names) - most; extra > 1 {
		return fmt.Sprintf("%s and %d others", strings.Join(names[:most], ", "), extra)
	}
	return strings.Join(names, ", ")
}

// known returns nil for NaN.
func known(x float64) *float64 {
	if !finite(x) {
		return nil
	}
	return &x
}
