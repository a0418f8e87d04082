package weighting

import (
	"math"

	"github.com/sharewise/sharewise/analysis/study"
	"github.com/sharewise/sharewise/analysis/weighting/gram"
)

// pace is what GradNorm remembers: log weights ξ with the moments of Adam, and the
// mean losses of the first epoch.
type pace struct {
	Log   []float64 `json:"log"`
	Adam  *adam     `json:"adam"`
	First []float64 `json:"first"`
}

func (p *pace) check(n int) error {
	if p.Adam == nil {
		return missing("moments")
	}
	if p.First != nil {
		if err := checkLength("losses", p.First, n); err != nil {
			return err
		}
	}
	if err := p.Adam.check(n); err != nil {
		return err
	}
	return checkLength("log weights", p.Log, n)
}

// newGradNorm is gradient normalisation: w = D·softmax(ξ), and ξ goes down the
// gradient of
//
//	Σ_d | w_d·‖g_d‖ − C_d |,  C_d = mean(w·‖g‖)·r_d^α, held fixed,
//
// where r_d is the loss relative to that of the first epoch, over the mean of these
// ratios: who learns slowly gets a longer gradient. The first epoch counts all
// equally. ξ takes steps of Adam, with a rate of its own, so that the scale of
// gradients does not matter.
//
// The paper starts from the first step's loss and from weights without a softmax;
// the first epoch's mean and the softmax are LibMTL's, and less at the mercy of one
// minibatch.
func newGradNorm(cfg study.Weighting, domains []Domain, _ uint64) (Method, error) {
	n := len(domains)
	m, err := newFromGram(func(m *gram.Matrix, s *gramState) []float64 {
		p := s.Pace
		if p.First == nil {
			return equalWeights(m.Len())
		}
		w := softmax(p.Log)
		lengths, mean, paces := make([]float64, n), 0.0, 0.0
		pull := make([]float64, n)
		for i, d := range m.Active {
			lengths[d] = m.Norm[i]
		}
		for d := range w {
			mean += w[d] * lengths[d] / float64(n)
			pull[d] = max(s.losses[d], leastLoss) / max(p.First[d], leastLoss)
			paces += pull[d] / float64(n)
		}
		// The gradient of the objective by w, then by ξ.
		inner := 0.0
		for d := range w {
			pull[d] = math.Copysign(lengths[d], w[d]*lengths[d]-mean*math.Pow(pull[d]/paces, cfg.Power))
			inner += w[d] / float64(n) * pull[d]
		}
		for d := range w {
			pull[d] = w[d] * (pull[d] - inner)
		}
		p.Adam.step(p.Log, pull, cfg.Rate)
		bound(p.Log)
		w = softmax(p.Log)
		active := make([]float64, m.Len())
		for i, d := range m.Active {
			active[i] = w[d]
		}
		return active
	}, cfg, domains)
	if err != nil {
		return nil, err
	}
	m.Pace = &pace{Log: make([]float64, n), Adam: newAdam(n)}
	return m, nil
}
