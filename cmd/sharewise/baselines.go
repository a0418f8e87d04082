package main

import (
	"iter"

	"github.com/sharewise/sharewise/analysis"
	"github.com/sharewise/sharewise/analysis/layout"
	"github.com/sharewise/sharewise/analysis/losses"
	"github.com/sharewise/sharewise/analysis/study"
)

// baselinesOf lists the linear models in a folder that are those of a plan.
func baselinesOf(plan *study.Plan, folder layout.Folder) ([]analysis.BaselineRun, error) {
	var out []analysis.BaselineRun
	for _, d := range plan.Domains {
		if d.Baseline == "" {
			continue
		}
		dir := folder.Baseline(d.Name)
		done, err := dir.ReadDone(d.Baseline)
		if err != nil {
			return nil, err
		}
		if done == nil {
			continue // not fitted yet
		}
		if err := dir.Verify(done); err != nil {
			return nil, err
		}
		s, err := dir.ReadFit()
		if err != nil {
			return nil, err
		}
		run := analysis.BaselineRun{Domain: d.Name, Model: s.Model, Text: s.Text(), Hint: s.Hint}
		if done.Status == layout.Finished {
			run.Open = func() iter.Seq2[*losses.Table, error] { return losses.Batches(dir.Losses()) }
		}
		out = append(out, run)
	}
	return out, nil
}
