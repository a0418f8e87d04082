package merging

import (
	"context"
	"errors"
	"fmt"

	"github.com/sharewise/sharewise/analysis/dataset"
	"github.com/sharewise/sharewise/analysis/linear"
	"github.com/sharewise/sharewise/analysis/train"
	"github.com/sharewise/sharewise/onnxio/training"
)

// mostHeadRows is how many training samples a head is fitted to at most, those that come
// first in equal steps.
const mostHeadRows = 4000

// refit fits the head of a domain, by its place in the run, to what its trunk makes of the domain's
// training samples, and keeps the head that loses less on validation samples: the one
// that was there, or the fitted one. The penalty is ½|W|² on features in standard units
// beside the sum of losses: validation samples are often too few to choose one, and
// trunks separate what they were trained on, so that weak penalties give heads that are
// sure of everything. It returns the
// validation loss. A domain without validation samples, and a model without a linear
// head, keep what they have.
func refit(ctx context.Context, point *train.Point, k int, own float64) (float64, error) {
	d := point.Domains()[k]
	if d.Val.Len() == 0 {
		return own, nil
	}
	rows := spread(d.Train.Len(), mostHeadRows)
	features, width, err := point.Features(k, d.Train, rows)
	if errors.Is(err, train.ErrHeadless) {
		return own, nil
	}
	if err != nil {
		return 0, err
	}
	weight, bias := point.Values(training.HeadWeight(d.Name)), point.Values(training.HeadBias(d.Name))
	before := append(append([]float32{}, weight...), bias...)
	h := &fitting{domain: d, train: rows, features: linear.Standard(features, width)}
	if err := h.fit(ctx, weight, bias); err != nil {
		return 0, fmt.Errorf("domain %s: %w", d.Name, err)
	}
	loss, err := point.Loss(k, d.Val)
	if err != nil {
		return 0, err
	}
	if !(loss < own) {
		copy(weight, before)
		copy(bias, before[len(weight):])
		return own, nil
	}
	return loss, nil
}

// spread are at most so many of n rows, in equal steps.
func spread(n, most int) []int {
	out := make([]int, min(n, most))
	for i := range out {
		out[i] = i * n / len(out)
	}
	return out
}

// fitting is a head that is fitted to features.
type fitting struct {
	domain   *dataset.Domain
	train    []int
	features *linear.Features
}

// fit writes the weights, [outputs, width], and biases that were found.
func (h *fitting) fit(ctx context.Context, weight, bias []float32) error {
	rows, err := h.features.Collect(ctx)
	if err != nil {
		return err
	}
	var models []linear.Model
	for _, p := range h.problems(rows) {
		found, err := p.Choose(ctx, linear.Search{Part: make([]int, len(h.train))})
		if err != nil {
			return err
		}
		models = append(models, found.Model)
	}
	h.features.Layer(models, weight, bias)
	return nil
}

// problems are what is fitted: all classes at once, or output by output.
func (h *fitting) problems(rows *linear.Rows) []*linear.Problem {
	d, n := h.domain, len(h.train)
	weights := d.Objective.ClassWeights
	if d.Task.Kind == dataset.Classification {
		labels := make([]int64, n)
		d.Train.Labels(h.train, labels)
		p := &linear.Problem{Rows: rows, Loss: linear.Softmax, Outputs: d.Task.Outputs(), Target: make([]float64, n), Weight: make([]float64, n)}
		for i, label := range labels {
			p.Target[i], p.Weight[i] = float64(label), 1
			if weights != nil {
				p.Weight[i] = float64(weights[label])
			}
		}
		return []*linear.Problem{p}
	}
	outputs := d.Task.Outputs()
	targets := make([]float32, n*outputs)
	d.Train.Targets(h.train, targets)
	loss := linear.Logistic
	if d.Task.Kind == dataset.Regression {
		loss = linear.Squared // of Huber's loss too: it is not far from it where fits are good
	}
	return linear.ByOutput(rows, loss, targets, outputs, weights)
}
