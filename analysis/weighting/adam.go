package weighting

import (
	"fmt"
	"math"
)

// adam holds the moments of Adam (Kingma, Ba: ICLR 2015) for the few numbers that a
// method learns.
type adam struct {
	Steps  int       `json:"steps"`
	Mean   []float64 `json:"mean"`
	Square []float64 `json:"square"`
}

func newAdam(n int) *adam { return &adam{Mean: make([]float64, n), Square: make([]float64, n)} }

// step moves x against a gradient.
func (a *adam) step(x, gradient []float64, rate float64) {
	const beta1, beta2, epsilon = 0.9, 0.999, 1e-8
	a.Steps++
	one, two := 1-math.Pow(beta1, float64(a.Steps)), 1-math.Pow(beta2, float64(a.Steps))
	for i, g := range gradient {
		a.Mean[i] = beta1*a.Mean[i] + (1-beta1)*g
		a.Square[i] = beta2*a.Square[i] + (1-beta2)*g*g
		x[i] -= rate * (a.Mean[i] / one) / (math.Sqrt(a.Square[i]/two) + epsilon)
	}
}

// check verifies restored moments, of which there may be none.
func (a *adam) check(n int) error {
	if a == nil {
		return nil
	}
	if a.Steps < 0 {
		return fmt.Errorf("weighting: %w: %d steps", ErrState, a.Steps)
	}
	if err := checkLength("moments", a.Mean, n); err != nil {
		return err
	}
	return checkLength("moments", a.Square, n)
}
