package weighting

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"

	"github.com/sharewise/sharewise/analysis/study"
	"github.com/sharewise/sharewise/analysis/weighting/gram"
)

// FromGradients is a Method whose weights follow from the gradients of the step they
// are for. Its Weights gives those that stand: of the last WeightsFromGram, and equal
// ones before the first and after one that failed.
type FromGradients interface {
	Method
	// WeightsFromGram fills dst from gram, the n×n row-major matrix of inner products
	// of the domains' gradients of the trunk, each of its own unweighted mean loss, at
	// this step's parameters and minibatch, and from losses, those mean losses. The
	// weights are finite, and their absolute values sum to n. After an error, which
	// matches ErrGram, dst holds equal weights, as if nothing were known of the
	// gradients.
	WeightsFromGram(dst []float32, gram []float64, losses []float32) error
	// Every says that only each k-th step needs a Gram matrix, from the first of the
	// run; 1 is every step. Between, the last weights stand.
	Every() int
}

// solver is a rule by which weights of the active domains follow from a Gram matrix.
type solver func(m *gram.Matrix, s *gramState) []float64

// fromGram is a method from gradients.
type fromGram struct {
	n, every int
	solve    solver
	gramState
}

// gramState is what such a method remembers.
type gramState struct {
	Standing []float64 `json:"standing"` // weights
	// Solved counts Gram matrices where a method draws at random, from seed.
	Solved *uint64 `json:"solved,omitempty"`
	// Cosines are the n×n targets of GradVac.
	Cosines []float64 `json:"cosines,omitempty"`
	// Pace is what GradNorm remembers.
	Pace *pace `json:"pace,omitempty"`
	// Jacobian is what methods from whole gradients remember.
	Jacobian *jacobian `json:"jacobian,omitempty"`

	seed   uint64
	losses []float64 // of the step
}

// random is a stream of its own for every Gram matrix.
func (s *gramState) random() *rand.Rand { return rand.New(rand.NewPCG(s.seed, *s.Solved)) }

func newFromGram(solve solver, cfg study.Weighting, domains []Domain) (*fromGram, error) {
	if cfg.Every < 0 {
		return nil, fmt.Errorf("%w: weights of every %d-th step; give a number from 1 up", ErrMethod, cfg.Every)
	}
	n := len(domains)
	return &fromGram{n: n, every: max(1, cfg.Every), solve: solve, gramState: gramState{Standing: equalWeights(n)}}, nil
}

func (m *fromGram) Weights(dst []float32) { fill(dst, m.Standing) }
func (m *fromGram) Observe([]float32)     {}
func (m *fromGram) Every() int            { return m.every }

func (m *fromGram) EpochEnd(means []float64) {
	if m.Pace != nil && m.Pace.First == nil {
		m.Pace.First = slices.Clone(means)
	}
}

func (m *fromGram) WeightsFromGram(dst []float32, products []float64, losses []float32) error {
	g, err := gram.New(products, m.n)
	switch {
	case err != nil:
		err = fmt.Errorf("%w: %w", ErrGram, err)
	case g.Len() == 0:
		err = fmt.Errorf("%w: all gradients are zero", ErrGram)
	}
	m.Standing = equalWeights(m.n)
	if err == nil && m.n > 1 {
		m.losses = widen(losses)
		m.Standing = g.Normalize(m.solve(g, &m.gramState))
	}
	if m.Solved != nil {
		*m.Solved++
	}
	m.Weights(dst)
	return err
}

func (m *fromGram) MarshalState() ([]byte, error) { return json.Marshal(m.gramState) }

func (m *fromGram) UnmarshalState(state []byte) error {
	var s gramState
	if err := unmarshal(state, &s); err != nil {
		return err
	}
	if err := checkLength("weights", s.Standing, m.n); err != nil {
		return err
	}
	if (s.Solved == nil) != (m.Solved == nil) || (s.Cosines == nil) != (m.Cosines == nil) || (s.Pace == nil) != (m.Pace == nil) ||
		(s.Jacobian == nil) != (m.Jacobian == nil) {
		return fmt.Errorf("weighting: %w: memory of another method", ErrState)
	}
	if s.Cosines != nil {
		if err := checkLength("cosines", s.Cosines, m.n*m.n); err != nil {
			return err
		}
	}
	if s.Pace != nil {
		if err := s.Pace.check(m.n); err != nil {
			return err
		}
	}
	if s.Jacobian != nil {
		if err := s.Jacobian.check(m.Jacobian, m.n); err != nil {
			return err
		}
	}
	s.seed = m.seed
	m.gramState = s
	return nil
}

// simply makes a method of a rule that has no settings and remembers nothing.
func simply(solve func(*gram.Matrix) []float64) constructor {
	return func(cfg study.Weighting, domains []Domain, _ uint64) (Method, error) {
		return newFromGram(func(m *gram.Matrix, _ *gramState) []float64 { return solve(m) }, cfg, domains)
	}
}

func newCAGrad(cfg study.Weighting, domains []Domain, _ uint64) (Method, error) {
	return newFromGram(func(m *gram.Matrix, _ *gramState) []float64 { return m.CAGrad(cfg.Radius) }, cfg, domains)
}

func newFairGrad(cfg study.Weighting, domains []Domain, _ uint64) (Method, error) {
	return newFromGram(func(m *gram.Matrix, _ *gramState) []float64 { return m.FairGrad(cfg.Power) }, cfg, domains)
}

func newPCGrad(cfg study.Weighting, domains []Domain, seed uint64) (Method, error) {
	m, err := newFromGram(func(m *gram.Matrix, s *gramState) []float64 { return m.PCGrad(s.random()) }, cfg, domains)
	if err != nil {
		return nil, err
	}
	m.Solved, m.seed = new(uint64), seed
	return m, nil
}

func newGradVac(cfg study.Weighting, domains []Domain, seed uint64) (Method, error) {
	m, err := newFromGram(func(m *gram.Matrix, s *gramState) []float64 {
		return m.GradVac(s.random(), s.Cosines, cfg.Rate)
	}, cfg, domains)
	if err != nil {
		return nil, err
	}
	m.Solved, m.Cosines, m.seed = new(uint64), make([]float64, m.n*m.n), seed
	return m, nil
}
