package main

import (
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/sharewise/sharewise/analysis/layout"
	"github.com/sharewise/sharewise/analysis/versioned/alteration"
)

// altered are records in a study's folder, each with commands that read it.
var altered = []struct {
	record   string // a pattern; the first that matches
	commands []string
	plant    func(t *testing.T, dir string) // what must be there for it to be read; nil for most
}{
	{"out/runs/joint*/spec.json", []string{"verify out", "export out --to mlflow -o tracked", "group out", "run data/study.yaml -o out --jobs 1 -q"}, nil},
	{"out/runs/joint*/done.json", []string{"status out", "analyze out", "check out --repair", "run data/study.yaml -o out --jobs 1 -q"}, nil},
	{"out/baseline/east/fit.json", []string{"analyze out", "report out"}, nil},
	{"out/baseline/east/done.json", []string{"analyze out", "run data/study.yaml -o out --jobs 1 -q"}, nil},
	{"out/provenance.json", []string{"verify out", "export out --models deployed"}, nil},
	{"out/cross.json", []string{"affinity out", "report out"}, nil},
	{"out/merge.json", []string{"affinity out"}, nil},
	{"out/linear.json", []string{"affinity out"}, nil},
	{"out/similarity.json", []string{"affinity out"}, nil},
	{"out/promises.json", []string{"promise out --seeds 2 --jobs 1 -q", "report out"}, nil},
	{"out/verification/plan.json", []string{"promise out --seeds 2 --jobs 1 -q", "check out"}, nil},
	{"out/weightings/times.json", []string{"weightings data/study.yaml -o out --methods equal --trials 1 --seeds 2 --jobs 1 -q"}, nil},
	{"out/mixtures.json", []string{"mixtures data/study.yaml -o out --mixtures 7 --seeds 2 --jobs 1 -q"}, nil},
	{"exclude.json", []string{"plan data/excluding.yaml -o excluded"}, nil},
	{"out/forget.json", []string{"status out", "forget data/study.yaml south -o out"}, func(t *testing.T, dir string) {
		must(t, layout.WriteJSON(filepath.Join(dir, "out/forget.json"), layout.Forgetting{Domain: "south", File: filepath.Join(dir, "data/study.yaml"), Keep: []string{"independent-east_w0.1_s1_0394a667dd"}}))
	}},
	{"out/runs/joint*/failure.json", []string{"status out", "run data/study.yaml -o out --jobs 1 -q"}, func(t *testing.T, dir string) {
		run := layout.RunFolder(first(t, dir, "out/runs/joint*"))
		must(t, os.Remove(run.Done()))
		must(t, run.WriteFailure(&layout.Failure{Reason: "the disk was full", Host: "far", Job: "12", Log: "slurm/1/12.log"}))
	}},
}

// first is the first file of a pattern, empty where there is none.
func first(t *testing.T, dir, pattern string) string {
	t.Helper()
	found, err := filepath.Glob(filepath.Join(dir, pattern))
	must(t, err)
	if len(found) == 0 {
		return ""
	}
	return found[0]
}

// TestAlteredRecords alters, value by value, what a folder says of its runs and of work that
// is not at its end, with the sums that vouch for it: commands refuse that or go on. One in 400
// of all that may be is tried, of records that are soon made, or every one with
// SHAREWISE_TESTS=exhaustive.
func TestAlteredRecords(t *testing.T) {
	requireRuntime(t)
	root := t.TempDir()
	dir, before := filepath.Join(root, "work"), filepath.Join(root, "before")
	must(t, os.Mkdir(dir, 0o755))
	must(t, os.Mkdir(before, 0o755))
	plantFaultStudy(t, dir, "0.003")
	text, err := os.ReadFile(filepath.Join(dir, "data/study.yaml"))
	must(t, err)
	must(t, os.WriteFile(filepath.Join(dir, "data/excluding.yaml"), append(text, "exclude: ../exclude.json\n"...), 0o644))
	preparing, oneOf := []string{"run", "analyze", "cross", "suspects", "group"}, 400
	if os.Getenv("SHAREWISE_TESTS") == "exhaustive" {
		preparing, oneOf = append(preparing, "merge", "linearise", "similarity", "affinity", "value", "report", "promise", "weightings", "mixtures"), 1
	}
	for i := range stages {
		s := &stages[i]
		if !slices.Contains(preparing, s.name) {
			continue
		}
		if s.before != nil {
			s.before(t, dir)
		}
		if out, code, err := limited(t, dir, strings.Fields(s.args)...); code != exitDone {
			t.Fatalf("%s: %v\n%s", s.args, err, out)
		}
	}
	restore(t, before, dir)
	for _, a := range altered {
		if only := os.Getenv("SHAREWISE_ALTERED"); only != "" && !strings.Contains(a.record, only) {
			continue
		}
		restore(t, dir, before)
		if a.plant != nil {
			a.plant(t, dir)
		}
		record := first(t, dir, a.record)
		if record == "" && oneOf > 1 {
			continue // of what is only there when all is tried
		}
		was, err := os.ReadFile(record)
		must(t, err)
		tried, refused := 0, 0
		alteration.Each(t, was, oneOf, func(text []byte, what string) {
			for _, command := range a.commands {
				restore(t, dir, before)
				if a.plant != nil {
					a.plant(t, dir)
				}
				must(t, os.WriteFile(record, text, 0o644))
				vouchFor(t, layout.Folder(filepath.Join(dir, "out")), record)
				out, code, err := limited(t, dir, strings.Fields(command)...)
				tried++
				if code != exitDone {
					refused++
				}
				if raw := alteration.Raw.FindString(out); raw != "" || code < exitDone || code > exitInput {
					t.Errorf("%s with %s, %s: exit code %d, %v, %q: %.900s", a.record, what, command, code, err, raw, out)
				}
			}
		})
		t.Logf("%s: %d commands, %d refused", a.record, tried, refused)
	}
}

// vouchFor makes the sums of a file, in the ledger or in done.json of its run, those of what
// it holds now.
func vouchFor(t *testing.T, folder layout.Folder, path string) {
	t.Helper()
	run := layout.RunFolder(filepath.Dir(path))
	if path == run.Done() {
		var done layout.Done
		if text, err := os.ReadFile(path); err == nil && json.Unmarshal(text, &done) == nil {
			must(t, run.WriteDone(&done))
		}
	}
	sum, err := layout.HashFile(path)
	must(t, err)
	if done, err := run.ReadAnyDone(); err == nil && done != nil && path != run.Done() && done.Files[filepath.Base(path)] != "" {
		done.Files[filepath.Base(path)] = sum
		must(t, run.WriteDone(done))
	}
	name, err := filepath.Rel(string(folder), path)
	must(t, err)
	l, err := folder.ReadLedger()
	must(t, err)
	changed := &layout.Ledger{Version: l.Version, Files: map[string]layout.Record{}}
	for file, r := range l.Files {
		if file == filepath.ToSlash(name) {
			r.SHA256 = sum
		}
		if _, from := r.From[filepath.ToSlash(name)]; from {
			r.From = maps.Clone(r.From)
			r.From[filepath.ToSlash(name)] = sum
		}
		changed.Files[file] = r
	}
	seal(t, folder, changed)
}
