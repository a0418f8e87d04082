package training

import (
	"github.com/sharewise/sharewise/onnxio"
	"github.com/sharewise/sharewise/onnxio/kernels"
)

// adamW is PyTorch's AdamW (Loshchilov, Hutter: Decoupled Weight Decay
// Regularization, ICLR 2019, algorithm 2, with PyTorch's place for ε):
//
//	m ← β₁·m + (1−β₁)·g
//	v ← β₂·v + (1−β₂)·g²
//	p ← (1−η·λ)·p − η·(m/(1−β₁ᵗ)) / (√(v/(1−β₂ᵗ)) + ε)
//
// The state is M = m/(1−β₁) and V = v/(1−β₂), and both sides of the fraction
// are scaled alike, which is the same in fewer passes over the parameters:
//
//	M ← β₁·M + g
//	V ← β₂·V + g²
//	p ← (1−η·λ)·p − c·M / (√V + e)
//	r₁ = (1−β₁ᵗ)/(1−β₁), r₂ = (1−β₂ᵗ)/(1−β₂), c = η·√r₂/r₁, e = ε·√r₂
//
// Adam (Kingma, Ba: Adam, ICLR 2015, with the same place for ε) differs in where
// the decay goes: λ·p is added to the gradient, as PyTorch's Adam does it.
//
// The corrections r are computed in double precision, because 1−β₂ᵗ loses half
// of its digits in single precision when t is small.
type adamW struct {
	beta1, beta2, epsilon, decay float32
	coupled                      bool // Adam

	keep, rate, offset string // 1−η·λ, c and e
}

func newAdamW(o Optimizer) optimizer {
	o = o.Effective()
	return &adamW{beta1: float32(o.Beta1), beta2: float32(o.Beta2), epsilon: float32(o.Epsilon), decay: float32(o.WeightDecay), coupled: o.Kind == Adam}
}

func (*adamW) slots() []string { return []string{"mean", "square"} }

func (a *adamW) begin(d *draft) {
	// As float32 constants are what the moments are updated with, their
	// rounded values are the ones to correct for.
	b1, b2 := float64(a.beta1), float64(a.beta2)
	double := func(v ...float64) string {
		return d.Initializer(onnxio.NewFloat64("const", []int64{int64(len(v))}, v))
	}
	t := d.Op("Cast", []string{InputStep}, onnxio.IntAttr("to", int64(onnxio.Float64)))
	power := d.Op("Pow", []string{double(b1, b2), t})
	r := d.Op("Mul", []string{d.Op("Sub", []string{double(1), power}), double(1/(1-b1), 1/(1-b2))})
	parts := d.Ops("Split", 2, []string{r, d.Int64s(1, 1)}, onnxio.IntAttr("axis", 0))
	root := d.Op("Sqrt", []string{parts[1]})
	a.rate = d.Op("Mul", []string{d.single(d.Op("Div", []string{root, parts[0]})), InputRate})
	a.offset = d.Op("Mul", []string{d.single(root), d.Float(a.epsilon)})
	if a.decay != 0 && !a.coupled {
		a.keep = d.Op("Sub", []string{d.Float(1), d.scale(InputRate, a.decay)})
	}
}

func (a *adamW) append(d *draft, param, gradient string, state []string) {
	if a.coupled {
		gradient = decayed(d, param, gradient, a.decay)
	}
	m := d.OpNamed(NextName(state[0]), "Add", []string{d.scale(state[0], a.beta1), gradient})
	square := d.Op("Mul", []string{gradient, gradient})
	v := d.OpNamed(NextName(state[1]), "Add", []string{d.scale(state[1], a.beta2), square})
	divisor := d.Op("Add", []string{d.Op("Sqrt", []string{v}), a.offset})
	step := d.Op("Div", []string{d.Op("Mul", []string{m, a.rate}), divisor})
	if a.keep != "" {
		param, next := d.Op("Mul", []string{param, a.keep}), NextName(param)
		d.OpNamed(next, "Sub", []string{param, step})
		return
	}
	d.OpNamed(NextName(param), "Sub", []string{param, step})
}

func (a *adamW) kernel() (op string, attrs []*onnxio.Attribute) {
	return kernels.AdamW, []*onnxio.Attribute{
		onnxio.FloatAttr("beta1", a.beta1), onnxio.FloatAttr("beta2", a.beta2), onnxio.FloatAttr("epsilon", a.epsilon),
		onnxio.FloatAttr("decay", a.decay), onnxio.IntAttr("coupled", truth(a.coupled)),
	}
}
