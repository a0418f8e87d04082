package gram

// upgradRidge is what UPGrad's authors add to the diagonal of G / tr G.
const upgradRidge = 1e-4

// UPGrad are the weights of unconflicted projections: every gradient's share of the
// mean, g_i/n, is projected on the cone of directions that raise no loss to first
// order, and the projections are added up:
//
//	w = Σ_i argmin vᵀHv over v ≥ e_i/n,  H = G/tr G + 1e-4·I
//
// Quinton, Rey: Jacobian Descent for Multi-Objective Optimization, arXiv 2406.16232.
func (m *Matrix) UPGrad() []float64 {
	n := m.Len()
	w := make([]float64, n)
	for i := range n {
		start := make([]float64, n)
		start[i] = 1 / float64(n)
		for j, v := range m.aboveStart(start) {
			w[j] += v
		}
	}
	return w
}

// DualProjection are the weights of the mean gradient's projection on the cone of
// directions that raise no loss to first order: argmin vᵀHv over v ≥ 1/n, with the H
// of UPGrad.
//
// Lopez-Paz, Ranzato: Gradient Episodic Memory for Continual Learning, NeurIPS 2017,
// eq. 11.
func (m *Matrix) DualProjection() []float64 {
	start := ones(m.Len())
	for i := range start {
		start[i] /= float64(len(start))
	}
	return m.aboveStart(start)
}

// aboveStart solves min vᵀHv over v ≥ start. With v = start + z it is a problem over
// z ≥ 0, which is scaled to unit diagonal.
func (m *Matrix) aboveStart(start []float64) []float64 {
	n := m.Len()
	trace := 0.0
	for i := range n {
		trace += m.Norm[i] * m.Norm[i]
	}
	h := ridged(m.G, 0)
	h.ScaleSym(1/trace, h)
	h = ridged(h, upgradRidge)
	unit, size := toUnit(h)
	right := times(h, start)
	for i := range right {
		right[i] = -right[i] / size[i]
	}
	v := nonnegative(unit, right)
	for i := range v {
		v[i] = start[i] + v[i]/size[i]
	}
	return v
}
