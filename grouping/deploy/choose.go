package deploy

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/sharewise/sharewise/analysis/layout"
	"github.com/sharewise/sharewise/analysis/losses"
	"github.com/sharewise/sharewise/analysis/study"
)

// Rule says how the model of a pool is chosen among those of its seeds.
const Rule = "Where runs are of different folds of the data, those of the fold with the most runs, the first of equal ones. Of the finished runs of a pool the one with the smallest validation loss: relative to the mean of the runs, on average over the domains by their values, at the epoch whose parameters were kept. Test data choose nothing. Where runs were validated on other samples each, or on none, the one of the smallest seed."

// run is a finished run of a pool.
type run struct {
	study.PlannedRun
	done  *layout.Done
	loss  map[string]float64 // validation losses by domain
	score float64            // NaN where it is not comparable
}

// runsOf lists the finished runs of the arm that trained exactly these domains, by
// seed.
func (g *gatherer) runsOf(domains []string) ([]run, error) {
	var out []run
	var missing, diverged []string
	planned := 0
	for _, r := range g.plan.Runs {
		if r.Rung.Name != g.groups.Rung || !same(r.Domains, domains) || len(domains) > 1 && r.Weighting.Name != g.groups.Weighting {
			continue
		}
		planned++
		state, done, err := g.folder.State(r)
		switch {
		case err != nil:
			return nil, err
		case state == layout.StateDone:
			if err := g.folder.Run(r.ID).Verify(done); err != nil {
				return nil, err
			}
			out = append(out, run{PlannedRun: r, done: done, score: math.NaN()})
		case state == layout.StateDiverged:
			diverged = append(diverged, r.ID)
		default:
			missing = append(missing, r.ID)
		}
	}
	names := strings.Join(domains, ", ")
	file := g.file()
	switch {
	case planned == 0:
		return nil, fmt.Errorf("%w: the pool of %s was recommended by an estimate and never trained; list [%s] under arms.pools of the study file and run 'sharewise run %s -o %s'", ErrMissing, names, names, file, g.folder)
	case len(missing) > 0:
		return nil, fmt.Errorf("%w: %s, of %s; run 'sharewise run %s -o %s', then analyze and group", ErrMissing, strings.Join(missing, ", "), names, file, g.folder)
	case len(out) == 0:
		return nil, fmt.Errorf("%w: all of %s diverged (%s); change the training in the study file and run 'sharewise run %s -o %s'", ErrMissing, names, strings.Join(diverged, ", "), file, g.folder)
	}
	slices.SortFunc(out, func(a, b run) int { return cmp.Compare(a.Seed, b.Seed) })
	return out, g.measured(out, domains)
}

// oneFold leaves the runs among which one can be chosen. Where a study tests data in
// folds, every run was trained without another part of them: that none of these is
// better than another can be told, and all lack data that a model in use should have
// learned. With AnyFold those of the fold with the most runs are left.
func (g *gatherer) oneFold(runs []run, domains []string) ([]run, error) {
	byFold := map[int][]run{}
	for _, r := range runs {
		byFold[r.Fold] = append(byFold[r.Fold], r)
	}
	if len(byFold) == 1 {
		return runs, nil
	}
	if !g.o.AnyFold {
		return nil, fmt.Errorf("%w: each of the %d runs of %s was trained without one of %d parts of the data, so that none is the one to deploy; refit, to train one model on all data for use, or allow any fold, to take one of these all the same",
			ErrFolds, len(runs), strings.Join(domains, ", "), len(byFold))
	}
	best := runs[0].Fold
	for _, r := range runs { // of equal ones that of the smallest seed
		if len(byFold[r.Fold]) > len(byFold[best]) {
			best = r.Fold
		}
	}
	return byFold[best], nil
}

// measured holds the test losses of runs against the results.
func (g *gatherer) measured(runs []run, domains []string) error {
	sums := map[string]float64{}
	for _, r := range runs {
		table, err := losses.ReadFile(g.folder.Run(r.ID).Losses())
		if err != nil {
			return err
		}
		sum, count := map[string]float64{}, map[string]float64{}
		for i, domain := range table.Domain {
			sum[domain] += float64(table.Loss[i])
			count[domain]++
		}
		for domain := range count {
			sums[domain] += sum[domain] / count[domain] / float64(len(runs))
		}
	}
	if g.plan.Analysis.LossCap > 0 {
		return nil // results have other losses
	}
	for _, domain := range domains {
		for _, s := range g.results.Scores {
			if s.Domain != domain || s.Arm != runs[0].Arm || s.Rung != g.groups.Rung || len(domains) > 1 && s.Weighting != g.groups.Weighting || !s.Loss.Known() {
				continue
			}
			if s.Seeds != len(runs) || math.Abs(s.Loss.Value-sums[domain]) > 1e-6*math.Abs(sums[domain]) {
				return g.stale("analyze", "results.json has a mean test loss of %.6g for %s, and the runs have %.6g", s.Loss.Value, domain, sums[domain])
			}
			break
		}
	}
	return nil
}

// choose picks the run to deploy, and fills in the scores.
func (g *gatherer) choose(runs []run, domains []string) (*run, error) {
	comparable := true
	for i := range runs {
		r := &runs[i]
		history, err := layout.ReadHistory(g.folder.Run(r.ID).History())
		if err != nil {
			return nil, err
		}
		r.loss = map[string]float64{}
		for _, row := range history {
			if row.Split == layout.ValSplit && int(row.Epoch) == r.done.Epoch {
				r.loss[row.Domain] = row.Loss
			}
		}
		for _, domain := range domains {
			loss, ok := r.loss[domain]
			comparable = comparable && ok && !math.IsNaN(loss) && r.Fold == runs[0].Fold
		}
	}
	if !comparable {
		return &runs[0], nil
	}
	weight := 0.0
	for _, domain := range domains {
		weight += g.plan.Domain(domain).Value
	}
	best := &runs[0]
	for i := range runs {
		r := &runs[i]
		r.score = 0
		for _, domain := range domains {
			mean := 0.0
			for j := range runs {
				mean += runs[j].loss[domain] / float64(len(runs))
			}
			relative := 1.0
			if mean > 0 {
				relative = r.loss[domain] / mean
			}
			share := 1 / float64(len(domains))
			if weight > 0 {
				share = g.plan.Domain(domain).Value / weight
			}
			r.score += share * relative
		}
		if r.score < best.score {
			best = r
		}
	}
	return best, nil
}

// same reports whether two lists have the same names.
func same(a, b []string) bool {
	return slices.Equal(slices.Sorted(slices.Values(a)), slices.Sorted(slices.Values(b)))
}
