package project

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"time"

	"github.com/sharewise/sharewise/analysis/atomicfile"
	"github.com/sharewise/sharewise/analysis/augment"
	"github.com/sharewise/sharewise/analysis/baseline"
	"github.com/sharewise/sharewise/analysis/claim"
	"github.com/sharewise/sharewise/analysis/datafile"
	"github.com/sharewise/sharewise/analysis/dataset"
	"github.com/sharewise/sharewise/analysis/inspection"
	"github.com/sharewise/sharewise/analysis/layout"
	"github.com/sharewise/sharewise/analysis/study"
	"github.com/sharewise/sharewise/analysis/train"
	"github.com/sharewise/sharewise/onnxio/exec"
	"github.com/sharewise/sharewise/onnxio/kernels"
)

// Version is the version of sharewise, set by the linker in releases. Runs
// record it.
var Version = "0.1.0-dev"

// TrainOptions say how the runs of a project are trained.
type TrainOptions struct {
	// Jobs is the number of runs trained side by side; 0 stands for as many as
	// the processors allow.
	Jobs int
	// MaxTime ends training after this long; training again goes on. 0 is no
	// limit.
	MaxTime time.Duration
	// Observe, which may be nil, is told what happens. Calls are serialised.
	Observe func(train.Event)
	// Claims, KeepGoing and Mirror are those of train.Options.
	Claims    *claim.Claimer
	KeepGoing bool
	Mirror    train.Mirror
}

// Leaks looks for test samples that training sees, and keeps in the plan how
// many there are. It looks at the data once and returns the same report
// afterwards. Errors are those of ctx.
func (p *Project) Leaks(ctx context.Context) (*inspection.Report, error) {
	if p.leaks == nil {
		var all [][]study.Exposure
		for _, f := range p.folds {
			var found *inspection.Report
			err := datafile.Guard(func() (err error) {
				found, err = inspection.Leaks(ctx, f.domains)
				return err
			})
			if err != nil {
				return nil, err
			}
			if p.leaks == nil {
				p.leaks = found
			}
			all = append(all, found.Exposures())
		}
		p.exposed = study.SumExposures(all, p.Plan.Domains)
	}
	p.Plan.Exposures = p.exposed
	return p.leaks, nil
}

// Outcome says what became of a project's runs, and of the linear models that
// they are held against.
type Outcome struct {
	train.Summary
	Baselines baseline.Report
}

// Train trains every run of the plan that has not ended in the folder yet, and
// writes the plan before, in the order of study.InOrder. It fails with
// train.ErrInterrupted when ctx ends; what was trained is kept, and training again
// goes on to the same bytes. Other processes may take part, by Train or by Work, as long
// as they have the same plan; else it fails with layout.ErrInUse.
func (p *Project) Train(ctx context.Context, b exec.Backend, folder layout.Folder, o TrainOptions) (out Outcome, err error) {
	if err := p.refuse(p.Plan.Runs); err != nil {
		return out, fmt.Errorf("train: %w", err)
	}
	if _, err := p.Leaks(ctx); err != nil {
		return out, fmt.Errorf("%w: %w", train.ErrInterrupted, err)
	}
	lock, joined, err := p.lock(folder)
	if err != nil {
		return out, err
	}
	defer lock.Unlock()
	left := o.MaxTime
	if o.Claims == nil {
		o.Claims = claim.New(claim.Options{})
	}
	if !joined {
		if left, err = p.fitBaselines(ctx, folder, o, false, &out.Baselines); err != nil {
			return out, err
		}
		if err := lock.Share(); err != nil {
			return out, err
		}
	}
	if out.Summary, err = p.train(ctx, b, folder, p.Plan.Runs, left, o); err == nil && joined { // workers fit none
		o.MaxTime = 0
		_, err = p.fitBaselines(ctx, folder, o, true, &out.Baselines)
	}
	return out, err
}

// WritePlan writes the plan into the folder, for workers. Where others train by the same plan
// it leaves everything as it is.
func (p *Project) WritePlan(ctx context.Context, folder layout.Folder) error {
	if err := p.refuse(p.Plan.Runs); err != nil {
		return fmt.Errorf("plan: %w", err)
	}
	if _, err := p.Leaks(ctx); err != nil {
		return fmt.Errorf("%w: %w", train.ErrInterrupted, err)
	}
	lock, _, err := p.lock(folder)
	if err != nil {
		return err
	}
	return lock.Unlock()
}

// lock takes the folder and writes the plan; where others train by the same plan, it
// joins them.
func (p *Project) lock(folder layout.Folder) (lock *layout.Lock, joined bool, err error) {
	lock, err = folder.LockAtOnce()
	if err == nil {
		if err := folder.WritePlan(p.Plan); err != nil {
			return nil, false, errors.Join(err, lock.Unlock())
		}
		return lock, false, nil
	}
	inUse := err
	if !errors.Is(err, layout.ErrInUse) {
		return nil, false, err
	}
	if lock, err = folder.Join(); err != nil {
		return nil, false, err
	}
	same, err := folder.HasPlan(p.Plan)
	if err == nil && !same {
		err = fmt.Errorf("%w; what is trained there was planned otherwise, by an earlier version of the study", inUse)
	}
	if err != nil {
		return nil, false, errors.Join(err, lock.Unlock())
	}
	return lock, true, nil
}

// train executes those of the runs that have not ended.
func (p *Project) train(ctx context.Context, b exec.Backend, folder layout.Folder, runs []study.PlannedRun, left time.Duration, o TrainOptions) (out train.Summary, err error) {
	first, then := apart(study.InOrder(runs))
	trained := map[string]bool{}
	observe := func(e train.Event) {
		if e.Kind == train.Ended && !e.Reused {
			trained[e.ID] = true
		}
		if o.Observe != nil {
			o.Observe(e)
		}
	}
	started := time.Now()
	schedule := func(runs []study.PlannedRun, left time.Duration) (train.Summary, error) {
		var tasks []train.Task
		for _, r := range runs {
			tasks = append(tasks, p.TaskIn(folder, r, b))
		}
		return train.Schedule(ctx, b, folder, tasks, train.Options{
			Jobs: p.SideBySide(o.Jobs), MaxTime: left, Observe: observe, Claims: o.Claims, KeepGoing: o.KeepGoing, Mirror: o.Mirror,
		})
	}
	if o.Claims == nil {
		o.Claims = claim.New(claim.Options{})
	}
	if o.Mirror != nil {
		if err := o.Mirror.Begin(ctx); err != nil {
			return train.Summary{Left: len(runs)}, err
		}
	}
	out, err = schedule(first, left)
	switch {
	case len(then) == 0:
	case err != nil:
		out.Left += len(then)
	default:
		if err := p.bringNeeded(ctx, folder, then, o.Mirror); err != nil {
			return out, err
		}
		if left > 0 {
			left = max(1, left-time.Since(started))
		}
		var more train.Summary
		more, err = schedule(then, left)
		out.Add(more)
	}
	return out, errors.Join(err, p.withdraw(folder, trained))
}

// bringNeeded brings the independent models' learning curves that weightings of runs are held
// against from the mirror, where other machines may have trained them.
func (p *Project) bringNeeded(ctx context.Context, folder layout.Folder, then []study.PlannedRun, m train.Mirror) error {
	if m == nil {
		return nil
	}
	for _, r := range p.withNeeded(then)[len(then):] {
		if err := m.Fetch(ctx, folder.Run(r.ID)); err != nil {
			return err
		}
	}
	return nil
}

// fitBaselines fits the linear models that the plan asks for and that are not
// in the folder yet, and returns what is left of o.MaxTime, of which 0 is no
// limit. Where others may fit them at the same time, each is claimed.
func (p *Project) fitBaselines(ctx context.Context, folder layout.Folder, o TrainOptions, others bool, out *baseline.Report) (time.Duration, error) {
	start, limited, maxTime := time.Now(), ctx, o.MaxTime
	claims := o.Claims
	if !others && o.Mirror == nil {
		claims = nil
	}
	if maxTime > 0 {
		var cancel context.CancelFunc
		limited, cancel = context.WithTimeout(ctx, maxTime)
		defer cancel()
	}
	domains := map[string][]*dataset.Domain{}
	for _, f := range p.folds {
		for _, d := range f.domains {
			domains[d.Name] = append(domains[d.Name], d)
		}
	}
	var report *baseline.Report
	err := datafile.Guard(func() (err error) {
		report, err = baseline.Run(limited, baseline.Config{
			Study: p.Study.Name, Plan: p.Plan, Folder: folder, Domains: domains, Sharewise: Version,
			Ordered: func(domain string) bool { return p.Study.Domain(domain).Ordered() },
			Claims:  claims, Mirror: o.Mirror,
		})
		return err
	})
	if report != nil {
		*out = *report
	}
	switch {
	case ctx.Err() != nil:
		return 0, fmt.Errorf("%w: %w", train.ErrInterrupted, ctx.Err())
	case limited.Err() == nil && err != nil:
		return 0, err
	case maxTime == 0:
		return 0, nil
	}
	return max(1, maxTime-time.Since(start)), nil
}

// SideBySide is the number of runs trained at the same time: what was asked
// for, or for 0 as many sessions as the processors hold.
func (p *Project) SideBySide(jobs int) int {
	if jobs > 0 {
		return jobs
	}
	return max(1, runtime.GOMAXPROCS(0)/max(1, p.Study.Training.Threads))
}

// TaskIn makes the training of a planned run by a backend. Where the run's weighting
// holds domains against independent models, these are looked up in the folder when the
// task begins, and recorded with the run: see Targets.
func (p *Project) TaskIn(folder layout.Folder, r study.PlannedRun, b exec.Backend) train.Task {
	return p.aimed(folder, r, p.Task(r, b))
}

// aimed lets a task look up what the run's weighting holds domains against.
func (p *Project) aimed(folder layout.Folder, r study.PlannedRun, t train.Task) train.Task {
	if p.trainer != nil || !NeedsTargets(r.Run) {
		return t
	}
	prepare := t.Prepare
	t.Prepare = func() (*train.Job, error) {
		job, err := prepare()
		if err != nil {
			return nil, err
		}
		targets, err := p.Targets(folder, r.Run)
		if err != nil {
			return nil, err
		}
		job.Run.Weighting.Targets, job.Spec.Run.Weighting.Targets = targets, targets
		return job, nil
	}
	return t
}

// Task makes the training of a planned run by a backend, whose weighting needs nothing
// of other runs.
func (p *Project) Task(r study.PlannedRun, b exec.Backend) train.Task {
	return p.task(r, b, func() (kernels.Form, error) { return train.Form(b, p.Study.Training.Passes) })
}

// task makes the training of a planned run with graphs of a form.
func (p *Project) task(r study.PlannedRun, b exec.Backend, form func() (kernels.Form, error)) train.Task {
	if p.trainer != nil {
		return p.ownTask(r)
	}
	at := p.of(r)
	return train.Task{ID: r.ID, Hash: r.Hash, Steps: r.Steps, Prepare: func() (*train.Job, error) {
		if err := p.refuse([]study.PlannedRun{r}); err != nil {
			return nil, err
		}
		form, err := form()
		if err != nil {
			return nil, err
		}
		domains := make([]*dataset.Domain, len(r.Domains))
		augmentation := make([]augment.Settings, len(r.Domains))
		spec := layout.Spec{
			Run: r.Run, Data: map[string]string{}, Model: at.models[r.Rung.Name].SHA256,
			Batches: map[string]int{}, Augment: map[string]augment.Settings{}, Steps: r.Steps, Training: p.Study.Training, BatchNorm: r.BatchNorm, Freeze: p.Study.Model.Freeze, DomainAdapters: r.DomainAdapters,
			Backend: b.Name(), Form: form.String(), Sharewise: Version,
		}
		if len(r.Rows) != len(r.Domains) {
			return nil, fmt.Errorf("run %s: plan.json has rows of a minibatch for %d of %d domains; run the study again", r.ID, len(r.Rows), len(r.Domains))
		}
		for i, name := range r.Domains {
			domains[i] = at.domain(name)
			spec.Data[name] = domains[i].SHA256
			spec.Batches[name] = r.Rows[i]
			if augmentation[i] = p.Study.Augmentation(name); augmentation[i].Used() {
				spec.Augment[name] = augmentation[i]
			}
		}
		program, err := p.compile(at, r, domains, form)
		if err != nil {
			return nil, err
		}
		return &train.Job{
			Run: r.Run, Learned: p.learned[r.Rung.Name], Study: p.Study.Name, Folds: p.Study.Folds(), Domains: domains, Program: program,
			Batches: r.Rows, StepsPerEpoch: p.Plan.StepsPerEpoch,
			Training: p.Study.Training, Augment: augmentation, Spec: spec,
			Unchanged: func() error { return p.unchangedModel(r.Rung.Name, false) },
		}, nil
	}}
}

// withdraw reads all files of data and models anew after training. Where one has changed although
// its size and time have not, the runs that were just trained on it may have seen other
// samples than their identity says: they have not ended, and are trained again. Checkpoints of runs on it go, too.
func (p *Project) withdraw(folder layout.Folder, trained map[string]bool) error {
	if len(trained) == 0 {
		return nil
	}
	changed := map[string]error{}
	for _, f := range p.folds {
		for _, d := range f.domains {
			if changed[d.Name] == nil {
				changed[d.Name] = d.Unchanged(context.Background(), true)
			}
		}
	}
	var errs []error
	models := map[string]error{}
	for _, r := range p.Study.Model.Rungs {
		if models[r.Name] = p.unchangedModel(r.Name, true); models[r.Name] != nil {
			errs = append(errs, fmt.Errorf("train: %w", models[r.Name]))
		}
	}
	for _, r := range p.Plan.Runs {
		other := models[r.Rung.Name] != nil || slices.ContainsFunc(r.Domains, func(name string) bool { return changed[name] != nil })
		if other {
			// It may go on from what such samples made of it.
			if err := atomicfile.RemoveFile(folder.Run(r.ID).Checkpoint()); err != nil {
				errs = append(errs, err)
			}
		}
		if trained[r.ID] && other {
			if err := atomicfile.RemoveFile(folder.Run(r.ID).Done()); err != nil {
				errs = append(errs, err)
			}
		}
	}
	for _, d := range p.Domains {
		if err := changed[d.Name]; err != nil {
			errs = append(errs, fmt.Errorf("train: %w", err))
			if err := atomicfile.RemoveFile(folder.Baseline(d.Name).Done()); err != nil {
				errs = append(errs, err)
			}
		}
	}
	return errors.Join(errs...)
}
