package affinity

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"slices"

	"github.com/sharewise/sharewise/analysis/policy"
	"github.com/sharewise/sharewise/analysis/study"
)

// ScreenOptions say how many pools may be trained.
type ScreenOptions struct {
	// Pools is the number of pairs to propose; each takes as many trainings as
	// the study has seeds. study.ScreeningPairs is a number to start from.
	Pools int
	// Audit is how many of them are drawn at random, for an audit; 0 stands for
	// study.ScreeningAudit, -1 for none.
	Audit int
	// Trained are pools that were trained already and are not proposed again.
	Trained [][]int
	// Forbidden are pairs that a policy forbids and that are not proposed; nil: none.
	Forbidden *policy.Checker
	Seed      uint64 // of the draw
}

// Proposal is what to train next. Members are indices of domains, ascending.
type Proposal struct {
	// Audit are pairs drawn at random among all, before scores were looked at.
	Audit [][]int
	// Candidates are the best partners by score: first the best one of every
	// domain, then the second ones, and so on.
	Candidates []Candidate
}

// Candidate is a pair that a score speaks for.
type Candidate struct {
	Pool []int
	// For is the domain whose partner this is, Rank its place among that
	// domain's partners, from 1.
	For, Rank int
	Score     float64 // of For
}

// Screen proposes pairs of n domains to train. Without an estimator, nil, it
// proposes random pairs alone. It fails for a number of pools below one.
func Screen(e Estimator, n int, o ScreenOptions) (*Proposal, error) {
	if o.Pools < 1 {
		return nil, fmt.Errorf("affinity: screening with %d pools: at least one must be trained", o.Pools)
	}
	taken := map[[2]int]bool{}
	for _, p := range o.Trained {
		if len(p) == 2 {
			taken[[2]int{p[0], p[1]}] = true
		}
	}
	for j := range n {
		for i := range j {
			if o.Forbidden != nil && !o.Forbidden.Allows([]int{i, j}) {
				taken[[2]int{i, j}] = true
			}
		}
	}
	audit := o.Audit
	switch {
	case e == nil:
		audit = o.Pools
	case audit == 0:
		audit = study.ScreeningAudit(o.Pools)
	}
	p := &Proposal{}
	p.draw(n, min(audit, o.Pools), taken, o.Seed)
	if e != nil {
		p.rank(e, n, o.Pools-len(p.Audit), taken)
	}
	return p, nil
}

// draw takes random pairs that were not trained.
func (p *Proposal) draw(n, most int, taken map[[2]int]bool, seed uint64) {
	var all [][2]int
	for i := range n {
		for j := i + 1; j < n; j++ {
			if !taken[[2]int{i, j}] {
				all = append(all, [2]int{i, j})
			}
		}
	}
	random := rand.New(rand.NewPCG(seed, 3))
	random.Shuffle(len(all), func(a, b int) { all[a], all[b] = all[b], all[a] })
	for _, pair := range all[:max(0, min(most, len(all)))] {
		taken[pair] = true
		p.Audit = append(p.Audit, []int{pair[0], pair[1]})
	}
	slices.SortFunc(p.Audit, slices.Compare)
}

// rank takes the best partners of every domain in turn. Within a turn the
// domains with the largest scores come first.
func (p *Proposal) rank(e Estimator, n, most int, taken map[[2]int]bool) {
	partners := make([][]Candidate, n)
	for i := range n {
		for j := i + 1; j < n; j++ {
			s := e.Score([]int{i, j})
			for k, target := range []int{i, j} {
				if finite(s[k].Value) {
					partners[target] = append(partners[target], Candidate{Pool: []int{i, j}, For: target, Score: s[k].Value})
				}
			}
		}
	}
	for _, list := range partners {
		slices.SortStableFunc(list, func(a, b Candidate) int { return cmp.Compare(b.Score, a.Score) })
		for r := range list {
			list[r].Rank = r + 1
		}
	}
	for r := range n {
		var turn []Candidate
		for _, list := range partners {
			if r < len(list) {
				turn = append(turn, list[r])
			}
		}
		slices.SortStableFunc(turn, func(a, b Candidate) int { return cmp.Compare(b.Score, a.Score) })
		for _, c := range turn {
			pair := [2]int{c.Pool[0], c.Pool[1]}
			if len(p.Candidates) < most && !taken[pair] {
				taken[pair] = true
				p.Candidates = append(p.Candidates, c)
			}
		}
	}
}
