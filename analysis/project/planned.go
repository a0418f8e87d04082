package project

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"slices"

	"github.com/sharewise/sharewise/analysis/dataset"
	"github.com/sharewise/sharewise/analysis/layout"
	"github.com/sharewise/sharewise/analysis/study"
	"github.com/sharewise/sharewise/analysis/train"
	"github.com/sharewise/sharewise/onnxio"
	"github.com/sharewise/sharewise/onnxio/exec"
	"github.com/sharewise/sharewise/onnxio/kernels"
	"github.com/sharewise/sharewise/onnxio/training"
)

// Planned opens the project whose runs an output folder has, with the plan that is
// there. It refuses, as dataset.OpenPlanned does, a study that has come to read other
// data since. memory is that of Options.
func Planned(ctx context.Context, folder layout.Folder, memory int64) (*Project, error) {
	return PlannedBy(ctx, folder, "", memory)
}

// PlannedBy is [Planned] where the study file, and the data beside it, have another path
// than when they were planned: on another machine. It is that of the plan where file is
// empty.
func PlannedBy(ctx context.Context, folder layout.Folder, file string, memory int64) (*Project, error) {
	plan, err := folder.ReadPlan()
	if err != nil {
		return nil, err
	}
	if file = cmp.Or(file, plan.File); file == "" {
		return nil, fmt.Errorf("the plan names no study file: a program made the study, and has the data")
	}
	s, err := dataset.ParsePlanned(file)
	if err != nil {
		return nil, err
	}
	// What was left out when the runs were planned is in the hashes.
	p, err := Open(ctx, s, Options{SkipBad: true, Memory: memory})
	if err != nil {
		return nil, err
	}
	if err := dataset.Planned(plan, p.Tested()); err != nil {
		return nil, fmt.Errorf("%s: %w", plan.File, err)
	}
	if err := changedFile(plan, p.Plan.Files); err != nil {
		return nil, fmt.Errorf("%s: %w", plan.File, err)
	}
	p.asked, p.Plan = p.Plan, plan
	return p, nil
}

// Finished lists the runs of the plan that have finished in a folder and are of an
// arm and a rung.
func (p *Project) Finished(folder layout.Folder, arm, rung string) ([]study.PlannedRun, error) {
	var out []study.PlannedRun
	for _, r := range p.Plan.Runs {
		if r.Arm != arm || r.Rung.Name != rung {
			continue
		}
		state, _, err := folder.State(r)
		if err != nil {
			return nil, err
		}
		if state == layout.StateDone {
			out = append(out, r)
		}
	}
	return out, nil
}

// At opens a run at the parameters that it was trained to.
func (p *Project) At(b exec.Backend, folder layout.Folder, r study.PlannedRun) (*train.Point, error) {
	job, err := p.Task(r, b).Prepare()
	if err != nil {
		return nil, err
	}
	m, err := onnxio.Load(folder.Run(r.ID).Model())
	if err != nil {
		return nil, err
	}
	point, err := train.OpenPoint(b, job)
	if err != nil {
		return nil, err
	}
	if err := point.Trained(m); err != nil {
		return nil, errors.Join(err, point.Close())
	}
	return point, nil
}

// Step is where a run's training was at the end of an epoch.
type Step struct {
	Epoch int
	Rate  float64 // of learning, in the last step of the epoch
	// Set sets a point of the run to it.
	Set func(p *train.Point)
}

// Along trains a run of the plan once more, in a folder that it removes, and returns
// where it was at the ends of these epochs, in their order, and a point of the run, which
// the caller closes. It trains with the passes and kernels that the run recorded, where the
// backend has them, whatever the study or [train.PassesVariable] say by now, for sums that
// are added up in another order end elsewhere. Repeated reports whether the training was
// at the model that is in the folder, to the bit, after the epoch that this is of: with the
// same backend, kernels and instructions of the processor it is.
func (p *Project) Along(ctx context.Context, b exec.Backend, folder layout.Folder, r study.PlannedRun, epochs []int) (steps []Step, point *train.Point, repeated bool, err error) {
	point, err = p.At(b, folder, r)
	if err != nil {
		return nil, nil, false, err
	}
	steps, repeated, err = p.along(ctx, b, folder, r, epochs, point)
	if err != nil {
		return nil, nil, false, errors.Join(err, point.Close())
	}
	return steps, point, repeated, nil
}

func (p *Project) along(ctx context.Context, b exec.Backend, folder layout.Folder, r study.PlannedRun, epochs []int, trained *train.Point) (steps []Step, repeated bool, err error) {
	dir := folder.Run(r.ID)
	done, err := dir.ReadDone(r.Hash)
	if err == nil && done == nil {
		err = fmt.Errorf("the run has not finished; 'sharewise run' finishes it")
	}
	if err != nil {
		return nil, false, err
	}
	spec, err := dir.ReadSpec()
	if err != nil {
		return nil, false, err
	}
	task := p.task(r, b, func() (kernels.Form, error) {
		if form, ok := kernels.Recorded(spec.Form, kernels.Offered(b)); ok {
			return form, nil
		}
		return train.Form(b, p.Study.Training.Passes)
	})
	job, err := p.aimed(folder, r, task).Prepare()
	if err != nil {
		return nil, false, err
	}
	params := append(slices.Clone(job.Program.Params), job.Program.Buffers...)
	job.Observe = func(e train.Epoch) {
		if e.Number == done.Epoch {
			repeated = !slices.ContainsFunc(params, func(q training.Param) bool { return !slices.Equal(e.Values(q.Name), trained.Values(q.Name)) })
		}
		if !slices.Contains(epochs, e.Number) {
			return
		}
		values := map[string][]float32{}
		for _, q := range params {
			values[q.Name] = slices.Clone(e.Values(q.Name))
		}
		steps = append(steps, Step{Epoch: e.Number, Rate: e.Rate, Set: func(p *train.Point) {
			for name, v := range values {
				copy(p.Values(name), v)
			}
		}})
	}
	temporary, err := os.MkdirTemp("", "sharewise-along")
	if err != nil {
		return nil, false, err
	}
	_, err = train.Execute(ctx, b, job, layout.RunFolder(temporary), nil)
	if err = errors.Join(err, os.RemoveAll(temporary)); err != nil {
		return nil, false, err
	}
	return steps, repeated, nil
}

// PairWork is what training a pair takes at a rung, with all its seeds, in
// operations; Forward is what a sample takes forwards.
func (p *Project) PairWork(rung string) (pair, forward float64) {
	pairs, alone := 0, 0
	var ofPairs, ofAlone float64
	for _, r := range p.Plan.Runs {
		if r.Rung.Name != rung {
			continue
		}
		switch len(r.Domains) {
		case 1:
			alone, ofAlone = alone+1, ofAlone+r.FLOPs
		case 2:
			pairs, ofPairs = pairs+1, ofPairs+r.FLOPs
		}
	}
	forward = p.folds[0].models[rung].FLOPs
	if pairs > 0 {
		return ofPairs / float64(pairs) * float64(p.Plan.Seeds), forward
	}
	return 2 * ofAlone / float64(max(1, alone)) * float64(p.Plan.Seeds), forward
}
