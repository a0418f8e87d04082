package layout

import (
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/sharewise/sharewise/analysis/filelimit"
)

// Owned says what commands keep at a path in the folder: its first entry, such as plan.json
// or runs, where that is one of those that they write. It is empty for other paths: files
// that somebody put there, and what is elsewhere. Links are not followed.
func (f Folder) Owned(path string) string {
	below, err := filepath.Rel(filelimit.Absolute(string(f)), filelimit.Absolute(path))
	if err != nil {
		return ""
	}
	entry, _, _ := strings.Cut(filepath.ToSlash(below), "/")
	if slices.Contains(derived, entry) || slices.Contains(f.kept(), entry) || entry == submissions || temporary(entry) {
		return entry
	}
	return ""
}

// submissions is the folder of what was asked of a cluster, see package slurm.
const submissions = "slurm"

// OwnerOf returns the results folder that owns a path, which need not be there: the outermost
// one above it of which [Folder.Owned] says so. A folder is one of results where it has
// custody.json, provenance.json, or a plan.json that reads as a plan or stands
// beside runs or results.
// ok is false where no folder owns the path.
func OwnerOf(path string) (owner Folder, ok bool) {
	path = filelimit.Absolute(path)
	for dir := filepath.Dir(path); ; dir = filepath.Dir(dir) {
		if f := Folder(dir); f.Owned(path) != "" && f.ofResults() {
			owner, ok = f, true
		}
		if dir == filepath.Dir(dir) {
			return owner, ok
		}
	}
}

// ofResults reports whether commands of a study write into the folder.
func (f Folder) ofResults() bool {
	there := func(path string) bool { _, err := os.Lstat(path); return err == nil }
	switch {
	case there(f.Custody()), there(f.Provenance()):
		return true
	case !there(f.Plan()):
		return false
	case there(f.runs()), there(f.lock()):
		return true
	}
	_, err := f.ReadPlan()
	return err == nil || there(f.Results())
}
