package study

import (
	"fmt"
	"math"
	"slices"
	"strings"
)

// Cost is estimated before anything is spent.
type Cost struct {
	// Samples are the passes of a sample through the network: in training, and
	// in evaluation.
	TrainSamples int64   `json:"train_samples"`
	EvalSamples  int64   `json:"eval_samples"`
	FLOPs        float64 `json:"flops"`
	// Bytes is disk space of the finished run.
	Bytes int64 `json:"bytes"`
}

func (c *Cost) add(d Cost) {
	c.TrainSamples += d.TrainSamples
	c.EvalSamples += d.EvalSamples
	c.FLOPs += d.FLOPs
	c.Bytes += d.Bytes
}

// cost estimates the work of a run: training is three passes forwards per
// sample (one forwards, two backwards) unless the model says otherwise,
// evaluation is one, and the weighting may add to that.
func (s *Study) cost(r PlannedRun, p *Plan, m ModelSize) Cost {
	var c Cost
	test := int64(0)
	for i, name := range r.Domains {
		d := p.domain(name)
		c.TrainSamples += int64(r.Rows[i]) * int64(r.Steps)
		size := d.At(r.Seed)
		c.EvalSamples += int64(size.Val)*int64(s.Training.Epochs) + int64(size.Test)
		test += int64(size.Test)
	}
	c.FLOPs = m.pass()*float64(c.TrainSamples) + r.weighing(c.TrainSamples, m) + m.FLOPs*float64(c.EvalSamples)
	const (
		perTest  = 14       // a row of losses.parquet, compressed
		perEpoch = 30       // a row of history.parquet
		fixed    = 12 << 10 // file headers, spec.json, done.json
	)
	c.Bytes = 4*m.Params + perTest*test + perEpoch*int64(2*len(r.Domains)*s.Training.Epochs) + fixed
	return c
}

// pass is the work of training on one sample.
func (m ModelSize) pass() float64 {
	if m.TrainFLOPs == 0 {
		return 3 * m.FLOPs
	}
	return m.TrainFLOPs
}

// weighing is the work that a run's weighting adds to training on so many samples, at
// every step or every k-th. Weights from gradients take the inner products of the
// domains' gradients of the trunk, and their weighted sum. Each gradient goes back
// through its domain's rows alone, so that all of them are one pass backwards, but for
// batch normalisations that share the statistics of a minibatch: then each goes back
// through all rows. FAMO looks at the losses of a minibatch again.
func (r PlannedRun) weighing(samples int64, m ModelSize) float64 {
	n := float64(len(r.Domains))
	if n < 2 || m.Frozen {
		return 0
	}
	every := float64(max(1, r.Weighting.Every))
	switch {
	case r.Weighting.FromGradients():
		work := (n*n + n) * 2 * float64(m.Params) * float64(r.Steps) / every
		if r.BatchNorm == SharedStatistics {
			work += (n - 1) * (m.pass() - m.FLOPs) * float64(samples) / every
		}
		return work
	case r.Weighting.Name == "famo":
		return m.FLOPs * float64(samples) / every
	}
	return 0
}

// gradientWork says what weightings from gradients are counted as, and what the count
// does not know; empty where the plan has none.
func (s *Study) gradientWork(p *Plan, models map[string]ModelSize) string {
	var names []string
	least, most := math.Inf(1), 0.0
	for _, r := range p.Runs {
		m := models[r.Rung.Name]
		if !r.Weighting.FromGradients() || len(r.Domains) < 2 || m.FLOPs == 0 || m.Frozen {
			continue
		}
		if !slices.Contains(names, r.Weighting.Name) {
			names = append(names, r.Weighting.Name)
		}
		factor := 1 + r.weighing(r.TrainSamples, m)/(m.pass()*float64(r.TrainSamples))
		least, most = min(least, factor), max(most, factor)
	}
	if len(names) == 0 {
		return ""
	}
	counted := fmt.Sprintf("%.2f", least)
	if upper := fmt.Sprintf("%.2f", most); upper != counted {
		counted += " to " + upper
	}
	return fmt.Sprintf("a step of a shared model with weights from gradients (%s) is counted as %s times one without, by its operations alone; that is an estimate: in small trunks many short calls can make it up to three times as long, which shows once such a run has ended",
		strings.Join(names, ", "), counted)
}
