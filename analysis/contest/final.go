package contest

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"slices"

	"github.com/sharewise/sharewise/analysis/effect"
	"github.com/sharewise/sharewise/analysis/study"
	"github.com/sharewise/sharewise/analysis/train"
	"github.com/sharewise/sharewise/analysis/wording"
)

// test trains the best candidates with fresh seeds and compares them.
func (c *contest) test(ctx context.Context, entrants []entrant, tuned []candidate) (*File, error) {
	s := c.Project.Study
	runs := make([][]study.PlannedRun, len(tuned))
	var tasks []train.Task
	epochs := make([]int, len(tuned))
	for i, k := range tuned {
		epochs[i] = epochsOf(s.Training.Epochs, 0, 1, k.relative)
	}
	for seed := searchSeed + 1; seed <= searchSeed+c.o.Seeds; seed++ {
		for i, k := range tuned {
			r, task, err := c.task(ctx, k, epochs[i], seed)
			if err != nil {
				return nil, err
			}
			runs[i], tasks = append(runs[i], r), append(tasks, task)
		}
	}
	if err := c.Train(ctx, "test", tasks); err != nil {
		return nil, err
	}
	f := &File{
		Version: version, Study: s.Name, Rung: c.Rung, Domains: c.Names(), Epochs: s.Training.Epochs,
		Trials: c.o.Trials, Seeds: c.o.Seeds, Level: s.Analysis.Level, Warnings: []string{},
	}
	if c.o.NoLong {
		if note := coarseControl(len(f.Domains), f.Trials); note != "" {
			f.Warnings = append(f.Warnings, note)
		}
	}
	var byLoss, byError []*scores
	least := math.Inf(1)
	for i, k := range tuned {
		m := entrants[i]
		e := Entry{
			Method: m.name, Candidates: c.o.Trials * m.budgets, Cost: c.costs[m.method.Name], Setting: k.weighting, Rate: k.rate, Epochs: epochs[i], Validation: effect.Number(k.score),
		}
		e.Cost.Relative = k.relative
		tested, err := c.tested(&e, runs[i])
		if err != nil {
			return nil, err
		}
		if tested == nil {
			f.Warnings = append(f.Warnings, fmt.Sprintf("%s diverged with %d of %d seeds and is left out of the ranking", m.name, e.Diverged, c.o.Seeds))
			continue
		}
		if k.score < least && m.name != longControl {
			least, f.Chosen = k.score, m.name
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
	long := slices.IndexFunc(f.Entries, func(e Entry) bool { return e.Method == longControl })
	for i, st := range standings(byLoss, at, long, byLosses, f.Level) {
		f.Entries[i].Loss = st
	}
	if len(byError) == len(f.Entries) {
		for i, st := range standings(byError, at, long, byErrors, f.Level) {
			f.Entries[i].Error = &st
		}
	}
	slices.SortStableFunc(f.Entries, func(a, b Entry) int { return cmp.Compare(a.Loss.Rank, b.Loss.Rank) })
	f.conclude()
	f.plan, f.used = c.Project.Plan, c.Used()
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
	names := c.Names()
	out := outcome{losses: &scores{}, errors: &scores{}}
	wrongs := true
	weights := make([]float64, len(names))
	for _, r := range runs {
		of, err := c.Tested(r, e.Epochs)
		if err != nil {
			return nil, err
		}
		if of == nil {
			e.Diverged++
			continue
		}
		wrongs = wrongs && of.Complete()
		out.losses.add(of.Losses, len(runs))
		out.errors.add(of.Wrong, len(runs))
		for d, w := range of.Weights {
			weights[d] += w / float64(len(runs))
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
