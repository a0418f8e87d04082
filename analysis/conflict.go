package analysis

import (
	"math"
	"slices"

	"github.com/sharewise/sharewise/analysis/effect"
)

// ConflictMeter gathers cosines between the trunk gradients of domains. A
// negative cosine means that a step which helps one domain hurts the other, to
// first order (Yu et al.: Gradient Surgery for Multi-Task Learning, NeurIPS
// 2020). It describes training and is no measure of transfer.
type ConflictMeter struct {
	order []conflictKey
	runs  map[conflictKey]map[string]*meanOf // by run
}

type conflictKey struct{ arm, rung, weighting, a, b string }

type meanOf struct {
	sum float64
	n   int
}

// Add takes in one measured cosine of a run. Values that are not finite are
// left out.
func (m *ConflictMeter) Add(r Run, a, b string, cosine float64) {
	if math.IsNaN(cosine) || math.IsInf(cosine, 0) {
		return
	}
	k := conflictKey{r.Arm, r.Rung, r.Weighting, a, b}
	if m.runs == nil {
		m.runs = map[conflictKey]map[string]*meanOf{}
	}
	if m.runs[k] == nil {
		m.runs[k] = map[string]*meanOf{}
		m.order = append(m.order, k)
	}
	if m.runs[k][r.ID] == nil {
		m.runs[k][r.ID] = &meanOf{}
	}
	m.runs[k][r.ID].sum += cosine
	m.runs[k][r.ID].n++
}

// Conflicts returns, for every pair of domains of every arm, the mean over
// runs of each run's mean cosine, with limits by the t distribution over runs.
func (m *ConflictMeter) Conflicts(level float64) []Conflict {
	if level == 0 {
		level = 0.95
	}
	var out []Conflict
	for _, k := range m.order {
		var means []float64
		for _, mean := range m.runs[k] {
			means = append(means, mean.sum/float64(mean.n))
		}
		slices.Sort(means) // maps have no order, and sums must not depend on it
		out = append(out, Conflict{
			Arm: k.arm, Rung: k.rung, Weighting: k.weighting, A: k.a, B: k.b,
			Cosine: effect.OverRuns(means, level),
		})
	}
	return out
}
