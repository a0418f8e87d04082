package gram

// MGDA are the weights of the shortest convex combination of the gradients, which
// makes every loss fall or shows that none can fall without another rising:
//
//	argmin wᵀGw over w ≥ 0, Σw = 1
//
// Désidéri: Multiple-gradient descent algorithm, Comptes Rendus 350 (2012); Sener,
// Koltun: Multi-Task Learning as Multi-Objective Optimization, NeurIPS 2018. In
// place of the Frank-Wolfe iteration of the latter, the point is found exactly: up
// to its scale it is the solution of min ½·yᵀGy − 1ᵀy over y ≥ 0, since both have
// the optimality condition (Gw)_i ≥ wᵀGw, with equality where w_i > 0.
func (m *Matrix) MGDA() []float64 {
	// On unit gradients, t = y·norm.
	y := m.perNorm(nonnegative(ridged(m.Unit, ridge), m.perNorm(ones(m.Len()))))
	sum := 0.0
	for _, x := range y {
		sum += x
	}
	for i := range y {
		y[i] /= sum
	}
	return y
}
