package testdata

import (
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestDemoContents compares the embedded data with the sums that README.md
// states, both ways.
func TestDemoContents(t *testing.T) {
	readme, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]string{}
	for _, m := range regexp.MustCompile(`(?m)^([0-9a-f]{64})  (\S+)$`).FindAllStringSubmatch(string(readme), -1) {
		want[m[2]] = m[1]
	}
	names, err := fs.Glob(Demo(), "*.gz")
	if err != nil {
		t.Fatal(err)
	}
	if len(names) != 16 || len(want) != 16 {
		t.Errorf("%d files are embedded and README.md lists %d, want 16", len(names), len(want))
	}
	for _, name := range names {
		f, err := Demo().Open(name)
		if err != nil {
			t.Fatal(err)
		}
		z, err := gzip.NewReader(f)
		if err != nil {
			t.Fatal(err)
		}
		h := sha256.New()
		if _, err := io.Copy(h, z); err != nil {
			t.Fatal(err)
		}
		if got := hex.EncodeToString(h.Sum(nil)); got != want[name] {
			t.Errorf("%s has content %s, README.md says %s", name, got, want[name])
		}
	}
}

// TestDemoStudyNamesFiles checks that the study and the files go together.
func TestDemoStudyNamesFiles(t *testing.T) {
	text, err := fs.ReadFile(Demo(), "study.yaml")
	if err != nil {
		t.Fatal(err)
	}
	names, err := fs.Glob(Demo(), "*.gz")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		if strings.Count(string(text), name) != 1 {
			t.Errorf("study.yaml does not name %s exactly once", name)
		}
	}
}

func TestModelsAreEmbedded(t *testing.T) {
	for _, name := range []string{"mlp-1x28x28-w1.onnx", "cnn-1x28x28-w1.onnx"} {
		if data, err := fs.ReadFile(Models(), name); err != nil || len(data) == 0 {
			t.Errorf("%s: %d bytes, %v", name, len(data), err)
		}
	}
}

// TestWriteDemo writes the files, leaves them alone when called again, and does
// not overwrite what was edited.
func TestWriteDemo(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "study")
	for range 2 {
		if err := WriteDemo(dir); err != nil {
			t.Fatal(err)
		}
	}
	edited := filepath.Join(dir, "study.yaml")
	if err := os.WriteFile(edited, []byte("mine"), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := WriteDemo(dir); !errors.Is(err, ErrDiffers) || !strings.Contains(err.Error(), edited) {
		t.Errorf("an edited study: %v", err)
	}
}
