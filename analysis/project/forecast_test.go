package project

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/sharewise/sharewise/analysis/layout"
	"github.com/sharewise/sharewise/analysis/study"
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
	folder := layout.Folder(filepath.Join(dir, "out"))
	s, err := study.Parse(file)
	if err != nil {
		t.Fatal(err)
	}
	p, err := Open(t.Context(), s, Options{})
	if err != nil {
		t.Fatal(err)
	}
	forecast := func() *Forecast {
		t.Helper()
		f, err := p.Forecast(t.Context(), folder)
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
	if costs := after.Costs(); costs[0].Done != 2 || costs[0].Runs != 6 || costs[1].Done != 0 {
		t.Errorf("costs %+v", costs)
	}
	end(3, "{")
	if _, err := p.Forecast(t.Context(), folder); err == nil || !strings.Contains(err.Error(), "cut off; remove the folder") {
		t.Errorf("damaged done.json: %v", err)
	}
}

// TestSumPools sums pairs, and larger pools where they are many.
func TestSumPools(t *testing.T) {
	costs := []ArmCost{{Name: "joint", Domains: 9, Arms: 1, Runs: 3}}
	for i := range 10 {
		costs = append(costs, ArmCost{Name: fmt.Sprintf("pool{a,%d}", i), Domains: 2, Arms: 1, Runs: 2, Done: 1, Seconds: 1})
		costs = append(costs, ArmCost{Name: fmt.Sprintf("pool{a,b,%d}", i), Domains: 3, Arms: 1, Runs: 2, Bytes: 5})
	}
	got := SumPools(costs)
	want := []ArmCost{costs[0], {Name: "10 pairs", Arms: 10, Runs: 20, Done: 10, Seconds: 10}, {Name: "10 pools of three and more", Arms: 10, Runs: 20, Bytes: 50}}
	if !slices.Equal(got, want) {
		t.Errorf("got %+v, want %+v", got, want)
	}
	if got = SumPools(costs[:5]); len(got) != 4 {
		t.Errorf("two larger pools are summed: %+v", got)
	}
}
