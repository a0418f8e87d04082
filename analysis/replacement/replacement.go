package replacement

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/sharewise/sharewise/analysis/atomicfile"
	"github.com/sharewise/sharewise/analysis/filelimit"
)

// ErrForeign is matched where what is to be replaced would be a loss.
var ErrForeign = errors.New("not to be replaced")

// foreign is an ErrForeign that says what there is instead.
type foreign string

func (f foreign) Error() string      { return string(f) }
func (foreign) Is(target error) bool { return target == ErrForeign }

func foreignf(format string, args ...any) error { return foreign(fmt.Sprintf(format, args...)) }

// Kind is what folders of a command have in common.
type Kind struct {
	// Command is the command that writes them, as users type it.
	Command string
	// Manifest is the name of the file that says so.
	Manifest string
	// Files lists the other files of a folder, by slashed paths in it, from its manifest. It
	// fails for a manifest that the command did not write.
	Files func(manifest []byte) ([]string, error)
}

// May reports what stands in the way of writing the folder dir: anything, by an error that
// matches fs.ErrExist; or, if it may be replaced, what would be lost, by one that matches
// ErrForeign. kept are the files and folders that must not be lost, such as those that are
// read; what is not there is no loss.
func (k Kind) May(dir string, replace bool, kept ...string) error {
	switch _, err := os.Lstat(dir); {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil:
		return err
	case !replace:
		return fmt.Errorf("%s: %w", dir, fs.ErrExist)
	}
	if info, err := os.Stat(dir); err != nil || !info.IsDir() {
		return foreignf("%s is no folder; name another path", dir)
	}
	if err := apart(dir, kept); err != nil {
		return err
	}
	return k.own(dir)
}

// Write has write fill a folder that then appears at dir, complete or not at all. It fails
// as [Kind.May] does, also where that holds only once the folder is filled.
func (k Kind) Write(dir string, replace bool, write func(work string) error, kept ...string) error {
	if err := k.May(dir, replace, kept...); err != nil {
		return err
	}
	at := dir
	if replace {
		if real, err := filepath.EvalSymlinks(dir); err == nil {
			at = real
		}
	}
	return atomicfile.WriteFolder(at, replace, func(work string) error {
		if err := write(work); err != nil || !replace {
			return err
		}
		return k.May(at, true, kept...)
	})
}

// own returns an error where a folder holds a file that the command did not write.
func (k Kind) own(dir string) error {
	entries, err := os.ReadDir(dir)
	if err != nil || len(entries) == 0 {
		return err
	}
	path := filepath.Join(dir, k.Manifest)
	if info, err := os.Lstat(path); err != nil || !info.Mode().IsRegular() {
		return foreignf("%s holds files and no %s, so that nothing says that '%s' wrote them; name another folder", dir, k.Manifest, k.Command)
	}
	text, err := filelimit.ReadFile(path, filelimit.Model)
	if err != nil {
		return err
	}
	listed, err := k.Files(text)
	if err != nil {
		return foreignf("%s is not by '%s': %v; name another folder", path, k.Command, err)
	}
	own := map[string]bool{k.Manifest: true}
	for _, name := range listed {
		own[name] = true
	}
	real, err := filepath.EvalSymlinks(dir) // WalkDir follows no link, not even the first one
	if err != nil {
		return err
	}
	return filepath.WalkDir(real, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		name, err := filepath.Rel(real, path)
		if err != nil {
			return err
		}
		switch name = filepath.ToSlash(name); {
		case !own[name]:
			return foreignf("%s holds %s, which '%s' did not write; move that elsewhere, or name another folder", dir, name, k.Command)
		case !d.Type().IsRegular():
			return foreignf("%s holds %s, which is no regular file any more, as '%s' wrote it; move that elsewhere, or name another folder", dir, name, k.Command)
		}
		return nil
	})
}
