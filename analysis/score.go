package analysis

import (
	"fmt"
	"strings"

	"github.com/sharewise/sharewise/analysis/effect"
	"github.com/sharewise/sharewise/analysis/losses"
)

// ScoreRuns is the quality that tables of one domain show, one table per run.
func ScoreRuns(runs []*losses.Table, level float64) Score {
	tallies := make([]*tally, len(runs))
	for k, t := range runs {
		tallies[k] = &tally{}
		for i := range t.Len() {
			tallies[k].add(t, i)
		}
	}
	return scoreOf(tallies, level)
}

// scoreOf is the mean of the runs' figures with limits from their spread.
func scoreOf(runs []*tally, level float64) Score {
	return scoreBy(runs, func(v []float64) effect.Interval { return effect.OverRuns(v, level) })
}

// scoreBy is scoreOf with another summary of the values of all runs.
func scoreBy(runs []*tally, summary func(values []float64) effect.Interval) Score {
	s := NewScore(Key{})
	s.Seeds = len(runs)
	if len(runs) == 0 {
		return s
	}
	over := func(f func(*figures) float64) effect.Interval {
		v := make([]float64, len(runs))
		for k, t := range runs {
			v[k] = f(t.figures())
		}
		return summary(v)
	}
	s.Loss = over(func(f *figures) float64 { return f.loss })
	s.Accuracy = over(func(f *figures) float64 { return f.accuracy })
	s.BalancedAccuracy = over(func(f *figures) float64 { return f.balanced })
	s.ExactMatch = over(func(f *figures) float64 { return f.exact })
	s.AUC = over(func(f *figures) float64 { return f.auc })
	s.AveragePrecision = over(func(f *figures) float64 { return f.precision })
	s.R2 = over(func(f *figures) float64 { return f.r2 })
	s.MAE = over(func(f *figures) float64 { return f.mae })
	first := runs[0].figures() // all runs have the same samples
	for i := range first.targets {
		s.Targets = append(s.Targets, TargetScore{
			Name: outputName(nil, "target", i),
			R2:   over(func(f *figures) float64 { return f.targets[i].r2 }),
			MAE:  over(func(f *figures) float64 { return f.targets[i].mae }),
		})
	}
	for i := range first.labels {
		s.Labels = append(s.Labels, LabelScore{
			Name:             outputName(nil, "label", i),
			AUC:              over(func(f *figures) float64 { return f.labels[i].auc }),
			AveragePrecision: over(func(f *figures) float64 { return f.labels[i].precision }),
		})
	}
	return s
}

// outputName is the name of target or label i, or its number counted from 1.
func outputName(names []string, kind string, i int) string {
	if i < len(names) {
		return names[i]
	}
	return fmt.Sprintf("%s %d", kind, i+1)
}

// tally is an empty tally of the domain.
func (d DomainInfo) tally() *tally {
	switch d.Task {
	case "classification":
		return &tally{many: d.Outputs > 2}
	case "regression", "multilabel":
		return &tally{outputs: d.Outputs}
	}
	return &tally{}
}

// nameOutputs puts the domain's names into a score.
func (d DomainInfo) nameOutputs(s *Score) {
	for i := range s.Targets {
		s.Targets[i].Name = outputName(d.Names, "target", i)
	}
	for i := range s.Labels {
		s.Labels[i].Name = outputName(d.Names, "label", i)
	}
}

// doubt says what is missing from the domain's scores because of its test
// samples, empty if nothing is.
func (d DomainInfo) doubt(f *figures) string {
	if f.oneClass {
		return fmt.Sprintf("%s: all test samples are of one class, so that AUC and average precision are unknown", d.Name)
	}
	if len(f.leftOut) == 0 {
		return ""
	}
	list := func(kind string) string {
		names := make([]string, len(f.leftOut))
		for i, k := range f.leftOut {
			names[i] = outputName(d.Names, kind, k)
		}
		return strings.Join(names, ", ")
	}
	if len(f.labels) > 0 || d.Task == "multilabel" {
		return fmt.Sprintf("%s: AUC and average precision leave out labels whose known test samples are not of both classes: %s", d.Name, list("label"))
	}
	return fmt.Sprintf("%s: R² leaves out targets whose known test values do not vary: %s", d.Name, list("target"))
}
