package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/sharewise/sharewise/analysis/layout"
	"github.com/sharewise/sharewise/grouping"
)

// TestDamagedFilesAreInput ends commands with the exit code of bad input where a file of the
// folder is damaged, whichever command reads it, and with that of a failure where the system
// failed besides.
func TestDamagedFilesAreInput(t *testing.T) {
	for name, text := range map[string]string{
		"cut off": `{"hash": "a`, "empty": "", "deep": strings.Repeat("[", 5000) + strings.Repeat("]", 5000), "no JSON": "hash",
		"another type": `{"hash": 7}`, "another sum": `{"hash": "a", "sha256": "00"}`,
	} {
		dir := t.TempDir()
		file("done.json", []byte(text))(t, dir)
		_, err := layout.RunFolder(dir).ReadAnyDone()
		if err = fmt.Errorf("train: %w", err); exitCode(err) != exitInput {
			t.Errorf("%s: exit code %d, %v", name, exitCode(err), err)
		}
		if err = fmt.Errorf("%w, and %w", err, syscall.EIO); exitCode(err) != exitFailure {
			t.Errorf("%s while the disk fails: exit code %d", name, exitCode(err))
		}
	}
	for _, err := range []error{layout.ErrForgetting, grouping.ErrNoGains} {
		if err = fmt.Errorf("promise: %w", err); exitCode(err) != exitInput {
			t.Errorf("%v: exit code %d", err, exitCode(err))
		}
	}
	path := filepath.Join(t.TempDir(), "similarity.json")
	must(t, os.WriteFile(path, []byte(`{"version": 99}`), 0o644))
	if _, err := layout.ReadSimilarities(path); exitCode(err) != exitInput {
		t.Errorf("another version: exit code %d, %v", exitCode(err), err)
	}
}
