package similarity

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/mat"
	"gonum.org/v1/gonum/optimize"
	"gonum.org/v1/gonum/stat"

	"github.com/sharewise/sharewise/analysis/dataset"
)

// headPenalty is the weight of ½|W|² beside the mean loss, with features in standard
// units.
const headPenalty = 1e-3

// head is a linear layer on features, scores = W·features + b, while it is fitted.
type head struct {
	kind     dataset.TaskKind
	features *mat.Dense // in standard units, [n, width]
	target   *mat.Dense // [n, outputs]; one column of class numbers for classification
	outputs  int
}

// fitHead minimises the mean loss of a domain's task over samples, and returns the
// weight, [outputs, width] row by row, and the bias. target has NaN where it is not
// known. Features that do not vary have weight 0.
func fitHead(task dataset.Task, features, target *mat.Dense) (weight, bias []float32, err error) {
	n, width := features.Dims()
	h := &head{kind: task.Kind, features: mat.NewDense(n, width, nil), target: target, outputs: task.Outputs()}
	mean, deviation, column := make([]float64, width), make([]float64, width), make([]float64, n)
	for k := range width {
		mat.Col(column, k, features)
		mean[k], deviation[k] = stat.PopMeanStdDev(column, nil)
		if !(deviation[k] > 0) {
			deviation[k] = math.Inf(1)
		}
		for i, x := range column {
			h.features.Set(i, k, (x-mean[k])/deviation[k])
		}
	}
	start := make([]float64, h.outputs*(width+1))
	found, err := optimize.Minimize(optimize.Problem{
		Func: func(w []float64) float64 { return h.loss(w, nil) },
		Grad: func(gradient, w []float64) { h.loss(w, gradient) },
	}, start, &optimize.Settings{MajorIterations: 200, GradientThreshold: 1e-5}, &optimize.LBFGS{})
	if found == nil || floats.HasNaN(found.X) {
		return nil, nil, fmt.Errorf("similarity: a linear layer on the untrained trunk cannot be fitted: %w", err)
	}
	// Where the search ended for want of precision it is as good as it gets.
	weight, bias = make([]float32, h.outputs*width), make([]float32, h.outputs)
	for o := range h.outputs {
		row := found.X[o*(width+1) : (o+1)*(width+1)]
		b := row[width]
		for k := range width {
			w := row[k] / deviation[k]
			weight[o*width+k] = float32(w)
			b -= w * mean[k]
		}
		bias[o] = float32(b)
	}
	return weight, bias, nil
}

// loss is the mean loss with the penalty, at weights of which every output has width
// and then its bias. It fills gradient where that is not nil.
func (h *head) loss(w, gradient []float64) float64 {
	n, width := h.features.Dims()
	total := 0.0
	for k := range gradient {
		gradient[k] = 0
	}
	for o := range h.outputs {
		for k, x := range w[o*(width+1) : o*(width+1)+width] {
			total += headPenalty / 2 * x * x
			if gradient != nil {
				gradient[o*(width+1)+k] = headPenalty * x
			}
		}
	}
	scores, slopes := make([]float64, h.outputs), make([]float64, h.outputs)
	for i := range n {
		x := h.features.RawRowView(i)
		for o := range scores {
			row := w[o*(width+1) : (o+1)*(width+1)]
			scores[o] = floats.Dot(row[:width], x) + row[width]
		}
		total += h.sample(i, scores, slopes) / float64(n)
		if gradient == nil {
			continue
		}
		for o, s := range slopes {
			row := gradient[o*(width+1) : (o+1)*(width+1)]
			floats.AddScaled(row[:width], s/float64(n), x)
			row[width] += s / float64(n)
		}
	}
	return total
}

// sample is the loss of one sample with its slopes by the scores.
func (h *head) sample(i int, scores, slopes []float64) float64 {
	target := h.target.RawRowView(i)
	if h.kind == dataset.Classification {
		total := floats.LogSumExp(scores)
		for o, s := range scores {
			slopes[o] = math.Exp(s - total)
		}
		class := int(target[0])
		slopes[class]--
		return total - scores[class]
	}
	known, loss := 0.0, 0.0
	for o, y := range target {
		slopes[o] = 0
		if math.IsNaN(y) {
			continue
		}
		known++
		if h.kind == dataset.Regression {
			d := scores[o] - y
			loss, slopes[o] = loss+d*d, 2*d
			continue
		}
		// log(1 + e^s) − y·s, written so that nothing overflows.
		s := scores[o]
		loss += max(s, 0) + math.Log1p(math.Exp(-math.Abs(s))) - y*s
		slopes[o] = 1/(1+math.Exp(-s)) - y
	}
	if known == 0 {
		return 0
	}
	floats.Scale(1/known, slopes)
	return loss / known
}
