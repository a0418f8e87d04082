package grouping

import (
	"fmt"
	"math"
	"math/rand/v2"

	"gonum.org/v1/gonum/mat"
	"gonum.org/v1/gonum/stat/distuv"
)

// Cell is one measured gain of a problem.
type Cell struct {
	Pool   int // index in Problem.Pools
	Member int // index in the pool's Members
}

// Covariance is a source of error that some gains have in common, such as the
// independent runs and the test samples of one domain, which enter all its gains,
// or the runs of one pool, which enter the gains of all its members. Sources are
// independent of each other, and their errors add up.
type Covariance struct {
	Cells []Cell
	// Matrix is the covariance of the errors of the cells, in their order:
	// symmetric and positive semidefinite, in squared units of the gains.
	Matrix [][]float64
	// DF is the number of degrees of freedom that the matrix was estimated with;
	// 0 stands for many, where errors are normal.
	DF float64
}

func (c *Covariance) validate(p *Problem) error {
	n := len(c.Cells)
	if n == 0 || len(c.Matrix) != n {
		return fmt.Errorf("has %d cells and %d rows", n, len(c.Matrix))
	}
	if c.DF < 0 || math.IsNaN(c.DF) {
		return fmt.Errorf("has %v degrees of freedom", c.DF)
	}
	for i, cell := range c.Cells {
		if cell.Pool < 0 || cell.Pool >= len(p.Pools) || cell.Member < 0 || cell.Member >= len(p.Pools[cell.Pool].Members) {
			return fmt.Errorf("cell %d: there is no member %d of pool %d", i, cell.Member, cell.Pool)
		}
		if len(c.Matrix[i]) != n {
			return fmt.Errorf("row %d has %d entries instead of %d", i, len(c.Matrix[i]), n)
		}
		for j := range i + 1 {
			x, y := c.Matrix[i][j], c.Matrix[j][i]
			if !finite(x) || math.Abs(x-y) > 1e-9*math.Sqrt(math.Abs(c.Matrix[i][i]*c.Matrix[j][j])) || i == j && x < 0 {
				return fmt.Errorf("entry %d, %d: %v and %v are no covariance", i, j, x, y)
			}
		}
	}
	return nil
}

// errorModel draws the errors of all gains together.
type errorModel struct {
	sources []source
	// fixed counts the cells without any error, joint those whose error comes
	// from sources with others.
	fixed, joint int
	relative     bool // no gain exceeds 1
}

// source is an independent source of error: root·z with z normal, made Student's
// by its degrees of freedom.
type source struct {
	cells []int
	root  *mat.Dense // of the covariance, a row by cell
	df    float64    // 0: normal
	// across says that it comes from Problem.Across.
	across bool
}

// newErrorModel takes the problem's covariances and, for gains that are in none,
// the standard error that their limits imply: half of their width over the
// quantile of Student's t with the pool's degrees of freedom (of the normal
// distribution where they are not known, which errs upwards). The wider side
// counts: that above may have been cut at 1, more than which no gain is.
func newErrorModel(g *gains) (*errorModel, error) {
	m := &errorModel{relative: g.problem.Relative}
	covered := make([]bool, len(g.cell))
	for k, c := range g.problem.Covariances {
		s := source{df: c.DF}
		for _, cell := range c.Cells {
			at := g.start[cell.Pool] + cell.Member
			s.cells = append(s.cells, at)
			covered[at] = true
		}
		var err error
		if s.root, err = rootOf(c.Matrix); err != nil {
			return nil, fmt.Errorf("grouping: covariance %d: %w", k, err)
		}
		if g.problem.Across.moves() {
			if s.root, err = rootOf(g.problem.Across.without(&c)); err != nil {
				return nil, fmt.Errorf("grouping: covariance %d: %w", k, err)
			}
		}
		m.sources = append(m.sources, s)
	}
	m.sources = append(m.sources, g.across()...)
	lo, hi := g.limits()
	for k := range g.problem.Pools {
		pool := &g.problem.Pools[k]
		for i := range pool.Members {
			at := g.start[k] + i
			switch {
			case covered[at]:
				m.joint++
			case !finite(lo[at]):
				m.fixed++
			default:
				df := pool.df(i)
				se := max(hi[at]-g.cell[at], g.cell[at]-lo[at]) / quantile((1+g.problem.level())/2, df)
				m.sources = append(m.sources, source{cells: []int{at}, root: mat.NewDense(1, 1, []float64{se}), df: df})
			}
		}
	}
	return m, nil
}

// rootOf is a matrix R with R·Rᵀ the given covariance, by its eigenvectors.
func rootOf(matrix [][]float64) (*mat.Dense, error) {
	n := len(matrix)
	sym := mat.NewSymDense(n, nil)
	for i := range n {
		for j := range i + 1 {
			sym.SetSym(i, j, matrix[i][j])
		}
	}
	var e mat.EigenSym
	if !e.Factorize(sym, true) {
		return nil, fmt.Errorf("has no eigenvectors")
	}
	values := e.Values(nil)
	var root mat.Dense
	e.VectorsTo(&root)
	for j, v := range values {
		if v < -1e-6*values[n-1] {
			return nil, fmt.Errorf("is not positive semidefinite: its smallest eigenvalue is %.3g, its largest %.3g", values[0], values[n-1])
		}
		for i := range n {
			root.Set(i, j, root.At(i, j)*math.Sqrt(max(0, v)))
		}
	}
	return &root, nil
}

// draw puts centre plus errors into cell, as far as gains go.
func (m *errorModel) draw(random *rand.Rand, centre, cell []float64) {
	copy(cell, centre)
	for _, s := range m.sources {
		scale := 1.0
		if s.df > 0 {
			scale = math.Sqrt(s.df / distuv.ChiSquared{K: s.df, Src: random}.Rand())
		}
		_, n := s.root.Dims()
		for j := range n {
			z := scale * random.NormFloat64()
			for i, at := range s.cells {
				cell[at] += s.root.At(i, j) * z
			}
		}
	}
	if m.relative {
		for at, x := range cell {
			cell[at] = possible(centre[at], x)
		}
	}
}

// possible bends a drawn gain that nears or exceeds 1, more than which no relative
// gain is: where an error ε would take more than half of what is left of the domain's
// own error, h = (1 - gain)/2, it takes that half and, of the other, all but
// exp(1 - ε/h). A gain of -300 ± 350 so is no chance of gaining everything, and errors
// that are small beside what is left stay as they are.
func possible(gain, drawn float64) float64 {
	half, by := (1-gain)/2, drawn-gain
	if half <= 0 {
		return min(drawn, 1)
	}
	if by <= half {
		return drawn
	}
	return 1 - half*math.Exp(1-by/half)
}

// meaning says what shares of draws are worth.
func (m *errorModel) meaning(cells int) string {
	const drawn = "Share of draws in which this partition is best, each gain replaced by a random one around it, as wide as its limits. "
	switch {
	case m.joint == cells:
		return drawn + "Gains that share runs or test samples are drawn together."
	case m.joint == 0:
		return drawn + "Gains are drawn independently although they share runs and test samples, so this is a guide to firmness and no probability."
	}
	return drawn + fmt.Sprintf("Of %d gains %d are drawn together with those that they share runs or test samples with, the others independently, so this is a guide to firmness and no probability.", cells, m.joint)
}

// quantile is that of Student's t, of the normal distribution for 0 degrees of
// freedom.
func quantile(p, df float64) float64 {
	if df == 0 {
		return distuv.UnitNormal.Quantile(p)
	}
	return distuv.StudentsT{Mu: 0, Sigma: 1, Nu: df}.Quantile(p)
}
