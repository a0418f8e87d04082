package nextruns

import (
	"fmt"

	"gonum.org/v1/gonum/mat"

	"github.com/sharewise/sharewise/grouping"
)

// Belief is what is known of a study's gains: their estimates, and by how much
// these may be wrong, as a function of how many runs each arm has.
type Belief struct {
	// Problem has the estimates, and says what a grouping is worth.
	Problem *grouping.Problem
	// Targets has an entry for every domain of the problem, in its order. What is
	// wrong with the gains of two targets has nothing in common.
	Targets []Target
	// Freedom are the degrees of freedom that the variances of runs were estimated
	// with, all together, with the runs that there are; 0 stands for many. Every
	// further run adds one for each gain that it changes.
	Freedom float64
}

// Target is what is known of the gains of one domain, in units of its relative
// gain. Gains are linear in the mean outcomes of arms: with b the mean over n_a
// independent runs and p_a that over m_a runs of pool a,
//
//	gain_a = constant + Load_a·b - p_a
//
// With K_x runs of arm x, numbered 1 to K_x, n_a is K_0 and m_a is K_a; both are
// the smaller of the two where gains rest on the runs of equal number alone, which
// Paired says. The means of n runs of arm x and of m runs of arm y have the
// covariance Run_xy·min(n,m)/(n·m), and
//
//	cov(gain_a, gain_b) = Sample_ab + that of Load_a·b - p_a with Load_b·b - p_b
type Target struct {
	// Pools are the indices, in Problem.Pools, of the pools that have the target
	// as a member. The figures below are in this order.
	Pools []int
	// Load is what a unit of the independent outcome adds to each gain: about 1.
	Load []float64
	// Run is the covariance of the outcomes of one run of each arm on the given
	// test samples: the independent arm first, then the pools. Beside the diagonal
	// it says that runs of two arms with the same number move together.
	Run *mat.SymDense
	// Paired says that a gain rests on the runs whose number both arms have.
	Paired bool
	// Sample is the covariance of the gains that more runs leave: that of the test
	// samples.
	Sample *mat.SymDense
}

// Runs counts the runs of every arm: of the domains by themselves, and of the
// pools, in the order of the problem.
type Runs struct {
	Alone []int
	Pools []int
}

// Clone returns a copy.
func (r Runs) Clone() Runs {
	return Runs{append([]int(nil), r.Alone...), append([]int(nil), r.Pools...)}
}

// Total is the number of all runs.
func (r Runs) Total() int {
	sum := 0
	for _, k := range append(append([]int(nil), r.Alone...), r.Pools...) {
		sum += k
	}
	return sum
}

// counted is the number of runs that tell how runs vary: those of every target's
// arms or, where gains rest on runs of equal number, of every pool and target.
func (b *Belief) counted(runs Runs) int {
	sum := 0
	for j, t := range b.Targets {
		if len(t.Pools) > 0 && !t.Paired {
			sum += runs.Alone[j]
		}
		for _, pool := range t.Pools {
			if t.Paired {
				sum += min(runs.Alone[j], runs.Pools[pool])
			} else {
				sum += runs.Pools[pool]
			}
		}
	}
	return sum
}

// Validate reports what is wrong with the belief.
func (b *Belief) Validate() error {
	if err := b.Problem.Validate(); err != nil {
		return err
	}
	if len(b.Targets) != len(b.Problem.Domains) {
		return fmt.Errorf("next runs: %d targets for %d domains", len(b.Targets), len(b.Problem.Domains))
	}
	for j, t := range b.Targets {
		m := len(t.Pools)
		if m == 0 {
			continue
		}
		if len(t.Load) != m || t.Run.SymmetricDim() != m+1 || t.Sample.SymmetricDim() != m {
			return fmt.Errorf("next runs: domain %s is in %d pools, with figures for %d, %d and %d",
				b.Problem.Domains[j], m, len(t.Load), t.Run.SymmetricDim()-1, t.Sample.SymmetricDim())
		}
	}
	return nil
}

// covariance is that of the target's gains with the given numbers of runs; share
// scales the part of the test samples.
func (t *Target) covariance(alone int, pools []int, share float64) *mat.SymDense {
	m := len(t.Pools)
	type counts struct{ alone, pool float64 }
	k := make([]counts, m)
	for a, pool := range t.Pools {
		k[a] = counts{float64(max(1, alone)), float64(max(1, pools[pool]))}
		if t.Paired {
			both := min(k[a].alone, k[a].pool)
			k[a] = counts{both, both}
		}
	}
	means := func(x int, n float64, y int, m float64) float64 { return t.Run.At(x, y) * min(n, m) / (n * m) }
	out := mat.NewSymDense(m, nil)
	for a := range m {
		for b := a; b < m; b++ {
			v := share*t.Sample.At(a, b) +
				t.Load[a]*t.Load[b]*means(0, k[a].alone, 0, k[b].alone) -
				t.Load[a]*means(0, k[a].alone, b+1, k[b].pool) -
				t.Load[b]*means(a+1, k[a].pool, 0, k[b].alone) +
				means(a+1, k[a].pool, b+1, k[b].pool)
			out.SetSym(a, b, v)
		}
	}
	return out
}

// cells are the places of the target's gains among all gains of the problem.
func (b *Belief) cells(target int) []int {
	start := 0
	at := make([]int, len(b.Problem.Pools))
	for k, pool := range b.Problem.Pools {
		at[k] = -1
		for i, m := range pool.Members {
			if m == target {
				at[k] = start + i
			}
		}
		start += len(pool.Members)
	}
	out := make([]int, len(b.Targets[target].Pools))
	for a, pool := range b.Targets[target].Pools {
		out[a] = at[pool]
	}
	return out
}

// gains lists all gains of the problem, pool after pool.
func (b *Belief) gains() []float64 {
	var out []float64
	for _, pool := range b.Problem.Pools {
		out = append(out, pool.Gain...)
	}
	return out
}
