package proof

import (
	"math"
	"math/rand/v2"

	"github.com/sharewise/sharewise/onnxio"
	"github.com/sharewise/sharewise/onnxio/kernels"
)

// Chain is a chain of dense layers with a head for each domain, and how it is trained.
type Chain struct {
	Features int64
	Layers   []ChainLayer
	Heads    []ChainHead
	Rule     string // one of the operators of optimizers
	Update          // but for Shapes
	Steps    int
}

// ChainLayer is a layer of a Chain.
type ChainLayer struct {
	Units               int64
	Relu, Turned, Plain bool // Plain: it has no bias
}

// ChainHead is a head of a Chain. Losses are numbered as the operator does.
type ChainHead struct {
	Outputs, Rows, Loss int64
	Masked              bool
	Smoothing, Delta    float32
	Weighted            bool // by classes
}

// states is how many the rule keeps.
func (s Chain) states() int {
	switch {
	case s.Rule == kernels.AdamW:
		return 2
	case s.Rule == kernels.Adagrad || s.Momentum != 0:
		return 1
	}
	return 0
}

// attributes of the operator.
func (s Chain) attributes() []*onnxio.Attribute {
	lists := map[string][]int64{}
	add := func(name string, v int64) { lists[name] = append(lists[name], v) }
	for _, l := range s.Layers {
		add("units", l.Units)
		add("relu", flag(l.Relu))
		add("turned", flag(l.Turned))
		add("biased", flag(!l.Plain))
	}
	for _, h := range s.Heads {
		add("outputs", h.Outputs)
		add("rows", h.Rows)
		add("losses", h.Loss)
		add("masked", flag(h.Masked))
	}
	rule := map[string]int64{kernels.SGD: 0, kernels.AdamW: 1, kernels.Adagrad: 2}[s.Rule]
	attrs := []*onnxio.Attribute{
		onnxio.IntAttr("features", s.Features), onnxio.IntAttr("rule", rule), onnxio.FloatAttr("clip", s.Clip), onnxio.FloatAttr("decay", s.Decay),
		onnxio.FloatAttr("momentum", s.Momentum), onnxio.IntAttr("nesterov", flag(s.Nesterov)), onnxio.IntAttr("coupled", flag(s.Coupled)),
		onnxio.FloatAttr("beta1", s.Beta1), onnxio.FloatAttr("beta2", s.Beta2), onnxio.FloatAttr("epsilon", s.Epsilon),
	}
	for name, v := range lists {
		attrs = append(attrs, onnxio.IntsAttr(name, v...))
	}
	return attrs
}

// target draws the target of one output.
func (h ChainHead) target(r random) float32 {
	switch {
	case h.Masked && r.IntN(3) == 0:
		return float32(math.NaN())
	case h.Loss == 1:
		return float32(r.IntN(2))
	}
	return float32(r.NormFloat64())
}

// RandomChain draws one.
func RandomChain(rng *rand.Rand) Chain {
	yes := func() bool { return rng.IntN(2) == 0 }
	s := Chain{
		Features: 1 + rng.Int64N(60), Steps: 1 + rng.IntN(4), Rule: []string{kernels.SGD, kernels.AdamW, kernels.Adagrad}[rng.IntN(3)],
		Update: Update{Decay: 0.01, Beta1: 0.8, Beta2: 0.95, Epsilon: 1e-5, Coupled: yes(), Nesterov: yes()},
	}
	if yes() {
		s.Momentum = 0.9
	}
	if yes() {
		s.Clip = 0.5
	}
	for range 1 + rng.IntN(3) {
		s.Layers = append(s.Layers, ChainLayer{Units: 1 + rng.Int64N(70), Relu: yes(), Turned: yes(), Plain: rng.IntN(4) == 0})
	}
	for range 1 + rng.IntN(3) {
		h := ChainHead{Outputs: 1 + rng.Int64N(20), Rows: 1 + rng.Int64N(40), Loss: rng.Int64N(4), Delta: 0.5}
		if h.Loss == 0 {
			h.Outputs++
		}
		h.Masked = h.Loss != 0 && yes()
		h.Weighted = h.Loss < 2 && yes()
		if h.Loss < 2 && yes() {
			h.Smoothing = 0.1
		}
		s.Heads = append(s.Heads, h)
	}
	return s
}
