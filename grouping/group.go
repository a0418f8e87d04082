package grouping

import (
	"slices"

	"github.com/sharewise/sharewise/grouping/solve"
)

// Grouping is a partition of the domains with what each of them gains in it.
// Groups are ordered by their first member, members as the problem lists the
// domains.
type Grouping struct {
	Groups []Group `json:"groups"`
	// Total is the sum over domains of value times gain.
	Total float64 `json:"total"`
	// Bound is a total that no partition within the constraints exceeds, given
	// the gains. Optimal says that Total meets it; otherwise a search found this
	// partition, and another may be better by up to the difference.
	Bound   float64 `json:"bound"`
	Optimal bool    `json:"optimal"`
	// RunnerUp is the best partition that differs, with its total; nil where
	// there is none, and in a [Recommendation], which has it among its
	// Alternatives.
	RunnerUp *Grouping `json:"-"`
}

// Group is a pool of domains that share a model, or one domain alone.
type Group struct {
	Members []Member `json:"members"`
	Source  Source   `json:"source"`
	// Verdict is share, keep apart or undecided for a pool; a domain alone has
	// keep apart if every pair with it was measured and has that verdict,
	// undecided otherwise.
	Verdict Verdict `json:"verdict"`
	// Firmness says how far to trust the group, doubts about its members included.
	Firmness Firmness `json:"firmness"`
	// Total is the sum over members of value times gain.
	Total float64 `json:"total"`
}

// Source says how the gains of a pool were obtained.
type Source string

// The sources of gains.
const (
	Measured Source = "measured"
	// FromPairs marks a pool valued by the mean of its pair gains.
	FromPairs Source = "estimate from pairs"
	Single    Source = "single"
)

// Member is a domain in a group with its gain there.
type Member struct {
	Domain string
	Gain   float64
	// Lo and Hi are the limits of the gain, NaN (null in JSON) where unknown.
	// Those of an estimate from pairs are the means of the pairs' limits: wide
	// enough for any correlation between pairs, but blind to the error of the
	// estimate itself.
	Lo, Hi  float64
	Verdict Verdict
}

// PairGain is a measured pair: what each gains from the other.
type PairGain struct {
	A       Member  `json:"a"`
	B       Member  `json:"b"`
	Verdict Verdict `json:"verdict"`
}

// Names returns the names of the members.
func (g *Group) Names() []string {
	names := make([]string, len(g.Members))
	for i, m := range g.Members {
		names[i] = m.Domain
	}
	return names
}

// Names returns the names of the members of every group.
func (g *Grouping) Names() [][]string {
	list := make([][]string, len(g.Groups))
	for i := range g.Groups {
		list[i] = g.Groups[i].Names()
	}
	return list
}

// Same says whether the groups have these members, in the same order.
func (g *Grouping) Same(groups [][]string) bool {
	return slices.EqualFunc(g.Names(), groups, slices.Equal)
}

// grouping describes a partition, given in order of first members.
func (g *gains) grouping(partition []set) *Grouping {
	lo, hi := g.limits()
	out := &Grouping{}
	for _, pool := range partition {
		group := Group{Source: g.source(pool)}
		g.each(pool, g.cell, func(m int, gain float64) {
			group.Members = append(group.Members, Member{Domain: g.problem.Domains[m], Gain: gain})
			group.Total += g.problem.value(m) * gain
		})
		at := 0
		g.each(pool, lo, func(_ int, x float64) { group.Members[at].Lo = x; at++ })
		at = 0
		g.each(pool, hi, func(_ int, x float64) { group.Members[at].Hi = x; at++ })
		group.Verdict = Share
		for i := range group.Members {
			group.Members[i].judge(g.problem.MinGain)
			if k, measured := g.pools[pool]; measured && !g.problem.Pools[k].distinct(i) {
				group.Members[i].Verdict = Undecided
			}
			group.Verdict = group.Verdict.and(group.Members[i].Verdict)
		}
		if group.Source == Single {
			group.Verdict = g.verdictAlone(pool.First(), lo, hi)
			group.Members[0].Verdict = group.Verdict
		}
		out.Total += group.Total
		out.Groups = append(out.Groups, group)
	}
	out.Bound = out.Total
	return out
}

// verdictAlone is the verdict on a domain by itself.
func (g *gains) verdictAlone(domain int, lo, hi []float64) Verdict {
	for other := range g.n {
		if other == domain {
			continue
		}
		if g.pair[domain*g.n+other] < 0 || g.pairGain(domain, other, lo, hi).Verdict != Apart {
			return Undecided
		}
	}
	if g.n == 1 {
		return Undecided
	}
	return Apart
}

// pairGain describes a measured pair, with the limits of all cells.
func (g *gains) pairGain(i, j int, lo, hi []float64) PairGain {
	pool, measured := g.pools[solve.SetOf(i, j)]
	member := func(domain, cell int) Member {
		m := Member{Domain: g.problem.Domains[domain], Gain: g.cell[cell], Lo: lo[cell], Hi: hi[cell]}
		m.judge(g.problem.MinGain)
		if measured && !g.problem.Pools[pool].distinct(cell-g.start[pool]) {
			m.Verdict = Undecided
		}
		return m
	}
	p := PairGain{A: member(i, g.pair[i*g.n+j]), B: member(j, g.pair[j*g.n+i])}
	p.Verdict = p.A.Verdict.and(p.B.Verdict)
	return p
}

// pairGains lists the measured pairs.
func (g *gains) pairGains() []PairGain {
	lo, hi := g.limits()
	out := []PairGain{}
	for i := range g.n {
		for j := i + 1; j < g.n; j++ {
			if g.pair[i*g.n+j] >= 0 {
				out = append(out, g.pairGain(i, j, lo, hi))
			}
		}
	}
	return out
}
