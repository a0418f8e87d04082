package affinity

import "math"

// Kernel is the covariance of what two rows of features stand for, apart from
// its scale. A [Process] with a kernel is a Bayesian regression:
//
//	Linear       x·x'                                   ridge
//	LinearPairs  x·x' + w·Σ over i<k of x_i x_k x'_i x'_k   ridge with products of two features
//	Radial       exp(−γ|x−x'|²)                          smooth in the number of members that differ
type Kernel int

// The kernels.
const (
	Linear Kernel = iota
	LinearPairs
	Radial
)

// String is the name of the regression with this kernel.
func (k Kernel) String() string {
	switch k {
	case Linear:
		return "ridge"
	case LinearPairs:
		return "ridge with pairs"
	}
	return "Gaussian process"
}

// settings are the values of a kernel's own parameter that a process chooses
// among: the weight w of pairs, or γ around one over the number of features.
func (k Kernel) settings(features int) []float64 {
	switch k {
	case Linear:
		return []float64{0}
	case LinearPairs:
		return []float64{1. / 16, 1. / 4, 1, 4}
	}
	out := []float64{1. / 8, 1. / 4, 1. / 2, 1, 2, 4}
	for i := range out {
		out[i] /= float64(features)
	}
	return out
}

// of is the kernel of two rows.
func (k Kernel) of(setting float64, x, y []float64) float64 {
	product, squares, distance := 0.0, 0.0, 0.0
	for i := range x {
		p, d := x[i]*y[i], x[i]-y[i]
		product += p
		squares += p * p
		distance += d * d
	}
	switch k {
	case Linear:
		return product
	case LinearPairs:
		// (Σ p)² is Σ p² and twice the sum over pairs.
		return product + setting*(product*product-squares)/2
	}
	return math.Exp(-setting * distance)
}
