package custody

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/sharewise/sharewise/analysis/atomicfile"
	"github.com/sharewise/sharewise/analysis/filelimit"
	"github.com/sharewise/sharewise/analysis/layout"
	"github.com/sharewise/sharewise/analysis/study"
)

// Check is [Examine], and verifies the sums of all runs, of the study file and, unless
// without is set, of the files of data where these are at hand. It also lists what was
// left behind. Errors are those of ctx and of a folder that cannot be read.
func Check(ctx context.Context, folder layout.Folder, withoutData bool) (*Report, error) {
	r, err := Examine(folder)
	if err != nil {
		return nil, err
	}
	c := &checking{Report: r, ctx: ctx, folder: folder}
	plan, err := folder.ReadPlan()
	if err == nil {
		if err := c.runs(folder, plan, ""); err != nil {
			return nil, err
		}
		if !withoutData {
			if err := c.data(plan); err != nil {
				return nil, err
			}
		}
	}
	if err := c.further(); err != nil {
		return nil, err
	}
	if v := folder.Verification(); err == nil {
		if p, err := v.ReadPlan(); err == nil {
			if err := c.runs(v, p, "verification/"); err != nil {
				return nil, err
			}
		}
	}
	return r, c.orphans(plan)
}

type checking struct {
	*Report
	ctx    context.Context
	folder layout.Folder
}

// runs verifies what the runs and baselines of a plan left.
func (c *checking) runs(folder layout.Folder, plan *study.Plan, prefix string) error {
	command := "run"
	if prefix != "" {
		command = "promise"
	}
	for _, r := range plan.Runs {
		if err := c.run(prefix+"runs/"+r.ID, folder.Run(r.ID), r.Hash, command); err != nil {
			return err
		}
	}
	for _, d := range plan.Domains {
		if d.Baseline == "" || prefix != "" {
			continue
		}
		if err := c.run("baseline/"+d.Name, folder.Baseline(d.Name), d.Baseline, command); err != nil {
			return err
		}
	}
	return nil
}

// run verifies one run. One that has not ended, or that belongs to another study, is
// going to be trained, and nothing is the matter with it: that results were made of it
// shows there.
func (c *checking) run(name string, dir layout.RunFolder, hash, command string) error {
	if err := c.ctx.Err(); err != nil {
		return fmt.Errorf("check: %w", err)
	}
	done, err := dir.ReadDone(hash)
	if filelimit.SystemFault(err) != "" {
		return fmt.Errorf("check: %w", err)
	}
	if err != nil {
		c.find(name, Damaged, command, "%v", strip(err, string(dir)))
		return nil //nolint:nilerr // that it cannot be read is what was found
	}
	if done == nil {
		if _, err := os.Stat(string(dir)); err != nil {
			return nil //nolint:nilerr // not begun
		}
		if _, err := os.Stat(dir.Done()); err == nil {
			c.find(name, Stale, command, "it was trained from other data, another model or other settings than the plan has now")
		} else if _, err := os.Stat(dir.Losses()); err == nil && !dir.Resumable() {
			c.find(name, Damaged, command, "it has results and no done.json, which says that they are complete")
		}
		return nil
	}
	for _, file := range slices.Sorted(maps.Keys(done.Files)) {
		sum, err := layout.HashFile(filepath.Join(string(dir), file))
		switch {
		case errors.Is(err, fs.ErrNotExist):
			c.find(name, Damaged, command, "%s is gone", file)
			return nil
		case filelimit.SystemFault(err) != "":
			return fmt.Errorf("check: %w", err)
		case err != nil:
			c.find(name, Damaged, command, "%v", err)
			return nil //nolint:nilerr // that it cannot be read is what was found
		case sum != done.Files[file]:
			c.find(name, Damaged, command, "%s has changed since it was written", file)
			return nil
		}
		c.Verified++
	}
	return nil
}

// strip takes the advice for whoever has no check out of an error.
func strip(err error, dir string) string {
	text, _, _ := strings.Cut(err.Error(), "; remove the folder "+dir)
	return text
}

// data compares the study file, the files of data and all else that runs depend on with what the
// plan has of them.
func (c *checking) data(plan *study.Plan) error {
	if plan.File != "" && plan.FileSHA256 != "" {
		c.input("study file "+filepath.Base(plan.File), plan.File, plan.FileSHA256, "the study has been edited since its runs were planned")
	}
	for _, f := range plan.Files {
		if plan.File != "" {
			c.input(f.What+": "+f.Path, plan.SourcePath(f.Source), f.SHA256, "it has changed since the runs were planned")
		}
	}
	seen := map[string]bool{}
	for i := range plan.Domains {
		d := &plan.Domains[i]
		for _, s := range d.Sources {
			if err := c.ctx.Err(); err != nil {
				return fmt.Errorf("check: %w", err)
			}
			path := plan.SourcePath(s)
			info, err := os.Stat(path)
			if seen[path] || err == nil && !info.Mode().IsRegular() || plan.File == "" {
				continue
			}
			seen[path] = true
			c.input("data of "+d.Name+": "+s.Path, path, s.SHA256, "it has changed since the runs were trained on it")
		}
	}
	return nil
}

// input compares a file that is not the folder's own.
func (c *checking) input(what, path, want, changed string) {
	sum, err := layout.HashFile(path)
	switch {
	case err != nil:
		c.find(what, Unverified, "", "%v", err)
	case sum != want:
		c.find(what, Stale, "run", "%s", changed)
	default:
		c.Verified++
	}
}

// orphans lists temporary files that nobody holds, checkpoints of runs that have
// ended, and runs that the plan does not have.
func (c *checking) orphans(plan *study.Plan) error {
	left, err := c.folder.LeftBehind()
	if err != nil {
		return err
	}
	for _, path := range left {
		c.find(nameIn(c.folder, path), Orphaned, "", "left by a command that was killed")
	}
	if plan == nil {
		return nil
	}
	runs, _, err := c.folder.Runs()
	if err != nil {
		return err
	}
	planned := map[string]bool{}
	for _, r := range plan.Runs {
		planned[r.ID] = true
	}
	for _, id := range runs {
		if !planned[id] && filepath.Ext(id) != atomicfile.Suffix {
			c.find("runs/"+id, Orphaned, "", "the plan does not have this run: it is of an earlier version of the study")
		}
	}
	return nil
}
