package linear

import "math"

// Loss is what a linear model reduces.
type Loss int

// The losses.
const (
	// Squared is half the squared error of one number.
	Squared Loss = iota
	// Logistic is -log p of one answer, 0 or 1, with p of 1 = 1/(1+exp(-s)).
	Logistic
	// Softmax is -log p of one of several classes, with p_k ∝ exp(s_k).
	Softmax
)

// of is the loss of scores s for a target, a class number for Softmax. It
// writes the derivative by each score into slope, and for the logarithmic
// losses the probabilities into chance, unless they are nil.
func (l Loss) of(s []float64, target float64, slope, chance []float64) float64 {
	switch l {
	case Squared:
		e := s[0] - target
		if slope != nil {
			slope[0] = e
		}
		return e * e / 2
	case Logistic:
		p := 1 / (1 + math.Exp(-s[0]))
		if slope != nil {
			slope[0], chance[0] = p-target, p
		}
		return softplus(s[0]) - target*s[0]
	}
	largest := s[0]
	for _, v := range s {
		largest = max(largest, v)
	}
	sum := 0.0
	for _, v := range s {
		sum += math.Exp(v - largest)
	}
	if slope != nil {
		for k, v := range s {
			chance[k] = math.Exp(v-largest) / sum
			slope[k] = chance[k]
		}
		slope[int(target)]--
	}
	return largest + math.Log(sum) - s[int(target)]
}

// bend turns a change of scores, u, into the change of the slopes: the product
// of the second derivatives and u.
func (l Loss) bend(chance, u []float64) {
	switch l {
	case Squared:
	case Logistic:
		u[0] *= chance[0] * (1 - chance[0])
	case Softmax:
		mean := inner(chance, u)
		for k := range u {
			u[k] = chance[k] * (u[k] - mean)
		}
	}
}

// curvature is the second derivative by score k.
func (l Loss) curvature(chance []float64, k int) float64 {
	if l == Squared {
		return 1
	}
	return chance[k] * (1 - chance[k])
}

// softplus is log(1 + exp(x)).
func softplus(x float64) float64 { return max(x, 0) + math.Log1p(math.Exp(-math.Abs(x))) }
