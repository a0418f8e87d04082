package weighting

import (
	"math"

	"github.com/sharewise/sharewise/analysis/study"
)

// Looks is a Method that wants to know what the losses of a step's minibatch have
// become by the step.
type Looks interface {
	Method
	// Every says that every k-th step is looked at, from the first of the run; 1 is
	// every step.
	Every() int
	// Look takes the losses of the minibatch of the step just taken, after Observe has
	// heard those before it, with the parameters that the step made.
	Look(losses []float32)
}

// famo is fast adaptive multitask optimisation: all losses are to fall at the same
// relative pace. With z = softmax(ξ) a step is taken along
//
//	Σ z_d·∇log L_d / Σ z_d/L_d,  so that w_d ∝ z_d/L_d,
//
// and then Adam moves ξ by the gradient Σ_e δ_e·∂z_e/∂ξ_d = z_d·(δ_d − Σ z_e·δ_e) of
// what the losses of the same minibatch have fallen by, δ = log L(before) −
// log L(after), and with weight decay: who fell more than the others weighs less.
//
// The L_d of the weights are those of the step before, since weights go into a step
// before its losses are known; δ is of one and the same minibatch, as published.
type famo struct {
	*learned
	rate, decay float64
	every       int
}

func newFAMO(cfg study.Weighting, domains []Domain, _ uint64) (Method, error) {
	m := &famo{rate: cfg.Rate, decay: cfg.Decay, every: max(1, cfg.Every)}
	m.learned = newLearned(len(domains), func(s *learnedState, losses []float64) { s.Losses = losses }, func(s *learnedState) []float64 {
		w := softmax(s.Log)
		for i := range w {
			if s.Losses != nil {
				w[i] /= max(s.Losses[i], leastLoss)
			}
		}
		return w
	})
	m.Adam = newAdam(len(domains))
	return m, nil
}

func (m *famo) Every() int { return m.every }

func (m *famo) Look(losses []float32) {
	if m.Losses == nil || m.n == 1 {
		return
	}
	z := softmax(m.Log)
	fall, mean := make([]float64, m.n), 0.0
	for i, l := range losses {
		z[i] /= float64(m.n)
		fall[i] = math.Log(max(m.Losses[i], leastLoss)) - math.Log(max(float64(l), leastLoss))
		mean += z[i] * fall[i]
	}
	gradient := make([]float64, m.n)
	for i := range gradient {
		gradient[i] = z[i]*(fall[i]-mean) + m.decay*m.Log[i]
	}
	m.Adam.step(m.Log, gradient, m.rate)
	bound(m.Log)
}
