package layout

import (
	"errors"
	"os"
	"testing"

	"github.com/sharewise/sharewise/analysis/study"
)

func TestPlanAndStates(t *testing.T) {
	f := Folder(t.TempDir() + "/out")
	if _, err := f.ReadPlan(); !errors.Is(err, ErrNoPlan) {
		t.Errorf("without a plan: %v", err)
	}
	if _, err := f.Progress(); !errors.Is(err, ErrNoPlan) {
		t.Errorf("progress without a plan: %v", err)
	}
	if n, err := f.Stale(&study.Plan{}); n != 0 || err != nil {
		t.Errorf("no runs yet: %d stale, %v", n, err)
	}
	plan := &study.Plan{Version: 1, Study: "s", Domains: []study.PlanDomain{{DomainSize: study.DomainSize{Name: "d"}}}}
	for _, id := range []string{"a", "b", "c", "d", "e"} {
		plan.Runs = append(plan.Runs, study.PlannedRun{Run: study.Run{ID: id, Hash: "hash of " + id, Domains: []string{"d"}}})
	}
	if err := f.WritePlan(plan); err != nil {
		t.Fatal(err)
	}
	read, err := f.ReadPlan()
	if err != nil || read.Study != "s" || len(read.Runs) != 5 {
		t.Fatalf("read %+v, %v", read, err)
	}
	end := func(id, hash string, status Status) {
		t.Helper()
		if err := os.MkdirAll(string(f.Run(id)), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := WriteJSON(f.Run(id).Done(), Done{Hash: hash, Status: status}); err != nil {
			t.Fatal(err)
		}
	}
	end("a", "hash of a", Finished)
	end("b", "hash of b", Diverged)
	end("c", "hash of an earlier study", Finished)
	if err := os.MkdirAll(string(f.Run("d")), 0o755); err != nil {
		t.Fatal(err)
	}
	end("left over", "hash", Finished)
	for i, want := range []State{StateDone, StateDiverged, StateStarted, StateStarted, StateNew} {
		state, done, err := f.State(read.Runs[i])
		if err != nil || state != want || (done != nil) != (i < 2) {
			t.Errorf("run %s: %s, %v, %v; want %s", read.Runs[i].ID, state, done, err, want)
		}
	}
	p, err := f.Progress()
	if err != nil || p.Planned != 5 || p.Done != 1 || len(p.Diverged) != 1 || len(p.Started) != 2 || p.New != 1 {
		t.Errorf("progress %+v, %v", p, err)
	}
	if want := (ArmProgress{Planned: 5, Ended: 2}); err == nil && (p.Arms[0] != want || p.Steps[0].Done) {
		t.Errorf("arms %+v, steps %+v", p.Arms, p.Steps)
	}
	if n, err := f.Stale(read); n != 1 || err != nil {
		t.Errorf("%d stale, %v, want 1", n, err)
	}
	if err := os.WriteFile(f.Run("a").Done(), []byte("{"), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, _, err := f.State(read.Runs[0]); err == nil {
		t.Error("a damaged done.json is no error")
	}
	if _, err := f.Progress(); err == nil {
		t.Error("progress passes over a damaged done.json")
	}
	if err := os.WriteFile(f.Plan(), []byte(`{"version": 99}`), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := f.ReadPlan(); err == nil {
		t.Error("a plan of another version is read")
	}
}

// TestVerify notices files that changed after a run had ended.
func TestVerify(t *testing.T) {
	r := Folder(t.TempDir()).Run("a")
	if err := os.MkdirAll(string(r), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(r.Losses(), []byte("losses"), 0o644); err != nil {
		t.Fatal(err)
	}
	sum, err := HashFile(r.Losses())
	if err != nil {
		t.Fatal(err)
	}
	d := &Done{Files: map[string]string{"losses.parquet": sum}}
	if err := r.Verify(d); err != nil {
		t.Error(err)
	}
	if err := os.WriteFile(r.Losses(), []byte("other"), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := r.Verify(d); err == nil {
		t.Error("a changed file passes")
	}
}
