package weighting

import (
	"encoding/json"
	"fmt"
	"math"

	"github.com/sharewise/sharewise/analysis/study"
)

const (
	// defaultRate lets the log variances follow a loss within some hundred
	// steps.
	defaultRate = 0.01
	// maxLogVariance keeps weights between e^-10 and e^10 where a loss becomes
	// zero or very large.
	maxLogVariance = 10
)

// uncertainty weighs losses by learned log variances s_d = log σ_d². The joint
// objective is
//
//	Σ_d [ exp(−s_d)·L_d + s_d/2 ]      classification
//	Σ_d [ ½·exp(−s_d)·L_d + s_d/2 ]    regression
//
// so that w_d is exp(−s_d) or ½·exp(−s_d). After every step s_d takes a step
// of plain gradient descent on its own term, whose derivative is ½ − w_d·L_d.
// For a steady loss it settles at log 2L_d in classification and at log L_d in
// regression, where w_d·L_d = ½ in both. It starts at 0.
type uncertainty struct {
	rate        float64
	factor      []float64 // 1, or ½ for regression
	logVariance []float64
}

func newUncertainty(cfg study.Weighting, domains []Domain, _ uint64) (Method, error) {
	m := &uncertainty{
		rate:        cfg.Rate,
		factor:      make([]float64, len(domains)),
		logVariance: make([]float64, len(domains)),
	}
	if m.rate == 0 {
		m.rate = defaultRate
	}
	if !(m.rate > 0 && m.rate <= 1) {
		return nil, fmt.Errorf("%w: rate %g of the log variances; give a number above 0, at most 1", ErrMethod, cfg.Rate)
	}
	for i, d := range domains {
		m.factor[i] = 1
		if d.Regression {
			m.factor[i] = 0.5
		}
	}
	return m, nil
}

func (m *uncertainty) weight(d int) float64 {
	return m.factor[d] * math.Exp(-m.logVariance[d])
}

func (m *uncertainty) Weights(dst []float32) {
	for i := range dst {
		dst[i] = float32(m.weight(i))
	}
}

func (m *uncertainty) Observe(losses []float32) {
	for i, l := range losses {
		s := m.logVariance[i] - m.rate*(0.5-m.weight(i)*float64(l))
		m.logVariance[i] = max(-maxLogVariance, min(maxLogVariance, s))
	}
}

func (*uncertainty) EpochEnd([]float64) {}

type uncertaintyState struct {
	LogVariance []float64 `json:"log_variance"`
}

func (m *uncertainty) MarshalState() ([]byte, error) {
	return json.Marshal(uncertaintyState{LogVariance: m.logVariance})
}

func (m *uncertainty) UnmarshalState(state []byte) error {
	var s uncertaintyState
	if err := unmarshal(state, &s); err != nil {
		return err
	}
	if err := checkLength("log variances", s.LogVariance, len(m.factor)); err != nil {
		return err
	}
	m.logVariance = s.LogVariance
	return nil
}
