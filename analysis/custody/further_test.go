package custody

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/sharewise/sharewise/analysis/layout"
	"github.com/sharewise/sharewise/analysis/study"
)

// TestFurtherRuns changes the study, and then the runs, that an outcome was made of which
// are not those of the plan.
func TestFurtherRuns(t *testing.T) {
	folder := layout.Folder(t.TempDir())
	plan := func(hash string) *study.Plan {
		p := &study.Plan{Version: 2, Study: "plants", Domains: []study.PlanDomain{{DomainSize: study.DomainSize{Name: "a"}}}}
		for seed, rung := range []string{"w1", "w1", "w2"} {
			r := study.PlannedRun{Run: study.Run{Arm: study.Independent, Domains: []string{"a"}, Rung: study.Rung{Name: rung}, Seed: 1 + seed%2}}
			r.ID, r.Hash = "independent-a_"+rung+"_s"+string(rune('1'+seed%2)), rung+hash
			p.Runs = append(p.Runs, r)
		}
		return p
	}
	write := func(path string, v any) {
		t.Helper()
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := layout.WriteJSON(path, v); err != nil {
			t.Fatal(err)
		}
	}
	runs := folder.WeightingRuns()
	end := func(id string, seconds float64, steps int) {
		t.Helper()
		write(runs.Run(id).Losses(), "losses")
		sum, err := layout.HashFile(runs.Run(id).Losses())
		if err != nil {
			t.Fatal(err)
		}
		if err := runs.Run(id).WriteDone(&layout.Done{Hash: id, Status: layout.Finished, Seconds: seconds, Steps: steps, Files: map[string]string{"losses.parquet": sum}}); err != nil {
			t.Fatal(err)
		}
	}
	end("x", 1, 5)
	end("y", 1, 5)
	origin, err := folder.Origin()
	if err != nil {
		t.Fatal(err)
	}
	if err := origin.Trained(runs, []string{"x", "z"}); err == nil {
		t.Error("a run that is not there was trained")
	}
	if err := origin.Trained(runs, []string{"x", "y"}); err != nil {
		t.Fatal(err)
	}
	origin.Study(plan("1"), "w1")
	write(folder.Weightings(), "outcome")
	if err := origin.Record(nil, folder.Weightings()); err != nil {
		t.Fatal(err)
	}
	// found is what a check says of the outcome and of its runs.
	found := func() string {
		t.Helper()
		r, err := Check(t.Context(), folder, true)
		if err != nil {
			t.Fatal(err)
		}
		var out []string
		for _, f := range r.Findings {
			if strings.HasPrefix(f.What, "weightings") {
				out = append(out, f.String())
			}
		}
		return strings.Join(out, "\n")
	}
	expect := func(when, want string) {
		t.Helper()
		if got := found(); got != want && (want == "" || !strings.Contains(got, want)) {
			t.Errorf("%s: %q, want %q", when, got, want)
		}
	}
	expect("without a plan", "")
	write(folder.Plan(), plan("1"))
	expect("by the same study", "")
	more := plan("1")
	more.Runs = more.Runs[:2]
	write(folder.Plan(), more)
	expect("with fewer runs", "")
	write(folder.Plan(), plan("2"))
	expect("after the study changed", "weightings.json: stale: made by another study")
	write(folder.Plan(), plan("1"))
	end("x", 7, 5)
	expect("after a run was repeated", "")
	end("x", 1, 6)
	expect("after a run was trained again", "weightings.json: stale: older than 1 run trained again for it")
	end("x", 1, 5)
	write(runs.Run("y").Losses(), "others")
	expect("after losses changed", "weightings/runs/y: damaged: losses.parquet has changed")
	if err := os.RemoveAll(string(runs.Run("y"))); err != nil {
		t.Fatal(err)
	}
	expect("after a run was removed", "weightings.json: stale: made of 1 run trained for it")
}

// TestOutside follows what a file was made of in another folder: it is stale when that
// changes, and as it was where the other folder is not at hand.
func TestOutside(t *testing.T) {
	dir := t.TempDir()
	folder, other := layout.Folder(filepath.Join(dir, "out")), layout.Folder(filepath.Join(dir, "equal"))
	for _, f := range []layout.Folder{folder, other} {
		if err := os.MkdirAll(string(f), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	put := func(path, what string) {
		t.Helper()
		if err := layout.WriteJSON(path, what); err != nil {
			t.Fatal(err)
		}
	}
	put(other.Results(), "first")
	put(folder.Imbalance(), "judgement")
	// One name is relative, the other absolute.
	t.Chdir(dir)
	origin, err := folder.Origin(layout.Folder("equal").Results())
	if err != nil {
		t.Fatal(err)
	}
	if err := origin.Record(nil, folder.Imbalance()); err != nil {
		t.Fatal(err)
	}
	for _, step := range []struct {
		do   func()
		want string
	}{
		{func() {}, ""},
		{func() { put(other.Results(), "second") }, "stale: made of another results.json"},
		{func() { put(other.Results(), "first") }, ""},
		{func() { os.RemoveAll(string(other)) }, ""},
	} {
		step.do()
		r, err := Check(t.Context(), folder, true)
		if err != nil {
			t.Fatal(err)
		}
		got := ""
		for _, f := range r.Findings {
			if f.What == "imbalance.json" {
				got += f.String()
			}
		}
		if (step.want == "") != (got == "") || !strings.Contains(got, step.want) {
			t.Errorf("%q, want %q", got, step.want)
		}
	}
}
