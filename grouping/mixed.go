package grouping

import (
	"maps"
	"math"
	"slices"

	"gonum.org/v1/gonum/mat"
)

// denseCells is the largest number of gains for which effects that two targets
// have in common are looked for: the work grows with its cube.
const denseCells = 240

// negligible is the weight of a candidate, beside the likeliest, below which it is
// left out.
const negligible = 1e-3

// mixed is the mixed model of all measured gains: effects about a common mean, and
// errors.
type mixed struct {
	places []place   // of the cells
	values []float64 // of the cells
	blocks []*block
	apart  bool // no effect is common to two targets
	// alike is how much of what measured gains differ by is error: 1 where true
	// gains are all the same, 0 where errors are small beside what they differ by.
	// posterior fills it in.
	alike float64
}

// block are gains that have neither effects nor errors in common with others.
type block struct {
	cells []int
	prior [effectKinds]*mat.SymDense // covariances for effects of variance 1
	noise *mat.SymDense
}

// newMixed takes the gains on the scale of logarithms (see Shrink). It returns nil
// where gains are more than denseCells and errors are common to several targets.
func newMixed(g *gains, errors *errorModel) *mixed {
	m := &mixed{apart: len(g.cell) > denseCells, values: make([]float64, len(g.cell))}
	of := make([]int, len(g.cell)) // the block of a cell
	at := make([]int, len(g.cell)) // its place there
	m.blocks = []*block{{}}
	if m.apart {
		m.blocks = make([]*block, g.n)
		for k := range m.blocks {
			m.blocks[k] = &block{}
		}
	}
	for k, pool := range g.problem.Pools {
		for i, j := range pool.Members {
			m.places = append(m.places, place{j, g.sets[k]})
			cell := g.start[k] + i
			if m.apart {
				of[cell] = j
			}
			b := m.blocks[of[cell]]
			at[cell] = len(b.cells)
			b.cells = append(b.cells, cell)
		}
	}
	for _, b := range m.blocks {
		b.fill(m)
	}
	left := errors.left(g.cell)
	for cell, x := range left {
		m.values[cell] = -math.Log(x)
	}
	for _, s := range errors.sources {
		var v mat.Dense
		v.Mul(s.root, s.root.T())
		for i, x := range s.cells {
			b := m.blocks[of[x]]
			for k, y := range s.cells[:i+1] {
				if of[x] != of[y] {
					if s.across {
						continue // limits of sums allow for it, see beyondBlocks
					}
					return nil
				}
				b.noise.SetSym(at[x], at[y], b.noise.At(at[x], at[y])+v.At(i, k)/(left[x]*left[y]))
			}
		}
	}
	return m
}

// beyondBlocks is how much wider the limits of a sum are for errors that the blocks
// leave out, since they are common to gains of different targets.
func (m *mixed) beyondBlocks(errors *errorModel, weight []float64) float64 {
	if !m.apart {
		return 1
	}
	all, within := 0.0, 0.0
	for i := range errors.sources {
		s := &errors.sources[i]
		all += s.variance(weight)
		if !s.across {
			within += s.variance(weight)
			continue
		}
		byTarget := map[int]float64{}
		for k, at := range s.cells {
			byTarget[m.places[at].target] += weight[at] * s.root.At(k, 0)
		}
		for _, k := range slices.Sorted(maps.Keys(byTarget)) {
			within += byTarget[k] * byTarget[k]
		}
	}
	if !(within > 0) {
		return 1
	}
	return math.Sqrt(max(1, all/within))
}

// left is the error that is left of a domain's own, 1 - gain. One that is below its
// standard error is taken to be that, since its logarithm would be anything.
func (m *errorModel) left(cell []float64) []float64 {
	variance := make([]float64, len(cell))
	for _, s := range m.sources {
		for i, at := range s.cells {
			row := s.root.RawRowView(i)
			variance[at] += dot(row, row)
		}
	}
	out := make([]float64, len(cell))
	for i, x := range cell {
		out[i] = max(1-x, math.Sqrt(variance[i]), 1e-6)
	}
	return out
}

// fill makes the block's matrices, without errors.
func (b *block) fill(m *mixed) {
	n := len(b.cells)
	if n == 0 {
		return
	}
	b.noise = mat.NewSymDense(n, nil)
	for kind := range b.prior {
		b.prior[kind] = mat.NewSymDense(n, nil)
	}
	for i, x := range b.cells {
		for k, y := range b.cells[:i+1] {
			for kind, c := range alike(m.places[x], m.places[y], m.apart) {
				b.prior[kind].SetSym(i, k, c)
			}
		}
	}
}

// unit is the typical standard error of a gain.
func (m *mixed) unit() float64 {
	sum := 0.0
	for _, b := range m.blocks {
		for i := range b.cells {
			sum += b.noise.At(i, i)
		}
	}
	return math.Sqrt(sum / float64(len(m.places)))
}

// fitted is the model with given variances of effects.
type fitted struct {
	variances effects
	blocks    []fittedBlock
	// With 1 the vector of ones and y the gains: 1ᵀV⁻¹1, and the estimate of μ,
	// 1ᵀV⁻¹y / 1ᵀV⁻¹1.
	ones, mean float64
	// likelihood is the logarithm of the restricted one, but for a constant.
	likelihood float64
}

type fittedBlock struct {
	chol       mat.Cholesky
	ones, gain *mat.VecDense // V⁻¹1 and V⁻¹y
}

// fit is nil where the covariance is not positive definite.
func (m *mixed) fit(variances effects, jitter float64) *fitted {
	f := &fitted{variances: variances, blocks: make([]fittedBlock, len(m.blocks))}
	var sum, square, determinant float64
	for k, b := range m.blocks {
		n := len(b.cells)
		if n == 0 {
			continue
		}
		v := mat.NewSymDense(n, nil)
		to, from := v.RawSymmetric().Data, b.noise.RawSymmetric().Data
		copy(to, from)
		for kind, variance := range variances {
			if variance == 0 {
				continue
			}
			for i, c := range b.prior[kind].RawSymmetric().Data {
				to[i] += variance * c
			}
		}
		ones, gain := mat.NewVecDense(n, nil), mat.NewVecDense(n, nil)
		for i, cell := range b.cells {
			v.SetSym(i, i, v.At(i, i)+jitter)
			ones.SetVec(i, 1)
			gain.SetVec(i, m.values[cell])
		}
		fb := &f.blocks[k]
		if !fb.chol.Factorize(v) {
			return nil
		}
		fb.ones, fb.gain = mat.NewVecDense(n, nil), mat.NewVecDense(n, nil)
		// A condition number that is large is an error here, and no reason to stop.
		_ = fb.chol.SolveVecTo(fb.ones, ones)
		_ = fb.chol.SolveVecTo(fb.gain, gain)
		f.ones += mat.Dot(ones, fb.ones)
		sum += mat.Dot(ones, fb.gain)
		square += mat.Dot(gain, fb.gain)
		determinant += fb.chol.LogDet()
	}
	f.mean = sum / f.ones
	f.likelihood = -(determinant + math.Log(f.ones) + square - sum*f.mean) / 2
	return f
}

// posterior returns means and covariances of true gains, on the scale of
// logarithms; only variances where not joint.
func (m *mixed) posterior(places []place, joint bool) (mean []float64, covariance mat.Symmetric) {
	unit := m.unit()
	jitter := 1e-9 * unit * unit
	list := candidateEffects(unit, hasLarger(m.places) || hasLarger(places), m.apart)
	likelihood := make([]float64, len(list))
	for i, variances := range list {
		likelihood[i] = math.Inf(-1)
		if f := m.fit(variances, jitter); f != nil {
			likelihood[i] = f.likelihood
		}
	}
	top := slices.Max(likelihood)
	n := len(places)
	mixture := newMixture(n, joint)
	parts := make([]placeParts, n)
	for k, p := range places {
		parts[k] = m.partsOf(p)
	}
	total := 0.0
	m.alike = 0
	for i, variances := range list {
		weight := math.Exp(likelihood[i] - top)
		if !(weight > negligible) {
			continue
		}
		total += weight
		m.alike += weight * unit * unit / (unit*unit + variances[ofTarget] + variances[ofSource] + variances[ofPair] + variances[ofCell])
		f := m.fit(variances, jitter)
		given := make([]prediction, n)
		for k := range given {
			given[k] = f.predict(m, &parts[k])
		}
		mixture.add(weight, given, func(k, l int) float64 {
			prior := 0.0
			for kind, c := range alike(places[k], places[l], m.apart) {
				prior += variances[kind] * c
			}
			return given[k].covariance(&given[l], prior, f.ones)
		})
	}
	m.alike /= total
	return mixture.moments()
}

func hasLarger(places []place) bool {
	return slices.ContainsFunc(places, func(p place) bool { return p.pool.Count() > 2 })
}

// placeParts are a gain's covariances with the cells of a block for effects of
// variance 1.
type placeParts struct {
	block int
	with  [effectKinds]*mat.VecDense
}

func (m *mixed) partsOf(a place) placeParts {
	p := placeParts{}
	if m.apart {
		p.block = a.target
	}
	b := m.blocks[p.block]
	if len(b.cells) == 0 {
		return p
	}
	for kind := range p.with {
		p.with[kind] = mat.NewVecDense(len(b.cells), nil)
	}
	for j, cell := range b.cells {
		for kind, c := range alike(a, m.places[cell], m.apart) {
			p.with[kind].SetVec(j, c)
		}
	}
	return p
}

// prediction is that of a gain, given the variances of effects.
type prediction struct {
	mean         float64
	block        int
	with, solved *mat.VecDense // k, its covariances with the block's cells, and V⁻¹k
	ones         float64       // 1 - kᵀV⁻¹1
}

func (f *fitted) predict(m *mixed, p *placeParts) prediction {
	out := prediction{mean: f.mean, block: p.block, ones: 1}
	if n := len(m.blocks[p.block].cells); n > 0 {
		fb := &f.blocks[p.block]
		out.with, out.solved = mat.NewVecDense(n, nil), mat.NewVecDense(n, nil)
		for kind, v := range f.variances {
			if v > 0 {
				out.with.AddScaledVec(out.with, v, p.with[kind])
			}
		}
		_ = fb.chol.SolveVecTo(out.solved, out.with)
		out.mean += mat.Dot(out.with, fb.gain) - f.mean*mat.Dot(out.with, fb.ones)
		out.ones -= mat.Dot(out.with, fb.ones)
	}
	return out
}

// covariance of two predictions: that of the prior, less what the gains tell of
// both, and what is unknown of μ.
func (p *prediction) covariance(q *prediction, prior, ones float64) float64 {
	v := prior + p.ones*q.ones/ones
	if p.block == q.block && p.with != nil {
		v -= mat.Dot(p.with, q.solved)
	}
	return v
}
