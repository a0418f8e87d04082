package layout

import (
	"bufio"
	"errors"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/sharewise/sharewise/analysis/atomicfile"
	"github.com/sharewise/sharewise/analysis/claim"
	"github.com/sharewise/sharewise/analysis/filelimit"
	"github.com/sharewise/sharewise/analysis/wording"
)

// LeftError says what stays since links lead to it and nothing shows that sharewise wrote it.
type LeftError struct{ Paths []string }

func (e *LeftError) Error() string {
	return "links led to what nothing shows to be sharewise's, and that stays; remove it yourself where it should go: " + wording.First(e.Paths, 20)
}

// Clearing removes entries of a folder, and behind links what sharewise wrote there: people
// lay links to larger disks, but a link in a folder from elsewhere may lead to a home folder. So
// behind a link a file goes only if something there, or the ledger together with the file's
// name, shows that it is sharewise's. The link goes in any case. All else is in Left.
type Clearing struct {
	// Left are files and folders behind links that stay.
	Left []string

	folder Folder
	ledger map[string]Record
	look   bool // without removing anything
}

// Clear begins to remove entries of the folder, or, with look, to look what would be left.
// The ledger is read here, and may then be removed like all else.
func (f Folder) Clear(look bool) (*Clearing, error) {
	l, err := f.ReadLedger()
	if err != nil && filelimit.SystemFault(err) != "" {
		return nil, err
	}
	c := &Clearing{folder: f, look: look}
	if err == nil { // one that cannot be read shows nothing
		c.ledger = l.Files
	}
	return c, nil
}

// Remove removes an entry of the folder, at any depth. What is not there is no error.
func (c *Clearing) Remove(entry string) error {
	name := c.folder.name(entry)
	for above := path.Dir(name); above != "."; above = path.Dir(above) { // runs may lie behind one link
		if isLink(filepath.Join(string(c.folder), filepath.FromSlash(above))) {
			return c.end(name, entry)
		}
	}
	return c.here(name, entry)
}

// end is behind for the place that a link led to.
func (c *Clearing) end(name, at string) error {
	own, err := c.behind(name, at)
	if err == nil && !own {
		c.leave(at)
	}
	return err
}

// leave takes down what stays.
func (c *Clearing) leave(at string) {
	if !slices.Contains(c.Left, at) {
		c.Left = append(c.Left, at)
	}
}

// here removes what no link led to.
func (c *Clearing) here(name, at string) error {
	info, err := os.Lstat(at)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil:
		return err
	case info.Mode()&fs.ModeSymlink != 0:
		return c.link(name, at)
	case info.IsDir():
		entries, err := os.ReadDir(at)
		if err != nil {
			return err
		}
		for _, e := range c.order(entries) {
			if err := c.here(path.Join(name, e), filepath.Join(at, e)); err != nil {
				return err
			}
		}
	}
	if c.look {
		return nil
	}
	return atomicfile.Remove(at)
}

// order has the names of entries so that whoever is stopped in between can still tell what the
// rest is: what shows that they are sharewise's comes last.
func (*Clearing) order(entries []fs.DirEntry) []string {
	var out []string
	for _, e := range entries {
		out = append(out, e.Name())
	}
	last := []string{filepath.Base(RunFolder("").Checkpoint()), filepath.Base(RunFolder("").Spec()), filepath.Base(RunFolder("").Done()), "runs"}
	slices.SortStableFunc(out, func(a, b string) int { return slices.Index(last, a) - slices.Index(last, b) })
	return out
}

// link removes what is sharewise's at the end of a link, and then the link.
func (c *Clearing) link(name, at string) error {
	to, err := filepath.EvalSymlinks(at)
	switch {
	case path.Base(name) == workName && c.runOf(path.Dir(name)):
		// Nothing was written there: a link in its place is removed before a program is called.
	case err == nil:
		if err := c.end(name, to); err != nil {
			return err
		}
	case filelimit.SystemFault(err) != "":
		return err
	case !errors.Is(err, fs.ErrNotExist): // nobody may look there, or links lead to each other
		if to, err := os.Readlink(at); err == nil {
			c.leave(to)
		}
	}
	if c.look {
		return nil
	}
	return atomicfile.RemoveFile(at)
}

// behind removes what is sharewise's at a place that a link led to, and reports whether any of it is;
// then the rest is in c.Left.
func (c *Clearing) behind(name, at string) (own bool, err error) {
	info, err := os.Lstat(at)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return true, nil
	case err != nil:
		return false, err
	case info.Mode().IsRegular():
		if !c.wrote(name, at) {
			return false, nil
		}
		return true, c.file(at)
	case !info.IsDir():
		return false, nil
	case c.runOf(name):
		return c.run(RunFolder(at))
	case !c.holds(name):
		return false, nil
	}
	entries, err := os.ReadDir(at)
	if err != nil {
		return false, ofSystem(err)
	}
	var left []string
	for _, e := range c.order(entries) {
		entry := filepath.Join(at, e)
		its, err := c.behind(path.Join(name, e), entry)
		if err != nil {
			return own, err
		}
		own = own || its
		if !its {
			left = append(left, entry)
		}
	}
	if !own {
		return len(entries) == 0, nil
	}
	for _, entry := range left {
		if len(c.parts(name)) > 0 || !slices.Contains(c.besides(), filepath.Base(entry)) {
			c.leave(entry)
		} else if err := c.file(entry); err != nil {
			return true, err
		}
	}
	return true, c.emptied(at)
}

// besides are files without anything of samples in folders that are laid out like that of a study:
// they go where something else shows what the folder is.
func (c *Clearing) besides() []string {
	return []string{filepath.Base(c.folder.lock()), filepath.Base(c.folder.custodyLock()), "times.json"}
}

// ofSystem is an error of the system; others, such as that nobody may look, tell that a thing is
// not known.
func ofSystem(err error) error {
	if filelimit.SystemFault(err) != "" {
		return err
	}
	return nil
}

func (c *Clearing) file(at string) error {
	if c.look {
		return nil
	}
	return atomicfile.RemoveFile(at)
}

// emptied removes a folder that nothing is left in.
func (c *Clearing) emptied(at string) error {
	if entries, err := os.ReadDir(at); c.look || err != nil || len(entries) > 0 {
		return err
	}
	err := os.Remove(at)
	if errors.Is(err, fs.ErrPermission) || filelimit.SystemFault(err) != "" {
		return nil //nolint:nilerr // the folder itself may be somebody else's, or a whole disk
	}
	return err
}

// run removes the files of a run at a place that a link led to, if it is one.
func (c *Clearing) run(dir RunFolder) (own bool, err error) {
	done, _ := dir.ReadAnyDone() // a damaged one shows nothing
	if !dir.wroteSpec() && !done.shows() && !hasMagic(dir.Checkpoint()) {
		entries, err := os.ReadDir(string(dir))
		return err == nil && len(entries) == 0, ofSystem(err)
	}
	entries, err := os.ReadDir(string(dir))
	if err != nil {
		return false, err
	}
	for _, name := range c.order(entries) {
		at := filepath.Join(string(dir), name)
		info, err := os.Lstat(at)
		if err != nil {
			return true, err
		}
		switch _, listed := done.files()[name]; {
		case info.IsDir() && slices.Contains([]string{workName, "elsewhere"}, name):
			if !c.look {
				err = atomicfile.Remove(at)
			}
		case info.Mode().IsRegular() && (listed || isRunFile(name)):
			err = c.file(at)
		default:
			c.leave(at)
		}
		if err != nil {
			return true, err
		}
	}
	return true, c.emptied(string(dir))
}

// runFiles are the names of files in the folder of a run, beside those that done.json lists.
var runFiles = []string{
	"spec.json", "losses.parquet", "history.parquet", "model.onnx", "fit.json", "done.json", "failure.json", "trainer.log", checkpointName, oldCheckpointName,
}

// written is what temporary files are called, and the name of the file that was to be.
var written = regexp.MustCompile(`^\.(.+)\.[0-9]+\` + atomicfile.Suffix + `$`)

func isRunFile(name string) bool {
	if m := written.FindStringSubmatch(name); m != nil {
		name = m[1]
	}
	return slices.Contains(runFiles, name) || claim.IsFile(name)
}

// parts are those of a name below the folders that are laid out like that of a study.
func (c *Clearing) parts(name string) []string {
	nested := []string{"damaged"}
	for _, b := range c.folder.Beside() {
		nested = append(nested, filepath.Base(string(b.Folder)))
	}
	parts := strings.Split(name, "/")
	for len(parts) > 0 && slices.Contains(nested, parts[0]) {
		parts = parts[1:]
	}
	return parts
}

// runOf reports whether a name is that of the folder of a run or a baseline.
func (c *Clearing) runOf(name string) bool {
	p := c.parts(name)
	return len(p) == 2 && (p[0] == "runs" || p[0] == "baseline")
}

// holds reports whether a name is that of a folder which sharewise has files in.
func (c *Clearing) holds(name string) bool {
	p := c.parts(name)
	if len(p) == 0 || len(p) == 1 && (p[0] == "runs" || p[0] == "baseline") {
		return true
	}
	for known := range c.ledger {
		if strings.HasPrefix(known, name+"/") {
			return true
		}
	}
	return false
}

// wrote reports whether sharewise wrote a file that links led to. Its last name must be the one
// that it has in the folder: who forges a ledger can have any file there, but not any name.
func (c *Clearing) wrote(name, at string) bool {
	base := path.Base(name)
	if m := written.FindStringSubmatch(base); m != nil && filepath.Base(at) == base {
		_, known := c.ledger[path.Join(path.Dir(name), m[1])]
		return known
	}
	if filepath.Base(at) != base {
		return false
	}
	if record, known := c.ledger[name]; known {
		sum, err := HashFile(at)
		return err == nil && sum == record.SHA256
	}
	p := c.parts(name)
	switch {
	case len(p) == 3 && (p[0] == "runs" || p[0] == "baseline"):
		return c.folder.runAt(path.Dir(name)).wrote(base, at)
	case base == filepath.Base(c.folder.Custody()):
		l, err := Folder(filepath.Dir(at)).ReadLedger()
		return err == nil && len(l.Files) > 0
	case base == filepath.Base(c.folder.Plan()):
		_, err := Folder(filepath.Dir(at)).ReadPlan()
		return err == nil
	}
	return false
}

func (f Folder) runAt(name string) RunFolder {
	return RunFolder(filepath.Join(string(f), filepath.FromSlash(name)))
}

// wrote reports whether a file, which a link in the folder of a run leads to, is the run's.
func (r RunFolder) wrote(base, at string) bool {
	done, _ := r.ReadAnyDone() // a damaged one shows nothing
	if sum := done.files()[base]; sum != "" {
		got, err := HashFile(at)
		return err == nil && got == sum
	}
	dir := RunFolder(filepath.Dir(at))
	switch base {
	case filepath.Base(r.Spec()):
		return dir.wroteSpec()
	case filepath.Base(r.Done()):
		d, err := dir.ReadAnyDone()
		return err == nil && d.shows()
	case checkpointName:
		return hasMagic(at)
	}
	return false
}

// files are those that a run left; none of a run that has not ended.
func (d *Done) files() map[string]string {
	if d == nil {
		return nil
	}
	return d.Files
}

// shows reports whether done.json is there and sharewise's.
func (d *Done) shows() bool {
	return d != nil && len(d.Hash) == 64 && slices.Contains([]Status{Finished, Diverged, LeftOut}, d.Status)
}

// wroteSpec reports whether spec.json is there and sharewise's.
func (r RunFolder) wroteSpec() bool {
	s, err := r.ReadSpec()
	return err == nil && len(s.Data) > 0 && len(s.Run.Domains) > 0
}

// hasMagic reports whether a file is a checkpoint.
func hasMagic(file string) bool {
	f, err := filelimit.Open(file)
	if err != nil {
		return false
	}
	defer f.Close()
	magic := make([]byte, len(CheckpointMagic))
	_, err = io.ReadFull(bufio.NewReader(f), magic)
	return err == nil && string(magic) == CheckpointMagic
}

func isLink(path string) bool {
	info, err := os.Lstat(path)
	return err == nil && info.Mode()&fs.ModeSymlink != 0
}
