package reports_test

import (
	"context"
	"errors"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/sharewise/sharewise/analysis/exemplars"
	"github.com/sharewise/sharewise/analysis/layout"
	"github.com/sharewise/sharewise/analysis/train"
	"github.com/sharewise/sharewise/onnxio/reference"
)

// TestStudyGoesOn stops a study by its context, again and again, and goes on, to
// the bytes of a study that nobody stopped.
func TestStudyGoesOn(t *testing.T) {
	whole, parts := layout.Folder(filepath.Join(t.TempDir(), "out")), layout.Folder(filepath.Join(t.TempDir(), "out"))
	if _, err := recommend(t.Context(), newStudy(2), reference.Backend(), whole, nil); err != nil {
		t.Fatal(err)
	}
	stops := 0
	for ; ; stops++ {
		ctx, cancel := context.WithCancel(t.Context())
		ended := 0
		_, err := recommend(ctx, newStudy(2), reference.Backend(), parts, func(e train.Event) {
			// In the midst of a run that comes after eight new ones.
			if e.Kind == train.Ended && !e.Reused {
				ended++
			}
			if e.Kind == train.Stepped && ended >= 8 {
				cancel()
			}
		})
		cancel()
		if err == nil {
			break
		}
		if !errors.Is(err, train.ErrInterrupted) || stops > 10 {
			t.Fatalf("after %d stops: %v", stops, err)
		}
	}
	if stops < 2 {
		t.Errorf("the study was stopped %d times", stops)
	}
	want, got := contents(t, whole), contents(t, parts)
	if !maps.Equal(want, got) {
		for name, text := range want {
			if got[name] != text {
				t.Errorf("%s differs", name)
			}
		}
		t.Errorf("%d files, want %d", len(got), len(want))
	}
	shown, err := exemplars.Read(whole.Exemplars())
	if err != nil {
		t.Fatal(err)
	}
	if _, ok := want["report.html"]; !ok || shown == nil {
		t.Errorf("no report in %d files, %d samples shown", len(want), len(shown))
	}
}

// contents are the files of a folder by name, without those that hold times.
func contents(t *testing.T, folder layout.Folder) map[string]string {
	t.Helper()
	out := map[string]string{}
	err := filepath.WalkDir(string(folder), func(path string, e os.DirEntry, err error) error {
		if err != nil || e.IsDir() || e.Name() == "done.json" || strings.HasSuffix(e.Name(), ".lock") {
			return err
		}
		data, err := os.ReadFile(path)
		name, _ := filepath.Rel(string(folder), path)
		out[filepath.ToSlash(name)] = string(data)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}
