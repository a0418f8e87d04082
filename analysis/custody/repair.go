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
	"github.com/sharewise/sharewise/analysis/filelimit"
	"github.com/sharewise/sharewise/analysis/layout"
	"github.com/sharewise/sharewise/analysis/versioned"
	"github.com/sharewise/sharewise/analysis/wording"
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
			left, err := remove(folder, path)
			if err != nil {
				return done, fmt.Errorf("repair: %w", err)
			}
			done = append(done, f.What+": removed"+staying(left))
		case f.State == Damaged:
			if again := now.Of(folder, path); again == nil || again.State != Damaged {
				continue
			}
			moved, left := false, []string(nil)
			err := folder.Alone(func() (err error) {
				if f.What == "plan.json" || folder.Vouched(path) == nil {
					moved, left, err = setAside(folder, f.What)
				}
				return err
			})
			if err != nil {
				return done, err
			}
			if moved {
				done = append(done, fmt.Sprintf("%s: set aside as %s/%s%s", f.What, DamagedFolder, f.What, staying(left)))
			}
		}
	}
	return done, nil
}

// remove removes an entry of the folder, with what sharewise wrote behind links, and says what
// stays there.
func remove(folder layout.Folder, path string) (left []string, err error) {
	clearing, err := folder.Clear(false)
	if err != nil {
		return nil, err
	}
	err = clearing.Remove(path)
	return clearing.Left, err
}

// staying names what a removed link led to.
func staying(left []string) string {
	if len(left) == 0 {
		return ""
	}
	return "; a link led to what nothing shows to be sharewise's, which stays: " + wording.First(left, 6)
}

// setAside moves a file or folder, and reports whether there was one, and what stays of that of
// an earlier repair.
func setAside(folder layout.Folder, name string) (moved bool, left []string, err error) {
	if err := versioned.Inside("repair", name); err != nil {
		return false, nil, err
	}
	from := filepath.Join(string(folder), filepath.FromSlash(name))
	to := filepath.Join(string(folder), DamagedFolder, filepath.FromSlash(name))
	if _, err := os.Lstat(from); errors.Is(err, fs.ErrNotExist) {
		return false, nil, nil
	}
	for _, step := range []func() error{
		func() error { return os.MkdirAll(filepath.Dir(to), 0o777) },
		func() (err error) { // of an earlier repair
			if same(from, to) {
				return atomicfile.RemoveFile(to)
			}
			left, err = remove(folder, to)
			return err
		},
		func() error { return move(from, to) },
	} {
		if err := step(); err != nil {
			return false, left, fmt.Errorf("repair: %w", err)
		}
	}
	return true, left, nil
}

// same reports whether two links lead to the same.
func same(one, other string) bool {
	a, errA := os.Stat(one)
	b, errB := os.Stat(other)
	return errA == nil && errB == nil && os.SameFile(a, b)
}

// move moves a file or folder. A link that is moved still leads where it led.
func move(from, to string) error {
	at, err := os.Readlink(from)
	if err != nil || filepath.IsAbs(at) {
		return atomicfile.Move(from, to)
	}
	real, err := filepath.EvalSymlinks(from)
	if err != nil {
		real = filepath.Join(filepath.Dir(from), at)
	}
	if err := os.Symlink(filelimit.Absolute(real), to); err != nil {
		return err
	}
	return atomicfile.RemoveFile(from)
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
