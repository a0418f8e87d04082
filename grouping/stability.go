package grouping

import (
	"cmp"
	"math"
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
		draws = g.defaultDraws()
	}
	out := &Stability{Draws: draws, Seed: seed, Fixed: fixed, Together: make([][]float64, g.n)}
	for i := range out.Together {
		out.Together[i] = make([]float64, g.n)
	}
	random := rand.New(rand.NewPCG(seed, 0x67726f7570696e67)) // "grouping"
	cell := make([]float64, len(g.cell))
	counts := map[string]int{}
	found := map[string][]set{}
	solve := g.resolver(best)
	for range draws {
		for i, x := range g.cell {
			cell[i] = x + se[i]*random.NormFloat64()
		}
		partition := solve(cell)
		key := partitionKey(partition)
		counts[key]++
		found[key] = partition
		out.Optimism += g.total(partition, cell) - g.total(partition, g.cell)
		for _, pool := range partition {
			out.addTogether(pool.members())
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

// resolver returns a function that finds the best partition for other gains.
// Where this is a search it starts, beside what it starts from always, from the
// best partition and the runner-up of the measured gains.
func (g *gains) resolver(best *Grouping) func(cell []float64) []set {
	if g.n <= ExactLimit {
		return func(cell []float64) []set { return solveExactly(newScorer(g, cell)) }
	}
	v := newSolver(g)
	v.relax(v.values(newScorer(g, g.cell)), true)
	var starts [][]set
	if len(best.Groups) > 0 {
		starts = append(starts, best.sets())
	}
	if best.RunnerUp != nil {
		starts = append(starts, best.RunnerUp.sets())
	}
	return func(cell []float64) []set {
		if a := v.solve(newScorer(g, cell), starts, quick); a.groups != nil {
			return a.groups
		}
		return best.sets()
	}
}

// defaultDraws keeps the work at some seconds. A relaxation takes about as many
// steps as there are domains, each of which looks at all columns.
func (g *gains) defaultDraws() int {
	if g.n > ExactLimit {
		work := float64(g.n*g.n) * float64(1+len(g.sets))
		if g.problem.maxGroups() < g.n {
			work *= 8 // groups are larger, and harder to find
		}
		return int(min(1000, max(30, 2e9/work)))
	}
	steps := math.Pow(3, float64(g.n))
	if k := g.problem.maxGroups(); k < g.n {
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

func frequencies(counts map[string]int, found map[string][]set, scale float64) []Frequency {
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
			f.Groups = append(f.Groups, pool.members())
		}
		out = append(out, f)
	}
	return out
}
