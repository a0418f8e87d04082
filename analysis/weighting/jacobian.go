package weighting

import (
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"math"
	"slices"

	"github.com/sharewise/sharewise/analysis/study"
	"github.com/sharewise/sharewise/analysis/weighting/gram"
)

// FromJacobian is a FromGradients whose weights need more than inner products: it
// remembers one number for every parameter of the trunk and every domain, which is
// 4·n·P bytes in memory and a third more in every checkpoint.
type FromJacobian interface {
	FromGradients
	// Keep hands over the gradients that the next Gram matrix is of: for every
	// parameter of the trunk the rows of all n domains, one after the other, each of
	// the same length. The method holds on to them until WeightsFromGram, which may
	// write to them: the step is taken along what stands there afterwards. Errors match
	// ErrState: the memory restored from a state is of other sizes.
	Keep(stacks [][]float32) error
}

// fromJacobian is a method from gradients that are all there.
type fromJacobian struct {
	*fromGram
	stacks [][]float32
}

// jacobian is what such a method remembers.
type jacobian struct {
	Steps int `json:"steps"` // that were looked at
	// Log are log weights, First what their movement is relative to: ExcessMTL's.
	Log   []float64 `json:"log,omitempty"`
	First []float64 `json:"first,omitempty"`
	// Memory is shaped as the stacks; nil before the first step.
	Memory []floats `json:"memory"`
}

// floats are numbers that keep their bits in a state, as base64 of their bytes.
type floats []float32

func (f floats) MarshalJSON() ([]byte, error) {
	raw := make([]byte, 0, 4*len(f))
	for _, x := range f {
		raw = binary.LittleEndian.AppendUint32(raw, math.Float32bits(x))
	}
	out := make([]byte, 0, base64.StdEncoding.EncodedLen(len(raw))+2)
	out = append(out, '"')
	out = base64.StdEncoding.AppendEncode(out, raw)
	return append(out, '"'), nil
}

func (f *floats) UnmarshalJSON(data []byte) error {
	var raw []byte
	if err := json.Unmarshal(data, &raw); err != nil {
		return err
	}
	if len(raw)%4 != 0 {
		return fmt.Errorf("%d bytes of memory", len(raw))
	}
	*f = make(floats, len(raw)/4)
	for i := range *f {
		x := math.Float32frombits(binary.LittleEndian.Uint32(raw[4*i:]))
		if math.IsNaN(float64(x)) || math.IsInf(float64(x), 0) {
			return fmt.Errorf("%g in the memory", x)
		}
		(*f)[i] = x
	}
	return nil
}

func (j *jacobian) check(like *jacobian, n int) error {
	if (j.Log == nil) != (like.Log == nil) || j.Steps < 0 || (j.Steps == 0) != (j.Memory == nil) {
		return fmt.Errorf("weighting: %w: memory of another method", ErrState)
	}
	for _, m := range j.Memory {
		if len(m)%n != 0 {
			return fmt.Errorf("weighting: %w: memory of %d numbers for %d domains", ErrState, len(m), n)
		}
	}
	if j.Log == nil {
		return nil
	}
	if err := checkLength("log weights", j.Log, n); err != nil {
		return err
	}
	return checkLength("first excesses", j.First, n)
}

func (m *fromJacobian) Keep(stacks [][]float32) error {
	j := m.Jacobian
	if j.Memory == nil {
		for _, s := range stacks {
			j.Memory = append(j.Memory, make(floats, len(s)))
		}
	}
	fits := func(s []float32, f floats) bool { return len(s) == len(f) && len(s)%m.n == 0 }
	if !slices.EqualFunc(stacks, j.Memory, fits) {
		return fmt.Errorf("weighting: %w: its memory is of a trunk with other parameters", ErrState)
	}
	m.stacks = stacks
	return nil
}

func (m *fromJacobian) WeightsFromGram(dst []float32, products []float64, losses []float32) error {
	if m.stacks == nil {
		m.Standing = equalWeights(m.n)
		m.Weights(dst)
		return fmt.Errorf("%w: the gradients themselves are not there", ErrGram)
	}
	defer func() { m.stacks = nil }()
	return m.fromGram.WeightsFromGram(dst, products, losses)
}

// row is the part of a domain in stack k, and what is remembered of it.
func (m *fromJacobian) row(k, domain int) (gradient, memory []float32) {
	n := len(m.stacks[k]) / m.n
	return m.stacks[k][domain*n : (domain+1)*n], m.Jacobian.Memory[k][domain*n : (domain+1)*n]
}

func newFromJacobian(solve func(*fromJacobian, *gram.Matrix) []float64, j jacobian, cfg study.Weighting, domains []Domain) (Method, error) {
	m := &fromJacobian{}
	var err error
	m.fromGram, err = newFromGram(func(g *gram.Matrix, _ *gramState) []float64 { return solve(m, g) }, cfg, domains)
	if err != nil {
		return nil, err
	}
	m.Jacobian = &j
	return m, nil
}

// newDBMTL is dual balancing. A domain's gradient is that of its log loss, whatever
// unit the loss has, as a moving mean over steps t = 1, 2, …:
//
//	ĝ_d ← g_d/L_d + β_t·(ĝ_d − g_d/L_d),  β_t = β/t^σ, β_1 = 0,
//	direction Σ_d (max_e ‖ĝ_e‖/‖ĝ_d‖)·ĝ_d.
//
// Written with weights of losses, w_d = (max ‖ĝ‖/‖ĝ_d‖)/L_d stands before L_d·ĝ_d,
// which is the gradient g_d itself where β is 0. These weights are what is normalised
// and recorded, and L_d·ĝ_d is what stands in the stacks afterwards.
//
// LibMTL begins with ĝ = 0, which shortens the first steps of all domains alike, and
// takes heads along log losses too.
func newDBMTL(cfg study.Weighting, domains []Domain, _ uint64) (Method, error) {
	return newFromJacobian(func(m *fromJacobian, g *gram.Matrix) []float64 {
		j := m.Jacobian
		j.Steps++
		beta := 0.0
		if j.Steps > 1 {
			beta = cfg.Smoothing / math.Pow(float64(j.Steps), cfg.Power)
		}
		w := make([]float64, m.n)
		for d := range w {
			scale := max(m.losses[d], leastLoss)
			norm := 0.0
			for k := range m.stacks {
				gradient, mean := m.row(k, d)
				for i, x := range gradient {
					now := float64(x) / scale
					v := clamp(now + beta*(float64(mean[i])-now))
					mean[i] = v
					gradient[i] = clamp(float64(v) * scale)
					norm += float64(v) * float64(v)
				}
			}
			if norm > 0 {
				w[d] = 1 / (math.Sqrt(norm) * scale)
			}
		}
		active := make([]float64, g.Len())
		for i, d := range g.Active {
			active[i] = w[d]
		}
		return active
	}, jacobian{}, cfg, domains)
}

// clamp rounds x to a finite float32.
func clamp(x float64) float32 {
	return float32(max(-math.MaxFloat32, min(math.MaxFloat32, x)))
}

// newExcessMTL is the multiplicative update by estimated excess risks. How far the loss of a
// domain is above what it can reach is estimated from its gradient g and the sum S of
// its squares so far, element by element, as the curvature of AdaGrad has it:
//
//	S_d ← S_d + g_d²,  e_d = Σ g_d²/√(S_d + 1e-7),  w_d ← w_d·exp(η·e_d/e_d(first)).
//
// The first step only sets e(first). Ratios of weights stay within e^±40. The weights
// of a domain without a gradient stay as they are.
func newExcessMTL(cfg study.Weighting, domains []Domain, _ uint64) (Method, error) {
	n := len(domains)
	return newFromJacobian(func(m *fromJacobian, g *gram.Matrix) []float64 {
		j := m.Jacobian
		j.Steps++
		for _, d := range g.Active {
			excess := 0.0
			for k := range m.stacks {
				gradient, sums := m.row(k, d)
				for i, x := range gradient {
					square := float64(x) * float64(x)
					sums[i] = clamp(float64(sums[i]) + square)
					excess += square / math.Sqrt(float64(sums[i])+1e-7)
				}
			}
			switch {
			case j.First[d] > 0:
				j.Log[d] += cfg.Rate * min(excess/j.First[d], mostRatio)
			default:
				j.First[d] = excess
			}
		}
		bound(j.Log)
		w := softmax(j.Log)
		active := make([]float64, g.Len())
		for i, d := range g.Active {
			active[i] = w[d]
		}
		return active
	}, jacobian{Log: make([]float64, n), First: make([]float64, n)}, cfg, domains)
}

// mostRatio bounds how much larger an excess may be than the first one.
const mostRatio = 1e6
