package provenance_test

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/sharewise/sharewise/analysis/layout"
	"github.com/sharewise/sharewise/analysis/policy"
	"github.com/sharewise/sharewise/analysis/provenance"
	"github.com/sharewise/sharewise/analysis/study"
)

// folder is one with a run that has ended, groups and a manifest, and its plan; data
// are in a.csv beside the study.
func folder(t *testing.T) (layout.Folder, *study.Plan) {
	t.Helper()
	dir := t.TempDir()
	write(t, filepath.Join(dir, "a.csv"), "x,y\n1,2\n")
	write(t, filepath.Join(dir, "study.yaml"), "version: 1\n")
	sum := func(name string) string {
		s, err := layout.HashFile(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	f := layout.Folder(filepath.Join(dir, "out"))
	plan := &study.Plan{
		Version: 2, Study: "s", File: filepath.Join(dir, "study.yaml"), FileSHA256: sum("study.yaml"), Rungs: []string{"w1"},
		Policy: &policy.Policy{Rules: []policy.Rule{{Name: "r", AtMost: 2}}},
		Domains: []study.PlanDomain{{DomainSize: study.DomainSize{
			Name: "a", SHA256: "samples", Sources: []study.Source{{Path: "a.csv", SHA256: sum("a.csv")}},
		}}},
		Runs: []study.PlannedRun{{Run: study.Run{ID: "one", Hash: "h", Seed: 1, Rung: study.Rung{Name: "w1"}, Domains: []string{"a"}}}},
	}
	var err error
	if plan.PolicySHA256, err = plan.PolicyIdentity(); err != nil {
		t.Fatal(err)
	}
	if err := f.WritePlan(plan); err != nil {
		t.Fatal(err)
	}
	run := f.Run("one")
	write(t, run.Model(), "model")
	spec, err := json.Marshal(layout.Spec{Run: study.Run{StudySeed: 7}, Model: "definition", Backend: "runtime 1", Sharewise: "1.2"})
	if err != nil {
		t.Fatal(err)
	}
	write(t, run.Spec(), string(spec))
	model, err := layout.HashFile(run.Model())
	if err != nil {
		t.Fatal(err)
	}
	if err := layout.WriteJSON(run.Done(), layout.Done{Hash: "h", Status: layout.Finished, Files: map[string]string{"model.onnx": model}, Seconds: 3}); err != nil {
		t.Fatal(err)
	}
	trial := f.RemedyRuns().Run("trial")
	write(t, trial.Losses(), "losses")
	losses, err := layout.HashFile(trial.Losses())
	if err != nil {
		t.Fatal(err)
	}
	if err := trial.WriteDone(&layout.Done{Hash: "t", Status: layout.Finished, Files: map[string]string{"losses.parquet": losses}}); err != nil {
		t.Fatal(err)
	}
	origin, err := f.Origin()
	if err != nil {
		t.Fatal(err)
	}
	if err := origin.Trained(f.RemedyRuns(), []string{"trial"}); err != nil {
		t.Fatal(err)
	}
	if err := origin.Write(nil, f.Remedies(), struct{}{}); err != nil {
		t.Fatal(err)
	}
	write(t, f.Groups(), "{}")
	m, err := provenance.Gather(f, plan, "1.2")
	if err != nil {
		t.Fatal(err)
	}
	if m.StudySeeds[0] != 7 || m.Programs.Runtimes[0] != "runtime 1" || m.Models[0].SHA256[0] != "definition" || len(m.Files) != 2 {
		t.Errorf("manifest %+v", m)
	}
	if err := m.Write(f); err != nil {
		t.Fatal(err)
	}
	if origin, err = f.Origin(); err != nil {
		t.Fatal(err)
	}
	if err := origin.Record(nil, f.Provenance()); err != nil {
		t.Fatal(err)
	}
	return f, plan
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

// TestVerify finds each thing that changed, and that thing alone.
func TestVerify(t *testing.T) {
	same := func(*study.Plan) (map[string][]string, error) { return map[string][]string{"a": {"samples"}}, nil }
	for _, test := range []struct {
		name   string
		change func(f layout.Folder, plan *study.Plan)
		data   provenance.Data
		what   []string
		state  provenance.State
	}{
		{name: "nothing", data: same},
		{name: "model", change: func(f layout.Folder, _ *study.Plan) { write(t, f.Run("one").Model(), "other") }, what: []string{"run one: model.onnx"}, state: provenance.Differs},
		{name: "no run", change: func(f layout.Folder, _ *study.Plan) { _ = os.RemoveAll(string(f.Run("one"))) }, what: []string{"run one"}, state: provenance.Missing},
		{name: "losses of a trial", change: func(f layout.Folder, _ *study.Plan) { write(t, f.RemedyRuns().Run("trial").Losses(), "other") }, what: []string{"run remedies/runs/trial: losses.parquet"}, state: provenance.Differs},
		{name: "another trial", change: func(f layout.Folder, _ *study.Plan) {
			if err := f.RemedyRuns().Run("trial").WriteDone(&layout.Done{Hash: "u", Status: layout.Finished}); err != nil {
				t.Fatal(err)
			}
		}, what: []string{"run remedies/runs/trial"}, state: provenance.Differs},
		{name: "no trial", change: func(f layout.Folder, _ *study.Plan) { _ = os.RemoveAll(string(f.RemedyRuns())) }, what: []string{"run remedies/runs/trial"}, state: provenance.Missing},
		{name: "no ledger", change: func(f layout.Folder, _ *study.Plan) { _ = os.Remove(f.Custody()) }, what: []string{"custody.json"}, state: provenance.Unverified},
		{name: "manifest", change: func(f layout.Folder, _ *study.Plan) {
			data, err := os.ReadFile(f.Provenance())
			if err != nil {
				t.Fatal(err)
			}
			write(t, f.Provenance(), string(data)+"\n")
		}, what: []string{"provenance.json"}, state: provenance.Differs},
		{name: "groups", change: func(f layout.Folder, _ *study.Plan) { write(t, f.Groups(), "{ }") }, what: []string{"groups.json"}, state: provenance.Differs},
		{name: "no groups", change: func(f layout.Folder, _ *study.Plan) { _ = os.Remove(f.Groups()) }, what: []string{"groups.json"}, state: provenance.Missing},
		{name: "study", change: func(_ layout.Folder, p *study.Plan) { write(t, p.File, "version: 2\n") }, what: []string{"study file"}, state: provenance.Differs},
		{name: "file of data", change: func(_ layout.Folder, p *study.Plan) {
			write(t, filepath.Join(filepath.Dir(p.File), "a.csv"), "x,y\n1,3\n")
		}, what: []string{"data of a: a.csv"}, state: provenance.Differs},
		{name: "samples", data: func(*study.Plan) (map[string][]string, error) {
			return map[string][]string{"a": {"others"}}, nil
		}, what: []string{"data of a"}, state: provenance.Differs},
		{name: "data away", data: func(*study.Plan) (map[string][]string, error) { return nil, errors.New("gone") }, what: []string{"data of a"}, state: provenance.Unverified},
		{name: "rules", change: func(f layout.Folder, p *study.Plan) {
			p.Policy.Rules[0].AtMost = 3
			if err := f.WritePlan(p); err != nil {
				t.Fatal(err)
			}
		}, what: []string{"plan.json", "policy"}, state: provenance.Differs},
	} {
		f, plan := folder(t)
		if test.change != nil {
			test.change(f, plan)
		}
		r, err := provenance.Verify(f, test.data)
		if err != nil {
			t.Errorf("%s: %v", test.name, err)
			continue
		}
		var what []string
		for _, x := range r.Findings {
			if x.State != provenance.Matches {
				what = append(what, x.What)
				if x.State != test.state {
					t.Errorf("%s: %+v", test.name, x)
				}
			}
		}
		if !slices.Equal(what, test.what) || r.Whole() != (len(what) == 0 || test.state == provenance.Unverified) {
			t.Errorf("%s: %q, want %q", test.name, what, test.what)
		}
	}
	if _, err := provenance.Verify(layout.Folder(t.TempDir()), nil); !errors.Is(err, provenance.ErrNone) {
		t.Errorf("no manifest: %v", err)
	}
}
