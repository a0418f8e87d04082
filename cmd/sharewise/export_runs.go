package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/sharewise/sharewise/analysis/filelimit"
	"github.com/sharewise/sharewise/analysis/layout"
	"github.com/sharewise/sharewise/analysis/wording"
	"github.com/sharewise/sharewise/reports/tracking"
)

// trackingFlags say for which program runs are written, and where to.
type trackingFlags struct{ to, dir string }

// exportRuns writes the runs of a folder that ended for a program that keeps track of
// experiments.
func (a *app) exportRuns(folder layout.Folder, f trackingFlags, force bool) error {
	format := tracking.Format(f.to)
	switch {
	case f.to == "":
		return usagef("-o %s is for runs: say by --to csv, tensorboard or mlflow as what", f.dir)
	case f.dir == "":
		return usagef("-o DIR is needed: the folder that runs are written to")
	}
	if err := choice("export", "to", f.to, "csv", "tensorboard", "mlflow"); err != nil {
		return err
	}
	if force {
		if ours, err := written(f.dir); err != nil {
			return err
		} else if !ours {
			return usagef("--force replaces folders that 'sharewise export --to' wrote, and %s is none; name another folder", f.dir)
		}
	}
	n, err := tracking.Write(f.dir, format, folder, force)
	switch {
	case errors.Is(err, layout.ErrNoPlan):
		return planError(folder, err)
	case errors.Is(err, fs.ErrExist):
		return usagef("%s exists; name another folder, or give --force to replace it", f.dir)
	case errors.Is(err, tracking.ErrNoRuns):
		return inputError(fmt.Errorf("%s: %w; 'sharewise run' trains them", folder, err))
	case err != nil:
		return inputError(err)
	}
	if a.json {
		return a.writeJSON(map[string]any{"format": format, "runs": n, "output": f.dir})
	}
	a.say("Written: %s, with %s", f.dir, wording.Plural(n, "run"))
	return nil
}

// written reports whether a folder is not there, is empty, or looks like one that
// exportRuns wrote.
func written(dir string) (bool, error) {
	entries, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) || err == nil && len(entries) == 0 {
		return true, nil
	}
	if err != nil {
		if folder, err := isFolder(dir); !folder {
			return false, err
		}
		return false, err
	}
	for _, pattern := range []string{"scalars.csv", "*/events.out.tfevents.*.sharewise", "1/meta.yaml"} {
		if found, err := filelimit.Glob(filepath.Join(filelimit.Escape(dir), pattern)); err != nil || len(found) > 0 {
			return err == nil, err
		}
	}
	return false, nil
}
