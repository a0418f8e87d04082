package weighting

import (
	"encoding/json"
	"fmt"
	"math"

	"github.com/sharewise/sharewise/analysis/study"
)

// leastLoss stands in for smaller losses where a method divides by them.
const leastLoss = 1e-8

// fromLosses is a method whose weights are a function of the losses of the step
// before, the first ones of the epoch, and the mean ones of the epoch before.
type fromLosses struct {
	n    int
	rule func(s *lossState) []float64
	lossState
}

// lossState is what such a method remembers. Slices are nil until there is something.
type lossState struct {
	Epochs int       `json:"epochs"`
	Losses []float64 `json:"losses"` // of the last step
	First  []float64 `json:"first"`  // of the first step of the epoch
	// Nadir are the mean losses of the last epoch of the warm-up.
	Nadir  []float64 `json:"nadir"`
	warmup int
}

func (m *fromLosses) Weights(dst []float32) {
	if m.n == 1 || m.Losses == nil {
		fill(dst, equalWeights(m.n))
		return
	}
	fill(dst, bounded(m.rule(&m.lossState)))
}

func (m *fromLosses) Observe(losses []float32) {
	m.Losses = widen(losses)
	if m.First == nil {
		m.First = m.Losses
	}
}

func (m *fromLosses) EpochEnd(means []float64) {
	m.Epochs++
	m.First = nil
	if m.Epochs == m.warmup {
		m.Nadir = append([]float64(nil), means...)
	}
}

func (m *fromLosses) MarshalState() ([]byte, error) { return json.Marshal(m.lossState) }

func (m *fromLosses) UnmarshalState(state []byte) error {
	var s lossState
	if err := unmarshal(state, &s); err != nil {
		return err
	}
	if s.Epochs < 0 || s.Losses == nil && s.First != nil || (s.Nadir != nil) != (m.warmup > 0 && s.Epochs >= m.warmup) {
		return fmt.Errorf("weighting: %w: losses and epochs do not go together", ErrState)
	}
	for _, v := range [][]float64{s.Losses, s.First, s.Nadir} {
		if v == nil {
			continue
		}
		if err := checkLength("losses", v, m.n); err != nil {
			return err
		}
	}
	s.warmup = m.warmup
	m.lossState = s
	return nil
}

// newGLS is the geometric loss strategy, which minimises (Π L_d)^(1/D). The gradient
// of its logarithm is Σ ∇L_d/L_d, so that w_d ∝ 1/L_d.
func newGLS(_ study.Weighting, domains []Domain, _ uint64) (Method, error) {
	return &fromLosses{n: len(domains), rule: func(s *lossState) []float64 {
		w := make([]float64, len(s.Losses))
		for i, l := range s.Losses {
			w[i] = 1 / max(l, leastLoss)
		}
		return w
	}}, nil
}

// newLBTW is loss-balanced task weighting: w_d ∝ (L_d / L_d(first step of the
// epoch))^α.
func newLBTW(cfg study.Weighting, domains []Domain, _ uint64) (Method, error) {
	return &fromLosses{n: len(domains), rule: func(s *lossState) []float64 {
		w := equalWeights(len(s.Losses))
		for i, l := range s.Losses {
			if s.First != nil {
				w[i] = math.Pow(max(l, leastLoss)/max(s.First[i], leastLoss), cfg.Power)
			}
		}
		return w
	}}, nil
}

// newGap weighs by the distance to a target: w_d ∝ max(L_d − target_d, 0)^p, and
// equally where all have reached theirs.
func newGap(cfg study.Weighting, domains []Domain, _ uint64) (Method, error) {
	targets, err := targets(cfg, domains)
	if err != nil {
		return nil, err
	}
	return &fromLosses{n: len(domains), rule: func(s *lossState) []float64 {
		w := make([]float64, len(s.Losses))
		for i, l := range s.Losses {
			w[i] = math.Pow(max(l-targets[i], 0), cfg.Power)
		}
		return w
	}}, nil
}

// newSTCH is smooth Tchebycheff scalarisation. In a warm-up it minimises Σ log L_d;
// then, with the mean losses z_d of the warm-up's last epoch,
//
//	D·μ·log Σ exp(log(L_d/z_d)/μ),  whose gradient is D·Σ p_d·∇L_d/L_d,
//
// p = softmax(log(L/z)/μ): w_d ∝ p_d/L_d.
func newSTCH(cfg study.Weighting, domains []Domain, _ uint64) (Method, error) {
	return &fromLosses{n: len(domains), lossState: lossState{warmup: cfg.Warmup}, rule: func(s *lossState) []float64 {
		// exp(log(p/L)) in one, less the highest.
		exponents := make([]float64, len(s.Losses))
		for i, l := range s.Losses {
			l = max(l, leastLoss)
			exponents[i] = -math.Log(l)
			if s.Nadir != nil {
				exponents[i] += math.Log(l/max(s.Nadir[i], leastLoss)) / cfg.Temperature
			}
		}
		return softmax(exponents)
	}}, nil
}

// newTemperature weighs by sizes n_d to the power 1/T: T = 1 is by size, a high
// temperature equal.
func newTemperature(cfg study.Weighting, domains []Domain, _ uint64) (Method, error) {
	exponents := make([]float64, len(domains))
	for i, d := range domains {
		if d.Train < 1 {
			return nil, fmt.Errorf("%w: domain %s has %d training samples", ErrMethod, d.Name, d.Train)
		}
		exponents[i] = math.Log(float64(d.Train)) / cfg.Temperature
	}
	return constant(softmax(exponents)), nil
}

// newBaseline scales by the losses of independent models: w_d ∝ target_d^(−p).
func newBaseline(cfg study.Weighting, domains []Domain, _ uint64) (Method, error) {
	targets, err := targets(cfg, domains)
	if err != nil {
		return nil, err
	}
	exponents := make([]float64, len(domains))
	for i, t := range targets {
		exponents[i] = -cfg.Power * math.Log(max(t, leastLoss))
	}
	return constant(softmax(exponents)), nil
}

// targets are the losses that domains are held against. A domain by itself is held
// against nothing.
func targets(cfg study.Weighting, domains []Domain) ([]float64, error) {
	out := make([]float64, len(domains))
	for i, d := range domains {
		t, ok := cfg.Targets[d.Name]
		switch {
		case !ok && len(domains) > 1:
			return nil, fmt.Errorf("%w: domain %s has no target, and no loss of an independent model took its place", ErrMethod, d.Name)
		case ok && (!(t >= 0) || math.IsInf(t, 1)):
			return nil, fmt.Errorf("%w: domain %s has the target %g; give a loss from 0 up", ErrMethod, d.Name, t)
		}
		out[i] = t
	}
	return out, nil
}
