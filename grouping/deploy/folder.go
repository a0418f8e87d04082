package deploy

import (
	"fmt"
	"path/filepath"

	"github.com/sharewise/sharewise/analysis/filelimit"
	"github.com/sharewise/sharewise/analysis/layout"
	"github.com/sharewise/sharewise/analysis/replacement"
)

var folders = replacement.Kind{Command: "sharewise export --models", Manifest: ManifestFile, Files: filesOf}

// filesOf lists the files beside a manifest, of this version or an earlier one.
func filesOf(text []byte) ([]string, error) {
	var m struct {
		Schema  string   `json:"$schema"`
		Version int      `json:"version"`
		Models  []Model  `json:"models"`
		Sources []Source `json:"sources"`
	}
	if err := filelimit.DecodeJSON(text, &m); err != nil {
		return nil, err
	}
	if m.Version < 1 || m.Version > Version || m.Schema != schemaID(m.Version) {
		return nil, fmt.Errorf("its $schema is %q and its version %d, not %q and %d", m.Schema, m.Version, SchemaID, Version)
	}
	var files []string
	for _, model := range m.Models {
		files = append(files, model.File)
	}
	for _, s := range m.Sources {
		if s.File == ProvenanceFile {
			files = append(files, ProvenanceFile)
		}
	}
	return files, nil
}

// MayWrite reports what stands in the way of writing a bundle into the folder dir, see
// [replacement.Kind.May]: kept must not be lost, such as the folder of the study.
func MayWrite(dir string, replace bool, kept ...string) error {
	return folders.May(dir, replace, kept...)
}

// WriteFolder writes models, provenance.json and manifest into a folder that appears complete or
// not at all. It fails as [MayWrite] does.
func (b *Bundle) WriteFolder(dir string, replace bool, kept ...string) error {
	return folders.Write(dir, replace, func(dir string) error {
		for _, s := range b.Manifest.Sources {
			if s.File != ProvenanceFile {
				continue
			}
			if err := copyFile(b.files[ProvenanceFile], filepath.Join(dir, ProvenanceFile), s.SHA256); err != nil {
				return err
			}
		}
		for _, m := range b.Manifest.Models {
			if err := copyFile(b.files[m.File], filepath.Join(dir, m.File), m.SHA256); err != nil {
				return err
			}
		}
		return layout.WriteJSON(filepath.Join(dir, ManifestFile), &b.Manifest)
	}, kept...)
}
