package gaintable

import (
	"errors"
	"math/rand/v2"
	"slices"

	"github.com/sharewise/sharewise/grouping/solve"
)

// Stability says how firmly gains point to a choice: each draw puts random errors on
// all gains with limits, independently or, of a study, together, and solves the table
// again.
type Stability struct {
	Draws int    `json:"draws"`
	Seed  uint64 `json:"seed"`
	// Share is the share of draws with the same choice.
	Share float64 `json:"share"`
	// Together are the pairs of domains that one pool serves in some draw.
	Together []PairShare `json:"together"`
}

// PairShare is the share of draws in which one pool serves both domains.
type PairShare struct {
	A     string  `json:"a"`
	B     string  `json:"b"`
	Share float64 `json:"share"`
}

// drawEffort is that of a draw where the choice itself was not proved within the usual
// one: all draws together then take little longer than it.
const drawEffort = 0.05

// stability is nil where no gain has limits, or no draws are asked for.
func (c *chooser) stability(p *Plan, s *solve.Solution, rules []solve.Rule) (*Stability, error) {
	draws := c.options.Draws
	if draws < 0 || !c.table.limited() || c.options.objective() == NoHarm || c.options.objective() == Risk {
		return nil, nil
	}
	cells := 0
	for k := range c.table.Pools {
		cells += len(c.table.Pools[k].Serves)
	}
	if draws == 0 {
		draws = min(200, max(20, 400_000/(cells+1)))
	}
	out := &Stability{Draws: draws, Seed: c.options.Seed, Together: []PairShare{}}
	random := rand.New(rand.NewPCG(c.options.Seed, 0x7461626c65)) // "table"
	n := len(c.table.Domains)
	together := make([]int, n*n)
	pools := make([]int, len(s.Chosen))
	same := 0
	other := *c
	if !s.Optimal {
		other.effort = drawEffort
	}
	if c.table.draws != nil {
		draws = min(draws, len(c.table.draws))
		out.Draws = draws
	}
	for x := range draws {
		drawn := *c.table
		drawn.Pools = slices.Clone(c.table.Pools)
		for k := range drawn.Pools {
			q := &drawn.Pools[k]
			q.Gain = slices.Clone(q.Gain)
			for i := range q.Gain {
				switch {
				case c.table.draws == nil:
					q.Gain[i] += errorOf(q, i) * random.NormFloat64()
				case q.terms[i] != nil:
					q.Gain[i] = 0
					for _, of := range q.terms[i] {
						q.Gain[i] += of.weight * c.table.draws[x][of.cell]
					}
				}
			}
		}
		other.table = &drawn
		found, err := other.solve(rules)
		if errors.Is(err, solve.ErrNotFound) && other.effort > 0 {
			other.effort = 0
			found, err = other.solve(rules)
		}
		if err != nil {
			return nil, err
		}
		all := len(found.Chosen) == len(s.Chosen)
		for k, chosen := range s.Chosen {
			if slices.ContainsFunc(found.Chosen, func(f solve.Choice) bool { return f.Train == chosen.Train && f.Serves == chosen.Serves }) {
				pools[k]++
			} else {
				all = false
			}
		}
		if all {
			same++
		}
		for _, f := range found.Chosen {
			for i := range f.Serves.All() {
				for j := range f.Serves.All() {
					together[i*n+j]++
				}
			}
		}
	}
	scale := 1 / float64(draws)
	out.Share = float64(same) * scale
	for k := range p.Pools {
		share := float64(pools[k]) * scale
		p.Pools[k].Share = &share
	}
	for i := range n {
		for j := i + 1; j < n; j++ {
			if count := together[i*n+j]; count > 0 {
				out.Together = append(out.Together, PairShare{c.table.Domains[i], c.table.Domains[j], float64(count) * scale})
			}
		}
	}
	return out, nil
}
