package main

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/sharewise/sharewise/analysis/dataset"
	"github.com/sharewise/sharewise/analysis/layout"
)

// TestForecastReuses plans a study of which some runs have ended.
func TestForecastReuses(t *testing.T) {
	dir := t.TempDir()
	table := "x,y\n"
	for range 20 {
		table += "1,a\n2,b\n"
	}
	file := filepath.Join(dir, "study.yaml")
	for name, content := range map[string]string{
		"t.csv":      table,
		"study.yaml": "version: 1\nname: s\nseeds: 3\ndefaults: {data: t.csv, columns: {label: y}}\ndomains: [{name: a}, {name: b}]\n",
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	folder := outputFolder(file, "")
	forecast := func() *forecast {
		t.Helper()
		f, err := (&app{}).forecast(context.Background(), file, folder, reading{})
		if err != nil {
			t.Fatal(err)
		}
		return f
	}
	before := forecast()
	if len(before.States) != 9 || before.Rate != assumedRate || before.Seconds <= 0 {
		t.Fatalf("forecast %+v", before)
	}
	end := func(i int, content string) {
		t.Helper()
		done := folder.Run(before.Runs[i].ID).Done()
		if err := os.MkdirAll(filepath.Dir(done), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(done, []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	end(0, `{"hash": "`+before.Runs[0].Hash+`", "status": "done", "seconds": 4}`)
	end(1, `{"hash": "`+before.Runs[1].Hash+`", "status": "diverged", "seconds": 1}`)
	end(2, `{"hash": "of another study", "status": "done", "seconds": 1}`)
	if err := os.MkdirAll(string(folder.Run("left-over")), 0o755); err != nil {
		t.Fatal(err)
	}
	after := forecast()
	for i, want := range []layout.State{layout.StateDone, layout.StateDiverged, layout.StateStarted, layout.StateNew} {
		if got := after.States[i].State; got != want {
			t.Errorf("run %d is %s, want %s", i, got, want)
		}
	}
	// Speed is that of the run that finished, not of the one that diverged.
	if want := before.Runs[0].FLOPs / 4; after.Measured != 1 || after.Rate != want || after.Stale != 1 || after.Bytes >= before.Bytes {
		t.Errorf("forecast %+v, want a rate of %g", after, want)
	}
	var text strings.Builder
	if err := after.print(&text, false); err != nil {
		t.Fatal(err)
	}
	if want := "To train: 7 of 9 runs; 2 are done and reused (1 of them diverged); 1 go on from where they stopped."; !strings.Contains(text.String(), want) {
		t.Errorf("output lacks %q:\n%s", want, text.String())
	}
	end(3, "{")
	if _, err := (&app{}).forecast(context.Background(), file, folder, reading{}); err == nil || !strings.Contains(err.Error(), "is damaged") {
		t.Errorf("damaged done.json: %v", err)
	}
}

func TestLeftOut(t *testing.T) {
	drops := []dataset.Drop{
		{Reason: `column "x": missing value`, Count: 1, Example: "t.csv:9"},
		{Reason: "unreadable", Count: 7, Example: "t.csv:3"},
		{Reason: `column "y": not a number`, Count: 2, Example: "t.csv:5"},
		{Reason: "2 fields", Count: 1, Example: "t.csv:8"},
		{Reason: "3 fields", Count: 1, Example: "t.csv:4"},
	}
	want := `12 left out: unreadable (7, such as t.csv:3), column "y": not a number (2, such as t.csv:5), column "x": missing value (1, such as t.csv:9), 2 more reasons`
	if got := leftOut(drops); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}
