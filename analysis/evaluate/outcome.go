package evaluate

import (
	"math"
	"slices"

	"github.com/sharewise/sharewise/analysis/dataset"
	"github.com/sharewise/sharewise/analysis/losses"
)

// Outcome is what a model says of some samples of a split.
type Outcome struct {
	Rows []int     // numbers of the samples in the split
	Loss []float32 // of each
	// Class is the predicted class of each sample of a classification, -1 for
	// one that the domain lacks, with its probability and whether it is right.
	Class      []int64
	Confidence []float32
	Correct    []bool
	// Values are the outputs of other tasks, [rows, outputs]: probabilities of
	// the second class of a binary task and of labels, targets of a regression
	// in standard units.
	Values []float32
}

// Append adds what a model says of samples of a split to a loss table. Losses
// of regression are in standard units of the targets, predictions and targets
// in their own.
func Append(t *losses.Table, d *dataset.Domain, s *dataset.Split, o Outcome, seed int64) {
	defer pad(t)
	for i, row := range o.Rows {
		t.Domain = append(t.Domain, d.Name)
		t.Seed = append(t.Seed, seed)
		t.Sample = append(t.Sample, losses.SampleID{Number: s.ID(row)})
		t.Loss = append(t.Loss, o.Loss[i])
		t.Group = append(t.Group, s.Group(row))
	}
	switch d.Task.Kind {
	case dataset.Classification:
		appendClasses(t, s, o)
	case dataset.Binary:
		appendBinary(t, s, o)
	default:
		appendValues(t, d, s, o)
	}
}

func appendClasses(t *losses.Table, s *dataset.Split, o Outcome) {
	labels := make([]int64, len(o.Rows))
	s.Labels(o.Rows, labels)
	for i, class := range o.Class {
		t.Correct = append(t.Correct, o.Correct[i])
		t.Label = append(t.Label, int32(labels[i]))
		t.Prediction = append(t.Prediction, float32(class))
		t.Confidence = append(t.Confidence, o.Confidence[i])
		t.Target = append(t.Target, float32(math.NaN()))
	}
}

// appendBinary records the more likely of two classes, the first of equals, as
// a classification with two outputs would.
func appendBinary(t *losses.Table, s *dataset.Split, o Outcome) {
	labels := make([]int64, len(o.Rows))
	s.Labels(o.Rows, labels)
	for i, p := range o.Values {
		class, confidence := binaryClass(p)
		t.Correct = append(t.Correct, class == labels[i])
		t.Label = append(t.Label, int32(labels[i]))
		t.Prediction = append(t.Prediction, float32(class))
		t.Confidence = append(t.Confidence, confidence)
		t.Target = append(t.Target, float32(math.NaN()))
	}
}

// binaryClass is the more likely of two classes, given the probability of the
// second, and how likely it is.
func binaryClass(p float32) (class int64, confidence float32) {
	if p > 0.5 {
		return 1, p
	}
	return 0, 1 - p
}

// Right counts the samples of a classification, of two classes or more, that a
// model gets right; 0 for other tasks.
func Right(d *dataset.Domain, s *dataset.Split, o Outcome) int {
	right := 0
	switch d.Task.Kind {
	case dataset.Classification:
		for _, ok := range o.Correct {
			if ok {
				right++
			}
		}
	case dataset.Binary:
		labels := make([]int64, len(o.Rows))
		s.Labels(o.Rows, labels)
		for i, p := range o.Values {
			if class, _ := binaryClass(p); class == labels[i] {
				right++
			}
		}
	}
	return right
}

// appendValues records regression and labels that are right or wrong. A sample
// of these is correct when every known label is on the right side of 0.5.
func appendValues(t *losses.Table, d *dataset.Domain, s *dataset.Split, o Outcome) {
	outputs := d.Task.Outputs()
	targets := make([]float32, len(o.Rows)*outputs)
	s.Targets(o.Rows, targets)
	raw := func(v float32, k int) float32 { return v }
	label := int32(losses.LabelMultilabel)
	if d.Task.Kind == dataset.Regression {
		// In the units of the targets, but without the offset that package dataset
		// subtracts before 32 bits would round it away: see dataset.Norm.
		raw = func(v float32, k int) float32 { return v*d.TargetNorm.Std[k] + d.TargetNorm.Mean[k] }
		label = losses.LabelRegression
	}
	predicted := o.Values
	for len(t.More) < outputs-1 {
		before := len(t.Target)
		t.More = append(t.More, losses.Output{Prediction: unknown(before), Target: unknown(before)})
	}
	for i := range o.Rows {
		correct := d.Task.Kind == dataset.Multilabel
		for k := range outputs {
			p, y := predicted[i*outputs+k], targets[i*outputs+k]
			if y == y && (p > 0.5) != (y > 0.5) {
				correct = false
			}
			prediction, target := &t.Prediction, &t.Target
			if k > 0 {
				prediction, target = &t.More[k-1].Prediction, &t.More[k-1].Target
			}
			*prediction, *target = append(*prediction, raw(p, k)), append(*target, raw(y, k))
		}
		t.Correct = append(t.Correct, correct)
		t.Label = append(t.Label, label)
		t.Confidence = append(t.Confidence, float32(math.NaN()))
	}
}

// pad gives every further output a value for every row so far.
func pad(t *losses.Table) {
	for k := range t.More {
		o := &t.More[k]
		o.Prediction = append(o.Prediction, unknown(t.Len()-len(o.Prediction))...)
		o.Target = append(o.Target, unknown(t.Len()-len(o.Target))...)
	}
}

func unknown(n int) []float32 { return slices.Repeat([]float32{float32(math.NaN())}, n) }

// Trim drops the columns that say nothing because no domain has their task.
func Trim(t *losses.Table, domains []*dataset.Domain) {
	has := map[dataset.TaskKind]bool{}
	for _, d := range domains {
		has[d.Task.Kind] = true
	}
	classes := has[dataset.Classification] || has[dataset.Binary]
	if !classes {
		t.Confidence = nil
	}
	if !classes && !has[dataset.Multilabel] {
		t.Correct, t.Label = nil, nil
	}
	if !has[dataset.Regression] && !has[dataset.Multilabel] {
		t.Target = nil
	}
	if !slices.ContainsFunc(t.Group, func(g string) bool { return g != "" }) {
		t.Group = nil
	}
}
