package training

import (
	"github.com/sharewise/sharewise/onnxio"
	"github.com/sharewise/sharewise/onnxio/kernels"
)

// sgd is PyTorch's SGD without dampening:
//
//	g ← g + λ·p
//	v ← μ·v + g
//	p ← p − η·v              heavy ball
//	p ← p − η·(g + μ·v)      Nesterov (Sutskever, Martens, Dahl, Hinton: On the
//	                         importance of initialization and momentum, ICML 2013)
//
// PyTorch starts with v = g, which is what v = 0 gives. Without momentum there
// is no state.
type sgd struct {
	momentum, decay float32
	nesterov        bool
}

func newSGD(o Optimizer) optimizer {
	return &sgd{momentum: float32(o.Momentum), decay: float32(o.WeightDecay), nesterov: o.Nesterov}
}

func (s *sgd) slots() []string {
	if s.momentum == 0 {
		return nil
	}
	return []string{"velocity"}
}

func (*sgd) begin(*draft) {}

func (s *sgd) append(d *draft, param, gradient string, state []string) {
	gradient = decayed(d, param, gradient, s.decay)
	direction := gradient
	if s.momentum != 0 {
		v := d.OpNamed(NextName(state[0]), "Add", []string{d.scale(state[0], s.momentum), gradient})
		direction = v
		if s.nesterov {
			direction = d.Op("Add", []string{gradient, d.scale(v, s.momentum)})
		}
	}
	d.OpNamed(NextName(param), "Sub", []string{param, d.Op("Mul", []string{direction, InputRate})})
}

// decayed adds the gradient of ½·λ·|p|² to that of a parameter.
func decayed(d *draft, param, gradient string, decay float32) string {
	if decay == 0 {
		return gradient
	}
	return d.Op("Add", []string{gradient, d.scale(param, decay)})
}

func (s *sgd) kernel() (op string, attrs []*onnxio.Attribute) {
	return kernels.SGD, []*onnxio.Attribute{
		onnxio.FloatAttr("momentum", s.momentum), onnxio.FloatAttr("decay", s.decay), onnxio.IntAttr("nesterov", truth(s.nesterov)),
	}
}

func truth(b bool) int64 {
	if b {
		return 1
	}
	return 0
}
