package grouping

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/sharewise/sharewise/grouping/solve"
)

// Contender is a partition of the domains with what it is worth as a linear
// function of the problem's gains.
type Contender struct {
	// Groups lists the members of each group, ascending, in order of first
	// members.
	Groups [][]int
	// Weight of every gain of the problem: pool after pool, member after
	// member. The total is Σ Weight·gain.
	Weight []float64
	// Wins counts the draws in which the partition is the best.
	Wins int
}

// Contenders returns the partitions that are the best for the measured gains, or
// for some draw of them: those of most wins, at most the given number of them.
// The best for the measured gains comes first, whatever it wins; its runner-up,
// all domains alone and all together are among them where they can be valued. A
// draw has a number for every gain, in the order of [Contender.Weight]. It fails
// as [Best] does.
func Contenders(p *Problem, draws [][]float64, most int) ([]Contender, error) {
	best, err := Best(p)
	if err != nil {
		return nil, err
	}
	g := newGains(p)
	starts, err := g.startsOf(best)
	if err != nil {
		return nil, err
	}
	list := &contenders{gains: g, at: map[string]int{}}
	for _, partition := range starts {
		list.add(partition, 0)
	}
	if g.problem.maxGroups() == g.n && !g.problem.linked() {
		list.add(alone(g.n), 0)
	}
	if all := solve.AllOf(g.n); g.valued(all) {
		list.add([]set{all}, 0)
	}
	fixed := len(list.found)
	solve := g.resolver(starts)
	for i, draw := range draws {
		if len(draw) != len(g.cell) {
			return nil, fmt.Errorf("grouping: draw %d has %d gains, the problem has %d", i, len(draw), len(g.cell))
		}
	}
	next := 0
	for _, partition := range chosenFrom(len(draws), solve, func([]float64) []float64 { next++; return draws[next-1] }) {
		list.add(partition, 1)
	}
	drawn := list.found[fixed:]
	slices.SortStableFunc(drawn, func(a, b Contender) int { return cmp.Compare(b.Wins, a.Wins) })
	return list.found[:min(len(list.found), max(most, fixed))], nil
}

// contenders are partitions found so far.
type contenders struct {
	gains *gains
	found []Contender
	at    map[string]int // index in found by the partition's key
}

func (c *contenders) add(partition []set, wins int) {
	key := partitionKey(partition)
	k, ok := c.at[key]
	if !ok {
		k = len(c.found)
		c.at[key] = k
		c.found = append(c.found, Contender{Groups: membersOf(partition), Weight: c.gains.weights(partition)})
	}
	c.found[k].Wins += wins
}

func membersOf(partition []set) [][]int {
	out := make([][]int, len(partition))
	for i, s := range partition {
		out[i] = s.Members()
	}
	return out
}

// valued says whether a pool has gains, measured or from pairs.
func (g *gains) valued(pool set) bool {
	_, measured := g.pools[pool]
	return measured || g.hasPairs(pool)
}

// weights are what the total of a partition takes of every cell: the value of
// the domain for a gain of its measured pool; for an estimated pool of k members
// the value over k-1 for each of its pairs.
func (g *gains) weights(partition []set) []float64 {
	out := make([]float64, len(g.cell))
	for _, pool := range partition {
		k, measured := g.pools[pool]
		size := pool.Count()
		switch {
		case size == 1:
		case measured:
			for i, m := range g.problem.Pools[k].Members {
				out[g.start[k]+i] += g.problem.value(m)
			}
		default:
			for j := range pool.All() {
				for i := range pool.All() {
					if i != j {
						out[g.pair[j*g.n+i]] += g.problem.value(j) / float64(size-1)
					}
				}
			}
		}
	}
	return out
}

// Holding returns for each pool of the problem the best partition that has it as
// one of its groups. It is nil where that would take a search: beyond
// [ExactLimit] domains, or with a bound on the number of groups, or domains that one
// group must hold.
func Holding(p *Problem) ([]Contender, error) {
	if err := p.Validate(); err != nil {
		return nil, err
	}
	g := newGains(p)
	if g.n > ExactLimit || g.problem.maxGroups() < g.n || g.problem.linked() {
		return nil, nil
	}
	rest := solve.NewSubsets(newScorer(g, g.cell).scores(), 0, unusable)
	out := make([]Contender, len(g.sets))
	for k, pool := range g.sets {
		others := solve.AllOf(g.n).Minus(pool)
		partition := append([]set{pool}, setsOfMasks(rest.Partition(others[0]))...)
		inOrder(partition)
		out[k] = Contender{Groups: membersOf(partition), Weight: g.weights(partition)}
	}
	return out, nil
}
