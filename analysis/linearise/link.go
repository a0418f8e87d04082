package linearise

import "math"

// Link reads a loss as a function of one number, ℓ = h(f).
type Link int

// Margin is for cross entropies: with p = exp(−ℓ), the probability of what is true,
// f = log(p/(1 − p)) and
//
//	ℓ = log(1 + exp(−f)),  h' = −(1 − p),  h'' = p(1 − p),
//
// for any number of classes. Distance is for squares: f = √ℓ,
//
//	ℓ = f²,  h' = 2f,  h'' = 2.
//
// Of losses that are means over several labels or targets they are an
// approximation.
const (
	Margin Link = iota
	Distance
)

// smallest is what 1 − p and f are raised to before something is divided by them:
// a sample that is fitted this well has no say, and its gradient no digits.
const smallest = 1e-4

// At returns f and 1/h'(f), by which a gradient of ℓ is multiplied, of a loss.
func (l Link) At(loss float64) (f, factor float64) {
	if l == Distance {
		f = math.Sqrt(max(loss, 0))
		return f, 1 / (2 * max(f, smallest))
	}
	wrong := max(-math.Expm1(-loss), smallest)
	return -math.Log(math.Expm1(max(loss, smallest))), -1 / wrong
}

// Loss is h with its first two derivatives.
func (l Link) Loss(f float64) (loss, first, second float64) {
	if l == Distance {
		return f * f, 2 * f, 2
	}
	// Written so that nothing overflows.
	if f > 0 {
		e := math.Exp(-f)
		p := 1 / (1 + e)
		return math.Log1p(e), -e * p, e * p * p
	}
	e := math.Exp(f)
	p := e / (1 + e)
	return math.Log1p(e) - f, -1 / (1 + e), p / (1 + e)
}
