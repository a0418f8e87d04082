package similarity

import (
	"context"
	"fmt"
	"math"

	"gonum.org/v1/gonum/mat"

	"github.com/sharewise/sharewise/analysis/dataset"
	"github.com/sharewise/sharewise/analysis/linear"
)

// headPenalty is the weight of ½|W|² beside the mean loss, with features in standard
// units.
const headPenalty = 1e-3

// fitHead minimises the mean loss of a domain's task over samples, and returns the
// weight, [outputs, width] row by row, and the bias. target has NaN where it is not
// known; a sample's loss is the mean over the outputs that are. Features that do not vary
// have weight 0.
func fitHead(ctx context.Context, task dataset.Task, features []float32, target *mat.Dense) (weight, bias []float32, err error) {
	n, columns := target.Dims()
	width := len(features) / n
	units := linear.Standard(features, width)
	rows, err := units.Collect(ctx)
	if err != nil {
		return nil, nil, err
	}
	var models []linear.Model
	for _, p := range headProblems(task, rows, target) {
		penalty := headPenalty * float64(n)
		if p.Loss == linear.Squared {
			penalty /= 2 // the loss is the squared error, and that of the problem half of it
		}
		m, err := p.Fit(ctx, penalty)
		if err != nil {
			return nil, nil, fmt.Errorf("similarity: a linear layer on the untrained trunk cannot be fitted: %w", err)
		}
		models = append(models, *m)
	}
	outputs := max(task.Outputs(), columns)
	weight, bias = make([]float32, outputs*width), make([]float32, outputs)
	units.Layer(models, weight, bias)
	return weight, bias, nil
}

// headProblems are all classes at once, or every output by itself.
func headProblems(task dataset.Task, rows *linear.Rows, target *mat.Dense) []*linear.Problem {
	n, columns := target.Dims()
	if task.Kind == dataset.Classification {
		p := &linear.Problem{Rows: rows, Loss: linear.Softmax, Outputs: task.Outputs(), Target: mat.Col(nil, 0, target), Weight: make([]float64, n)}
		for i := range p.Weight {
			p.Weight[i] = 1
		}
		return []*linear.Problem{p}
	}
	loss := linear.Logistic
	if task.Kind == dataset.Regression {
		loss = linear.Squared
	}
	values := make([]float32, n*columns)
	known := make([]float64, n)
	for i := range n {
		for o, y := range target.RawRowView(i) {
			if values[i*columns+o] = float32(y); !math.IsNaN(y) {
				known[i]++
			}
		}
	}
	list := linear.ByOutput(rows, loss, values, columns, nil)
	for _, p := range list {
		for i := range p.Weight {
			p.Weight[i] /= max(1, known[i])
		}
	}
	return list
}
