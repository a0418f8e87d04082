package weighting

import (
	"encoding/json"
	"fmt"
	"math"
	"slices"

	"github.com/sharewise/sharewise/analysis/study"
)

// constant is a method whose weights never change.
type constant []float64

func (c constant) Weights(dst []float32) { fill(dst, c) }
func (constant) Observe([]float32)       {}
func (constant) EpochEnd([]float64)      {}

// MarshalState writes the weights although they follow from the settings, so
// that a checkpoint of other settings is noticed.
func (c constant) MarshalState() ([]byte, error) {
	return json.Marshal(constantState{Weights: c})
}

func (c constant) UnmarshalState(state []byte) error {
	var s constantState
	if err := unmarshal(state, &s); err != nil {
		return err
	}
	if err := checkLength("weights", s.Weights, len(c)); err != nil {
		return err
	}
	if !slices.Equal(s.Weights, c) {
		return fmt.Errorf("weighting: %w: weights %v, now %v", ErrState, s.Weights, []float64(c))
	}
	return nil
}

type constantState struct {
	Weights []float64 `json:"weights"`
}

func newEqual(_ study.Weighting, domains []Domain, _ uint64) (Method, error) {
	c := make(constant, len(domains))
	for i := range c {
		c[i] = 1
	}
	return c, nil
}

func newStatic(cfg study.Weighting, domains []Domain, _ uint64) (Method, error) {
	c := make(constant, len(domains))
	sum := 0.0
	for i, d := range domains {
		w, ok := cfg.Weights[d.Name]
		if !ok {
			return nil, fmt.Errorf("%w: domain %s has no weight", ErrMethod, d.Name)
		}
		if !(w >= 0) || math.IsInf(w, 1) {
			return nil, fmt.Errorf("%w: domain %s has weight %g; give a number from 0 up", ErrMethod, d.Name, w)
		}
		c[i] = w
		sum += w
	}
	switch {
	case len(domains) == 1:
		// Alone, a domain has nothing to be weighed against.
		c[0] = 1
	case sum == 0:
		return nil, fmt.Errorf("%w: all weights are zero", ErrMethod)
	case math.IsInf(sum, 1):
		return nil, fmt.Errorf("%w: the weights are too large to be added up", ErrMethod)
	default:
		normalize(c)
	}
	return c, nil
}

func newSize(_ study.Weighting, domains []Domain, _ uint64) (Method, error) {
	c := make(constant, len(domains))
	for i, d := range domains {
		if d.Train < 1 {
			return nil, fmt.Errorf("%w: domain %s has %d training samples", ErrMethod, d.Name, d.Train)
		}
		c[i] = float64(d.Train)
	}
	normalize(c)
	return c, nil
}
