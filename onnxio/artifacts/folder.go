package artifacts

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/sharewise/sharewise/analysis/atomicfile"
)

// ErrForeign is returned where what is to be replaced holds no bundle.
var ErrForeign = errors.New("no bundle")

// foreign is an ErrForeign that says what there is instead.
type foreign string

func (f foreign) Error() string      { return string(f) }
func (foreign) Is(target error) bool { return target == ErrForeign }

// MayWrite reports what stands in the way of writing a bundle into the folder
// dir: anything, by an error that matches fs.ErrExist; or, if it may be replaced,
// what is neither a bundle nor an empty folder, by one that matches ErrForeign.
func MayWrite(dir string, replace bool) error {
	switch _, err := os.Lstat(dir); {
	case err != nil:
		return nil
	case !replace:
		return fmt.Errorf("%s: %w", dir, fs.ErrExist)
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		return foreign(dir + " is no folder")
	}
	if _, err := os.Stat(filepath.Join(dir, ManifestFile)); err != nil && len(entries) > 0 {
		return foreign(fmt.Sprintf("%s holds files and no %s", dir, ManifestFile))
	}
	return nil
}

// WriteFolder writes the bundle into a folder that appears complete or not at
// all. It fails as [MayWrite] does.
func (b *Bundle) WriteFolder(dir string, replace bool) error {
	if err := MayWrite(dir, replace); err != nil {
		return err
	}
	return atomicfile.WriteFolder(dir, replace, b.WriteTo)
}
