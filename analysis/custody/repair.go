package custody

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/sharewise/sharewise/analysis/atomicfile"
	"github.com/sharewise/sharewise/analysis/layout"
	"github.com/sharewise/sharewise/analysis/versioned"
)

// DamagedFolder is the folder, in that of a study, that SetAside puts things into.
const DamagedFolder = "damaged"

// SetAside takes what a check found out of the way, so that it is made again: damaged
// runs and files, and the ledger, go to the folder "damaged"; what killed commands left
// is removed. Data, models and study files stay as they are, and so do runs of other
// plans, which an edit may bring back, and stale files, which others replace. It
// returns a sentence for each thing done.
//
// All is looked at once more before: what a check found may have been written anew since,
// or a disk may have given something else for once.
//
// Every step is one rename or one removal: whoever is killed in between leaves a
// folder that can be checked again.
func SetAside(ctx context.Context, folder layout.Folder, r *Report) ([]string, error) {
	lock, err := folder.Lock() // this removes what killed commands left
	if err != nil {
		return nil, err
	}
	defer lock.Unlock()
	now := new(Report)
	if slices.ContainsFunc(r.Findings, func(f Finding) bool { return f.State == Damaged }) {
		if now, err = Check(ctx, folder, true); err != nil {
			return nil, err
		}
	}
	var done []string
	for _, f := range r.Findings {
		path := filepath.Join(string(folder), filepath.FromSlash(f.What))
		switch {
		case f.State == Orphaned && !strings.HasPrefix(f.What, "runs/"):
			if err := atomicfile.Remove(path); err != nil {
				return done, fmt.Errorf("repair: %w", err)
			}
			done = append(done, f.What+": removed")
		case f.State == Damaged:
			if again := now.Of(folder, path); again == nil || again.State != Damaged {
				continue
			}
			moved := false
			err := folder.Alone(func() (err error) {
				if f.What == "plan.json" || folder.Vouched(path) == nil {
					moved, err = setAside(folder, f.What)
				}
				return err
			})
			if err != nil {
				return done, err
			}
			if moved {
				done = append(done, fmt.Sprintf("%s: set aside as %s/%s", f.What, DamagedFolder, f.What))
			}
		}
	}
	return done, nil
}

// setAside moves a file or folder, and reports whether there was one.
func setAside(folder layout.Folder, name string) (bool, error) {
	if err := versioned.Inside("repair", name); err != nil {
		return false, err
	}
	from := filepath.Join(string(folder), filepath.FromSlash(name))
	to := filepath.Join(string(folder), DamagedFolder, filepath.FromSlash(name))
	if _, err := os.Lstat(from); errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	for _, step := range []func() error{
		func() error { return os.MkdirAll(filepath.Dir(to), 0o777) },
		func() error { return atomicfile.Remove(to) }, // of an earlier repair
		func() error { return atomicfile.Move(from, to) },
	} {
		if err := step(); err != nil {
			return false, fmt.Errorf("repair: %w", err)
		}
	}
	return true, nil
}

// Orders are the commands that make files, in the order of work.
var Orders = makers

// Awaited lists the runs that results were made of, and that the plan has and the folder
// lacks: 'run' trains them again, and nothing should be made of the rest before.
func Awaited(folder layout.Folder) []string {
	plan, err := folder.ReadPlan()
	if err != nil {
		return nil
	}
	ledger, err := folder.ReadLedger()
	if err != nil {
		return nil
	}
	from := ledger.Files["results.json"].From
	var out []string
	for _, r := range plan.Runs {
		if from["runs/"+r.ID] == "" {
			continue
		}
		if done, err := folder.Run(r.ID).ReadDone(r.Hash); err == nil && done == nil {
			out = append(out, r.ID)
		}
	}
	for _, d := range plan.Domains {
		if d.Baseline == "" || from["baseline/"+d.Name] == "" {
			continue
		}
		if done, err := folder.Baseline(d.Name).ReadDone(d.Baseline); err == nil && done == nil {
			out = append(out, d.Name)
		}
	}
	return out
}

// Adopt vouches for plan, decisions and promises of unknown origin that can be read:
// they cannot be made again of anything in the folder. It returns a sentence for each.
func Adopt(folder layout.Folder) ([]string, error) {
	r, err := Examine(folder)
	if err != nil {
		return nil, err
	}
	var done []string
	for _, f := range r.Findings {
		if f.State != Unrecorded || f.Command != "run" && f.Command != "promise" {
			continue
		}
		origin, err := folder.Origin()
		if err != nil {
			return done, err
		}
		if err := origin.Record(nil, filepath.Join(string(folder), filepath.FromSlash(f.What))); err != nil {
			return done, err
		}
		done = append(done, f.What+": taken as it is, since nothing else says what it should be")
	}
	return done, nil
}
