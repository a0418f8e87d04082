package main

import (
	"context"
	"iter"
	"time"

	"github.com/sharewise/sharewise/analysis"
	"github.com/sharewise/sharewise/analysis/baseline"
	"github.com/sharewise/sharewise/analysis/layout"
	"github.com/sharewise/sharewise/analysis/losses"
	"github.com/sharewise/sharewise/analysis/study"
)

// fitBaselines fits the linear models that the plan asks for and that are not
// there yet, and returns what is left of maxTime, of which 0 is no limit.
func (a *app) fitBaselines(ctx context.Context, p *prepared, folder layout.Folder, maxTime time.Duration) (time.Duration, error) {
	start, limited := time.Now(), ctx
	if maxTime > 0 {
		var cancel context.CancelFunc
		limited, cancel = context.WithTimeout(ctx, maxTime)
		defer cancel()
	}
	report, err := baseline.Run(limited, baseline.Config{
		Study: p.study.Name, Plan: p.plan, Folder: folder, Domains: p.domains, Sharewise: version,
		Ordered: func(domain string) bool { return p.study.Domain(domain).Ordered() },
	})
	switch {
	case ctx.Err() != nil:
		return 0, errInterrupted
	case limited.Err() != nil:
		a.say("Time ran out among the linear models; run again to go on")
	case err != nil:
		return 0, err
	}
	for _, n := range report.Notes {
		a.say("Note: %s", n)
	}
	if report.Fitted > 0 {
		a.say("Fitted %s, which the networks are held against", plural(report.Fitted, "linear model"))
	}
	if maxTime == 0 {
		return 0, nil
	}
	return max(1, maxTime-time.Since(start)), nil
}

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
		s, err := baseline.ReadSummary(dir)
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
