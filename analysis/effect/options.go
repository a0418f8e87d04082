package effect

import (
	"fmt"
	"math"
	"strings"

	"github.com/sharewise/sharewise/analysis/measures"
)

// Options are the settings of a comparison. Zero values stand for the usual
// ones, where zero itself has no meaning.
type Options struct {
	Level     float64 // nominal coverage of intervals; 0.95
	Alpha     float64 // false discovery rate of calls; 0.05
	Exemplars int     // samples listed per direction; none where 0 or less
	// SharedSeeds says that runs with the same seed number in both arms share
	// randomness, as in most tables made elsewhere. Cross-arm pairs of such
	// runs are then left out everywhere.
	SharedSeeds bool
	// Measure is what transfer and interference rest on, measures.Correct or one
	// of its siblings; empty: correctness where both sides know it, losses where
	// neither does.
	Measure string
	// Choices bounds the label choices of the permutation test; 20000. Seed
	// draws them where there are more.
	Choices int
	Seed    uint64
	// Floor is the least independent error or loss that gains are relative to: a
	// smaller one counts as this much (see floor.go). 0: any error above zero.
	Floor float64
}

// Validate returns an error where a setting is out of range.
func (o Options) Validate() error {
	if o.Level != 0 && !(o.Level >= 0.5 && o.Level < 1) {
		return fmt.Errorf("level %g: want from 0.5 to less than 1, for instance 0.95", o.Level)
	}
	if o.Alpha != 0 && !(o.Alpha > 0 && o.Alpha < 1) {
		return fmt.Errorf("alpha %g: want between 0 and 1, for instance 0.05", o.Alpha)
	}
	if o.Measure != "" && !measures.Known(o.Measure) {
		return fmt.Errorf("measure %q: want one of %s, or nothing", o.Measure, strings.Join(measures.Names(), ", "))
	}
	if !(o.Floor >= 0) || math.IsInf(o.Floor, 1) {
		return fmt.Errorf("floor %g: want a number not below zero", o.Floor)
	}
	if o.Choices < 0 {
		return fmt.Errorf("choices %d: want a positive number", o.Choices)
	}
	return nil
}

// WithDefaults fills in the zero values that have no meaning of their own, so
// that filling them in twice changes nothing.
func (o Options) WithDefaults() Options {
	if o.Level == 0 {
		o.Level = 0.95
	}
	if o.Alpha == 0 {
		o.Alpha = 0.05
	}
	o.Exemplars = max(0, o.Exemplars)
	if o.Choices == 0 {
		o.Choices = 20000
	}
	return o
}
