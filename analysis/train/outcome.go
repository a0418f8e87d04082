package train

import (
	"math"
	"slices"

	"github.com/sharewise/sharewise/analysis/dataset"
	"github.com/sharewise/sharewise/analysis/losses"
)

// appendOutcome adds a chunk of evaluated test samples to a loss table. Losses
// of regression are in standard units of the targets, predictions and targets
// in their own.
func appendOutcome(t *losses.Table, d *dataset.Domain, o outcome, seed int64) {
	defer pad(t)
	for i, row := range o.rows {
		t.Domain = append(t.Domain, d.Name)
		t.Seed = append(t.Seed, seed)
		t.Sample = append(t.Sample, losses.SampleID{Number: d.Test.ID(row)})
		t.Loss = append(t.Loss, o.loss[i])
		t.Group = append(t.Group, d.Test.Group(row))
	}
	switch d.Task.Kind {
	case dataset.Classification:
		appendClasses(t, d, o)
	case dataset.Binary:
		appendBinary(t, d, o)
	default:
		appendValues(t, d, o)
	}
}

func appendClasses(t *losses.Table, d *dataset.Domain, o outcome) {
	labels := make([]int64, len(o.rows))
	d.Test.Labels(o.rows, labels)
	for i, class := range o.prediction.Int64() {
		t.Correct = append(t.Correct, o.correct[i])
		t.Label = append(t.Label, int32(labels[i]))
		t.Prediction = append(t.Prediction, float32(class))
		t.Confidence = append(t.Confidence, o.confidence[i])
		t.Target = append(t.Target, float32(math.NaN()))
	}
}

// appendBinary records the more likely of two classes, the first of equals, as
// a classification with two outputs would.
func appendBinary(t *losses.Table, d *dataset.Domain, o outcome) {
	labels := make([]int64, len(o.rows))
	d.Test.Labels(o.rows, labels)
	for i, p := range o.prediction.Float32() {
		class, confidence := int64(0), 1-p
		if p > 0.5 {
			class, confidence = 1, p
		}
		t.Correct = append(t.Correct, class == labels[i])
		t.Label = append(t.Label, int32(labels[i]))
		t.Prediction = append(t.Prediction, float32(class))
		t.Confidence = append(t.Confidence, confidence)
		t.Target = append(t.Target, float32(math.NaN()))
	}
}

// appendValues records regression and labels that are right or wrong. A sample
// of these is correct when every known label is on the right side of 0.5.
func appendValues(t *losses.Table, d *dataset.Domain, o outcome) {
	outputs := d.Task.Outputs()
	targets := make([]float32, len(o.rows)*outputs)
	d.Test.Targets(o.rows, targets)
	raw := func(v float32, k int) float32 { return v }
	label := int32(losses.LabelMultilabel)
	if d.Task.Kind == dataset.Regression {
		raw = func(v float32, k int) float32 { return v*d.TargetNorm.Std[k] + d.TargetNorm.Mean[k] }
		label = losses.LabelRegression
	}
	predicted := o.prediction.Float32()
	for len(t.More) < outputs-1 {
		before := len(t.Target)
		t.More = append(t.More, losses.Output{Prediction: unknown(before), Target: unknown(before)})
	}
	for i := range o.rows {
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

// trim drops the columns that say nothing because the run has no domain of
// their task.
func trim(t *losses.Table, domains []*dataset.Domain) {
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
