package main

import (
	"bytes"
	"encoding/json"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/sharewise/sharewise/testdata"
)

// writeTinyStudy writes a study that trains in about a second: two domains, two seeds.
func writeTinyStudy(t *testing.T, dir, rate string) string {
	t.Helper()
	if err := testdata.WriteDemo(dir); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(dir, "study.yaml")
	text := `version: 1
name: tiny
seeds: 2
input: {image: [8, 8]}
defaults: {limit: {train: 60, test: 60}}
domains:
  - name: digits
    data: {images: digits-train-images.idx3.gz, labels: digits-train-labels.idx1.gz}
    test: {images: digits-test-images.idx3.gz, labels: digits-test-labels.idx1.gz}
  - name: inverted
    data: {images: inverted-train-images.idx3.gz, labels: inverted-train-labels.idx1.gz}
    test: {images: inverted-test-images.idx3.gz, labels: inverted-test-labels.idx1.gz}
model: {trunk: mlp, widths: [0.1]}
training: {epochs: 3, batch: 16, rate: ` + rate + `}
economics: {currency: EUR, value: 100}
`
	if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	return file
}

// filesOf are the files of a folder by their slashed paths; of done.json, which has
// times, only that it is there.
func filesOf(t *testing.T, dir string) map[string][]byte {
	t.Helper()
	out := map[string][]byte{}
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name, err := filepath.Rel(dir, path)
		name = filepath.ToSlash(name)
		switch {
		case err != nil:
			return err
		case name == "damaged":
			return fs.SkipDir
		case d.IsDir() || strings.HasSuffix(name, ".lock"):
			return nil
		}
		data, err := os.ReadFile(path)
		if d.Name() == "done.json" {
			data = nil
		}
		out[name] = data
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// restore makes a folder hold these files, of the same times, and no others.
func restore(t *testing.T, dir string, from string) {
	t.Helper()
	if err := os.RemoveAll(dir); err != nil {
		t.Fatal(err)
	}
	if err := os.CopyFS(dir, os.DirFS(from)); err != nil {
		t.Fatal(err)
	}
	err := filepath.WalkDir(from, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		name, err := filepath.Rel(from, path)
		if err != nil {
			return err
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		return os.Chtimes(filepath.Join(dir, name), info.ModTime(), info.ModTime())
	})
	if err != nil {
		t.Fatal(err)
	}
}

// differences names the files in which two folders differ.
func differences(a, b map[string][]byte) []string {
	var out []string
	for name := range a {
		if other, ok := b[name]; !ok || !bytes.Equal(a[name], other) {
			out = append(out, name)
		}
	}
	for name := range b {
		if _, ok := a[name]; !ok {
			out = append(out, name)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// mustRun runs the command, which must succeed, and returns what it prints.
func mustRun(t *testing.T, args ...string) string {
	t.Helper()
	out, err := sharewise(args...).CombinedOutput()
	if err != nil {
		t.Fatalf("sharewise %s: %v\n%s", strings.Join(args, " "), err, out)
	}
	return string(out)
}

// checkOf runs check and returns its exit code and what it finds.
func checkOf(t *testing.T, args ...string) (code int, found map[string]string, next []string) {
	t.Helper()
	cmd := sharewise(append([]string{"check", "--json"}, args...)...)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil && cmd.ProcessState.ExitCode() != 1 {
		t.Fatalf("check %v: %v\n%s%s", args, err, out, &stderr)
	}
	var r struct {
		Findings []struct{ What, State string }
		Next     []string
	}
	if err := json.Unmarshal(out, &r); err != nil {
		t.Fatalf("check %v: %v\n%s", args, err, out)
	}
	found = map[string]string{}
	for _, f := range r.Findings {
		found[f.What] = f.State
	}
	return cmd.ProcessState.ExitCode(), found, r.Next
}

// mend repairs a folder as check says: it repairs, and trains where that is asked for.
func mend(t *testing.T, study, folder string) {
	t.Helper()
	for range 3 {
		code, found, next := checkOf(t, folder, "--repair")
		if code == 0 {
			return
		}
		trained := false
		for _, n := range next {
			if strings.HasPrefix(n, "sharewise run ") {
				mustRun(t, "run", study, "-o", folder, "--jobs", "2", "--quiet")
				trained = true
			}
		}
		if !trained && len(next) == 0 {
			t.Fatalf("after a repair %v is found, and nothing is said to do", found)
		}
	}
	_, found, next := checkOf(t, folder)
	t.Fatalf("three repairs leave %v, %v", found, next)
}

// TestCustody edits every file of a finished study in every way, and holds check to
// finding it, and repair to bringing back the same bytes.
func TestCustody(t *testing.T) {
	requireRuntime(t)
	dir := t.TempDir()
	study := writeTinyStudy(t, filepath.Join(dir, "study"), "0.003")
	whole, folder, other := filepath.Join(dir, "whole"), filepath.Join(dir, "out"), filepath.Join(dir, "other")
	mustRun(t, "run", study, "-o", folder, "--report", "--jobs", "2", "--quiet")
	mustRun(t, "run", writeTinyStudy(t, filepath.Join(dir, "second"), "0.01"), "-o", other, "--report", "--jobs", "2", "--quiet")
	if code, found, _ := checkOf(t, folder); code != 0 || len(found) > 0 {
		t.Fatalf("check of a study that nobody touched: exit code %d, %v", code, found)
	}
	if err := os.CopyFS(whole, os.DirFS(folder)); err != nil {
		t.Fatal(err)
	}
	want, foreign := filesOf(t, whole), filesOf(t, other)
	if len(want) < 30 {
		t.Fatalf("only %d files: %v", len(want), slices.Sorted(maps.Keys(want)))
	}
	edits := []struct {
		name string
		make func(name string, was []byte) (now []byte, remove, skip bool)
	}{
		{"a byte flipped", func(_ string, was []byte) ([]byte, bool, bool) { return flip(was), false, len(was) == 0 }},
		{"cut", func(_ string, was []byte) ([]byte, bool, bool) { return was[:len(was)/2], false, len(was) == 0 }},
		{"deleted", func(string, []byte) ([]byte, bool, bool) { return nil, true, false }},
		{"replaced by another study's", func(name string, was []byte) ([]byte, bool, bool) {
			now, ok := foreign[name]
			return now, false, !ok || bytes.Equal(now, was)
		}},
		{"replaced by {}", func(name string, _ []byte) ([]byte, bool, bool) {
			return []byte("{}\n"), false, filepath.Ext(name) != ".json"
		}},
	}
	// Every edit of every file takes minutes.
	all := os.Getenv("SHAREWISE_TESTS") == "exhaustive"
	runs, edited := map[string]bool{}, 0
	for _, name := range slices.Sorted(maps.Keys(want)) {
		inRun := strings.HasPrefix(name, "runs/") || strings.HasPrefix(name, "baseline/")
		if inRun && !all {
			// Of runs, one of each file will do.
			kind := strings.Split(name, "/")[0] + filepath.Base(name)
			if runs[kind] {
				continue
			}
			runs[kind] = true
		}
		for k, edit := range edits {
			data, err := os.ReadFile(filepath.Join(whole, name))
			if err != nil {
				t.Fatal(err)
			}
			now, remove, skip := edit.make(name, data)
			// Each file is edited in one way, by turns, unless all are asked for.
			if skip || !all && k != edited%len(edits) && !slices.Contains([]string{"results.json", "groups.json"}, name) {
				continue
			}
			t.Run(name+" "+edit.name, func(t *testing.T) {
				restore(t, folder, whole)
				path := filepath.Join(folder, filepath.FromSlash(name))
				if remove {
					err = os.Remove(path)
				} else {
					err = os.WriteFile(path, now, 0o644)
				}
				if err != nil {
					t.Fatal(err)
				}
				code, found, next := checkOf(t, folder)
				if code != 1 || len(next) == 0 {
					t.Errorf("check: exit code %d, next %v, found %v", code, next, found)
				}
				about := name
				if inRun {
					about = strings.Join(strings.Split(name, "/")[:2], "/")
				}
				if _, ok := found[about]; !ok && name != "custody.json" && !(remove && filepath.Base(name) == "done.json") {
					t.Errorf("nothing is said of %s: %v", about, found)
				}
				mend(t, study, folder)
				if d := differences(want, filesOf(t, folder)); len(d) > 0 {
					t.Errorf("after repair these differ: %v", d)
				}
			})
		}
		edited++
	}
}

func flip(was []byte) []byte {
	out := bytes.Clone(was)
	if len(out) > 0 {
		out[len(out)/2] ^= 1
	}
	return out
}

// TestStaleness takes a study through what makes files stale, and holds status to saying
// so, and report to being of one state.
func TestStaleness(t *testing.T) {
	requireRuntime(t)
	dir := t.TempDir()
	study := writeTinyStudy(t, filepath.Join(dir, "study"), "0.003")
	folder := filepath.Join(dir, "out")
	mustRun(t, "run", study, "-o", folder, "--report", "--jobs", "2", "--quiet")

	mustRun(t, "analyze", folder, "--measure", "loss")
	if out := mustRun(t, "status", folder); !strings.Contains(out, "groups.json is stale") || !strings.Contains(out, "made of another results.json") {
		t.Errorf("status after another measure:\n%s", out)
	}
	if out, err := sharewise("export", folder, "--models", filepath.Join(dir, "models")).CombinedOutput(); err == nil || !strings.Contains(string(out), "groups.json: stale") {
		t.Errorf("export of stale groups: %v\n%s", err, out)
	}
	if out := mustRun(t, "report", folder); !strings.Contains(out, "groups.json: stale: made of another results.json; chosen again") {
		t.Errorf("report after another measure:\n%s", out)
	}
	if code, found, _ := checkOf(t, folder); code != 0 {
		t.Errorf("after the report: %v", found)
	}
	// The measure was recorded, and is that of further repairs.
	if err := os.WriteFile(filepath.Join(folder, "results.json"), []byte("{}"), 0o644); err != nil {
		t.Fatal(err)
	}
	mustRun(t, "report", folder)
	data, err := os.ReadFile(filepath.Join(folder, "results.json"))
	if err != nil || !bytes.Contains(data, []byte(`"measure": "loss"`)) {
		t.Errorf("results that were made again are not of the measure that they were made of before (%v)", err)
	}

	text, err := os.ReadFile(study)
	if err != nil {
		t.Fatal(err)
	}
	more := bytes.Replace(text, []byte("seeds: 2"), []byte("seeds: 3"), 1)
	if err := os.WriteFile(study, more, 0o644); err != nil {
		t.Fatal(err)
	}
	if code, found, _ := checkOf(t, folder); code != 1 || found["study file study.yaml"] != "stale" {
		t.Errorf("check after an edit of the study: exit code %d, %v", code, found)
	}
	mustRun(t, "run", study, "-o", folder, "--jobs", "2", "--quiet")
	if out := mustRun(t, "status", folder); !strings.Contains(out, "results.json: stale: older than 3 new runs") {
		t.Errorf("status after more seeds:\n%s", out)
	}
	if out := mustRun(t, "report", folder); !strings.Contains(out, "older than 3 new runs; measured again") {
		t.Errorf("report after more seeds:\n%s", out)
	}
	if code, found, _ := checkOf(t, folder); code != 0 {
		t.Errorf("after the report: %v", found)
	}

	// Data that change are told of, and cross refuses them and models that are not those
	// that were trained.
	image := filepath.Join(filepath.Dir(study), "digits-test-labels.idx1.gz")
	labels, err := os.ReadFile(image)
	if err != nil {
		t.Fatal(err)
	}
	swap, err := os.ReadFile(filepath.Join(filepath.Dir(study), "clothes-test-labels.idx1.gz"))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(image, swap, 0o644); err != nil {
		t.Fatal(err)
	}
	if code, found, _ := checkOf(t, folder); code != 1 || found["data of digits: digits-test-labels.idx1.gz"] != "stale" {
		t.Errorf("check after the data changed: exit code %d, %v", code, found)
	}
	if out, err := sharewise("cross", folder).CombinedOutput(); err == nil || !strings.Contains(string(out), "digits") {
		t.Errorf("cross of other data: %v\n%s", err, out)
	}
	if err := os.WriteFile(image, labels, 0o644); err != nil {
		t.Fatal(err)
	}
	models, err := filepath.Glob(filepath.Join(folder, "runs", "independent-*", "model.onnx"))
	if err != nil || len(models) < 2 {
		t.Fatalf("models %v, %v", models, err)
	}
	model, err := os.ReadFile(models[len(models)-1])
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(models[0], model, 0o644); err != nil {
		t.Fatal(err)
	}
	if out, err := sharewise("cross", folder).CombinedOutput(); err == nil || !strings.Contains(string(out), "has changed since it was written") {
		t.Errorf("cross of another model: %v\n%s", err, out)
	}
}
