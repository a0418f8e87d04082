package evaluate

import "github.com/sharewise/sharewise/analysis/dataset"

// Scored judges samples of a split by scores, [samples, outputs], in the order
// of the domain's own classes, labels or targets: logits, or for a regression
// values in standard units.
func Scored(d *dataset.Domain, s *dataset.Split, rows []int, scores []float32) (Outcome, error) {
	f := &Form{
		Task: d.Task.Kind, Output: "scores", Gives: Scores, Names: d.Task.Classes,
		TargetMean: d.TargetNorm.Mean, TargetStd: d.TargetNorm.Std,
	}
	if d.Task.Classes == nil {
		f.Names = d.Task.Targets
	}
	j := &judge{form: f, domain: d, split: s}
	for i := range f.Names {
		j.index = append(j.index, i)
	}
	return j.judge(rows, scores)
}
