package analysis

import (
	"maps"
	"math"
	"slices"

	"github.com/sharewise/sharewise/analysis/measures"
)

// An error is next to nothing below a share of what guessing does wrong: a model
// has then learned 99 % of what there is to be learned, and whether it does a little
// more or less wrong still is no matter of per cent of the rest. Of squared errors
// it is 99.9 %, a deviation of 3 % of that of the targets.
const (
	nextToNothing        = 0.01
	nextToNothingSquared = 0.001
)

// floorOf is the least independent error that gains of a domain are relative to
// (effect.Options.Floor): that share of what a model does wrong that never looks at
// its inputs, 0 where this is not known.
//
//	errors, balanced errors   1 - 1/C for C classes
//	1 - AUC                   ½
//	loss                      entropy of the test samples' classes; of regression
//	                          the loss over 1 - R², which is that of the mean
func (a *analyzer) floorOf(alone *evidence) float64 {
	o, _ := a.options(alone.Domain)
	d := a.domain(alone.Domain)
	if guess := guessing(o.Measure, &d, alone); guess > 0 && !math.IsInf(guess, 1) {
		if d.Task == "regression" {
			return nextToNothingSquared * guess
		}
		return nextToNothing * guess
	}
	return 0
}

func guessing(measure string, d *DomainInfo, alone *evidence) float64 {
	classes := float64(max(2, d.Outputs)) // a binary domain has one output
	classified := d.Task == "classification" || d.Task == "binary"
	switch {
	case measure == measures.AUC:
		return 0.5
	case measure != measures.Loss && classified:
		return 1 - 1/classes
	case measure != measures.Loss:
		return math.NaN()
	case d.Task == "regression":
		s := scoreOf(alone.tallies, 0.95)
		return s.Loss.Value / (1 - s.R2.Value)
	case classified && alone.runs.Label != nil:
		return entropy(alone.runs.Label)
	case classified:
		return math.Log(classes)
	}
	return math.NaN()
}

// entropy is the cross-entropy of the shares of classes.
func entropy(label []int32) float64 {
	counts := map[int32]float64{}
	for _, l := range label {
		counts[l]++
	}
	sum, n := 0.0, float64(len(label))
	for _, c := range slices.Sorted(maps.Keys(counts)) { // sums come out the same every time
		sum -= counts[c] / n * math.Log(counts[c]/n)
	}
	return sum
}
