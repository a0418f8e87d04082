package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/sharewise/sharewise/analysis"
	"github.com/sharewise/sharewise/analysis/atomicfile"
	"github.com/sharewise/sharewise/analysis/layout"
	"github.com/sharewise/sharewise/analysis/losses"
	"github.com/sharewise/sharewise/analysis/train"
	"github.com/sharewise/sharewise/onnxio/exec"
)

// workFolder is where a training keeps its checkpoint: what the user says, or a
// folder beside the output.
func (f *trainFlags) workFolder() (layout.Folder, error) {
	if f.checkpoint == "" {
		return layout.Folder(cmp.Or(f.output, f.into) + ".training"), nil
	}
	// What is left in a folder by a killed process is removed, so it must be ours.
	entries, err := os.ReadDir(f.checkpoint)
	if errors.Is(err, fs.ErrNotExist) || err == nil && len(entries) == 0 {
		return layout.Folder(f.checkpoint), nil
	}
	if err != nil {
		return "", usagef("model train: --checkpoint: %w", err)
	}
	if _, err := os.Stat(filepath.Join(f.checkpoint, "runs")); err != nil {
		return "", usagef("model train: --checkpoint %s: the folder holds other files; name a new or an empty one", f.checkpoint)
	}
	return layout.Folder(f.checkpoint), nil
}

// trainInto trains in the work folder, from the checkpoint there if it is of the
// same training, and puts what is asked for in its place.
func (a *app) trainInto(ctx context.Context, backend exec.Backend, path, id string, job *train.Job, f *trainFlags, result *trainResult) (err error) {
	work, err := f.workFolder()
	if err != nil {
		return err
	}
	lock, err := work.Lock()
	if err != nil {
		return fmt.Errorf("model train: %w", err)
	}
	folder := work.Run(id)
	keep := false
	defer func() {
		if keep {
			err = errors.Join(err, lock.Unlock())
			return
		}
		err = errors.Join(err, a.clear(work, folder, lock))
	}()
	done, err := train.Execute(ctx, backend, job, folder, nil)
	switch {
	case errors.Is(err, train.ErrInterrupted):
		keep = true
		return fmt.Errorf("%w in %s; the same command goes on from there", errInterrupted, work)
	case err != nil:
		keep = folder.Resumable()
		return err
	case done.Status == layout.Diverged && done.Steps == 1:
		return fmt.Errorf("model train: %s, before any weight was changed: the model gives no finite numbers for this data; look for weights or inputs that are NaN, infinite or very large", done.Reason)
	case done.Status == layout.Diverged:
		return fmt.Errorf("model train: training diverged: %s; try a smaller --rate, now %g", done.Reason, job.Training.Rate)
	}
	// From here on a failure to write must not cost the training.
	keep = true
	table, err := losses.ReadFile(folder.Losses())
	if err != nil {
		return err
	}
	result.Test = analysis.ScoreRuns([]*losses.Table{table}, 0.95)
	result.Used, result.Seconds = done.Epoch, done.Seconds
	if f.table != "" {
		if err := losses.WriteFile(f.table, table); err != nil {
			return err
		}
	}
	if f.into != "" {
		if result.Into, err = putInto(f.into, path, folder.Model(), job); err != nil {
			return fmt.Errorf("%w; the trained model is %s", err, folder.Model())
		}
	}
	if f.output != "" {
		data, err := os.ReadFile(folder.Model())
		if err != nil {
			return err
		}
		if err := atomicfile.WriteBytes(f.output, data); err != nil {
			return fmt.Errorf("%w; the trained model is %s", err, folder.Model())
		}
	}
	keep = false
	return nil
}

// clear removes a training's folder, and the work folder if nothing else is in
// it.
func (a *app) clear(work layout.Folder, folder layout.RunFolder, lock *layout.Lock) error {
	if err := os.RemoveAll(string(folder)); err != nil {
		return errors.Join(err, lock.Unlock())
	}
	// That of other trainings stays, which is no failure.
	_ = os.Remove(filepath.Dir(string(folder)))
	gone, err := lock.Discard()
	if err == nil && !gone {
		a.say("Note: %s keeps checkpoints of trainings with other settings; remove it when they are of no use", work)
	}
	return err
}
