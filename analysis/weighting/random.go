package weighting

import (
	"encoding/json"
	"math/rand/v2"

	"github.com/sharewise/sharewise/analysis/study"
)

// rlw is random loss weighting: w = D·softmax of standard normal draws, anew for
// every step. It knows nothing of the losses, which is what makes it a control.
type rlw struct {
	n    int
	seed uint64
	rlwState
}

type rlwState struct {
	Drawn *uint64 `json:"drawn"` // steps so far
}

func newRLW(_ study.Weighting, domains []Domain, seed uint64) (Method, error) {
	return &rlw{n: len(domains), seed: seed, rlwState: rlwState{new(uint64)}}, nil
}

func (m *rlw) Weights(dst []float32) {
	r := rand.New(rand.NewPCG(m.seed, *m.Drawn))
	draws := make([]float64, m.n)
	for i := range draws {
		draws[i] = r.NormFloat64()
	}
	fill(dst, softmax(draws))
}

func (m *rlw) Observe([]float32)             { *m.Drawn++ }
func (*rlw) EpochEnd([]float64)              {}
func (m *rlw) MarshalState() ([]byte, error) { return json.Marshal(m.rlwState) }

func (m *rlw) UnmarshalState(state []byte) error {
	var s rlwState
	if err := unmarshal(state, &s); err != nil {
		return err
	}
	if s.Drawn == nil {
		return missing("number of draws")
	}
	m.rlwState = s
	return nil
}
