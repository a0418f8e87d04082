package weighting

import (
	"encoding/json"
	"fmt"
	"math"

	"github.com/sharewise/sharewise/analysis/study"
)

// defaultTemperature is the temperature that the authors of DWA used.
const defaultTemperature = 2

// dwa is dynamic weight average:
//
//	r_d = L_d(t−1) / L_d(t−2)
//	w_d = D · exp(r_d/T) / Σ_e exp(r_e/T)
//
// where L_d(t) is the mean training loss of domain d in epoch t. The weights
// of the first two epochs are 1.
type dwa struct {
	temperature float64
	domains     int
	// last and before are L(t−1) and L(t−2), nil while there are none.
	last, before []float64
}

func newDWA(cfg study.Weighting, domains []Domain, _ uint64) (Method, error) {
	t := cfg.Temperature
	if t == 0 {
		t = defaultTemperature
	}
	if !(t > 0) || math.IsInf(t, 1) {
		return nil, fmt.Errorf("%w: temperature %g; give a positive number", ErrMethod, cfg.Temperature)
	}
	return &dwa{temperature: t, domains: len(domains)}, nil
}

func (m *dwa) Weights(dst []float32) {
	w := make([]float64, m.domains)
	highest := math.Inf(-1)
	for i := range w {
		w[i] = m.ratio(i) / m.temperature
		highest = max(highest, w[i])
	}
	// Subtracting the highest exponent changes nothing after normalisation and
	// keeps exp from overflowing.
	for i := range w {
		w[i] = math.Exp(w[i] - highest)
	}
	normalize(w)
	fill(dst, w)
}

// ratio is r_d. It is 1 while there is no history, and where the older loss is
// zero, which leaves no rate of descent to speak of.
func (m *dwa) ratio(d int) float64 {
	if m.before == nil {
		return 1
	}
	if r := m.last[d] / m.before[d]; !math.IsNaN(r) && !math.IsInf(r, 0) {
		return r
	}
	return 1
}

func (*dwa) Observe([]float32) {}

func (m *dwa) EpochEnd(means []float64) {
	m.before, m.last = m.last, append([]float64(nil), means...)
}

type dwaState struct {
	Last   []float64 `json:"last"`
	Before []float64 `json:"before"`
}

func (m *dwa) MarshalState() ([]byte, error) {
	return json.Marshal(dwaState{Last: m.last, Before: m.before})
}

func (m *dwa) UnmarshalState(state []byte) error {
	var s dwaState
	if err := unmarshal(state, &s); err != nil {
		return err
	}
	if s.Before != nil && s.Last == nil {
		return fmt.Errorf("weighting: %w: losses of an epoch are missing", ErrState)
	}
	for _, v := range [][]float64{s.Last, s.Before} {
		if v == nil {
			continue
		}
		if err := checkLength("losses", v, m.domains); err != nil {
			return err
		}
	}
	m.last, m.before = s.Last, s.Before
	return nil
}
