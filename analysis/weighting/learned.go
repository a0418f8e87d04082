package weighting

import (
	"encoding/json"
	"fmt"
	"math"

	"github.com/sharewise/sharewise/analysis/study"
)

// mostExponent bounds the logarithm of a weight before it is normalised, relative to
// the mean of all: no ratio of two weights is above e^40.
const mostExponent = 20

// learned is a method whose log weights ξ move after every step.
type learned struct {
	n int
	// move changes Log by the losses of the step just taken.
	move func(s *learnedState, losses []float64)
	// weigh makes weights of the state.
	weigh func(s *learnedState) []float64
	learnedState
}

// learnedState is what such a method remembers.
type learnedState struct {
	Log    []float64 `json:"log"`
	Losses []float64 `json:"losses,omitempty"` // of the last step, where weigh uses them
	Adam   *adam     `json:"adam,omitempty"`
}

func newLearned(n int, move func(*learnedState, []float64), weigh func(*learnedState) []float64) *learned {
	return &learned{n: n, move: move, weigh: weigh, learnedState: learnedState{Log: make([]float64, n)}}
}

func (m *learned) Weights(dst []float32) {
	if m.n == 1 {
		fill(dst, equalWeights(1))
		return
	}
	fill(dst, bounded(m.weigh(&m.learnedState)))
}

func (m *learned) Observe(losses []float32) { m.move(&m.learnedState, widen(losses)) }
func (*learned) EpochEnd([]float64)         {}

func (m *learned) MarshalState() ([]byte, error) { return json.Marshal(m.learnedState) }

func (m *learned) UnmarshalState(state []byte) error {
	var s learnedState
	if err := unmarshal(state, &s); err != nil {
		return err
	}
	if err := checkLength("log weights", s.Log, m.n); err != nil {
		return err
	}
	if s.Losses != nil {
		if err := checkLength("losses", s.Losses, m.n); err != nil {
			return err
		}
	}
	if err := s.Adam.check(m.n); err != nil {
		return err
	}
	if (s.Adam == nil) != (m.Adam == nil) {
		return fmt.Errorf("weighting: %w: moments of another method", ErrState)
	}
	m.learnedState = s
	return nil
}

// bound keeps log weights near their mean, which itself says nothing.
func bound(logs []float64) {
	mean := 0.0
	for _, x := range logs {
		mean += x / float64(len(logs))
	}
	for i := range logs {
		logs[i] = max(-mostExponent, min(mostExponent, logs[i]-mean))
	}
}

// newIMTLL is the loss part of impartial learning: s_d minimises e^s·L_d − s by
// gradient descent, and settles where all weighted losses are 1; w_d ∝ e^(s_d).
func newIMTLL(cfg study.Weighting, domains []Domain, _ uint64) (Method, error) {
	return newLearned(len(domains), func(s *learnedState, losses []float64) {
		for i, l := range losses {
			next := s.Log[i] - cfg.Rate*(math.Exp(s.Log[i])*l-1)
			s.Log[i] = max(-mostExponent, min(mostExponent, next))
		}
	}, func(s *learnedState) []float64 { return softmax(s.Log) }), nil
}

// newGroupDRO is distributionally robust optimisation over groups, by exponentiated
// gradient ascent on the simplex: q_d ∝ q_d·exp(η·L_d), w = D·q.
func newGroupDRO(cfg study.Weighting, domains []Domain, _ uint64) (Method, error) {
	return newLearned(len(domains), func(s *learnedState, losses []float64) {
		for i, l := range losses {
			s.Log[i] += cfg.Rate * l
		}
		bound(s.Log)
	}, func(s *learnedState) []float64 { return softmax(s.Log) }), nil
}

// newDoReMi is domain reweighting with minimax optimisation: with the excess
// λ_d = max(L_d − reference_d, 0) over an independent model's loss,
//
//	α ← (1−c)·softmax(log α + η·λ) + c/D,  w = D·α.
//
// The authors clip the excess sample by sample (there: token by token) against a
// reference model on the same minibatch. Here it is that of the domain's mean loss
// over the final mean training loss of its independent model.
func newDoReMi(cfg study.Weighting, domains []Domain, _ uint64) (Method, error) {
	targets, err := targets(cfg, domains)
	if err != nil {
		return nil, err
	}
	n := float64(len(domains))
	return newLearned(len(domains), func(s *learnedState, losses []float64) {
		for i, l := range losses {
			s.Log[i] += cfg.Rate * max(l-targets[i], 0)
		}
		for i, a := range softmax(s.Log) {
			s.Log[i] = math.Log((1-cfg.Smoothing)*a/n + cfg.Smoothing/n)
		}
	}, func(s *learnedState) []float64 { return softmax(s.Log) }), nil
}
