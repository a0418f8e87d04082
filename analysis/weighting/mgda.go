package weighting

import (
	"fmt"

	"github.com/sharewise/sharewise/analysis/study"
)

const (
	// mgdaSteps bounds the steps of the solver; two domains take one.
	mgdaSteps = 10000
	// mgdaGap is the gap of Frank and Wolfe, relative to the largest entry of the Gram
	// matrix, at which the solver ends.
	mgdaGap = 1e-12
)

func newMGDA(cfg study.Weighting, domains []Domain) (Method, error) {
	return newMemoryless(minNorm, cfg, domains)
}

// minNorm finds the shortest convex combination of the gradients, argmin wᵀGw over
// w ≥ 0 with Σw = 1: no step along it raises a domain's loss, to first order.
//
// It is the method of Frank and Wolfe with pairwise steps (Lacoste-Julien and Jaggi:
// On the Global Linear Convergence of Frank-Wolfe Optimization Variants, NeurIPS
// 2015): each moves weight from the domain with the largest (Gw)_i that has some to
// the one with the least, as far as that shortens the combination. Two domains take
// one step, the closed form. Where many gradients of a low rank cancel out it ends early,
// with a gap of some 1e-5 of the largest squared length.
func minNorm(w, gram []float64) error {
	n := len(w)
	largest := 0.0
	for i := range w {
		w[i] = 1 / float64(n)
		largest = max(largest, gram[i*n+i])
	}
	if largest == 0 {
		return fmt.Errorf("%w: all gradients are zero", ErrGram)
	}
	slope := make([]float64, n)
	for range mgdaSteps {
		least, most := 0, -1
		for i := range w {
			slope[i] = 0
			for j := range w {
				slope[i] += gram[i*n+j] * w[j]
			}
			if slope[i] < slope[least] {
				least = i
			}
			if w[i] > 0 && (most < 0 || slope[i] > slope[most]) {
				most = i
			}
		}
		gap := slope[most] - slope[least]
		if gap <= mgdaGap*largest {
			return nil
		}
		step := w[most]
		if square := gram[least*n+least] + gram[most*n+most] - 2*gram[least*n+most]; square > 0 {
			step = min(step, gap/square)
		}
		w[least] += step
		if w[most] -= step; step >= w[most]+step {
			w[most] = 0
		}
	}
	return nil
}
