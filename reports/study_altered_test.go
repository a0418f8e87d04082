package reports_test

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"runtime/debug"
	"strings"
	"testing"
	"time"

	"github.com/sharewise/sharewise/analysis"
	"github.com/sharewise/sharewise/analysis/custody"
	"github.com/sharewise/sharewise/analysis/layout"
	"github.com/sharewise/sharewise/analysis/versioned/alteration"
	"github.com/sharewise/sharewise/onnxio/reference"
	"github.com/sharewise/sharewise/reports"
)

// TestAlteredStudy alters what a trained study says of itself: its plan, the ledger, and what
// runs say when they end. The check finds that, or nothing follows from it; analysis and report
// refuse it or go on.
func TestAlteredStudy(t *testing.T) {
	folder := layout.Folder(filepath.Join(t.TempDir(), "out"))
	if _, err := recommend(t.Context(), newStudy(1), reference.Backend(), folder, nil); err != nil {
		t.Fatal(err)
	}
	plan, err := folder.ReadPlan()
	if err != nil {
		t.Fatal(err)
	}
	oneOf := 300
	if os.Getenv("SHAREWISE_TESTS") == "exhaustive" {
		oneOf = 1
	}
	whole := contents(t, folder)
	for _, path := range []string{folder.Plan(), filepath.Join(string(folder), "custody.json"), folder.Run(plan.Runs[0].ID).Done()} {
		was, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		tried, refused := 0, 0
		alteration.Each(t, was, oneOf, func(text []byte, what string) {
			tried++
			write(t, path, text)
			err := useStudy(t, folder, filepath.Base(path)+", "+what)
			if err != nil {
				refused++
			}
			for name, text := range whole { // analysis may have been made anew
				if now, _ := os.ReadFile(filepath.Join(string(folder), name)); string(now) != text {
					write(t, filepath.Join(string(folder), name), []byte(text))
				}
			}
			write(t, path, was)
		})
		t.Logf("%s: %d tries, %d refused", filepath.Base(path), tried, refused)
	}
}

func write(t *testing.T, path string, text []byte) {
	t.Helper()
	if err := os.WriteFile(path, text, 0o644); err != nil {
		t.Fatal(err)
	}
}

// useStudy checks, analyses and reports a study.
func useStudy(t *testing.T, folder layout.Folder, what string) (refused error) {
	begin := time.Now()
	defer func() {
		if r := recover(); r != nil {
			t.Errorf("%s: %v\n%s", what, r, debug.Stack())
		}
		if took := time.Since(begin); took > 20*time.Second {
			t.Errorf("%s: took %v", what, took)
		}
		if refused != nil && alteration.Raw.MatchString(refused.Error()) {
			t.Errorf("%s: raw words: %v", what, refused)
		}
		if refused != nil && !strings.Contains(refused.Error(), string(folder)) && !errors.Is(refused, fs.ErrNotExist) {
			t.Errorf("%s: no file is named: %v", what, refused)
		}
	}()
	_, checked := custody.Check(t.Context(), folder, true)
	if checked != nil && alteration.Raw.MatchString(checked.Error()) {
		t.Errorf("%s: raw words of the check: %v", what, checked)
	}
	if _, err := analysis.AnalyzeFolder(folder, ""); err != nil {
		return err
	}
	in, err := reports.OpenFolder(folder)
	if err != nil {
		return err
	}
	return reports.HTML(new(bytes.Buffer), in)
}
