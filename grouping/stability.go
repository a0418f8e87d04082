package grouping

import (
	"cmp"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"

	"github.com/sharewise/sharewise/analysis/versioned"
	"github.com/sharewise/sharewise/grouping/solve"
)

// Stability says how firmly the gains point to a partition. It is read from
// draws: each draw puts random errors on every measured gain and finds the best
// partition again. Errors come from the problem's covariances, Student's t by
// their degrees of freedom; a gain in none of them errs by itself, as widely as
// its limits say. In fact all gains of a domain share its independent runs and
// its test samples: drawn independently, shares are a guide to firmness only.
type Stability struct {
	// Share is the share of draws in which the partition is best.
	Share float64 `json:"share"`
	Draws int     `json:"draws"`
	Seed  uint64  `json:"seed"`
	// Optimism is by how much the total is likely to exceed what the partition
	// will deliver, because the best of many was chosen from noisy gains.
	Optimism float64 `json:"optimism"`
	// Fixed counts the gains without limits, which every draw left as they
	// are.
	Fixed int `json:"fixed"`
	// Conditional says that limits leave out how runs vary, see
	// [Problem].Conditional: draws then say too much.
	Conditional bool `json:"conditional"`
	// Meaning says in words what the shares are, and are not.
	Meaning string `json:"meaning"`
	// Together are the pairs of domains that were in one group in some draw.
	Together []PairShare `json:"together"`
	// Alone are the domains that were in a group by themselves in some draw.
	Alone []DomainShare `json:"alone"`
	// Partitions are the partitions found best, most frequent first, at most
	// five.
	Partitions []PartitionShare `json:"partitions"`
	// Decision says how much better another partition could be, and whether that
	// matters.
	Decision *Decision `json:"decision"`
}

// PairShare is the share of draws in which two domains were in one group.
type PairShare struct {
	A     string  `json:"a"`
	B     string  `json:"b"`
	Share float64 `json:"share"`
}

// DomainShare is the share of draws in which a domain was in a group by itself.
type DomainShare struct {
	Domain string  `json:"domain"`
	Share  float64 `json:"share"`
}

// PartitionShare is a partition with the share of draws in which it was best.
type PartitionShare struct {
	Groups [][]string `json:"groups"`
	Share  float64    `json:"share"`
}

// TogetherShare is the share of draws in which two domains were in one group.
func (s *Stability) TogetherShare(a, b string) float64 {
	for _, p := range s.Together {
		if p.A == a && p.B == b || p.A == b && p.B == a {
			return p.Share
		}
	}
	return 0
}

// AloneShare is the share of draws in which a domain was in a group by itself.
func (s *Stability) AloneShare(domain string) float64 {
	for _, a := range s.Alone {
		if a.Domain == domain {
			return a.Share
		}
	}
	return 0
}

// maxPartitions bounds Stability.Partitions.
const maxPartitions = 5

// Resample measures the stability of best, a solution of p. Zero draws stands
// for 2000, or fewer for many domains, so that it takes seconds at most. The
// result depends on the problem, the seed and the number of draws alone. It is
// nil where no gain has limits.
func Resample(p *Problem, best *Grouping, draws int, seed uint64) (*Stability, error) {
	if err := cmp.Or(p.Validate(), versioned.Asked("draws", draws)); err != nil {
		return nil, err
	}
	g := newGains(p)
	errors, err := newErrorModel(g)
	if err != nil {
		return nil, err
	}
	if errors.fixed == len(g.cell) {
		return nil, nil
	}
	if draws == 0 {
		draws = g.defaultDraws()
	}
	starts, err := g.startsOf(best)
	if err != nil {
		return nil, err
	}
	if len(starts) == 0 {
		return nil, fmt.Errorf("grouping: resample: the grouping has no groups")
	}
	out := &Stability{Draws: draws, Seed: seed, Fixed: errors.fixed, Conditional: p.Conditional, Meaning: errors.meaning(len(g.cell)), Together: []PairShare{}, Alone: []DomainShare{}}
	random := rand.New(rand.NewPCG(seed, 0x67726f7570696e67)) // "grouping"
	together, alone := make([]int, g.n*g.n), make([]int, g.n)
	counts := map[string]int{}
	found := map[string][]set{}
	solve := g.resolver(starts)
	decider := newDecider(g, g.considered(starts))
	for cell, partition := range chosenFrom(draws, solve, func(cell []float64) []float64 {
		cell = slices.Grow(cell[:0], len(g.cell))[:len(g.cell)]
		errors.draw(random, g.cell, cell)
		return cell
	}) {
		decider.add(partition, cell)
		key := partitionKey(partition)
		counts[key]++
		found[key] = partition
		for _, pool := range partition {
			if pool.Count() == 1 {
				alone[pool.First()]++
			}
			for i := range pool.All() {
				for j := range pool.All() {
					together[i*g.n+j]++
				}
			}
		}
	}
	scale := 1 / float64(draws)
	out.Optimism = g.optimism(errors, solve, starts[0], g.optimismDraws(draws), random)
	for i := range g.n {
		if alone[i] > 0 {
			out.Alone = append(out.Alone, DomainShare{p.Domains[i], float64(alone[i]) * scale})
		}
		for j := i + 1; j < g.n; j++ {
			if k := together[i*g.n+j]; k > 0 {
				out.Together = append(out.Together, PairShare{p.Domains[i], p.Domains[j], float64(k) * scale})
			}
		}
	}
	out.Share = float64(counts[partitionKey(starts[0])]) * scale
	out.Partitions = p.frequencies(counts, found, scale)
	out.Decision = decider.decision()
	return out, nil
}

// startsOf are the partitions of a grouping and of its runner-up.
func (g *gains) startsOf(best *Grouping) ([][]set, error) {
	var out [][]set
	for _, of := range []*Grouping{best, best.RunnerUp} {
		if of == nil {
			continue
		}
		partition, err := g.setsOf(of.Names())
		if err != nil {
			return nil, err
		}
		if len(partition) > 0 {
			out = append(out, partition)
		}
	}
	return out, nil
}

// resolver returns a function that finds the best partition for other gains.
// Where this is a search it starts, beside what it starts from always, from the
// given partitions, those of the measured gains.
func (g *gains) resolver(starts [][]set) func(cell []float64) []set {
	if g.n <= ExactLimit {
		return func(cell []float64) []set { return solveExactly(newScorer(g, cell)) }
	}
	v := newSolver(g)
	return func(cell []float64) []set {
		if a := v.solve(newScorer(g, cell), starts, quick); a.groups != nil {
			return a.groups
		}
		return starts[0]
	}
}

// considered adds to the recommended partition and the runner-up every domain
// alone and all together, where these keep the bound on groups and can be
// valued.
func (g *gains) considered(starts [][]set) [][]set {
	list := slices.Clone(starts)
	if g.problem.maxGroups() == g.n && !g.problem.linked() {
		list = append(list, alone(g.n))
	}
	if all := solve.AllOf(g.n); g.valued(all) {
		list = append(list, []set{all})
	}
	return list
}

// defaultDraws keeps the work at some seconds. A relaxation takes about as many
// steps as there are domains, each of which looks at all columns.
func (g *gains) defaultDraws() int {
	if g.n > ExactLimit {
		work := float64(g.n*g.n) * float64(1+len(g.sets))
		if g.problem.linked() {
			return 50
		}
		if g.problem.maxGroups() < g.n {
			work *= 8 // groups are larger, and harder to find
		}
		return int(min(1000, max(30, 6e8/work)))
	}
	steps := math.Pow(3, float64(g.n))
	if k := g.problem.maxGroups(); k < g.n {
		steps *= float64(k)
	}
	return int(min(2000, max(200, 1e9/steps)))
}

func (p *Problem) frequencies(counts map[string]int, found map[string][]set, scale float64) []PartitionShare {
	keys := make([]string, 0, len(counts))
	for k := range counts {
		keys = append(keys, k)
	}
	slices.SortFunc(keys, func(a, b string) int {
		return cmp.Or(cmp.Compare(counts[b], counts[a]), cmp.Compare(a, b))
	})
	var out []PartitionShare
	for _, k := range keys[:min(len(keys), maxPartitions)] {
		f := PartitionShare{Share: float64(counts[k]) * scale}
		for _, pool := range found[k] {
			f.Groups = append(f.Groups, p.names(pool.Members()))
		}
		out = append(out, f)
	}
	return out
}
