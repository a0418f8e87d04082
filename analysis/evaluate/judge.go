package evaluate

import (
	"fmt"
	"math"
	"slices"

	"github.com/sharewise/sharewise/analysis/dataset"
	"github.com/sharewise/sharewise/analysis/study"
)

// judge turns the numbers that a model gives for samples of a split into outcomes.
type judge struct {
	form   *Form
	domain *dataset.Domain
	split  *dataset.Split
	index  []int // of each class, label or target among the form's names
	shares bool  // scores of several classes all sum to 1 so far
	order  *Order
}

// judge says what scores, [samples, outputs], mean.
func (j *judge) judge(rows []int, scores []float32) (Outcome, error) {
	o := Outcome{Rows: rows, Loss: make([]float32, len(rows))}
	outputs := len(scores) / len(rows)
	want := len(j.form.Names)
	if j.domain.Task.Kind == dataset.Binary && outputs == 1 {
		want = 1
	}
	if outputs != want {
		return o, fmt.Errorf("output %q gives %d numbers for a sample, and there are %d names: %s; name all that it gives, in their order", j.form.Output, outputs, len(j.form.Names), quoted(j.form.Names))
	}
	if i := slices.IndexFunc(scores, func(v float32) bool { return v != v || j.form.Gives == Probabilities && (v < 0 || v > 1.0001) }); i >= 0 {
		what := "no number"
		if scores[i] == scores[i] {
			what = "no probability; is it a score?"
		}
		return o, fmt.Errorf("output %q is %g for sample %d, which is %s", j.form.Output, scores[i], j.split.ID(rows[i/outputs]), what)
	}
	j.shares = j.shares && outputs > 1 && j.domain.Task.Classes != nil && sumToOne(scores, outputs)
	switch j.domain.Task.Kind {
	case dataset.Classification, dataset.Binary:
		j.classes(&o, scores, outputs)
	case dataset.Multilabel:
		j.labels(&o, scores, outputs)
	default:
		j.values(&o, scores, outputs)
	}
	return o, nil
}

// sumToOne reports whether the numbers of every sample are shares of 1.
func sumToOne(scores []float32, outputs int) bool {
	for row := range slices.Chunk(scores, outputs) {
		sum := float32(0)
		for _, v := range row {
			sum += v
		}
		if slices.Min(row) < 0 || math.Abs(float64(sum)-1) > 1e-3 {
			return false
		}
	}
	return true
}

// classes judges one class of several.
func (j *judge) classes(o *Outcome, scores []float32, outputs int) {
	binary := j.domain.Task.Kind == dataset.Binary
	for k, i := range o.Rows {
		log := j.logProbabilities(scores[k*outputs : (k+1)*outputs])
		label := j.split.Label(i)
		if j.order != nil {
			j.order.count(log, j.index, label)
		}
		o.Loss[k] = float32(-log[j.index[label]])
		if binary {
			o.Values = append(o.Values, float32(math.Exp(log[j.index[1]])))
			continue
		}
		best := 0
		for c, v := range log {
			if v > log[best] {
				best = c
			}
		}
		class := slices.Index(j.index, best)
		o.Class = append(o.Class, int64(class))
		o.Correct = append(o.Correct, class == label)
		o.Confidence = append(o.Confidence, float32(math.Exp(log[best])))
	}
}

// logProbabilities of the classes of the form.
func (j *judge) logProbabilities(row []float32) []float64 {
	out := make([]float64, len(row))
	for c, v := range row {
		switch j.form.Gives {
		case Probabilities:
			out[c] = j.logOf(float64(v))
		default:
			out[c] = float64(v)
		}
	}
	if len(row) == 1 { // one score, that of the second class of two
		switch j.form.Gives {
		case Probabilities:
			return []float64{j.logOf(1 - float64(row[0])), out[0]}
		case LogProbabilities:
			return []float64{j.logOf(-math.Expm1(out[0])), out[0]}
		}
		return []float64{-softplus(out[0]), -softplus(-out[0])}
	}
	if j.form.Gives != Scores {
		return out
	}
	largest := slices.Max(out)
	sum := 0.0
	for _, v := range out {
		sum += math.Exp(v - largest)
	}
	for c := range out {
		out[c] -= largest + math.Log(sum)
	}
	return out
}

// labels judges several labels that are each right or wrong.
func (j *judge) labels(o *Outcome, scores []float32, outputs int) {
	targets := make([]float32, len(o.Rows)*len(j.index))
	j.split.Targets(o.Rows, targets)
	for k := range o.Rows {
		loss, known := 0.0, 0
		for t, c := range j.index {
			v := float64(scores[k*outputs+c])
			var yes, no float64 // log probabilities
			switch j.form.Gives {
			case Probabilities:
				yes, no = j.logOf(v), j.logOf(1-v)
			case LogProbabilities:
				yes, no = v, j.logOf(-math.Expm1(v))
			default:
				yes, no = -softplus(-v), -softplus(v)
			}
			o.Values = append(o.Values, float32(math.Exp(yes)))
			if y := float64(targets[k*len(j.index)+t]); y == y {
				loss -= y*yes + (1-y)*no
				known++
			}
		}
		o.Loss[k] = float32(loss / float64(max(1, known)))
	}
}

// values judges numbers.
func (j *judge) values(o *Outcome, scores []float32, outputs int) {
	targets := make([]float32, len(o.Rows)*len(j.index))
	j.split.Targets(o.Rows, targets)
	norm := j.domain.TargetNorm
	for k := range o.Rows {
		loss, known := 0.0, 0
		for t, c := range j.index {
			v := float64(scores[k*outputs+c])
			if j.form.TargetStd != nil {
				v = v*float64(j.form.TargetStd[c]) + float64(j.form.TargetMean[c])
			}
			if j.form.TargetOffset != nil {
				v += j.form.TargetOffset[c]
			}
			if norm.Offset != nil {
				v -= norm.Offset[t]
			}
			v = (v - float64(norm.Mean[t])) / float64(norm.Std[t])
			o.Values = append(o.Values, float32(v))
			if y := float64(targets[k*len(j.index)+t]); y == y {
				loss += j.error(v - y)
				known++
			}
		}
		o.Loss[k] = float32(loss / float64(max(1, known)))
	}
}

// error is the loss of a prediction that is off by e, in standard units.
func (j *judge) error(e float64) float64 {
	if o := j.domain.Objective; o.Loss == study.Huber {
		cut := max(-o.Delta, min(o.Delta, e))
		return cut * (e - cut/2)
	}
	return e * e
}

// softplus is log(1 + exp(x)).
func softplus(x float64) float64 { return max(x, 0) + math.Log1p(math.Exp(-math.Abs(x))) }

// logOf is the logarithm of a probability. For 0 it is that of the least positive
// float32, or of half a step of a quantized output.
func (j *judge) logOf(p float64) float64 {
	return math.Log(max(p, math.SmallestNonzeroFloat32, j.form.Step/2))
}
