package contest

import (
	"context"
	"fmt"
	"math"

	"github.com/sharewise/sharewise/analysis/layout"
	"github.com/sharewise/sharewise/analysis/study"
	"github.com/sharewise/sharewise/analysis/train"
)

// trial is a candidate's run.
type trial struct {
	method, at int
	run        study.PlannedRun
}

// search tunes every method by successive halving, all side by side.
func (c *contest) search(ctx context.Context) ([]candidate, error) {
	left := make([][]candidate, len(c.methods))
	for i, m := range c.methods {
		left[i] = candidates(m, c.o.Trials, c.names(), c.project.Study.Seed)
		for k := range left[i] {
			w := left[i][k].weighting
			left[i][k].relative = 1 + (c.costs[m.Name].Relative-1)/float64(max(1, w.Every))
		}
	}
	counts := rounds(c.o.Trials)
	for round, n := range counts {
		var trials []trial
		var tasks []train.Task
		for i := range left {
			left[i] = best(left[i], n)
			for k, candidate := range left[i] {
				epochs := epochsOf(c.project.Study.Training.Epochs, round, len(counts), candidate.relative)
				r, task, err := c.task(ctx, c.folder, candidate, epochs, searchSeed)
				if err != nil {
					return nil, err
				}
				trials, tasks = append(trials, trial{i, k, r}), append(tasks, task)
			}
		}
		if err := c.schedule(ctx, fmt.Sprintf("tuning, round %d of %d", round+1, len(counts)), tasks); err != nil {
			return nil, err
		}
		for _, t := range trials {
			score, err := c.validation(t.run)
			if err != nil {
				return nil, err
			}
			left[t.method][t.at].score = score
		}
	}
	out := make([]candidate, len(left))
	for i := range left {
		out[i] = left[i][0]
	}
	return out, nil
}

// validation is the mean over domains of the log loss of validation samples at the
// epoch that a run would be used at.
func (c *contest) validation(r study.PlannedRun) (float64, error) {
	dir := c.folder.Run(r.ID)
	done, err := dir.ReadDone(r.Hash)
	if err != nil {
		return 0, err
	}
	if done == nil || done.Status != layout.Finished {
		return math.Inf(1), nil
	}
	history, err := layout.ReadHistory(dir.History())
	if err != nil {
		return 0, err
	}
	sum, n := 0.0, 0
	for _, row := range history {
		if row.Split == layout.ValSplit && int(row.Epoch) == done.Epoch {
			sum, n = sum+math.Log(max(row.Loss, 1e-6)), n+1
		}
	}
	if n == 0 || math.IsNaN(sum) {
		return math.Inf(1), nil
	}
	return sum / float64(n), nil
}
