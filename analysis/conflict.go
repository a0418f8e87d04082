package analysis

import (
	"fmt"
	"math"
	"slices"

	"github.com/sharewise/sharewise/analysis/effect"
	"github.com/sharewise/sharewise/analysis/layout"
)

// ConflictMeter gathers what histories say of the trunk gradients of pairs of domains.
// A negative cosine means that a step which helps one domain hurts the other, to
// first order (Yu et al.: Gradient Surgery for Multi-Task Learning, NeurIPS
// 2020). It describes training and is no measure of transfer.
type ConflictMeter struct {
	order []conflictKey
	runs  map[conflictKey]map[string]*conflictSums // by run
	// unsolved counts steps without weights, of all steps that were to have some.
	unsolved map[string]unsolved // by run
}

type conflictKey struct{ arm, rung, weighting, a, b string }

// conflictSums are those of one run, over its epochs.
type conflictSums struct{ cosine, opposed, ratio, curvatureA, curvatureB meanOf }

type meanOf struct {
	sum float64
	n   int
}

// add takes in a number, and passes over what is none.
func (m *meanOf) add(x float64) {
	if !math.IsNaN(x) && !math.IsInf(x, 0) {
		m.sum, m.n = m.sum+x, m.n+1
	}
}

type unsolved struct {
	run   Run
	steps float64
}

// Add takes in the history of a run.
func (m *ConflictMeter) Add(r Run, history []layout.HistoryRow) {
	for _, h := range history {
		switch {
		case h.Split == layout.TrainSplit && h.Domain == r.Domains[0] && h.Unsolved > 0:
			if m.unsolved == nil {
				m.unsolved = map[string]unsolved{}
			}
			m.unsolved[r.ID] = unsolved{r, m.unsolved[r.ID].steps + h.Unsolved}
		case h.Split == layout.GradientSplit && !math.IsNaN(h.Cosine):
			m.pair(r, h)
		}
	}
}

func (m *ConflictMeter) pair(r Run, h layout.HistoryRow) {
	k := conflictKey{r.Arm, r.Rung, r.Weighting, h.Domain, h.Other}
	if m.runs == nil {
		m.runs = map[conflictKey]map[string]*conflictSums{}
	}
	if m.runs[k] == nil {
		m.runs[k] = map[string]*conflictSums{}
		m.order = append(m.order, k)
	}
	s := m.runs[k][r.ID]
	if s == nil {
		s = &conflictSums{}
		m.runs[k][r.ID] = s
	}
	s.cosine.add(h.Cosine)
	s.opposed.add(h.Opposed)
	s.ratio.add(math.Log10(h.Norm / h.OtherNorm))
	s.curvatureA.add(h.Curvature)
	s.curvatureB.add(h.OtherCurvature)
}

// Conflicts returns, for every pair of domains of every arm, the mean over
// runs of each run's means, with limits by the t distribution over runs.
func (m *ConflictMeter) Conflicts(level float64) []Conflict {
	if level == 0 {
		level = 0.95
	}
	var out []Conflict
	for _, k := range m.order {
		over := func(of func(*conflictSums) *meanOf) effect.Interval {
			var means []float64
			for _, s := range m.runs[k] {
				if x := of(s); x.n > 0 {
					means = append(means, x.sum/float64(x.n))
				}
			}
			if len(means) == 0 {
				return effect.Point(math.NaN())
			}
			slices.Sort(means) // maps have no order, and sums must not depend on it
			return effect.OverRuns(means, level)
		}
		out = append(out, Conflict{
			Arm: k.arm, Rung: k.rung, Weighting: k.weighting, A: k.a, B: k.b,
			Cosine:     over(func(s *conflictSums) *meanOf { return &s.cosine }),
			Opposed:    over(func(s *conflictSums) *meanOf { return &s.opposed }),
			LogRatio:   over(func(s *conflictSums) *meanOf { return &s.ratio }),
			CurvatureA: over(func(s *conflictSums) *meanOf { return &s.curvatureA }),
			CurvatureB: over(func(s *conflictSums) *meanOf { return &s.curvatureB }),
		})
	}
	return out
}

// Warnings tell of weightings that found no weights for steps, by arm: these steps had
// equal weights.
func (m *ConflictMeter) Warnings() []string {
	type key struct{ weighting, arm, rung string }
	sums, runs := map[key]float64{}, map[key]int{}
	for _, u := range m.unsolved {
		k := key{u.run.Weighting, u.run.Arm, u.run.Rung}
		sums[k] += u.steps
		runs[k]++
	}
	var out []string
	for k, steps := range sums {
		out = append(out, fmt.Sprintf("weighting %s found no weights for %.0f steps of %d runs of %s at %s, and took equal ones: it is not quite what its name says there", k.weighting, steps, runs[k], k.arm, k.rung))
	}
	slices.Sort(out)
	return out
}
