package training

import (
	"fmt"
	"math"
)

// Schedule is how the learning rate moves during a training, as a fraction of
// its peak. The zero value is constant.
//
//	step   0 … warm−1   (step+1)/(warm+1)       linear warm-up
//	step warm … total−1   from 1 to Final       by Kind
//
// where warm is Warmup·total, rounded.
type Schedule struct {
	Kind ScheduleKind
	// Warmup is the fraction of all steps that warm-up takes, below 1.
	Warmup float64
	// Final is the last step's rate as a fraction of the peak. Constant
	// schedules ignore it.
	Final float64
}

// ScheduleKind names the decay after warm-up.
type ScheduleKind string

// The decays. Cosine is half a wave (Loshchilov, Hutter: SGDR, ICLR 2017,
// eq. 5, without restarts).
const (
	Constant ScheduleKind = "constant"
	Cosine   ScheduleKind = "cosine"
	Linear   ScheduleKind = "linear"
)

// Validate reports settings that are not known or out of range. Its errors
// match ErrConfig.
func (s Schedule) Validate() error {
	switch s.Kind {
	case "", Constant, Cosine, Linear:
	default:
		return fmt.Errorf("training: %w: there is no schedule %q (choose %s, %s or %s)", ErrConfig, s.Kind, Constant, Cosine, Linear)
	}
	if !(s.Warmup >= 0 && s.Warmup < 1) {
		return fmt.Errorf("training: %w: warm-up takes the fraction %g of all steps; give a number from 0 to below 1", ErrConfig, s.Warmup)
	}
	if !(s.Final >= 0 && s.Final <= 1) {
		return fmt.Errorf("training: %w: the final learning rate is the fraction %g of the peak; give a number from 0 to 1", ErrConfig, s.Final)
	}
	return nil
}

// At returns the factor of the learning rate at step 0 … total−1.
func (s Schedule) At(step, total int) float64 {
	warm := int(math.Round(s.Warmup * float64(total)))
	if step < warm {
		return float64(step+1) / float64(warm+1)
	}
	// Of two steps the second is the last; one step alone is the peak.
	progress := 0.0
	if last := total - 1 - warm; last > 0 {
		progress = min(1, float64(step-warm)/float64(last))
	}
	switch s.Kind {
	case Cosine:
		return s.Final + (1-s.Final)*(1+math.Cos(math.Pi*progress))/2
	case Linear:
		return s.Final + (1-s.Final)*(1-progress)
	}
	return 1
}
