package retrain

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/sharewise/sharewise/analysis"
	"github.com/sharewise/sharewise/analysis/atomicfile"
	"github.com/sharewise/sharewise/analysis/filelimit"
	"github.com/sharewise/sharewise/analysis/layout"
	"github.com/sharewise/sharewise/analysis/losses"
	"github.com/sharewise/sharewise/analysis/train"
	"github.com/sharewise/sharewise/onnxio/exec"
)

// Options say where a run works and what it writes. Files that are not named are
// not written.
type Options struct {
	// Work is the folder of checkpoints. It is made, and removed when all is
	// written.
	Work layout.Folder
	// Model is the file of the trained model, Into that of the given model with the
	// trained weights, for a head that is kept, and Table that of the losses of test
	// samples.
	Model, Into, Table string
	// Observe is told of every epoch, Resumed of the step that a run goes on after.
	// Both may be nil.
	Observe func(Epoch)
	Resumed func(step int)
}

// ErrForeign is returned for a folder that holds other files than checkpoints.
var ErrForeign = errors.New("the folder holds other files; name a new or an empty one")

// MayWork reports whether a folder may be a work folder: it is new, empty, or was
// one before. What a killed process left in it is removed, so it must hold nothing
// else.
func MayWork(dir string) error {
	entries, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) || err == nil && len(entries) == 0 {
		return nil
	}
	if err != nil {
		return err
	}
	if _, err := os.Stat(filepath.Join(dir, "runs")); err != nil {
		return ErrForeign
	}
	return nil
}

// Compile makes the graphs of the training for a backend, which Run does if it was
// not done before. With into it fails with an *IntoError where the given model
// would have no place for what is trained.
func (t *Training) Compile(b exec.Backend, into bool) error {
	if t.job == nil {
		t.task = t.Project.Task(t.Project.Plan.Runs[0], b)
		job, err := t.task.Prepare()
		if err != nil {
			return err
		}
		t.job = job
	}
	if into {
		if err := mayPutInto(t.config.Model, t.job); err != nil {
			return &IntoError{err}
		}
	}
	return nil
}

// Run trains from the checkpoint in the work folder, if it has one of the same
// training, and writes what the options ask for. It fails with
// train.ErrInterrupted when ctx ends, with a *DivergedError, or with an
// *IntoError. Where files could not be written after the training, the error
// says where the trained model is. The result is there with an error too, as far
// as it was known.
func (t *Training) Run(ctx context.Context, b exec.Backend, o Options) (*Result, error) {
	d := t.Domain()
	r := &Result{Output: o.Model, Domain: d.Name, Samples: Samples{d.Train.Len(), d.Val.Len(), d.Test.Len()}, Notes: t.Notes}
	for _, n := range t.Project.Trunks {
		n.Rung, r.Trunk = "", &n
	}
	if err := t.Compile(b, o.Into != ""); err != nil {
		return r, err
	}
	t.follow(o, r)
	lock, err := o.Work.Lock()
	if err != nil {
		return r, err
	}
	folder := o.Work.Run(t.task.ID)
	keep, err := t.execute(ctx, b, folder, o, r)
	if keep {
		return r, errors.Join(err, lock.Unlock())
	}
	return r, errors.Join(err, clearWork(folder, lock, r))
}

// follow gathers the course of training in the result.
func (t *Training) follow(o Options, r *Result) {
	t.job.Observe = func(e train.Epoch) {
		line := Epoch{Number: e.Number, Loss: e.Loss[0]}
		if t.Domain().Val.Len() > 0 {
			score := analysis.ScoreRuns([]*losses.Table{e.Val}, t.Project.Study.Analysis.Level)
			line.Validation, line.ValidationLoss = &score, e.ValLoss[0]
		}
		r.Epochs = append(r.Epochs, line)
		if o.Observe != nil {
			o.Observe(line)
		}
	}
	t.job.Resumed = func(step int, history []layout.HistoryRow) {
		for _, row := range history {
			if row.Split == layout.TrainSplit {
				r.Epochs = append(r.Epochs, Epoch{Number: int(row.Epoch), Loss: row.Loss})
			}
		}
		if o.Resumed != nil {
			o.Resumed(step)
		}
	}
}

// execute trains and writes. keep says that the run's folder must stay: to go on
// from, or because a failure to write must not cost the training.
func (t *Training) execute(ctx context.Context, b exec.Backend, folder layout.RunFolder, o Options, r *Result) (keep bool, err error) {
	done, err := train.Execute(ctx, b, t.job, folder, nil)
	switch {
	case errors.Is(err, train.ErrInterrupted):
		return true, err
	case err != nil:
		return folder.Resumable(), err
	case done.Status == layout.Diverged:
		return false, &DivergedError{Reason: done.Reason, AtOnce: done.Steps == 1, Rate: t.job.Training.Rate}
	}
	table, err := losses.ReadFile(folder.Losses())
	if err != nil {
		return true, err
	}
	r.Test = analysis.ScoreRuns([]*losses.Table{table}, 0.95)
	r.Used, r.Seconds = done.Epoch, done.Seconds
	if o.Table != "" {
		if err := losses.OutputFile(o.Table, table); err != nil {
			return true, err
		}
	}
	if o.Into != "" {
		if r.Into, err = putInto(o.Into, t.config.Model, folder.Model(), t.job); err != nil {
			return true, fmt.Errorf("%w; the trained model is %s", err, folder.Model())
		}
	}
	if o.Model != "" {
		data, err := filelimit.ReadFile(folder.Model(), filelimit.Model)
		if err != nil {
			return true, err
		}
		if err := atomicfile.OutputBytes(o.Model, data); err != nil {
			return true, fmt.Errorf("%w; the trained model is %s", err, folder.Model())
		}
	}
	return false, nil
}

// clearWork removes a training's folder, and the work folder if nothing else is in
// it.
func clearWork(folder layout.RunFolder, lock *layout.Lock, r *Result) error {
	if err := folder.Remove(); err != nil {
		return errors.Join(err, lock.Unlock())
	}
	// That of other trainings stays, which is no failure.
	_ = os.Remove(filepath.Dir(string(folder)))
	gone, err := lock.Discard()
	r.Others = err == nil && !gone
	return err
}
