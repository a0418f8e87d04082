package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/sharewise/sharewise/analysis/exclusion"
)

// TestListOfSuspects writes a new list in the place of the one that the study uses: what that leaves out stays left out.
func TestListOfSuspects(t *testing.T) {
	dir := t.TempDir()
	file := tinyStudy(t, dir, 2, 2, 2, false)
	list, out := filepath.Join(dir, "exclude.json"), filepath.Join(dir, "out")
	if err := os.WriteFile(list, []byte(`{"version": 1, "samples": [{"domain": "d00", "sample": 1, "reason": "mine"}]}`), 0o644); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, append(text, "exclude: exclude.json\n"...), 0o644); err != nil {
		t.Fatal(err)
	}
	mustRun(t, "run", file, "-o", out, "--quiet")
	told := mustRun(t, "suspects", out, "--list", list)
	l, err := exclusion.Read(list)
	if err != nil {
		t.Fatal(err)
	}
	if len(l.Samples) == 0 || l.Samples[0].Reason != "mine" || !strings.Contains(told, ", of which the study leaves out 1 already") {
		t.Errorf("the list has %+v\n%s", l.Samples, told)
	}
}
