package remedies

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"iter"
	"math"
	"os"
	"slices"

	"github.com/sharewise/sharewise/analysis"
	"github.com/sharewise/sharewise/analysis/effect"
	"github.com/sharewise/sharewise/analysis/layout"
	"github.com/sharewise/sharewise/analysis/losses"
	"github.com/sharewise/sharewise/analysis/project"
	"github.com/sharewise/sharewise/analysis/study"
	"github.com/sharewise/sharewise/analysis/train"
	"github.com/sharewise/sharewise/onnxio/exec"
)

// errNone marks a remedy of which there is nothing to try.
var errNone = errors.New("nothing to try")

// trial is a trial of the remedies of one pool under way.
type trial struct {
	project *project.Project
	backend exec.Backend
	folder  layout.Folder // of the study
	runs    layout.Folder // of the trial
	o       Options
	file    *File
	plan    *study.Plan // of the study, as it was trained
	pool    []study.PlannedRun
	rate    float64 // seconds for an operation
	counted map[string]bool
	used    []string // IDs of runs of the trial
}

// candidate is a remedy with its runs by the seeds of the pool.
type candidate struct {
	remedy  *Remedy
	project *project.Project
	runs    []study.PlannedRun
	own     map[string][]study.PlannedRun // of harmed domains
	search  bool                          // one seed of it was tried on validation samples
}

// inTurns says how remedies are chosen in a study of folds.
const inTurns = "all samples are tested in turns, and the validation samples of one seed are the test samples of another: every setting that the budget holds is tested, and none is chosen by validation samples"

// Try proposes remedies for a study's output folder, trains those of one pool within the
// budget, judges them and writes remedies.json. Runs are kept in the folder remedies of
// the study's; called again, it goes on, and comes to the same. The project is that of
// the study file. Errors match ErrUnsuitable, project.ErrChanged, train.ErrTimeUp and
// train.ErrInterrupted.
func Try(ctx context.Context, b exec.Backend, p *project.Project, folder layout.Folder, o Options) (*File, error) {
	f, origin, err := proposed(folder, o, p.Study)
	if err != nil {
		return nil, err
	}
	if len(f.Harms) == 0 {
		return f, f.write(folder, origin, o.settings(false))
	}
	if p.Study.Folds() > 0 {
		f.Warnings = append(f.Warnings, inTurns)
	}
	arm := cmp.Or(o.Arm, f.arms()[0])
	if err := f.keep(arm); err != nil {
		return nil, err
	}
	t := &trial{project: p, backend: b, folder: folder, runs: folder.RemedyRuns(), o: o, file: f, counted: map[string]bool{}}
	if err := t.prepare(arm); err != nil {
		return nil, err
	}
	if err := os.MkdirAll(string(t.runs), 0o777); err != nil {
		return nil, err
	}
	lock, err := t.runs.Lock()
	if err != nil {
		return nil, err
	}
	defer lock.Unlock()
	if err := t.run(ctx); err != nil {
		return nil, err
	}
	f.conclude(arm)
	if err := origin.Trained(t.runs, t.used); err != nil {
		return nil, err
	}
	return f, f.write(folder, origin, o.settings(true))
}

// prepare finds the runs of the pool as it was.
func (t *trial) prepare(arm string) error {
	var err error
	if t.plan, err = t.folder.ReadPlan(); err != nil {
		return err
	}
	pool := t.file.poolOf(arm)
	if err := project.Same(t.plan, t.project.Plan, pool); err != nil {
		return err
	}
	seconds, work := 0.0, 0.0
	for _, r := range t.plan.Runs {
		if r.Arm != arm || r.Rung.Name != t.file.Rung || r.Weighting.Name != t.file.Weighting {
			continue
		}
		done, err := t.folder.Run(r.ID).ReadDone(r.Hash)
		if err != nil {
			return err
		}
		if done == nil || done.Status != layout.Finished {
			continue
		}
		t.pool = append(t.pool, r)
		seconds, work = seconds+done.Seconds, work+r.FLOPs
	}
	if len(t.pool) < 2 {
		return fmt.Errorf("%w: %s has %d finished runs at this size and weighting; two seeds or more can tell a remedy from chance", ErrUnsuitable, arm, len(t.pool))
	}
	slices.SortFunc(t.pool, func(x, y study.PlannedRun) int { return cmp.Compare(x.Seed, y.Seed) })
	if work > 0 {
		t.rate = seconds / work
	}
	t.file.Trial = &Trial{Arm: arm, Seeds: len(t.pool), Budget: t.o.Budget.String()}
	return nil
}

func (t *trial) run(ctx context.Context) error {
	var all []candidate
	for i := range t.file.Remedies {
		r := &t.file.Remedies[i]
		r.Outcome = &Outcome{Validation: effect.NaN, Seeds: []int{}, Domains: []Change{}, Others: []Change{}}
		if r.Kind == Own {
			continue
		}
		c, err := t.candidate(ctx, r)
		if errors.Is(err, errNone) || errors.Is(err, ErrUnsuitable) {
			r.Outcome.Verdict, r.Outcome.Why = Impossible, err.Error()
			continue
		}
		if err != nil {
			return err
		}
		all = append(all, c)
	}
	choose := t.choose
	if t.project.Study.Folds() > 0 {
		choose = t.afford
	}
	chosen, err := choose(ctx, all)
	if err != nil {
		return err
	}
	var tasks []train.Task
	for _, c := range chosen {
		tasks = append(tasks, t.tasks(c, c.runs)...)
		for _, d := range c.remedy.Harmed {
			tasks = append(tasks, t.tasks(c, c.own[d])...)
		}
	}
	if err := t.schedule(ctx, "test", tasks); err != nil {
		return err
	}
	return t.judge(chosen)
}

// candidate opens a remedy and finds its runs.
func (t *trial) candidate(ctx context.Context, r *Remedy) (candidate, error) {
	p, pool, w, err := t.open(ctx, r)
	if err != nil {
		return candidate{}, err
	}
	c := candidate{remedy: r, project: p, own: map[string][]study.PlannedRun{}}
	rung := p.Study.Model.Rungs[0].Name
	for _, seed := range t.pool {
		for _, x := range p.Plan.Runs {
			if x.Rung.Name == rung && x.Seed == seed.Seed && slices.Equal(x.Domains, pool) && x.Weighting.Name == w.Name {
				c.runs = append(c.runs, x)
			}
		}
	}
	if len(c.runs) != len(t.pool) {
		return c, fmt.Errorf("%w: the rules of the study forbid a model of %v", errNone, pool)
	}
	for _, x := range p.Plan.Runs {
		if len(x.Domains) == 1 && x.Rung.Name == rung && slices.Contains(pool, x.Domains[0]) {
			c.own[x.Domains[0]] = append(c.own[x.Domains[0]], x)
		}
	}
	r.Trainings = 0
	for _, x := range t.needed(c) {
		if in, err := t.where(x); err != nil {
			return c, err
		} else if in != t.folder {
			r.Trainings++
		}
	}
	r.Cost = effect.Number(c.runs[0].FLOPs / t.pool[0].FLOPs)
	return c, nil
}

// needed are the runs of a remedy's test: of the pool, and of harmed domains alone.
func (t *trial) needed(c candidate) []study.PlannedRun {
	out := slices.Clone(c.runs)
	for _, d := range c.remedy.Harmed {
		out = append(out, c.own[d]...)
	}
	return out
}

// where is the folder that a run is in, or will be: the study's where it was trained
// there.
func (t *trial) where(r study.PlannedRun) (layout.Folder, error) {
	done, err := t.folder.Run(r.ID).ReadDone(r.Hash)
	if err == nil && done != nil {
		return t.folder, nil
	}
	return t.runs, err
}

// tasks are the trainings of runs that the study does not have.
func (t *trial) tasks(c candidate, runs []study.PlannedRun) []train.Task {
	var out []train.Task
	for _, r := range runs {
		if in, err := t.where(r); err == nil && in == t.folder {
			continue
		}
		out = append(out, c.project.TaskIn(t.folder, r, t.backend))
	}
	return out
}

// schedule trains tasks, each once.
func (t *trial) schedule(ctx context.Context, stage string, tasks []train.Task) error {
	var once []train.Task
	for _, task := range tasks {
		if !slices.ContainsFunc(once, func(x train.Task) bool { return x.ID == task.ID }) {
			once = append(once, task)
		}
		if !slices.Contains(t.used, task.ID) {
			t.used = append(t.used, task.ID)
		}
	}
	if len(once) == 0 {
		return nil
	}
	o := train.Options{Jobs: t.project.SideBySide(t.o.Jobs)}
	done := 0
	if t.o.Observe != nil {
		t.o.Observe(stage, 0, len(once))
		o.Observe = func(e train.Event) {
			if e.Kind == train.Ended {
				done++
				t.o.Observe(stage, done, len(once))
			}
		}
	}
	_, err := train.Schedule(ctx, t.backend, t.runs, once, o)
	return err
}

// judge holds the chosen remedies, and models of the domains' own, against the pool as
// it was.
func (t *trial) judge(chosen []candidate) error {
	s, err := analysis.OpenFolder(t.folder)
	if err != nil {
		return err
	}
	var all []settled
	for _, c := range chosen {
		if _, _, err := t.finished(c.runs[0]); err != nil { // it counts, whether or not it is tested
			return err
		}
		x := settled{remedy: c.remedy, own: map[string][]tested{}}
		whole := true
		for _, r := range c.runs {
			if c.search && len(c.runs) > 2 && r.Seed == t.pool[0].Seed {
				continue // validation samples chose by it
			}
			one, done, err := t.finished(r)
			if err != nil {
				return err
			}
			whole = whole && done
			x.runs, x.seeds = append(x.runs, one), append(x.seeds, r.Seed)
		}
		if !whole {
			c.remedy.Outcome.Verdict = Diverged
			continue
		}
		for d, runs := range c.own {
			var list []tested
			for _, r := range runs {
				if one, done, err := t.finished(r); err != nil {
					return err
				} else if done {
					list = append(list, one)
				}
			}
			if len(list) > 1 {
				x.own[d] = list
			}
		}
		all = append(all, x)
	}
	var pool []tested
	for _, r := range t.pool {
		one, _, err := t.finished(r)
		if err != nil {
			return err
		}
		pool = append(pool, one)
	}
	own, err := t.alone()
	if err != nil {
		return err
	}
	if own != nil {
		all = append(all, *own)
	}
	return judge(t.file, s, pool, all)
}

// alone is the remedy of models of the domains' own, which the study has.
func (t *trial) alone() (*settled, error) {
	at := slices.IndexFunc(t.file.Remedies, func(r Remedy) bool { return r.Kind == Own })
	if at < 0 {
		return nil, nil
	}
	x := &settled{remedy: &t.file.Remedies[at]}
	for _, r := range t.pool {
		x.seeds = append(x.seeds, r.Seed)
	}
	for _, r := range t.plan.Runs {
		if len(r.Domains) != 1 || r.Rung.Name != t.file.Rung || !slices.Contains(x.remedy.Harmed, r.Domains[0]) || !slices.Contains(x.seeds, r.Seed) {
			continue
		}
		one, done, err := t.finished(r)
		if err != nil {
			return nil, err
		}
		if done {
			x.runs = append(x.runs, one)
		}
	}
	return x, nil
}

// finished is a run with its test samples, and whether it has any.
func (t *trial) finished(r study.PlannedRun) (tested, bool, error) {
	in, err := t.where(r)
	if err != nil {
		return tested{}, false, err
	}
	dir := in.Run(r.ID)
	done, err := dir.ReadDone(r.Hash)
	if err != nil || done == nil || done.Status != layout.Finished {
		return tested{}, false, err
	}
	if in == t.runs && !t.counted[r.ID] {
		t.counted[r.ID] = true
		t.file.Trial.Trained++
		t.file.Trial.Seconds += done.Seconds
	}
	return tested{id: r.ID, domains: r.Domains, seed: int64(r.Seed), open: func() iter.Seq2[*losses.Table, error] { return losses.Batches(dir.Losses()) }}, true, nil
}

// validation is the mean over harmed domains of the logarithm of the validation loss of
// a run, +Inf where it diverged, and whether there was any.
func (t *trial) validation(r study.PlannedRun, harmed []string) (float64, bool, error) {
	in, err := t.where(r)
	if err != nil {
		return 0, false, err
	}
	dir := in.Run(r.ID)
	done, err := dir.ReadDone(r.Hash)
	if err != nil {
		return 0, false, err
	}
	if done == nil || done.Status != layout.Finished {
		return math.Inf(1), true, nil
	}
	history, err := layout.ReadHistory(dir.History())
	if err != nil {
		return 0, false, err
	}
	sum, n := 0.0, 0
	for _, row := range history {
		if row.Split == layout.ValSplit && int(row.Epoch) == done.Epoch && slices.Contains(harmed, row.Domain) && !math.IsNaN(row.Loss) {
			sum, n = sum+math.Log(max(row.Loss, 1e-6)), n+1
		}
	}
	if n == 0 {
		return 0, false, nil
	}
	return sum / float64(n), true, nil
}
