package artifacts

import (
	"fmt"

	"github.com/sharewise/sharewise/analysis/filelimit"
	"github.com/sharewise/sharewise/analysis/replacement"
)

var folders = replacement.Kind{Command: "sharewise model gradient", Manifest: ManifestFile, Files: filesOf}

// filesOf lists the files beside a manifest.
func filesOf(text []byte) ([]string, error) {
	var m Manifest
	if err := filelimit.DecodeJSON(text, &m); err != nil {
		return nil, err
	}
	if m.Schema != SchemaID || m.Version != Version {
		return nil, fmt.Errorf("its $schema is %q and its version %d, not %q and %d", m.Schema, m.Version, SchemaID, Version)
	}
	switch m.Kind {
	case KindTraining:
		return []string{TrainFile, EvalFile, ModelFile, ParametersFile, OptimizerFile}, nil
	case KindGradient:
		return []string{GradientFile}, nil
	}
	return nil, fmt.Errorf("its kind is %q", m.Kind)
}

// MayWrite reports what stands in the way of writing a bundle into the folder
// dir, see [replacement.Kind.May]: kept must not be lost, such as the model.
func MayWrite(dir string, replace bool, kept ...string) error {
	return folders.May(dir, replace, kept...)
}

// WriteFolder writes the bundle into a folder that appears complete or not at
// all. It fails as [MayWrite] does.
func (b *Bundle) WriteFolder(dir string, replace bool, kept ...string) error {
	return folders.Write(dir, replace, b.WriteTo, kept...)
}
