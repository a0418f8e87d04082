package project

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/sharewise/sharewise/analysis/layout"
	"github.com/sharewise/sharewise/analysis/study"
	"github.com/sharewise/sharewise/analysis/train"
	"github.com/sharewise/sharewise/onnxio"
	"github.com/sharewise/sharewise/onnxio/reference"
)

// TestModelChanges writes another model, or other weights beside it, over that of a study
// while it is trained: no run ends with what the file no longer is.
func TestModelChanges(t *testing.T) {
	for _, file := range []string{"net.onnx", "net.data"} {
		t.Run(file, func(t *testing.T) {
			from := open(t, Options{})
			dir := from.Study.Path(".")
			g := &onnxio.Graph{
				Name:    "net",
				Inputs:  []*onnxio.Value{{Name: "x", Type: onnxio.Float32, Shape: onnxio.Shape{onnxio.Sym("N"), {Size: 2}}}},
				Outputs: []*onnxio.Value{{Name: "y"}},
			}
			b := onnxio.NewBuilder(g)
			w := b.Initializer(onnxio.NewFloat32("w", []int64{2, 3}, []float32{1, 2, 3, 4, 5, 6}))
			b.OpNamed("y", "MatMul", []string{"x", w})
			m := &onnxio.Model{IRVersion: 8, Opsets: []onnxio.Opset{{Version: 17}}, Graph: g}
			if err := (onnxio.SaveOptions{ExternalData: "net.data", Threshold: 1}).Save(filepath.Join(dir, "net.onnx"), m); err != nil {
				t.Fatal(err)
			}
			text := strings.Replace(small, "{trunk: mlp, widths: [0.02]}", "{files: [net.onnx]}", 1)
			s, err := study.ParseBytes([]byte(text), "study.yaml", dir)
			if err != nil {
				t.Fatal(err)
			}
			p, err := Open(t.Context(), s, Options{})
			if err != nil {
				t.Fatal(err)
			}
			folder := layout.Folder(filepath.Join(t.TempDir(), "out"))
			path := filepath.Join(dir, file)
			data, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			ended := 0
			_, err = p.Train(t.Context(), reference.Backend(), folder, TrainOptions{Jobs: 1, Observe: func(e train.Event) {
				if e.Kind == train.Ended && ended == 0 {
					ended++
					data[len(data)-1] ^= 1
					if err := os.WriteFile(path, data, 0o644); err != nil {
						t.Error(err)
					}
				}
			}})
			if !errors.Is(err, ErrModelChanged) || !strings.Contains(err.Error(), file+" has changed") {
				t.Errorf("%v", err)
			}
			for _, r := range p.Plan.Runs {
				if _, err := os.Stat(folder.Run(r.ID).Done()); err == nil {
					t.Errorf("run %s has ended", r.ID)
				}
			}
		})
	}
}
