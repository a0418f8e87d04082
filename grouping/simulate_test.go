package grouping

import (
	"fmt"
	"math"
	"math/rand/v2"

	"gonum.org/v1/gonum/stat/distuv"

	"github.com/sharewise/sharewise/analysis/effect"
	"github.com/sharewise/sharewise/analysis/measures"
	"github.com/sharewise/sharewise/grouping/solve"
)

// relation says how the domains of a simulated study are related: the true gain of
// a target from each source.
type relation struct {
	name  string
	gains func(random *rand.Rand, n int) [][]float64
}

var relations = []relation{
	{"none", func(_ *rand.Rand, n int) [][]float64 { return matrixOf(n, func(int, int) float64 { return 0 }) }},
	{"weak blocks", inBlocks(0.05)},
	{"medium blocks", inBlocks(0.15)},
	{"strong blocks", inBlocks(0.3)},
	// The last domain harms all others, which gain from each other.
	{"one harmful", func(random *rand.Rand, n int) [][]float64 {
		return matrixOf(n, func(target, source int) float64 {
			switch n - 1 {
			case target:
				return 0.05 * random.NormFloat64()
			case source:
				return -0.3 * (0.5 + random.Float64())
			}
			return 0.1 * (0.5 + random.Float64())
		})
	}},
	// Two domains gain from each other, all else is nothing: far from normal.
	{"one pair", func(random *rand.Rand, n int) [][]float64 {
		return matrixOf(n, func(target, source int) float64 {
			if max(target, source) < 2 {
				return 0.25
			}
			return 0
		})
	}},
	// Most gains are nothing, some are large: heavy tails.
	{"heavy tails", func(random *rand.Rand, n int) [][]float64 {
		return matrixOf(n, func(int, int) float64 {
			t := distuv.StudentsT{Mu: 0, Sigma: 0.05, Nu: 2, Src: random}.Rand()
			return max(-0.6, min(0.6, t))
		})
	}},
	// Targets gain from anyone or from nobody.
	{"half gain", func(random *rand.Rand, n int) [][]float64 {
		return matrixOf(n, func(target, _ int) float64 {
			if target%2 == 0 {
				return 0.2 + 0.02*random.NormFloat64()
			}
			return -0.05
		})
	}},
}

// inBlocks relates domains in blocks of up to three, which gain strength from each
// other, more or less, and lose half as much from all others.
func inBlocks(strength float64) func(*rand.Rand, int) [][]float64 {
	return func(random *rand.Rand, n int) [][]float64 {
		size := 2
		if n > 4 {
			size = 3
		}
		return matrixOf(n, func(target, source int) float64 {
			gain := strength * (0.5 + random.Float64())
			if target/size != source/size {
				return -gain / 2
			}
			return gain
		})
	}
}

func matrixOf(n int, f func(target, source int) float64) [][]float64 {
	out := make([][]float64, n)
	for i := range out {
		out[i] = make([]float64, n)
		for j := range n {
			if i != j {
				out[i][j] = f(i, j)
			}
		}
	}
	return out
}

// simulated is a study of which the truth is known: every domain alone, every pair
// and all domains together, each trained with some seeds, tested on samples of
// which some are hard.
type simulated struct {
	problem *Problem
	pairs   [][]float64
	random  *rand.Rand
	larger  map[place]float64
	across  effect.Across
	runs    map[Cell]float64 // what runs add to the variance of a gain
}

// together adds to the problem how far gains of different domains move together.
func (s *simulated) together() {
	a := &Across{Pool: s.across.Pool, Seed: s.across.Seed, Seeds: s.across.Seeds}
	for k, pool := range s.problem.Pools {
		row := make([]float64, len(pool.Members))
		for i := range row {
			row[i] = s.runs[Cell{k, i}]
		}
		a.Runs = append(a.Runs, row)
	}
	s.problem.Across = a
}

// truth is the gain of a domain in a pool. What larger pools gain differs from the
// mean of their pairs: a little less with each member, and by chance.
func (s *simulated) truth(domain int, pool set) float64 {
	m := pool.Count()
	if m == 1 {
		return 0
	}
	mean := 0.0
	for i := range pool.Without(domain).All() {
		mean += s.pairs[domain][i] / float64(m-1)
	}
	if m == 2 {
		return mean
	}
	at := place{domain, pool}
	x, ok := s.larger[at]
	if !ok {
		x = -0.005*float64(m-2) + 0.02*s.random.NormFloat64()
		s.larger[at] = x
	}
	return mean + x
}

func (s *simulated) total(partition []set) float64 {
	sum := 0.0
	for _, pool := range partition {
		for j := range pool.All() {
			sum += s.truth(j, pool)
		}
	}
	return sum
}

// The population of samples: latent difficulties have these standard deviations
// for all arms alike, and for each arm.
const (
	hardness, change = 1.4, 0.4
	accuracySpread   = 0.02 // of runs
)

// simulate draws a study. With correlation, runs of one seed have part of their
// chance in common.
func simulate(random *rand.Rand, r relation, n, seeds, samples int, correlation float64) *simulated {
	return simulateAcross(random, r, n, seeds, samples, correlation, 0)
}

// chances are those of runs, by arm and run, that domains have in common.
type chances struct {
	random *rand.Rand
	known  map[[2]int]float64
}

func (c *chances) at(arm, run int) float64 {
	x, ok := c.known[[2]int{arm, run}]
	if !ok {
		x = c.random.NormFloat64()
		c.known[[2]int{arm, run}] = x
	}
	return x
}

// simulateAcross draws a study in which runs that serve several domains, and
// independent runs of one seed, have a share of their chance in common over domains.
func simulateAcross(random *rand.Rand, r relation, n, seeds, samples int, correlation, across float64) *simulated {
	shared := &chances{known: map[[2]int]float64{}}
	if across > 0 {
		shared.random = rand.New(rand.NewPCG(91, random.Uint64()))
	}
	s := &simulated{problem: &Problem{Domains: numbered(n), Level: 0.95}, pairs: r.gains(random, n), random: random, larger: map[place]float64{}, runs: map[Cell]float64{}}
	var pools []set
	for i := range n {
		for j := i + 1; j < n; j++ {
			pools = append(pools, solve.SetOf(i, j))
		}
	}
	if n > 2 {
		pools = append(pools, solve.AllOf(n))
	}
	for _, pool := range pools {
		s.problem.Pools = append(s.problem.Pools, Pool{Members: pool.Members()})
	}
	var all []*effect.Comparison
	byTarget := make([][]*effect.Comparison, n)
	cells := make([][]Cell, n)
	for j := range n {
		alone := 0.1 + 0.2*random.Float64()
		hard, seedShift, noise := make([]float64, samples), make([]float64, seeds), make([]float64, seeds*samples)
		for i := range hard {
			hard[i] = hardness * random.NormFloat64()
		}
		for k := range seedShift {
			seedShift[k] = random.NormFloat64()
		}
		for k := range noise {
			noise[k] = random.NormFloat64()
		}
		scale := math.Sqrt(1 + hardness*hardness + change*change)
		spread := accuracySpread * scale / distuv.UnitNormal.Prob(distuv.UnitNormal.Quantile(alone))
		scale = math.Hypot(scale, spread)
		own, common := math.Sqrt(1-correlation), math.Sqrt(correlation)
		runs := func(rate float64, first, arm int) *effect.Runs {
			level := -scale * distuv.UnitNormal.Quantile(rate)
			correct := make([]uint64, samples)
			shift := make([]float64, seeds)
			numbers := make([]int64, seeds)
			for k := range shift {
				alone := random.NormFloat64()
				if across > 0 {
					alone = math.Sqrt(1-across)*alone + math.Sqrt(across)*shared.at(arm, k)
				}
				shift[k] = spread * (common*seedShift[k] + own*alone)
				numbers[k] = int64(first + k)
			}
			for i := range correct {
				z := level + hard[i] + change*random.NormFloat64()
				for k := range shift {
					if z+shift[k] > common*noise[k*samples+i]+own*random.NormFloat64() {
						correct[i] |= 1 << k
					}
				}
			}
			return &effect.Runs{Domain: s.problem.Domains[j], Seeds: numbers, Samples: samples, Correct: correct}
		}
		independent := runs(alone, 1, -1)
		for k, pool := range pools {
			if !pool.Has(j) {
				continue
			}
			first := 1
			if correlation == 0 {
				first = 100 * (k + 1)
			}
			c, err := effect.Compare(independent, runs(alone*(1-s.truth(j, pool)), first, k), effect.Options{SharedSeeds: correlation > 0})
			if err != nil {
				panic(err)
			}
			all, byTarget[j] = append(all, c), append(byTarget[j], c)
			member := 0
			for _, i := range pool.Members() {
				if i < j {
					member++
				}
			}
			cells[j] = append(cells[j], Cell{k, member})
		}
	}
	effect.Moderate(all)
	for k := range s.problem.Pools {
		p := &s.problem.Pools[k]
		m := len(p.Members)
		p.Gain, p.Lo, p.Hi, p.DF = make([]float64, m), make([]float64, m), make([]float64, m), make([]float64, m)
	}
	var errors []effect.RunErrors
	var domains, arms []string
	for j := range n {
		for i, c := range byTarget[j] {
			if e, ok := c.RunErrors(measures.Correct); ok {
				errors, domains, arms = append(errors, e), append(domains, fmt.Sprint(j)), append(arms, fmt.Sprint(cells[j][i].Pool))
				s.runs[cells[j][i]] = e.Variance
			}
		}
	}
	s.across = effect.AcrossDomains(errors, domains, arms)
	for j := range n {
		for i, c := range byTarget[j] {
			gain, err := c.Gain(measures.Correct)
			if err != nil {
				panic(err)
			}
			at := cells[j][i]
			p := &s.problem.Pools[at.Pool]
			p.Gain[at.Member], p.DF[at.Member] = gain.Relative.Value, gain.DF
			p.Lo[at.Member], p.Hi[at.Member] = min(gain.Relative.Lo, gain.Relative.Value), max(gain.Relative.Hi, gain.Relative.Value)
		}
		together := effect.Together(byTarget[j], measures.Correct)
		inverse := 0.0
		for _, df := range together.Freedom {
			inverse += 1 / df
		}
		s.problem.Covariances = append(s.problem.Covariances, Covariance{cells[j], together.Matrix, float64(len(cells[j])) / inverse})
	}
	return s
}
