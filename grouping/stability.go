package grouping

import (
	"cmp"
	"math/rand/v2"
	"slices"

	"gonum.org/v1/gonum/stat/distuv"
)

// Stability says how firmly the gains point to a partition. It is read from
// draws: each draw replaces every measured gain by a normal variate with the
// gain as mean and the standard error that its limits imply, and finds the best
// partition again.
//
// The draws treat gains as independent and normal. In fact all gains of a
// domain share its independent runs, so a share of 0.9 is a guide to firmness
// and not a probability of 0.9.
type Stability struct {
	Draws int
	Seed  uint64
	// Share is the share of draws in which the partition is best.
	Share float64
	// Together[i][j] is the share of draws in which domains i and j are in
	// one group.
	Together [][]float64
	// Partitions are the partitions found best, most frequent first, at most
	// five.
	Partitions []Frequency
	// Optimism is how far the best total of a draw exceeds, on average, what
	// the same partition is worth under the gains that the draw was made
	// from: an estimate of how far the reported total leans high because the
	// best of many was chosen.
	Optimism float64
	// Fixed counts the gains without limits, which every draw left as they
	// are.
	Fixed int
}

// Frequency is a partition with the share of draws in which it was best.
type Frequency struct {
	Groups [][]int
	Share  float64
}

// maxPartitions bounds Stability.Partitions.
const maxPartitions = 5

// Resample measures the stability of best, a solution of p. Zero draws stands
// for 2000, or fewer for many domains, so that it takes seconds at most. The
// result depends on the problem, the seed and the number of draws alone. It is
// nil where no gain has limits.
func Resample(p *Problem, best *Grouping, draws int, seed uint64) (*Stability, error) {
	if err := p.Validate(); err != nil {
		return nil, err
	}
	g := newGains(p)
	se, fixed := g.standardErrors()
	if fixed == len(g.cell) {
		return nil, nil
	}
	if draws == 0 {
		draws = defaultDraws(g.n, p.maxGroups())
	}
	out := &Stability{Draws: draws, Seed: seed, Fixed: fixed, Together: make([][]float64, g.n)}
	for i := range out.Together {
		out.Together[i] = make([]float64, g.n)
	}
	random := rand.New(rand.NewPCG(seed, 0x67726f7570696e67)) // "grouping"
	cell := make([]float64, len(g.cell))
	counts := map[string]int{}
	found := map[string][]uint64{}
	for range draws {
		for i, x := range g.cell {
			cell[i] = x + se[i]*random.NormFloat64()
		}
		partition := solve(newScorer(g, cell))
		key := partitionKey(partition)
		counts[key]++
		found[key] = partition
		out.Optimism += g.total(partition, cell) - g.total(partition, g.cell)
		for _, pool := range partition {
			out.addTogether(members(pool))
		}
	}
	scale := 1 / float64(draws)
	out.Optimism *= scale
	for i := range out.Together {
		for j := range out.Together[i] {
			out.Together[i][j] *= scale
		}
	}
	out.Share = float64(counts[best.key()]) * scale
	out.Partitions = frequencies(counts, found, scale)
	return out, nil
}

func defaultDraws(n, k int) int {
	if n > ExactLimit {
		return max(50, min(200, 2_000_000/(n*n*n)))
	}
	steps := 1.0
	for range n {
		steps *= 3
	}
	if k < n {
		steps *= float64(k)
	}
	return int(min(2000, max(200, 1e9/steps)))
}

func (s *Stability) addTogether(group []int) {
	for _, i := range group {
		for _, j := range group {
			s.Together[i][j]++
		}
	}
}

// standardErrors returns the standard error that each cell's limits imply, 0
// where it has none, and how many have none. Limits that were made with
// Student's t are wider than a normal's, so these errors err upwards. The wider
// side counts: that above may have been cut at 1, more than which no gain is.
func (g *gains) standardErrors() (se []float64, fixed int) {
	lo, hi := g.limits()
	z := distuv.UnitNormal.Quantile((1 + g.problem.level()) / 2)
	se = make([]float64, len(lo))
	for i := range lo {
		if !finite(lo[i]) {
			fixed++
			continue
		}
		se[i] = max(hi[i]-g.cell[i], g.cell[i]-lo[i]) / z
	}
	return se, fixed
}

func frequencies(counts map[string]int, found map[string][]uint64, scale float64) []Frequency {
	keys := make([]string, 0, len(counts))
	for k := range counts {
		keys = append(keys, k)
	}
	slices.SortFunc(keys, func(a, b string) int {
		return cmp.Or(cmp.Compare(counts[b], counts[a]), cmp.Compare(a, b))
	})
	var out []Frequency
	for _, k := range keys[:min(len(keys), maxPartitions)] {
		f := Frequency{Share: float64(counts[k]) * scale}
		for _, pool := range found[k] {
			f.Groups = append(f.Groups, members(pool))
		}
		out = append(out, f)
	}
	return out
}
