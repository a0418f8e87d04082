package weighting

import (
	"encoding/json"
	"fmt"
	"math"

	"github.com/sharewise/sharewise/analysis/study"
)

// FromGradients is a Method whose weights follow from the gradients of the step they
// are for. Its Weights gives those that stand: of the last WeightsFromGram, and equal
// ones before the first and after one that failed.
type FromGradients interface {
	Method
	// WeightsFromGram fills dst from gram, the n×n row-major matrix of inner products
	// of the domains' gradients of the trunk, each of its own unweighted mean loss, at
	// this step's parameters and minibatch, and from losses, those mean losses. The
	// weights are finite and sum to n. After an error dst holds equal weights, as if
	// nothing were known of the gradients.
	WeightsFromGram(dst []float32, gram []float64, losses []float32) error
	// Every says that only each k-th step needs a Gram matrix, from the first of the
	// run; 1 is every step. Between, the last weights stand.
	Every() int
}

// solver is a rule by which weights follow from a Gram matrix alone: it fills w,
// of n elements, which WeightsFromGram scales to sum n.
type solver func(w, gram []float64) error

// memoryless is a method from gradients that remembers nothing but the weights that
// stand.
type memoryless struct {
	solve    solver
	every    int
	standing []float64
}

func newMemoryless(solve solver, cfg study.Weighting, domains []Domain) (Method, error) {
	if cfg.Every < 0 {
		return nil, fmt.Errorf("%w: weights of every %d-th step; give a number from 1 up", ErrMethod, cfg.Every)
	}
	m := &memoryless{solve: solve, every: max(1, cfg.Every), standing: make([]float64, len(domains))}
	m.equal()
	return m, nil
}

func (m *memoryless) equal() {
	for i := range m.standing {
		m.standing[i] = 1
	}
}

func (m *memoryless) Weights(dst []float32) { fill(dst, m.standing) }
func (m *memoryless) Observe([]float32)     {}
func (m *memoryless) EpochEnd(_ []float64)  {}
func (m *memoryless) Every() int            { return m.every }
func (m *memoryless) lone() bool            { return len(m.standing) == 1 }
func (m *memoryless) check(gram []float64) error {
	n := len(m.standing)
	if len(gram) != n*n {
		return fmt.Errorf("%w: a Gram matrix of %d entries for %d domains", ErrGram, len(gram), n)
	}
	for i, x := range gram {
		if math.IsNaN(x) || math.IsInf(x, 0) {
			return fmt.Errorf("%w: entry %d,%d is %g", ErrGram, i/n, i%n, x)
		}
	}
	return nil
}

func (m *memoryless) WeightsFromGram(dst []float32, gram []float64, _ []float32) error {
	err := m.check(gram)
	switch {
	case err == nil && !m.lone():
		if err = m.solve(m.standing, gram); err == nil {
			err = scale(m.standing)
		}
	default:
		m.equal()
	}
	if err != nil {
		m.equal()
	}
	m.Weights(dst)
	return err
}

// scale makes weights sum to their number. Those that cannot be are an error that
// matches ErrGram.
func scale(w []float64) error {
	sum := 0.0
	for _, x := range w {
		sum += x
	}
	if !(sum > 0) || math.IsInf(sum, 1) {
		return fmt.Errorf("%w: the weights add up to %g", ErrGram, sum)
	}
	normalize(w)
	return nil
}

type memorylessState struct {
	Standing []float64 `json:"standing"`
}

func (m *memoryless) MarshalState() ([]byte, error) {
	return json.Marshal(memorylessState{Standing: m.standing})
}

func (m *memoryless) UnmarshalState(state []byte) error {
	var s memorylessState
	if err := unmarshal(state, &s); err != nil {
		return err
	}
	if err := checkLength("weights", s.Standing, len(m.standing)); err != nil {
		return err
	}
	m.standing = s.Standing
	return nil
}
