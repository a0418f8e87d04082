package main

import (
	"strings"
	"testing"

	"github.com/sharewise/sharewise/analysis/layout"
	"github.com/sharewise/sharewise/analysis/project"
	"github.com/sharewise/sharewise/analysis/study"
)

// TestPrintTotals words a plan of which some runs have ended.
func TestPrintTotals(t *testing.T) {
	f := &project.Forecast{Plan: &study.Plan{}, Measured: 1, Stale: 3, Output: "there"}
	for _, state := range []layout.State{layout.StateDone, layout.StateDiverged, layout.StateStarted, layout.StateNew} {
		f.Runs = append(f.Runs, study.PlannedRun{})
		f.States = append(f.States, project.RunState{State: state})
	}
	var text strings.Builder
	printTotals(&text, f)
	for _, want := range []string{
		"To train: 2 of 4 runs; 2 are done and reused (1 of them diverged); 1 go on from where they stopped.",
		"3 run folders in there are of an earlier version of the study",
		"times follow 1 finished runs.",
	} {
		if !strings.Contains(text.String(), want) {
			t.Errorf("output lacks %q:\n%s", want, text.String())
		}
	}
}
