package tracking

import (
	"fmt"
	"io/fs"
	"path/filepath"

	"github.com/sharewise/sharewise/analysis/filelimit"
	"github.com/sharewise/sharewise/analysis/layout"
	"github.com/sharewise/sharewise/analysis/replacement"
)

// ManifestFile is the name of a file beside what the other program reads, which passes over
// it. It says which files were written, so that these, and no others, can be replaced.
const ManifestFile = "manifest.json"

// manifest is its content.
type manifest struct {
	Writer  string   `json:"writer"`
	Version int      `json:"version"`
	Format  Format   `json:"format"`
	Files   []string `json:"files"`
}

const (
	writerName      = "sharewise export --to"
	manifestVersion = 1
)

var folders = replacement.Kind{Command: writerName, Manifest: ManifestFile, Files: filesOf}

// filesOf lists the files beside a manifest.
func filesOf(text []byte) ([]string, error) {
	var m manifest
	if err := filelimit.DecodeJSON(text, &m); err != nil {
		return nil, err
	}
	if m.Writer != writerName || m.Version != manifestVersion {
		return nil, fmt.Errorf("its writer is %q and its version %d, not %q and %d", m.Writer, m.Version, writerName, manifestVersion)
	}
	return m.Files, nil
}

// list writes the manifest of a folder that has all else.
func list(dir string, format Format) error {
	m := manifest{Writer: writerName, Version: manifestVersion, Format: format}
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		name, err := filepath.Rel(dir, path)
		m.Files = append(m.Files, filepath.ToSlash(name))
		return err
	})
	if err != nil {
		return err
	}
	return layout.WriteJSON(filepath.Join(dir, ManifestFile), &m)
}

// MayWrite reports what stands in the way of writing runs into the folder dir, see
// [replacement.Kind.May]: kept must not be lost, such as the folder of the study.
func MayWrite(dir string, replace bool, kept ...string) error {
	return folders.May(dir, replace, kept...)
}
