package cross

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/sharewise/sharewise/analysis/dataset"
	"github.com/sharewise/sharewise/analysis/layout"
	"github.com/sharewise/sharewise/analysis/project"
	"github.com/sharewise/sharewise/analysis/study"
	"github.com/sharewise/sharewise/onnxio/reference"
)

// TestChangedData keeps nothing that was computed of data that are not any more what was read.
func TestChangedData(t *testing.T) {
	dir := t.TempDir()
	table := func(sign int) []byte {
		text := "u,v,y\n"
		for i := range 40 {
			text += fmt.Sprintf("%d,%d,%s\n", sign*(i%9), i%7, []string{"no", "yes"}[i%2])
		}
		return []byte(text)
	}
	write := func(name string, sign int) {
		t.Helper()
		if err := os.WriteFile(filepath.Join(dir, name), table(sign), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	write("a.csv", 1)
	write("b.csv", -1)
	text := "version: 1\nname: s\nseeds: 1\nbaseline: none\ndefaults: {columns: {label: y}}\ndomains: [{name: a, data: a.csv}, {name: b, data: b.csv}]\nmodel: {trunk: mlp, widths: [0.02]}\ntraining: {epochs: 1}\n"
	s, err := study.ParseBytes([]byte(text), "study.yaml", dir)
	if err != nil {
		t.Fatal(err)
	}
	p, err := project.Open(t.Context(), s, project.Options{})
	if err != nil {
		t.Fatal(err)
	}
	folder := layout.Folder(filepath.Join(dir, "out"))
	if _, err := p.Train(t.Context(), reference.Backend(), folder, project.TrainOptions{}); err != nil {
		t.Fatal(err)
	}
	write("b.csv", 1)
	if _, err := Domains(t.Context(), reference.Backend(), folder, p.Tested(), 1); !errors.Is(err, dataset.ErrData) || !strings.Contains(err.Error(), "b.csv: has changed since it was read") {
		t.Errorf("with other data: %v", err)
	}
	if _, err := os.Stat(folder.Cross()); err == nil {
		t.Error("cross.json is written of other data")
	}
	write("b.csv", -1)
	if _, err := Domains(t.Context(), reference.Backend(), folder, p.Tested(), 1); err != nil {
		t.Error(err)
	}
}
