package forget

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
	"github.com/sharewise/sharewise/analysis/dataset"
	"github.com/sharewise/sharewise/analysis/filelimit"
	"github.com/sharewise/sharewise/analysis/layout"
	"github.com/sharewise/sharewise/analysis/project"
	"github.com/sharewise/sharewise/analysis/study"
)

// Change is what forgetting a domain does to a study and its folder.
type Change struct {
	Study  string `json:"study"`
	Domain string `json:"domain"`
	Output string `json:"output"`
	// Learned are runs in the folder that have the domain's data in their weights or
	// their tables, and Outdated those without it that the study would not come to
	// any more. Both go. Kept stay.
	Learned  []string `json:"learned"`
	Outdated []string `json:"outdated"`
	Kept     []string `json:"kept"`
	// Spent is what the runs that go took, in seconds.
	Spent float64 `json:"spent_seconds"`
	// Train are the runs that the study without the domain lacks then, and what they
	// take.
	Train   int     `json:"train"`
	Seconds float64 `json:"seconds"`
	FLOPs   float64 `json:"flops"`
	// Derived are files and folders that go since they are made of runs, Others what
	// else is in the folder and stays.
	Derived []string `json:"derived"`
	Others  []string `json:"others"`
	// Left is what links in the folder lead to and nothing shows to be sharewise's: it
	// stays, and the links go.
	Left []string `json:"left"`

	folder layout.Folder
	file   string
}

// Look says what it would take to forget a domain of the study in a file. The data of
// the other domains are read. It fails where the file cannot be written without the
// domain, and with ErrNotLast where too few would be left.
func Look(ctx context.Context, file, domain string, folder layout.Folder, o project.Options) (*Change, error) {
	data, err := filelimit.ReadFile(file, filelimit.Document)
	if err != nil {
		return nil, err
	}
	whole, err := dataset.ParseStudy(file)
	if err != nil {
		return nil, err
	}
	if whole.Domain(domain) == nil {
		var names []string
		for _, d := range whole.Domains {
			names = append(names, d.Name)
		}
		return nil, fmt.Errorf("%s: there is no domain %q%s", file, domain, study.DidYouMean(domain, names))
	}
	if len(whole.Domains) < 3 {
		return nil, fmt.Errorf("%s: %w", file, ErrNotLast)
	}
	c := &Change{Study: whole.Name, Domain: domain, Output: string(folder), folder: folder, Learned: []string{}, Outdated: []string{}, Kept: []string{}}
	if c.file, err = filepath.Abs(file); err != nil {
		return nil, err
	}
	text, err := study.Remove(data, domain)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	s, err := study.ParseBytes(text, file, filepath.Dir(c.file))
	if err != nil {
		return nil, fmt.Errorf("other keys speak of domain %s; correct them first:\n%w", domain, err)
	}
	p, err := project.Open(ctx, s, o)
	if err != nil {
		return nil, err
	}
	f, err := p.Forecast(ctx, folder)
	if err != nil {
		return nil, err
	}
	c.Train, c.Seconds = f.Count(layout.StateNew, layout.StateStarted), f.Seconds
	for i, r := range f.Runs {
		if state := f.States[i].State; state != layout.StateDone && state != layout.StateDiverged {
			c.FLOPs += r.FLOPs
		}
	}
	if err := c.sort(p); err != nil {
		return nil, err
	}
	if c.Derived, c.Others, err = folder.Derived(); err != nil {
		return nil, err
	}
	left, err := clearAway(folder, domain, c.Kept, true)
	if err != nil {
		return nil, err
	}
	c.Left = append([]string{}, left...)
	// Behind a link from "runs" there may be other things than runs.
	stays := func(id string) bool { return slices.Contains(c.Left, string(folder.Run(id))) }
	c.Learned, c.Outdated = slices.DeleteFunc(c.Learned, stays), slices.DeleteFunc(c.Outdated, stays)
	return c, nil
}

// sort says of every run in the folder whether it stays: those that the study without
// the domain may come to, with any number of seeds that were trained, and that have
// ended.
func (c *Change) sort(p *project.Project) error {
	plan, err := c.folder.ReadPlan()
	if errors.Is(err, layout.ErrNoPlan) {
		plan = new(study.Plan)
	} else if err != nil {
		return err
	}
	seeds, was := p.Study.Seeds, map[string]study.PlannedRun{}
	var pools [][]string
	for _, r := range plan.Runs {
		seeds, was[r.ID] = max(seeds, r.Seed), r
		if len(r.Domains) > 1 && !slices.Contains(r.Domains, c.Domain) {
			pools = append(pools, r.Domains)
		}
	}
	may, err := p.Candidates(max(seeds, p.Study.IndependentSeeds), pools)
	if err != nil {
		return err
	}
	stays := map[string]string{} // hash by ID
	for _, r := range append(slices.Clone(p.Plan.Runs), may.Runs...) {
		stays[r.ID] = r.Hash
	}
	runs, _, err := c.folder.Runs()
	if err != nil {
		return err
	}
	for _, id := range runs {
		hash, may := stays[id]
		if may {
			if done, err := c.folder.Run(id).ReadDone(hash); err != nil || done == nil {
				may = false // not ended: it costs little to begin anew
			}
		}
		if may {
			c.Kept = append(c.Kept, id)
			continue
		}
		r, planned := was[id]
		if planned {
			if done, err := c.folder.Run(id).ReadDone(r.Hash); err == nil && done != nil {
				c.Spent += done.Seconds
			}
		}
		if planned && !slices.Contains(r.Domains, c.Domain) {
			c.Outdated = append(c.Outdated, id)
		} else {
			c.Learned = append(c.Learned, id)
		}
	}
	return nil
}

// Apply does it. Afterwards the study file and the folder are as if the domain had
// never been there, less what must be trained again. It then returns a layout.LeftError
// where links led to what stays.
func (c *Change) Apply() error {
	if err := os.MkdirAll(string(c.folder), 0o777); err != nil {
		return err
	}
	lock, err := c.folder.Lock()
	if err != nil {
		return err
	}
	defer lock.Unlock()
	free, err := lockFurther(c.folder)
	if err != nil {
		return err
	}
	defer free()
	g := &layout.Forgetting{Domain: c.Domain, File: c.file, Keep: c.Kept, Left: c.Left}
	if err := c.folder.WriteForgetting(g); err != nil {
		return err
	}
	return carryOut(c.folder, g)
}

// Resume goes on with what was interrupted, and says which domain that was: "" where
// nothing was. file is that of the study; it must be the one that the domain was being taken
// out of, unless that is not there any more.
func Resume(folder layout.Folder, file string) (domain string, err error) {
	g, err := folder.ReadForgetting()
	if err != nil || g == nil {
		return "", err
	}
	given, err := os.Stat(file)
	if err != nil {
		return "", err
	}
	switch was, err := os.Stat(g.File); {
	case errors.Is(err, fs.ErrNotExist): // the study has moved with its folder
	case err != nil:
		return "", err
	case !os.SameFile(was, given):
		return "", fmt.Errorf("%s: %s was being taken out of the study %s, which was interrupted; give that file", folder, g.Domain, g.File)
	}
	g.File = file
	lock, err := folder.LockToForget()
	if err != nil {
		return "", err
	}
	defer lock.Unlock()
	free, err := lockFurther(folder)
	if err != nil {
		return "", err
	}
	defer free()
	return g.Domain, carryOut(folder, g)
}

// lockFurther takes the folders of further runs that are there, so that nobody trains in
// them what is being taken out.
func lockFurther(folder layout.Folder) (free func(), err error) {
	var locks []*layout.Lock
	free = func() {
		for _, l := range locks {
			l.Unlock()
		}
	}
	for _, b := range folder.Beside() {
		if _, err := os.Stat(string(b.Folder)); err != nil {
			continue
		}
		l, err := b.Folder.LockToForget()
		if err != nil {
			free()
			return nil, err
		}
		locks = append(locks, l)
	}
	return free, nil
}

// carryOut takes the steps, each of which may be repeated. The study file comes first,
// so that nothing can be trained again with the domain.
func carryOut(folder layout.Folder, g *layout.Forgetting) error {
	data, err := filelimit.ReadFile(g.File, filelimit.Document)
	if err != nil {
		return err
	}
	// The domain is gone from a file that was written before the interruption, or that
	// was edited since.
	if text, err := study.Remove(data, g.Domain); err == nil {
		if err := atomicfile.WriteBytes(g.File, text); err != nil {
			return err
		}
	}
	left, err := clearAway(folder, g.Domain, g.Keep, false)
	if err != nil {
		return err
	}
	// What a killed process left beside the study file, this one before it went on
	// included.
	beside, err := os.ReadDir(filepath.Dir(g.File))
	if err != nil {
		return err
	}
	var gone []string
	for _, e := range beside {
		if strings.HasPrefix(e.Name(), "."+filepath.Base(g.File)+".") && strings.HasSuffix(e.Name(), atomicfile.Suffix) {
			gone = append(gone, filepath.Join(filepath.Dir(g.File), e.Name()))
		}
	}
	for _, path := range gone {
		if err := atomicfile.Remove(path); err != nil {
			return err
		}
	}
	if err := folder.EndForgetting(); err != nil {
		return err
	}
	// What was found before an interruption may be behind links that are gone.
	if left = slices.Compact(slices.Sorted(slices.Values(append(left, g.Left...)))); len(left) > 0 {
		return &layout.LeftError{Paths: left}
	}
	return nil
}

// clearAway removes what is made of runs, and runs but those that are kept, or looks what of it
// would stay behind links, and says what that is.
func clearAway(folder layout.Folder, domain string, keep []string, look bool) ([]string, error) {
	clearing, err := folder.Clear(look)
	if err != nil {
		return nil, err
	}
	runs, _, err := folder.Runs()
	if err != nil {
		return nil, err
	}
	gone, _, err := folder.Derived()
	if err != nil {
		return nil, err
	}
	for _, id := range runs {
		if !slices.Contains(keep, id) {
			gone = append(gone, string(folder.Run(id)))
		}
	}
	gone = append(gone, string(folder.Baseline(domain)))
	// The ledger tells what is sharewise's, also to whoever goes on after an interruption.
	ledger := func(path string) bool { return path == folder.Custody() }
	gone = append(slices.DeleteFunc(gone, ledger), folder.Custody())
	for _, path := range gone {
		if err := clearing.Remove(path); err != nil {
			return nil, err
		}
	}
	return clearing.Left, nil
}
