package contest

import (
	"context"
	"fmt"
	"reflect"

	"github.com/sharewise/sharewise/analysis/study"
	"github.com/sharewise/sharewise/analysis/train"
	"github.com/sharewise/sharewise/analysis/variants"
)

// entrant is a method with the budget that it is tuned with.
type entrant struct {
	name   string // of its entry
	method study.WeightingMethod
	// budgets is by how much its candidates outnumber those of a method, in every round.
	budgets int
}

// entrants are the methods, and once more the control with the budget of all of them
// together.
func (c *contest) entrants() []entrant {
	var out []entrant
	for _, m := range c.methods {
		out = append(out, entrant{m.Name, m, 1})
	}
	for _, m := range c.methods {
		if m.Name == control && !c.o.NoLong {
			out = append(out, entrant{longControl, m, len(c.methods)})
		}
	}
	return out
}

// seeds are those that an entrant's candidates of the last round are trained with. The
// control that has every budget spends it on fewer candidates with more seeds, so that it
// does not end with what one seed was lucky with.
func (e entrant) seeds(testSeeds int) []int {
	out := []int{searchSeed}
	for k := 1; k < longSeeds && e.budgets >= longSeeds; k++ {
		out = append(out, searchSeed+testSeeds+k)
	}
	return out
}

// trial is a candidate's runs.
type trial struct {
	entrant, at int
	runs        []study.PlannedRun
}

// search tunes every entrant by successive halving, all side by side.
func (c *contest) search(ctx context.Context, entrants []entrant) ([]candidate, error) {
	left := make([][]candidate, len(entrants))
	for i, e := range entrants {
		left[i] = candidates(e.method, c.o.Trials*e.budgets, c.Names(), c.Project.Study.Seed)
		for k := range left[i] {
			w := left[i][k].weighting
			left[i][k].relative = 1 + (c.costs[e.method.Name].Relative-1)/float64(max(1, w.Every))
		}
	}
	counts := rounds(c.o.Trials)
	for round, n := range counts {
		var trials []trial
		var tasks []train.Task
		var finalist candidate // of the control with one budget
		for i, e := range entrants {
			seeds := []int{searchSeed}
			if round == len(counts)-1 {
				seeds = e.seeds(c.o.Seeds)
			}
			left[i] = best(left[i], n*e.budgets/len(seeds))
			if e.name == longControl && round == len(counts)-1 {
				left[i] = joined(left[i], finalist)
			}
			if e.name == control {
				finalist = left[i][0]
			}
			for k, candidate := range left[i] {
				trial := trial{entrant: i, at: k}
				for _, seed := range seeds {
					r, task, err := c.task(ctx, candidate, epochsOf(c.Project.Study.Training.Epochs, round, len(counts), candidate.relative), seed)
					if err != nil {
						return nil, err
					}
					trial.runs, tasks = append(trial.runs, r), append(tasks, task)
				}
				trials = append(trials, trial)
			}
		}
		if err := c.Train(ctx, fmt.Sprintf("tuning, round %d of %d", round+1, len(counts)), tasks); err != nil {
			return nil, err
		}
		for _, t := range trials {
			score := 0.0
			for _, r := range t.runs {
				v, err := c.Validation(r)
				if err != nil {
					return nil, err
				}
				score += v / float64(len(t.runs))
			}
			left[t.entrant][t.at].score = score
		}
	}
	out := make([]candidate, len(left))
	for i := range left {
		out[i] = best(left[i], 1)[0]
	}
	return out, nil
}

// joined is a list with a candidate, which may be in it. Short trainings prefer high rates,
// the more so the more candidates there are: without the one that a smaller budget ends
// with, a larger one may end with worse.
func joined(list []candidate, c candidate) []candidate {
	for _, other := range list {
		if other.rate == c.rate && reflect.DeepEqual(other.weighting, c.weighting) {
			return list
		}
	}
	return append(list, c)
}

// task is the training of a candidate with one seed, among the runs of the contest.
func (c *contest) task(ctx context.Context, k candidate, epochs, seed int) (study.PlannedRun, train.Task, error) {
	return c.Task(ctx, c.Folder, variants.Variant{Weighting: k.weighting, Rate: k.rate, Epochs: epochs, Seed: seed})
}
