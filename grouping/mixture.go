package grouping

import "gonum.org/v1/gonum/mat"

// mixture gathers the first two moments of a mixture of normal distributions.
type mixture struct {
	joint  bool
	total  float64 // of weights
	mean   []float64
	second []float64 // moments about zero: a matrix by rows, or its diagonal where not joint
}

func newMixture(n int, joint bool) *mixture {
	if joint {
		return &mixture{joint, 0, make([]float64, n), make([]float64, n*n)}
	}
	return &mixture{joint, 0, make([]float64, n), make([]float64, n)}
}

// add takes a component with the means of its predictions and their covariances.
func (m *mixture) add(weight float64, given []prediction, covariance func(k, l int) float64) {
	m.total += weight
	for k := range given {
		m.mean[k] += weight * given[k].mean
		m.each(k, func(l, at int) {
			m.second[at] += weight * (covariance(k, l) + given[k].mean*given[l].mean)
		})
	}
}

// each calls f with every l up to k that a covariance with k is kept of, and where.
func (m *mixture) each(k int, f func(l, at int)) {
	if !m.joint {
		f(k, k)
		return
	}
	for l := range k + 1 {
		f(l, l*len(m.mean)+k)
	}
}

// moments are the mixture's means and covariances: diagonal where not joint.
func (m *mixture) moments() ([]float64, mat.Symmetric) {
	for k := range m.mean {
		m.mean[k] /= m.total
		m.each(k, func(l, at int) {
			m.second[at] = m.second[at]/m.total - m.mean[k]*m.mean[l]
		})
	}
	if m.joint {
		return m.mean, mat.NewSymDense(len(m.mean), m.second)
	}
	return m.mean, mat.NewDiagDense(len(m.mean), m.second)
}
