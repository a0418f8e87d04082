package drafting

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/sharewise/sharewise/analysis/study"

	"github.com/sharewise/sharewise/analysis/datafile/filetest"

	"github.com/sharewise/sharewise/analysis/dataset"
)

// scanned drafts a study of a folder, reads the draft back and opens its data.
func scanned(t *testing.T, dir string) (*study.Study, []*dataset.Domain) {
	t.Helper()
	draft, err := Scan(dir, Config{Name: "found", Base: dir, Least: 2})
	if err != nil {
		t.Fatal(err)
	}
	text := draft.Encode("study.yaml")
	s, err := study.ParseBytes(text, "study.yaml", dir)
	if err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	domains, err := dataset.OpenAll(t.Context(), s)
	if err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	return s, domains
}

func TestScanArrays(t *testing.T) {
	dir := t.TempDir()
	x, y := filetest.TenArrays(t, dir) // x.npy and y.npy
	filetest.Write(t, dir, "b.npz", filetest.NPZ(t, map[string][]byte{"inputs": x, "labels": y, "more": y}))
	filetest.Write(t, dir, "c.npz", filetest.NPZ(t, map[string][]byte{"inputs": filetest.Floats([]int{10, 3}, make([]float32, 30)...), "labels": y}))
	filetest.Write(t, dir, "weights.npz", filetest.NPZ(t, map[string][]byte{"w": x}))
	filetest.Write(t, dir, "broken.npz", []byte("PK\x03\x04"))
	raw := append(slices.Clone(x[len(x)-80:]), y[len(y)-10:]...)
	filetest.Write(t, dir, "d.safetensors", filetest.Safetensors(`{"x":{"dtype":"F32","shape":[10,2],"data_offsets":[0,80]},"y":{"dtype":"U8","shape":[10],"data_offsets":[80,90]}}`, raw))
	s, domains := scanned(t, dir)
	root := study.NameOf(filepath.Base(dir)) // x.npy and y.npy have no other name
	var names []string
	for _, d := range domains {
		names = append(names, d.Name)
	}
	if !slices.Equal(names, []string{"b", "d", root}) || s.Input.Kind != study.ArrayInput || !slices.Equal(s.Input.Shape, []int{2}) {
		t.Errorf("domains %q, input %+v", names, s.Input)
	}
	if f := s.Domain(root).Files; f.Path != "x.npy" || f.Labels != "y.npy" {
		t.Errorf("files %+v", f)
	}
}

// TestScanOneHot takes labels with a column for each class for classes, and numbers in several
// columns for what they are.
func TestScanOneHot(t *testing.T) {
	for _, c := range []struct {
		name, note string
		other      float32 // in the place of some ones
		classes    int
	}{
		{"one-hot", "labels have a column for each of 2 classes (one-hot)", 1, 2},
		{"shares", "2 numbers are predicted, as rows of labels are not one 1 among zeros", 0.25, 0},
	} {
		dir := t.TempDir()
		x, _ := filetest.TenArrays(t, dir)
		for _, file := range []string{"x.npy", "y.npy"} {
			if err := os.Remove(filepath.Join(dir, file)); err != nil {
				t.Fatal(err)
			}
		}
		var hot []float32
		for i := range 10 {
			row := make([]float32, 2)
			if row[i%2] = 1; i == 5 {
				row[1] = c.other
			}
			hot = append(hot, row...)
		}
		for _, file := range []string{"a.npz", "b.npz"} {
			filetest.Write(t, dir, file, filetest.NPZ(t, map[string][]byte{"x": x, "y": filetest.Floats([]int{10, 2}, hot...)}))
		}
		draft, err := Scan(dir, Config{Name: "found", Base: dir, Least: 2})
		if err != nil {
			t.Fatal(err)
		}
		if text := strings.Join(draft.Found, "\n"); !strings.Contains(text, c.note) {
			t.Errorf("%s: found\n%s\nlacks %s", c.name, text, c.note)
		}
		if _, domains := scanned(t, dir); len(domains[0].Task.Classes) != c.classes {
			t.Errorf("%s: task %+v", c.name, domains[0].Task)
		}
	}
}

func TestScanRecordings(t *testing.T) {
	dir := t.TempDir()
	sound := func(rate int) []byte { return filetest.WAV(rate, 1, make([]int16, 40*scanWindow)...) }
	filetest.Write(t, dir, "old/ok/1.wav", sound(8000))
	filetest.Write(t, dir, "old/worn/1.wav", sound(8000))
	filetest.Write(t, dir, "new/ok/1.wav", sound(16000))
	filetest.Write(t, dir, "new/worn/1.wav", sound(16000))
	s, domains := scanned(t, dir)
	if len(domains) != 2 || s.Input.Series == nil || *s.Input.Series != (study.Window{Length: scanWindow, Channels: 1, Rate: 8000}) {
		t.Errorf("%d domains, windows %+v", len(domains), s.Input.Series)
	}
	if _, err := Scan(t.TempDir(), Config{Name: "none", Base: dir, Least: 2}); err == nil || !strings.Contains(err.Error(), "recording.wav") {
		t.Errorf("an empty folder: %v", err)
	}
}

// TestUnlabelledArrays passes over samples beside an array of an unknown name, where nothing
// else was found before.
func TestUnlabelledArrays(t *testing.T) {
	dir := t.TempDir()
	x := filetest.Floats([]int{10, 3}, make([]float32, 30)...)
	filetest.Write(t, dir, "a.npz", filetest.NPZ(t, map[string][]byte{"x": x, "labels1": filetest.Floats([]int{10}, make([]float32, 10)...)}))
	_, err := Scan(dir, Config{Name: "none", Base: dir, Least: 2})
	if err == nil || !strings.Contains(err.Error(), `array "x": samples without an array of labels beside them`) {
		t.Errorf("%v", err)
	}
}
