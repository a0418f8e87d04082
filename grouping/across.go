package grouping

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/mat"

	"github.com/sharewise/sharewise/analysis/effect"
)

// Across is how far runs move the gains of different domains together. The runs of a
// pool serve all its members, and where the streams of a seed are shared by all
// arms, what chance does to one domain it does in part to others.
//
// The run part of a gain's error, of variance v, is taken to consist of three
// independent ones:
//
//	Seed·v          moves all gains of all domains together
//	(Pool - Seed)·v moves the members of a pool together
//	the rest        stays what the Covariances of its domain say
//
// so that two members of a pool have covariance Pool·√(v v') and other gains of two
// domains Seed·√(v v'). What is moved away from the covariances of a domain is taken
// off them; where that leaves a negative eigenvalue it counts as zero.
type Across struct {
	// Pool and Seed are correlations, 0 ≤ Seed ≤ Pool ≤ 1.
	Pool, Seed float64
	// Seeds is the number of seeds they are known from: Seeds - 1 are the degrees
	// of freedom of the part that moves all gains; 0 stands for many.
	Seeds int
	// Runs are the variances v, by pool and member; 0 for pools beyond them.
	Runs [][]float64
}

func (a *Across) validate(p *Problem) error {
	if a == nil {
		return nil
	}
	if !(0 <= a.Seed && a.Seed <= a.Pool && a.Pool <= 1) {
		return fmt.Errorf("correlations %v of a pool and %v of a seed: want 0 ≤ seed ≤ pool ≤ 1", a.Pool, a.Seed)
	}
	if a.Seeds < 0 || len(a.Runs) > len(p.Pools) {
		return fmt.Errorf("has %d seeds and variances of %d of %d pools", a.Seeds, len(a.Runs), len(p.Pools))
	}
	for k, row := range a.Runs {
		if len(row) != len(p.Pools[k].Members) {
			return fmt.Errorf("pool %d has %d variances for %d members", k, len(row), len(p.Pools[k].Members))
		}
		for _, v := range row {
			if !finite(v) || v < 0 {
				return fmt.Errorf("pool %d: %v is no variance", k, v)
			}
		}
	}
	return nil
}

// moves reports whether gains of different domains move together at all.
func (a *Across) moves() bool { return a != nil && a.Pool > 0 }

// variance is that of the run part of a gain, at most that of the gain.
func (a *Across) variance(cell Cell, of float64) float64 {
	if cell.Pool >= len(a.Runs) {
		return 0
	}
	return min(of, a.Runs[cell.Pool][cell.Member])
}

// without is the covariance of a domain less what moves other domains' gains too.
func (a *Across) without(c *Covariance) [][]float64 {
	n := len(c.Cells)
	left := mat.NewSymDense(n, nil)
	for i, x := range c.Cells {
		v := a.variance(x, c.Matrix[i][i])
		for k, y := range c.Cells[:i+1] {
			left.SetSym(i, k, c.Matrix[i][k]-a.Seed*math.Sqrt(v*a.variance(y, c.Matrix[k][k])))
		}
		left.SetSym(i, i, left.At(i, i)-(a.Pool-a.Seed)*v)
	}
	positive := effect.WithoutNegative(left)
	if positive == nil {
		return c.Matrix
	}
	out := make([][]float64, n)
	for i := range out {
		out[i] = make([]float64, n)
		for k := range out[i] {
			out[i][k] = positive.At(i, k)
		}
	}
	return out
}

// across are the sources of error that gains of different domains have in common:
// one by pool, and one of all.
func (g *gains) across() []source {
	a := g.problem.Across
	if !a.moves() {
		return nil
	}
	spread := make([]float64, len(g.cell)) // standard deviations of run parts
	freedom := make([]float64, len(g.cell))
	for _, c := range g.problem.Covariances {
		for i, cell := range c.Cells {
			at := g.start[cell.Pool] + cell.Member
			spread[at] = math.Sqrt(a.variance(cell, c.Matrix[i][i]))
			freedom[at] = c.DF
		}
	}
	var out []source
	all := source{across: true, df: float64(max(0, a.Seeds-1))}
	for k, pool := range g.problem.Pools {
		members := source{across: true}
		inverse := 0.0
		for i := range pool.Members {
			at := g.start[k] + i
			if spread[at] > 0 {
				members.cells = append(members.cells, at)
				if freedom[at] > 0 {
					inverse += 1 / freedom[at]
				}
			}
		}
		if len(members.cells) == 0 {
			continue
		}
		all.cells = append(all.cells, members.cells...)
		if inverse > 0 {
			members.df = float64(len(members.cells)) / inverse
		}
		members.root = spreadOf(members.cells, spread, a.Pool-a.Seed)
		out = append(out, members)
	}
	if a.Seed > 0 && len(all.cells) > 0 {
		all.root = spreadOf(all.cells, spread, a.Seed)
		out = append(out, all)
	}
	return out
}

// spreadOf is the root of the covariance of errors that one variate moves.
func spreadOf(cells []int, spread []float64, share float64) *mat.Dense {
	root := mat.NewDense(len(cells), 1, nil)
	for i, at := range cells {
		root.Set(i, 0, spread[at]*math.Sqrt(share))
	}
	return root
}
