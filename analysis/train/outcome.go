package train

import (
	"math"
	"slices"

	"github.com/sharewise/sharewise/analysis/dataset"
	"github.com/sharewise/sharewise/analysis/losses"
)

// appendOutcome adds a chunk of evaluated test samples to a loss table. Losses
// of regression are in standard units of the targets; prediction and target
// are the first target's, in its own units.
func appendOutcome(t *losses.Table, d *dataset.Domain, o outcome, seed int64) {
	for i, row := range o.rows {
		t.Domain = append(t.Domain, d.Name)
		t.Seed = append(t.Seed, seed)
		t.Sample = append(t.Sample, losses.SampleID{Number: d.Test.ID(row)})
		t.Loss = append(t.Loss, o.loss[i])
		t.Group = append(t.Group, d.Test.Group(row))
	}
	if d.Task.Kind == dataset.Classification {
		appendClasses(t, d, o)
	} else {
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

func appendValues(t *losses.Table, d *dataset.Domain, o outcome) {
	outputs := d.Task.Outputs()
	targets := make([]float32, len(o.rows)*outputs)
	d.Test.Targets(o.rows, targets)
	mean, std := d.TargetNorm.Mean[0], d.TargetNorm.Std[0]
	predicted := o.prediction.Float32()
	for i := range o.rows {
		t.Correct = append(t.Correct, false)
		t.Label = append(t.Label, -1)
		t.Prediction = append(t.Prediction, predicted[i*outputs]*std+mean)
		t.Confidence = append(t.Confidence, float32(math.NaN()))
		t.Target = append(t.Target, targets[i*outputs]*std+mean)
	}
}

// trim drops the columns that say nothing: those of classification in a run
// without it, those of regression likewise.
func trim(t *losses.Table, domains []*dataset.Domain) {
	classes, values := false, false
	for _, d := range domains {
		if d.Task.Kind == dataset.Classification {
			classes = true
		} else {
			values = true
		}
	}
	if !classes {
		t.Correct, t.Label, t.Confidence = nil, nil, nil
	}
	if !values {
		t.Target = nil
	}
	if !slices.ContainsFunc(t.Group, func(g string) bool { return g != "" }) {
		t.Group = nil
	}
}
