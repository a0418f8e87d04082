package grouping

import (
	"cmp"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"

	"gonum.org/v1/gonum/mat"

	"github.com/sharewise/sharewise/analysis/versioned"
	"github.com/sharewise/sharewise/grouping/solve"
)

// Draws are joint draws of a problem's true gains, as far as they are known. Gains
// are in the order of the pools and their members, as [Contender].Weight has them.
type Draws struct {
	// Why says why gains are as measured, and not shrunk; empty where they are.
	Why string
	// Centre is what is expected of each gain: that of [Shrink].
	Centre []float64
	Gains  [][]float64
}

// DrawGains draws the true gains of the pools that are needed, nil for all, as far
// as is known of them: around what is expected of each ([Shrink]), with the
// covariances of the posterior, by which [PromiseOf] limits sums too, or, where
// gains are not shrunk or too many for that, with those of their errors. Other
// gains stay at what was measured.
func DrawGains(p *Problem, needed []bool, draws int, seed uint64) (*Draws, error) {
	if err := cmp.Or(p.Validate(), versioned.Asked("draws", draws)); err != nil {
		return nil, err
	}
	if needed != nil && len(needed) != len(p.Pools) {
		return nil, fmt.Errorf("grouping: draws: %d pools, and it is said of %d whether they are needed", len(p.Pools), len(needed))
	}
	g := newGains(p)
	errors, err := newErrorModel(g)
	if err != nil {
		return nil, err
	}
	shrunk, err := Shrink(p)
	if err != nil {
		return nil, err
	}
	out := &Draws{Why: shrunk.Why, Centre: slices.Clone(g.cell)}
	var cells []int
	var places []place
	for k, pool := range p.Pools {
		for i, member := range pool.Members {
			at := g.start[k] + i
			out.Centre[at] = shrunk.Gains[k][i].Gain
			if needed == nil || needed[k] {
				cells = append(cells, at)
				places = append(places, place{member, g.sets[k]})
			}
		}
	}
	random := rand.New(rand.NewPCG(seed, 0x6472617773000000)) // "draws"
	if shrunk.Why != "" || len(cells) > denseCells || len(cells) == 0 {
		for range draws {
			cell := make([]float64, len(g.cell))
			errors.draw(random, out.Centre, cell)
			out.Gains = append(out.Gains, cell)
		}
		return out, nil
	}
	joint, err := g.posteriorSource(errors, cells, places)
	if err != nil {
		return nil, err
	}
	posterior := errorModel{sources: []source{*joint}}
	for range draws {
		cell := make([]float64, len(g.cell))
		posterior.draw(random, out.Centre, cell)
		out.Gains = append(out.Gains, cell)
	}
	return out, nil
}

// posteriorSource has the posterior covariance of gains as one source of error. What
// is left of an error, exp(-y), is lognormal, so that two gains have the covariance
// left·left'·(exp(cov) - 1).
func (g *gains) posteriorSource(errors *errorModel, cells []int, places []place) (*source, error) {
	mean, covariance := newMixed(g, errors).posterior(places, true)
	n := len(cells)
	matrix := make([][]float64, n)
	left := make([]float64, n)
	for i, x := range mean {
		left[i] = math.Exp(-x + covariance.At(i, i)/2)
	}
	for i := range n {
		matrix[i] = make([]float64, n)
		for j := range n {
			matrix[i][j] = left[i] * left[j] * math.Expm1(covariance.At(i, j))
		}
	}
	root, err := rootOf(matrix)
	if err != nil {
		// Rounding, or a mixture of very different candidates: keep the variances.
		root = mat.NewDense(n, n, nil)
		for i := range n {
			root.Set(i, i, math.Sqrt(max(0, matrix[i][i])))
		}
	}
	weight := make([]float64, len(g.cell))
	for _, at := range cells {
		weight[at] = 1 / float64(n)
	}
	return &source{cells: cells, root: root, df: errors.freedom(weight)}, nil
}

// GainTerm adds a measured gain, times a weight, to what a domain gains in a pool.
type GainTerm struct {
	Domain int
	Cell   int // in the order of Draws
	Weight float64
}

// Terms say which measured gains stand for those of a pool: its own or, where it was
// not measured, the means of those of its pairs. Members ascend. It returns false
// for a pool that cannot be valued. source says how it is valued.
func (p *Problem) Terms(members []int) (terms []GainTerm, source Source, ok bool) {
	g := newGains(p)
	pool := solve.SetOf(members...)
	if !g.valued(pool) && len(members) > 1 {
		return nil, "", false
	}
	source = g.source(pool)
	for j := range pool.All() {
		s := g.newSum()
		s.add(g, j, pool, 1)
		for cell, w := range s.cells {
			if w != 0 {
				terms = append(terms, GainTerm{j, cell, w})
			}
		}
	}
	return terms, source, true
}
