package contest

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"slices"

	"github.com/sharewise/sharewise/analysis/effect"
	"github.com/sharewise/sharewise/analysis/layout"
	"github.com/sharewise/sharewise/analysis/losses"
	"github.com/sharewise/sharewise/analysis/study"
	"github.com/sharewise/sharewise/analysis/train"
	"github.com/sharewise/sharewise/analysis/wording"
)

// test trains the best candidates with fresh seeds and compares them.
func (c *contest) test(ctx context.Context, tuned []candidate) (*File, error) {
	s := c.project.Study
	runs := make([][]study.PlannedRun, len(tuned))
	var tasks []train.Task
	epochs := make([]int, len(tuned))
	for i, k := range tuned {
		epochs[i] = epochsOf(s.Training.Epochs, 0, 1, k.relative)
	}
	for seed := searchSeed + 1; seed <= searchSeed+c.o.Seeds; seed++ {
		for i, k := range tuned {
			r, task, err := c.task(ctx, c.folder, k, epochs[i], seed)
			if err != nil {
				return nil, err
			}
			runs[i], tasks = append(runs[i], r), append(tasks, task)
		}
	}
	if err := c.schedule(ctx, "test", tasks); err != nil {
		return nil, err
	}
	f := &File{
		Version: version, Study: s.Name, Rung: c.rung, Domains: c.names(), Epochs: s.Training.Epochs,
		Trials: c.o.Trials, Seeds: c.o.Seeds, Level: s.Analysis.Level, Warnings: []string{},
	}
	if note := coarseControl(len(f.Domains), f.Trials); note != "" {
		f.Warnings = append(f.Warnings, note)
	}
	var byLoss, byError []*scores
	least := math.Inf(1)
	for i, k := range tuned {
		m := c.methods[i]
		e := Entry{
			Method: m.Name, Cost: c.costs[m.Name], Setting: k.weighting, Rate: k.rate, Epochs: epochs[i], Validation: effect.Number(k.score),
		}
		e.Cost.Relative = k.relative
		tested, err := c.tested(&e, runs[i])
		if err != nil {
			return nil, err
		}
		if tested == nil {
			f.Warnings = append(f.Warnings, fmt.Sprintf("%s diverged with %d of %d seeds and is left out of the ranking", m.Name, e.Diverged, c.o.Seeds))
			continue
		}
		if k.score < least {
			least, f.Chosen = k.score, m.Name
		}
		f.Entries = append(f.Entries, e)
		byLoss = append(byLoss, tested.losses)
		if tested.errors != nil {
			byError = append(byError, tested.errors)
		}
	}
	at := slices.IndexFunc(f.Entries, func(e Entry) bool { return e.Method == control })
	if at < 0 {
		return nil, fmt.Errorf("%w: static weights diverged; a smaller training.rate may do", ErrUnsuitable)
	}
	for i, st := range standings(byLoss, at, byLosses, f.Level) {
		f.Entries[i].Loss = st
	}
	if len(byError) == len(f.Entries) {
		for i, st := range standings(byError, at, byErrors, f.Level) {
			f.Entries[i].Error = &st
		}
	}
	slices.SortStableFunc(f.Entries, func(a, b Entry) int { return cmp.Compare(a.Loss.Rank, b.Loss.Rank) })
	f.conclude()
	f.plan, f.used = c.project.Plan, c.used
	return f, nil
}

// coarseControl says that static weights had few draws for their numbers, which are the
// ratios of weights and the rate of training; empty where they had some for each.
func coarseControl(domains, trials int) string {
	const each = 3
	if trials >= each*domains {
		return ""
	}
	return fmt.Sprintf("static weights were tuned with %s, as every method was, and have %d numbers to find, the ratios of their weights and the rate of training: a control that was tuned for longer may be stronger (trials: %d)",
		wording.Plural(trials, "candidate"), domains, each*domains)
}

// outcome are the test samples of all runs of a method, by losses and errors.
type outcome struct{ losses, errors *scores }

// tested reads what the runs of a method made of the test samples; nil where one
// diverged.
func (c *contest) tested(e *Entry, runs []study.PlannedRun) (*outcome, error) {
	names := c.names()
	at := map[string]int{}
	for d, name := range names {
		at[name] = d
	}
	out := outcome{losses: &scores{}, errors: &scores{}}
	wrongs := true
	weights := make([]float64, len(names))
	for _, r := range runs {
		dir := c.folder.Run(r.ID)
		done, err := dir.ReadDone(r.Hash)
		if err != nil {
			return nil, err
		}
		if done == nil || done.Status != layout.Finished {
			e.Diverged++
			continue
		}
		t, err := losses.ReadFile(dir.Losses())
		if err != nil {
			return nil, err
		}
		byDomain := make([][2][]float64, len(names))
		for i, name := range t.Domain {
			d := &byDomain[at[name]]
			d[0] = append(d[0], float64(t.Loss[i]))
			if t.Correct != nil && t.Label[i] >= 0 {
				wrong := 1.0
				if t.Correct[i] {
					wrong = 0
				}
				d[1] = append(d[1], wrong)
			}
		}
		var losses, errs [][]float64
		for _, d := range byDomain {
			losses, errs = append(losses, d[0]), append(errs, d[1])
			wrongs = wrongs && len(d[1]) == len(d[0])
		}
		out.losses.add(losses, len(runs))
		out.errors.add(errs, len(runs))
		history, err := layout.ReadHistory(dir.History())
		if err != nil {
			return nil, err
		}
		for _, row := range history {
			if row.Split == layout.TrainSplit {
				weights[at[row.Domain]] += row.Weight / float64(e.Epochs*len(runs))
			}
		}
	}
	if e.Diverged > 0 {
		return nil, nil
	}
	if !wrongs {
		out.errors = nil
	}
	for d, name := range names {
		score := DomainScore{Domain: name, Loss: effect.Number(mean(out.losses.samples[d])), Error: effect.Number(math.NaN()), Weight: effect.Number(weights[d])}
		if wrongs {
			score.Error = effect.Number(mean(out.errors.samples[d]))
		}
		e.Domains = append(e.Domains, score)
	}
	return &out, nil
}

// add takes in the samples of one run of several.
func (s *scores) add(samples [][]float64, runs int) {
	var means []float64
	for d, v := range samples {
		means = append(means, mean(v))
		if len(s.samples) <= d {
			s.samples = append(s.samples, make([]float64, len(v)))
		}
		for i, x := range v {
			s.samples[d][i] += x / float64(runs)
		}
	}
	s.seeds = append(s.seeds, means)
}

func mean(v []float64) float64 {
	sum := 0.0
	for _, x := range v {
		sum += x
	}
	return sum / float64(len(v))
}
