package project

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/sharewise/sharewise/analysis/claim"
	"github.com/sharewise/sharewise/analysis/layout"
	"github.com/sharewise/sharewise/analysis/study"
	"github.com/sharewise/sharewise/analysis/train"
	"github.com/sharewise/sharewise/onnxio/exec"
)

// ErrStepByStep is matched where runs are chosen while others are trained, so that
// there is no plan for workers to share.
var ErrStepByStep = errors.New("the runs of this study are chosen as others end, until it is settled; workers need a plan of all runs")

// Work executes runs of the plan in the folder that has one, see [Planned]; others may
// execute the same or other runs at the same time. A run whose weighting is held
// against independent models is preceded by these, as far as nobody has trained them. What
// ends and fails is as in [Project.Train]; Work plans nothing and fits no baselines. It waits
// for up to a minute for a process that has the folder to itself, such as one that plans,
// and fails with layout.ErrInUse then.
func (p *Project) Work(ctx context.Context, b exec.Backend, folder layout.Folder, ids []string, o TrainOptions) (train.Summary, error) {
	if p.Plan.Adaptive != nil {
		return train.Summary{}, ErrStepByStep
	}
	var runs []study.PlannedRun
	for _, id := range ids {
		r, err := p.Plan.Run(id)
		if err != nil {
			return train.Summary{}, err
		}
		runs = append(runs, *r)
	}
	runs = p.withNeeded(runs)
	if err := p.stillAsked(runs); err != nil {
		return train.Summary{}, err
	}
	if err := p.refuse(runs); err != nil {
		return train.Summary{}, fmt.Errorf("train: %w", err)
	}
	lock, err := join(ctx, folder)
	if err != nil {
		return train.Summary{}, err
	}
	defer lock.Unlock()
	if err := planned(folder, runs); err != nil {
		return train.Summary{}, err
	}
	if o.Claims == nil {
		o.Claims = claim.New(claim.Options{})
	}
	return p.train(ctx, b, folder, runs, o.MaxTime, o)
}

// planned makes sure that runs are still what the folder has a plan of.
func planned(folder layout.Folder, runs []study.PlannedRun) error {
	plan, err := folder.ReadPlan()
	if err != nil {
		return err
	}
	if r := missing(plan, runs); r != nil {
		return fmt.Errorf("run %s is not in %s any more: the study was planned anew; start the worker again", r.ID, folder.Plan())
	}
	return nil
}

// ErrEdited is matched where a study file has changed since its runs were planned, so that
// it does not say how to train them.
var ErrEdited = errors.New("the study file has changed since the runs were planned")

// stillAsked makes sure that the study file still says how these runs are trained.
func (p *Project) stillAsked(runs []study.PlannedRun) error {
	if p.asked == nil {
		return nil
	}
	if r := missing(p.asked, runs); r != nil {
		return fmt.Errorf("run %s: %w, or this is another version of sharewise, or the model is another; undo that, or plan again", r.ID, ErrEdited)
	}
	return nil
}

// missing is a run that a plan does not have, or has with other settings.
func missing(plan *study.Plan, runs []study.PlannedRun) *study.PlannedRun {
	hashes := map[string]string{}
	for _, r := range plan.Runs {
		hashes[r.ID] = r.Hash
	}
	for i, r := range runs {
		if hashes[r.ID] != r.Hash {
			return &runs[i]
		}
	}
	return nil
}

// withNeeded adds the independent models that weightings of runs are held against.
func (p *Project) withNeeded(runs []study.PlannedRun) []study.PlannedRun {
	out := slices.Clone(runs)
	has := map[string]bool{}
	for _, r := range runs {
		has[r.ID] = true
	}
	for _, r := range runs {
		if !NeedsTargets(r.Run) {
			continue
		}
		for _, alone := range p.Plan.Runs {
			if !has[alone.ID] && alone.Arm == study.Independent && alone.Rung.Name == r.Rung.Name && alone.Seed == r.Seed && slices.Contains(r.Domains, alone.Domains[0]) {
				has[alone.ID] = true
				out = append(out, alone)
			}
		}
	}
	return out
}

// join takes part in the work in a folder, once nobody has it to itself.
func join(ctx context.Context, folder layout.Folder) (*layout.Lock, error) {
	for end := time.Now().Add(time.Minute); ; {
		lock, err := folder.Join()
		if err == nil || !errors.Is(err, layout.ErrInUse) || time.Now().After(end) {
			return lock, err
		}
		select {
		case <-ctx.Done():
			return nil, fmt.Errorf("%w: %w", train.ErrInterrupted, ctx.Err())
		case <-time.After(time.Second):
		}
	}
}
