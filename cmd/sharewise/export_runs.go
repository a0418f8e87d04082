package main

import (
	"errors"
	"fmt"
	"io/fs"

	"github.com/sharewise/sharewise/analysis/layout"
	"github.com/sharewise/sharewise/analysis/replacement"
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
	var kept []string
	if force {
		kept = keptOf(folder, f.dir)
	}
	if err := a.spareNew("-o", f.dir, folder); err != nil {
		return err
	}
	n, err := tracking.Write(f.dir, format, folder, force, kept...)
	switch {
	case errors.Is(err, layout.ErrNoPlan):
		return planError(folder, err)
	case errors.Is(err, fs.ErrExist), errors.Is(err, replacement.ErrForeign):
		return folderError("export", f.dir, err)
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
