package training

import (
	"cmp"
	"maps"
	"slices"

	"github.com/sharewise/sharewise/onnxio"
)

const statePrefix = "state/"

// stateName is the name of the tensor that an optimizer keeps for a parameter.
func stateName(slot, param string) string { return statePrefix + slot + "/" + param }

// optimizer appends the nodes of one update rule.
type optimizer interface {
	// slots names the tensors that are kept per parameter.
	slots() []string
	// begin appends what all parameters share.
	begin(d *draft)
	// append computes NextName of a parameter and of its state, in the order
	// of slots, from the parameter's gradient.
	append(d *draft, param, gradient string, state []string)
	// kernel is the operator of package kernels that does the same for all
	// parameters, and its attributes but for their number.
	kernel() (op string, attrs []*onnxio.Attribute)
}

// optimizers is the table of update rules.
var optimizers = map[OptimizerKind]func(Optimizer) optimizer{
	SGD:     newSGD,
	AdamW:   newAdamW,
	Adam:    newAdamW,
	Adagrad: newAdagrad,
}

// Optimizers lists the update rules by name.
func Optimizers() []OptimizerKind { return slices.Sorted(maps.Keys(optimizers)) }

func (o Optimizer) kind() OptimizerKind {
	if o.Kind == "" {
		return SGD
	}
	return o.Kind
}

// Effective returns the settings that the update rule uses, with what 0 stands
// for filled in and those of other rules left out.
func (o Optimizer) Effective() Optimizer {
	e := Optimizer{Kind: o.kind(), WeightDecay: o.WeightDecay}
	switch e.Kind {
	case SGD:
		e.Momentum, e.Nesterov = o.Momentum, o.Nesterov
	case Adagrad:
		e.Epsilon = cmp.Or(o.Epsilon, 1e-10)
	default:
		e.Beta1, e.Beta2, e.Epsilon = cmp.Or(o.Beta1, 0.9), cmp.Or(o.Beta2, 0.999), cmp.Or(o.Epsilon, 1e-8)
	}
	return e
}

func (o Optimizer) rule() optimizer { return optimizers[o.kind()](o) }
