package training

import (
	"github.com/sharewise/sharewise/onnxio"
	"github.com/sharewise/sharewise/onnxio/kernels"
)

// adagrad is PyTorch's Adagrad (Duchi, Hazan, Singer: Adaptive subgradient
// methods for online learning and stochastic optimization, JMLR 12, 2011):
//
//	g ← g + λ·p
//	h ← h + g²
//	p ← p − η·g / (√h + ε)
//
// What PyTorch and ONNX call the decay of the learning rate is left to the
// schedule, which gives η.
type adagrad struct {
	epsilon, decay float32
}

func newAdagrad(o Optimizer) optimizer {
	o = o.Effective()
	return &adagrad{epsilon: float32(o.Epsilon), decay: float32(o.WeightDecay)}
}

func (*adagrad) slots() []string { return []string{"sum"} }

func (*adagrad) begin(*draft) {}

func (a *adagrad) append(d *draft, param, gradient string, state []string) {
	gradient = decayed(d, param, gradient, a.decay)
	sum := d.OpNamed(NextName(state[0]), "Add", []string{state[0], d.Op("Mul", []string{gradient, gradient})})
	divisor := d.Op("Add", []string{d.Op("Sqrt", []string{sum}), d.Float(a.epsilon)})
	step := d.Op("Div", []string{d.Op("Mul", []string{gradient, InputRate}), divisor})
	d.OpNamed(NextName(param), "Sub", []string{param, step})
}

func (a *adagrad) kernel() (op string, attrs []*onnxio.Attribute) {
	return kernels.Adagrad, []*onnxio.Attribute{onnxio.FloatAttr("epsilon", a.epsilon), onnxio.FloatAttr("decay", a.decay)}
}
