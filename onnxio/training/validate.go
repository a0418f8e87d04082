package training

import (
	"fmt"
	"math"
)

// Validate reports settings that are missing, out of range or contradictory.
// It does not look into the trunk. Its errors match ErrConfig.
func (c Config) Validate() error {
	if c.Trunk == nil || c.Trunk.Graph == nil {
		return fmt.Errorf("training: %w: there is no trunk", ErrConfig)
	}
	if len(c.Domains) == 0 {
		return fmt.Errorf("training: %w: there are no domains", ErrConfig)
	}
	seen := map[string]bool{}
	for _, d := range c.Domains {
		if seen[d.Name] {
			return fmt.Errorf("training: %w: there are two domains %q", ErrConfig, d.Name)
		}
		seen[d.Name] = true
		if err := d.validate(c.KeepHead); err != nil {
			return err
		}
	}
	if c.KeepHead && len(c.Domains) > 1 {
		return fmt.Errorf("training: %w: a model that keeps its head is trained for one domain, not %d", ErrConfig, len(c.Domains))
	}
	if !(c.Clip >= 0) || math.IsInf(c.Clip, 1) {
		return fmt.Errorf("training: %w: the gradient is clipped to norm %g; give a positive number, or 0 for no clipping", ErrConfig, c.Clip)
	}
	switch c.BatchNorm {
	case "", SharedStatistics, DomainStatistics, FrozenStatistics:
	default:
		return fmt.Errorf("training: %w: there is no batch norm %q (choose %s, %s or %s)", ErrConfig, c.BatchNorm, SharedStatistics, DomainStatistics, FrozenStatistics)
	}
	return c.Optimizer.Validate()
}

func (d Domain) validate(keepHead bool) error {
	rule, ok := losses[d.Loss]
	switch {
	case d.Name == "":
		return fmt.Errorf("training: %w: a domain has no name", ErrConfig)
	case d.Batch < 1:
		return fmt.Errorf("training: %w: domain %s has %d rows per step", ErrConfig, d.Name, d.Batch)
	case !ok:
		return fmt.Errorf("training: %w: domain %s: there is no loss %q (choose %s, %s, %s or %s)",
			ErrConfig, d.Name, d.Loss, CrossEntropy, BinaryCrossEntropy, SquaredError, Huber)
	}
	if d.ClassAxis != 0 && (d.Loss != CrossEntropy || !keepHead) {
		return fmt.Errorf("training: %w: domain %s: a dimension of classes is for %s of a model that keeps its head", ErrConfig, d.Name, CrossEntropy)
	}
	if !keepHead || d.Outputs != 0 {
		return d.validateOutputs(rule)
	}
	return d.validateLoss(rule)
}

// validateOutputs reports settings that do not suit the number of outputs.
func (d Domain) validateOutputs(rule lossRule) error {
	if d.Outputs < rule.minOutputs {
		return fmt.Errorf("training: %w: domain %s: %s needs at least %d outputs, not %d", ErrConfig, d.Name, d.Loss, rule.minOutputs, d.Outputs)
	}
	if d.ClassWeights != nil && rule.weighted && len(d.ClassWeights) != d.Outputs {
		return fmt.Errorf("training: %w: domain %s: %d class weights for %d outputs", ErrConfig, d.Name, len(d.ClassWeights), d.Outputs)
	}
	return d.validateLoss(rule)
}

// validateLoss reports settings that the loss does not know, or not like this.
func (d Domain) validateLoss(rule lossRule) error {
	fail := func(format string, args ...any) error {
		return fmt.Errorf("training: %w: domain %s: %s", ErrConfig, d.Name, fmt.Sprintf(format, args...))
	}
	positive := func(v float64) bool { return v > 0 && !math.IsInf(v, 1) }
	switch {
	case d.Loss == Huber && !positive(d.Delta):
		return fail("delta of %s is %g; give a positive number", d.Loss, d.Delta)
	case d.Loss != Huber && d.Delta != 0:
		return fail("delta is for %s, not for %s", Huber, d.Loss)
	case d.Masked && !rule.masked && d.ClassAxis == 0:
		return fail("%s takes no unknown targets", d.Loss)
	case !(d.Smoothing >= 0 && d.Smoothing < 1):
		return fail("smoothing is %g; give a number from 0 to below 1", d.Smoothing)
	case d.Smoothing != 0 && !rule.smoothed:
		return fail("%s has no labels to smooth", d.Loss)
	case d.ClassWeights != nil && !rule.weighted:
		return fail("%s has no classes to weight", d.Loss)
	}
	for i, w := range d.ClassWeights {
		if !positive(float64(w)) {
			return fail("weight of output %d is %g; give positive numbers", i, w)
		}
	}
	return nil
}

// Validate reports settings that are out of range. Settings of another update
// rule are ignored. Its errors match ErrConfig.
func (o Optimizer) Validate() error {
	fraction := func(v float64) bool { return v >= 0 && v < 1 }
	switch {
	case optimizers[o.kind()] == nil:
		return fmt.Errorf("training: %w: there is no optimizer %q (choose one of %v)", ErrConfig, o.Kind, Optimizers())
	case !(o.WeightDecay >= 0) || math.IsInf(o.WeightDecay, 1):
		return fmt.Errorf("training: %w: weight decay is %g; give a number from 0 up", ErrConfig, o.WeightDecay)
	case !fraction(o.Momentum):
		return fmt.Errorf("training: %w: momentum is %g; give a number from 0 to below 1", ErrConfig, o.Momentum)
	case o.Nesterov && o.Momentum == 0:
		return fmt.Errorf("training: %w: Nesterov momentum needs a momentum above 0", ErrConfig)
	case !fraction(o.Beta1) || !fraction(o.Beta2):
		return fmt.Errorf("training: %w: betas are %g and %g; give numbers from 0 to below 1", ErrConfig, o.Beta1, o.Beta2)
	case !(o.Epsilon >= 0) || math.IsInf(o.Epsilon, 1):
		return fmt.Errorf("training: %w: epsilon is %g; give a positive number", ErrConfig, o.Epsilon)
	}
	return nil
}
