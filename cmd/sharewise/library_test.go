package main

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"io"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"

	"github.com/sharewise/sharewise/analysis/dataset"
	"github.com/sharewise/sharewise/analysis/layout"
	"github.com/sharewise/sharewise/analysis/project"
	"github.com/sharewise/sharewise/analysis/study"
	"github.com/sharewise/sharewise/onnxio/ort/orttest"
)

// TestCommandIsLibrary trains the same study by 'sharewise run', from a study
// file and files of arrays, and by a program, from structs and slices. What the
// runs leave is the same to the byte.
func TestCommandIsLibrary(t *testing.T) {
	backend := orttest.Backend(t)
	dir := t.TempDir()
	samples := map[string]*dataset.Samples{}
	rng := rand.New(rand.NewPCG(8, 9))
	for _, name := range []string{"a", "b", "c"} {
		s := new(dataset.Samples)
		for range 60 {
			x := []float32{float32(rng.NormFloat64()), float32(rng.NormFloat64())}
			s.X = append(s.X, x)
			s.Labels = append(s.Labels, map[bool]string{true: "y", false: "n"}[x[0]*x[1] > 0])
		}
		samples[name] = s
		writeArrays(t, filepath.Join(dir, name), s)
	}
	const text = `version: 1
name: both
seeds: 2
defaults: {split: {test: 0.3}}
domains:
  - {name: a, data: {path: a-x.npy, labels: a-y.npy}}
  - {name: b, data: {path: b-x.npy, labels: b-y.npy}, limit: 20}
  - {name: c, data: {path: c-x.npy, labels: c-y.npy}, augment: {noise: 0.1}}
model: {widths: [0.1]}
training: {epochs: 3, batch: 8, select: best}
weightings: [equal, uncertainty]
`
	file, byCommand := filepath.Join(dir, "study.yaml"), layout.Folder(filepath.Join(dir, "out"))
	if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	root := newRootCommand(&app{stdout: io.Discard, stderr: io.Discard})
	root.SetArgs([]string{"run", file, "-o", string(byCommand)})
	if err := root.ExecuteContext(t.Context()); err != nil {
		t.Fatal(err)
	}

	s := study.New("both")
	s.Seeds, s.Model.Widths = 2, []float64{0.1}
	s.Training.Epochs, s.Training.Batch, s.Training.Select = 3, 8, "best"
	s.Weightings = []study.Weighting{{Name: "equal"}, {Name: "uncertainty"}}
	for _, name := range []string{"a", "b", "c"} {
		d := study.NewDomain(name)
		d.Format, d.Split.Test = study.InMemory, 0.3
		s.Domains = append(s.Domains, d)
	}
	s.Domains[1].Limit.Train = 20
	noisy := s.Training.Augment
	noisy.Noise = 0.1
	s.Domains[2].Augment = &noisy
	p, err := project.Open(t.Context(), s, project.Options{Samples: samples})
	if err != nil {
		t.Fatal(err)
	}
	byLibrary := layout.Folder(filepath.Join(dir, "library"))
	if _, err := p.Train(t.Context(), backend, byLibrary, project.TrainOptions{}); err != nil {
		t.Fatal(err)
	}

	compared := 0
	for _, r := range p.Plan.Runs {
		for _, name := range []string{"losses.parquet", "history.parquet", "model.onnx", "spec.json"} {
			want, err := os.ReadFile(filepath.Join(string(byCommand.Run(r.ID)), name))
			if err != nil {
				t.Fatal(err)
			}
			got, err := os.ReadFile(filepath.Join(string(byLibrary.Run(r.ID)), name))
			if err != nil {
				t.Fatal(err)
			}
			if !bytes.Equal(got, want) {
				t.Errorf("%s of run %s differs", name, r.ID)
			}
			compared++
		}
	}
	if runs, err := os.ReadDir(filepath.Dir(string(byCommand.Run("x")))); err != nil || 4*len(runs) != compared {
		t.Errorf("%d runs by the command, %d files compared, %v", len(runs), compared, err)
	}
}

// writeArrays writes samples as NumPy does.
func writeArrays(t *testing.T, path string, s *dataset.Samples) {
	t.Helper()
	npy := func(descr, shape string, data []byte) []byte {
		header := fmt.Sprintf("{'descr': '%s', 'fortran_order': False, 'shape': (%s), }\n", descr, shape)
		out := append([]byte("\x93NUMPY\x01\x00"), byte(len(header)), byte(len(header)>>8))
		return append(append(out, header...), data...)
	}
	var x, y []byte
	for i, row := range s.X {
		for _, v := range row {
			x = binary.LittleEndian.AppendUint32(x, math.Float32bits(v))
		}
		y = append(y, s.Labels[i]...)
	}
	for name, data := range map[string][]byte{
		"-x.npy": npy("<f4", fmt.Sprintf("%d, %d", len(s.X), len(s.X[0])), x),
		"-y.npy": npy("|S1", fmt.Sprintf("%d,", len(s.X)), y),
	} {
		if err := os.WriteFile(path+name, data, 0o644); err != nil {
			t.Fatal(err)
		}
	}
}
