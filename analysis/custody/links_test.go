package custody

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/sharewise/sharewise/analysis/layout"
)

// TestSetAsideLinks sets links aside, which must still lead where they led, and removes what an
// earlier repair set aside behind links, and nothing else there.
func TestSetAsideLinks(t *testing.T) {
	top := t.TempDir()
	folder, disk := layout.Folder(filepath.Join(top, "out")), filepath.Join(top, "disk")
	write := func(path, text string) {
		t.Helper()
		if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o755), os.WriteFile(path, []byte(text), 0o600)); err != nil {
			t.Fatal(err)
		}
	}
	link := func(to, from string) {
		t.Helper()
		if err := errors.Join(os.MkdirAll(filepath.Dir(from), 0o755), os.Symlink(to, from)); err != nil {
			t.Fatal(err)
		}
	}
	const spec = `{"run": {"domains": ["a"]}, "data": {"a": "1"}}`
	for _, name := range []string{"old", "new"} {
		write(filepath.Join(disk, name, "spec.json"), spec)
		write(filepath.Join(disk, name, "model.onnx"), name)
	}
	write(filepath.Join(disk, "old", "notes.txt"), "mine")
	write(filepath.Join(disk, "home", "model.onnx"), "mine")
	aside := filepath.Join(string(folder), DamagedFolder, "runs")
	link(filepath.Join("..", "..", "disk", "new"), string(folder.Run("x")))
	link(filepath.Join(disk, "old"), filepath.Join(aside, "x"))
	moved, left, err := setAside(folder, "runs/x")
	if err != nil || !moved || len(left) != 1 || !strings.HasSuffix(left[0], "notes.txt") {
		t.Errorf("%v, %v, %v", moved, left, err)
	}
	if text, err := os.ReadFile(filepath.Join(aside, "x", "model.onnx")); err != nil || string(text) != "new" {
		t.Errorf("behind the link that was set aside: %q, %v", text, err)
	}
	if _, err := os.Lstat(filepath.Join(disk, "old", "model.onnx")); err == nil {
		t.Error("the run of an earlier repair stays on the disk")
	}
	// The same once more, and a link to somebody's folder.
	link(filepath.Join(disk, "new"), string(folder.Run("x")))
	link(filepath.Join(disk, "new"), string(folder.Run("y")))
	link(filepath.Join(disk, "home"), filepath.Join(aside, "y"))
	for name, stays := range map[string]int{"x": 0, "y": 1} {
		if moved, left, err := setAside(folder, "runs/"+name); err != nil || !moved || len(left) != stays {
			t.Errorf("%s: %v, %v, %v", name, moved, left, err)
		}
	}
	for _, file := range []string{"new/model.onnx", "home/model.onnx"} {
		if _, err := os.Stat(filepath.Join(disk, file)); err != nil {
			t.Error(err)
		}
	}
}
