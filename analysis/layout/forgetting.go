package layout

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/sharewise/sharewise/analysis/atomicfile"
	"github.com/sharewise/sharewise/analysis/filelimit"
	"github.com/sharewise/sharewise/analysis/study"
)

// ErrForgetting is returned for a folder that a domain is being taken out of: nothing
// reads or trains there until that has ended.
var ErrForgetting = errors.New("a domain is being taken out of the folder, and that was interrupted")

// Forgetting says which domain is being taken out of a folder, and what is left of it.
// The file is there for as long as that takes: whoever finds it goes on.
type Forgetting struct {
	Domain string `json:"domain"`
	File   string `json:"file"` // of the study
	// Keep are the IDs of the runs that stay.
	Keep []string `json:"keep"`
	// Left is what stays behind links, see [Clearing].
	Left []string `json:"left,omitempty"`
}

func (f Folder) forgetting() string { return filepath.Join(string(f), "forget.json") }

// WriteForgetting announces what is going to be taken out.
func (f Folder) WriteForgetting(g *Forgetting) error { return WriteJSON(f.forgetting(), g) }

// ReadForgetting returns nil where nothing is being taken out.
func (f Folder) ReadForgetting() (*Forgetting, error) {
	data, err := filelimit.ReadFile(f.forgetting(), filelimit.State)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	g := new(Forgetting)
	if err := filelimit.DecodeJSON(data, g); err != nil {
		return nil, fmt.Errorf("%s: %w", f.forgetting(), err)
	}
	for _, name := range append([]string{g.Domain}, g.Keep...) {
		if !study.IsName(name) {
			return nil, filelimit.Damaged(fmt.Errorf("%s: %q is no name of a domain or a run; the file was not written by sharewise", f.forgetting(), name))
		}
	}
	return g, nil
}

// EndForgetting says that it is done.
func (f Folder) EndForgetting() error { return atomicfile.RemoveFile(f.forgetting()) }

// whole fails with ErrForgetting where a domain was half taken out.
func (f Folder) whole() error {
	g, err := f.ReadForgetting()
	if err != nil || g == nil {
		return err
	}
	return fmt.Errorf("%s: %w: 'sharewise forget' of %s goes on", f, ErrForgetting, g.Domain)
}

// derived are the entries of a folder that are made of runs, and folders of further runs
// that compare weightings, try remedies or hold a recommendation to its promise, by their
// names.
var derived = []string{
	"plan.json", "decisions.json", "results.json", "groups.json", "pools.json", "provenance.json", "clusters.json", "economics.json",
	"cross.json", "affinity.json", "merge.json", "linear.json", "similarity.json", "subgroups.json", "suspects.json", "influence.json", "imbalance.json", "weightings.json", "weightings", "mixtures.json", "mixtures", "remedies.json", "remedies",
	"summary.json", "report.html", "tables", "cross", "merged", "models", "promises.json", "verification", "refit", "custody.json", "damaged", "SHA256SUMS", "SHA256SUMS.sig",
}

// Derived lists what is in the folder that is made of runs, and Others what is neither
// that nor runs: files that somebody else put there.
func (f Folder) Derived() (own, others []string, err error) {
	entries, err := os.ReadDir(string(f))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil, nil
	}
	if err != nil {
		return nil, nil, err
	}
	kept := f.kept()
	for _, e := range entries {
		path := filepath.Join(string(f), e.Name())
		switch {
		case slices.Contains(kept, e.Name()):
		case slices.Contains(derived, e.Name()), temporary(e.Name()):
			own = append(own, path)
		default:
			others = append(others, path)
		}
	}
	return own, others, nil
}

// kept are the entries of a folder that are its own and not derived, by their names.
func (f Folder) kept() []string {
	return []string{filepath.Base(f.runs()), "baseline", filepath.Base(f.lock()), filepath.Base(f.custodyLock()), filepath.Base(f.forgetting())}
}

// Own lists what sharewise keeps in the folder, whether it is there or not. Models that were exported to
// a folder "models" in it can be exported again, and are not among that.
func (f Folder) Own() []string {
	var out []string
	for _, name := range slices.Concat(f.kept(), derived) {
		if name != "models" {
			out = append(out, filepath.Join(string(f), name))
		}
	}
	return out
}

// temporary says whether a file is what a process left behind that was killed while it
// wrote: it may hold as much as the file would have.
func temporary(name string) bool {
	return strings.HasPrefix(name, ".") && strings.HasSuffix(name, atomicfile.Suffix)
}

// Runs lists the IDs of all run folders, whatever plan they belong to, and of the
// domains that have a baseline.
func (f Folder) Runs() (runs, baselines []string, err error) {
	list := func(dir string) []string {
		entries, failed := os.ReadDir(dir)
		if failed != nil && !errors.Is(failed, fs.ErrNotExist) {
			err = errors.Join(err, failed)
		}
		var out []string
		for _, e := range entries {
			out = append(out, e.Name())
		}
		return out
	}
	return list(f.runs()), list(filepath.Join(string(f), "baseline")), err
}
