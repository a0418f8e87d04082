package effect

import (
	"math"
	"math/bits"
	"slices"

	"github.com/sharewise/sharewise/analysis/measures"
)

// Rows keeps some samples, in the order given.
func (r *Runs) Rows(rows []int) *Runs {
	out := &Runs{Domain: r.Domain, Seeds: r.Seeds, Samples: len(rows), LossCap: r.LossCap}
	if r.Correct != nil {
		out.Correct = at(r.Correct, rows)
	}
	if r.Tested != nil {
		out.Tested = at(r.Tested, rows)
	}
	if r.Label != nil {
		out.Label = at(r.Label, rows)
	}
	if r.Group != nil {
		out.Group = at(r.Group, rows)
	}
	for _, l := range r.Loss {
		out.Loss = append(out.Loss, at(l, rows))
	}
	for _, s := range r.Score {
		out.Score = append(out.Score, at(s, rows))
	}
	return out
}

// overTests is the mean over the runs that were tested on sample i.
func (r *Runs) overTests(i int, value func(run int) float64) float64 {
	sum := 0.0
	for left := r.Tested[i]; left != 0; left &= left - 1 {
		sum += value(bits.TrailingZeros64(left))
	}
	return sum / float64(bits.OnesCount64(r.Tested[i]))
}

// errorsOverTests are the linear form of an error, by sample: its mean is the error.
func (r *Runs) errorsOverTests(measure string) []float64 {
	out := make([]float64, r.Samples)
	if measure == measures.Loss {
		for i := range out {
			out[i] = r.overTests(i, func(k int) float64 { return float64(r.Loss[k][i]) })
		}
		return out
	}
	form := errorForms[measure]
	values := make([][]float64, r.K())
	for k := range values {
		values[k] = r.ofTest(k, func(own *Runs, out []float64) {
			if form.averaged != overEither {
				form.parts(own, 0, out)
				return
			}
			// Samples are ranked among those of their fold, by one model.
			for i, x := range own.linearised(measure).Loss[0] {
				out[i] = float64(x)
			}
		})
	}
	for i := range out {
		out[i] = r.overTests(i, func(k int) float64 { return values[k][i] })
	}
	switch form.averaged {
	case overClasses:
		r.byClass(out, form.averaged)
	case overEither:
		withoutUndefined(out)
	}
	return out
}

// ofTest are values of the samples that run k was tested on, from these alone.
func (r *Runs) ofTest(k int, fill func(own *Runs, out []float64)) []float64 {
	var rows []int
	for i, tested := range r.Tested {
		if tested>>k&1 == 1 {
			rows = append(rows, i)
		}
	}
	own := r.Rows(rows).pick([]int{k})
	own.Tested = nil
	values, out := make([]float64, len(rows)), make([]float64, r.Samples)
	fill(own, values)
	for at, i := range rows {
		out[i] = values[at]
	}
	return out
}

// withoutUndefined lets samples of a fold that lacks a class say nothing: they take
// the mean of the others.
func withoutUndefined(values []float64) {
	sum, n := 0.0, 0.0
	for _, v := range values {
		if !math.IsNaN(v) {
			sum, n = sum+v, n+1
		}
	}
	for i, v := range values {
		if math.IsNaN(v) {
			values[i] = sum / n
		}
	}
}

// byClass turns parts of samples into the linear form of an error that averages
// over classes (class_errors.go).
func (r *Runs) byClass(part []float64, how averaging) {
	classes := r.classSizes()
	mean, e := map[int32]float64{}, 0.0
	for i, u := range part {
		mean[r.Label[i]] += u / classes[r.Label[i]].samples
	}
	for _, c := range sortedClasses(classes) {
		e += mean[c] / float64(len(classes))
	}
	n, weight := float64(r.Samples), how.weight(len(classes))
	for i, u := range part {
		c := classes[r.Label[i]]
		part[i] = e + n/c.samples*weight*c.stretch()*(u-mean[r.Label[i]])
	}
}

func sortedClasses(sizes map[int32]classSize) []int32 {
	var list []int32
	for c := range sizes {
		list = append(list, c)
	}
	slices.Sort(list)
	return list
}

// oneRow holds values of samples as the losses of one run.
func (r *Runs) oneRow(values []float64) *Runs {
	loss := make([]float32, len(values))
	for i, v := range values {
		loss[i] = float32(v)
	}
	return &Runs{Domain: r.Domain, Seeds: []int64{1}, Samples: r.Samples, Label: r.Label, Group: r.Group, Loss: [][]float32{loss}}
}

// aucOverTests is the AUC of runs that were tested on other samples each. Nothing
// else tells how these runs vary over folds: the variance is the larger one of V_s
// and v, with its own degrees of freedom.
func (r *Runs) aucOverTests(level float64) Interval {
	alone := &Comparison{a: r, b: r, o: Options{Level: level}}
	if _, n := alone.fold(); n < 2 {
		return Point(1 - alone.a.oneRow(r.errorsOverTests(measures.AUC)).MeanLoss())
	}
	j := alone.foldJackknife(measures.AUC)
	over, samples := j.spread(0, []float64{1, 0})
	v := Variance{samples, j.clusters - float64(j.folds)}
	if over > samples {
		v = Variance{over, float64(j.folds - 1)}
	}
	e := v.Interval(j.mean()[vA], level)
	return Interval{1 - e.Value, max(0, 1-e.Hi), min(1, 1-e.Lo)}
}
