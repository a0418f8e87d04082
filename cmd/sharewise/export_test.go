package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"math"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/sharewise/sharewise/analysis/dataset"
	"github.com/sharewise/sharewise/analysis/layout"
	"github.com/sharewise/sharewise/analysis/losses"
	"github.com/sharewise/sharewise/analysis/versioned/schematest"
	"github.com/sharewise/sharewise/grouping/deploy"
)

// exported is a study with groups: three domains of a table, of which near and
// alike are one problem, with too little data for either alone.
func exported(t *testing.T, task, columns string) (workshop, layout.Folder) {
	t.Helper()
	requireRuntime(t)
	w := workshop{t, t.TempDir()}
	random := rand.New(rand.NewPCG(3, 3))
	for _, name := range []string{"near", "alike", "far"} {
		var b strings.Builder
		fmt.Fprintln(&b, "x,z,u,y,class")
		for i := range 150 {
			x, z, u := random.NormFloat64(), random.NormFloat64(), random.NormFloat64()
			y := x*z + u
			if name == "far" {
				y = -y
			}
			missing := strconv.FormatFloat(z, 'g', 6, 64)
			if i%7 == 0 {
				missing = ""
			}
			fmt.Fprintf(&b, "%.6g,%s,%.6g,%.6g,%s\n", 3*x+10, missing, u, y, map[bool]string{true: "up", false: "down"}[y > 0])
		}
		w.write(name+".csv", b.String())
	}
	w.write("study.yaml", "version: 1\nname: s\nseeds: 3\ndefaults: {task: "+task+", columns: "+columns+", split: {validation: 0.2, test: 0.3}}\n"+
		"domains: [{name: near, data: near.csv}, {name: alike, data: alike.csv}, {name: far, data: far.csv}]\n"+
		"model: {trunk: mlp, widths: [0.1]}\ntraining: {epochs: 15, rate: 0.01}\nbaseline: none\n")
	return w, w.grouped()
}

// exportedImages is a study of two domains of small pictures of two colours, whose
// classes are whether the upper half is the lighter one, in red.
func exportedImages(t *testing.T) (workshop, layout.Folder) {
	t.Helper()
	requireRuntime(t)
	w := workshop{t, t.TempDir()}
	random := rand.New(rand.NewPCG(4, 4))
	for _, name := range []string{"day", "night"} {
		const size = 6
		for i := range 80 {
			picture := image.NewNRGBA(image.Rect(0, 0, size, size))
			for y := range size {
				for x := range size {
					c := color.NRGBA{R: uint8(random.IntN(120)), G: uint8(random.IntN(120)), B: uint8(random.IntN(120)), A: 255}
					if (y < size/2) == (i%2 == 0) {
						c.R += 100
					}
					if name == "night" {
						c.R, c.G, c.B = c.R/3, c.G/3, c.B/3
					}
					picture.SetNRGBA(x, y, c)
				}
			}
			var b bytes.Buffer
			if err := png.Encode(&b, picture); err != nil {
				t.Fatal(err)
			}
			dir := filepath.Join(name, []string{"upper", "lower"}[i%2])
			if err := os.MkdirAll(w.path(dir), 0o755); err != nil {
				t.Fatal(err)
			}
			w.write(filepath.Join(dir, fmt.Sprintf("%02d.png", i)), b.String())
		}
	}
	w.write("study.yaml", "version: 1\nname: s\nseeds: 3\ninput: {image: [6, 6], channels: 3}\ndefaults: {split: {validation: 0.2, test: 0.3}}\n"+
		"domains: [{name: day, data: day}, {name: night, data: night}]\n"+
		"model: {trunk: mlp, widths: [0.1]}\ntraining: {epochs: 8, rate: 0.01}\nbaseline: none\n")
	return w, w.grouped()
}

// grouped runs the study and chooses groups.
func (w workshop) grouped() layout.Folder {
	t := w.t
	t.Helper()
	out := w.path("out")
	for _, args := range [][]string{{"run", w.path("study.yaml"), "-o", out}, {"analyze", out}, {"group", out}} {
		if code, text := w.run(args...); code != exitDone {
			t.Fatalf("%v: exit code %d\n%s", args, code, text)
		}
	}
	return layout.Folder(out)
}

func readDeployment(t *testing.T, dir string) (*deploy.Manifest, []byte) {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(dir, deploy.ManifestFile))
	if err != nil {
		t.Fatal(err)
	}
	var m deploy.Manifest
	if err := json.Unmarshal(data, &m); err != nil {
		t.Fatal(err)
	}
	return &m, data
}

// TestExportServes has onnxruntime-node serve every domain from raw test samples,
// and finds the predictions of the tables of losses.
func TestExportServes(t *testing.T) {
	node := requireNode(t)
	for task, columns := range map[string]string{
		"images":     "",
		"binary":     "{label: class, features: [x, z, u]}",
		"regression": "{targets: [y], features: [x, z, u]}",
	} {
		t.Run(task, func(t *testing.T) {
			study := func() (workshop, layout.Folder) { return exported(t, task, columns) }
			if task == "images" {
				study = func() (workshop, layout.Folder) { return exportedImages(t) }
			}
			w, out := study()
			dir := w.path("deployed")
			if code, text := w.run("export", string(out), "--models", dir); code != exitDone {
				t.Fatalf("exit code %d\n%s", code, text)
			}
			m, data := readDeployment(t, dir)
			validate(t, data)
			plan, err := out.ReadPlan()
			if err != nil {
				t.Fatal(err)
			}
			_, folds, err := dataset.OpenPlanned(t.Context(), plan)
			if err != nil {
				t.Fatal(err)
			}
			script := filepath.Join("..", "..", "testdata", "examples", "js", "serve.js")
			for _, d := range folds[0] {
				size := 1
				for _, n := range d.Shape {
					size *= n
				}
				given := size - d.Indicators
				var raw bytes.Buffer
				x := make([]float64, size)
				for i := range d.Test.Len() {
					d.Test.Raw(i, x)
					for _, v := range x[:given] {
						bits := math.Float64bits(v)
						for shift := 0; shift < 64; shift += 8 {
							raw.WriteByte(byte(bits >> shift))
						}
					}
				}
				w.write(d.Name+".bin", raw.String())
				cmd := exec.Command(node.program, script, dir, d.Name, w.path(d.Name+".bin"))
				cmd.Env = append(os.Environ(), node.env)
				text, err := cmd.CombinedOutput()
				if err != nil {
					t.Fatalf("%s: %v\n%s", d.Name, err, text)
				}
				lines := strings.Split(strings.TrimSpace(string(text)), "\n")
				checkServed(t, m, out, d, lines)
			}
		})
	}
}

// checkServed holds the lines of serve.js to the table of losses of the run whose
// model serves the domain.
func checkServed(t *testing.T, m *deploy.Manifest, out layout.Folder, d *dataset.Domain, lines []string) {
	t.Helper()
	run := ""
	for _, r := range m.Routes {
		for _, model := range m.Models {
			if r.Domain == d.Name && model.File == r.Model {
				run = model.Run
			}
		}
	}
	table, err := losses.ReadFile(out.Run(run).Losses())
	if err != nil {
		t.Fatal(err)
	}
	at := map[int64]int{}
	for i := range d.Test.Len() {
		at[d.Test.ID(i)] = i
	}
	checked := 0
	for i, domain := range table.Domain {
		if domain != d.Name {
			continue
		}
		line := strings.Fields(lines[at[table.Sample[i].Number]])
		checked++
		if table.Regression(i) {
			got, err := strconv.ParseFloat(line[0], 64)
			if want := float64(table.Prediction[i]); err != nil || math.Abs(got-want) > 1e-4*(1+math.Abs(want)) {
				t.Errorf("%s, sample %v: served %v, recorded %v", d.Name, table.Sample[i], line, want)
			}
			continue
		}
		got, err := strconv.ParseFloat(line[1], 64)
		if class := d.Task.Classes[int(table.Prediction[i])]; line[0] != class || err != nil || math.Abs(got-float64(table.Confidence[i])) > 1e-4 {
			t.Errorf("%s, sample %v: served %v, recorded %s %v", d.Name, table.Sample[i], line, class, table.Confidence[i])
		}
	}
	if checked != d.Test.Len() || checked != len(lines) {
		t.Errorf("%s: %d lines, %d recorded, %d samples", d.Name, len(lines), checked, d.Test.Len())
	}
}

// validate holds a manifest to its JSON Schema.
func validate(t *testing.T, manifest []byte) {
	t.Helper()
	schematest.Valid(t, deploy.Schema, manifest)
}

// TestExportRefuses spoils a study in every way that export must notice.
func TestExportRefuses(t *testing.T) {
	w, out := exported(t, "classification", "{label: class, features: [x, z, u]}")
	one, two := w.path("one"), w.path("two")
	for _, dir := range []string{one, two} {
		if code, text := w.run("export", string(out), "--models", dir); code != exitDone {
			t.Fatalf("exit code %d\n%s", code, text)
		}
	}
	m, first := readDeployment(t, one)
	if _, second := readDeployment(t, two); !bytes.Equal(first, second) {
		t.Error("not the same manifest twice")
	}
	served := map[string]bool{}
	for _, model := range m.Models {
		if sum, err := layout.HashFile(filepath.Join(one, model.File)); err != nil || sum != model.SHA256 {
			t.Errorf("%s: %s, %v, want %s", model.File, sum, err, model.SHA256)
		}
		for _, c := range model.Candidates {
			if c.Validation == nil {
				t.Errorf("%s: seed %d has no validation loss", model.File, c.Seed)
			} else if best := bestOf(model.Candidates); best != model.Seed {
				t.Errorf("%s: seed %d, want %d", model.File, model.Seed, best)
			}
		}
		for _, d := range model.Domains {
			served[d] = true
		}
	}
	if len(served) != 3 || len(m.Routes) != 3 {
		t.Errorf("served %v by %d routes", served, len(m.Routes))
	}

	refuse := func(what string, code int, says string, args ...string) {
		t.Helper()
		dir := w.path("refused")
		got, text := w.run(append([]string{"export", string(out), "--models", dir}, args...)...)
		if got != code || !strings.Contains(text, says) {
			t.Errorf("%s: exit code %d, want %d and %q\n%s", what, got, code, says, text)
		}
		if entries, err := filepath.Glob(w.path(".refused*")); err != nil || len(entries) > 0 || exists(dir) {
			t.Errorf("%s: left %v", what, entries)
		}
	}
	spoil := func(path string, change func(string) string, check func()) {
		t.Helper()
		old, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if changed := change(string(old)); changed == string(old) {
			t.Fatalf("%s was not changed", path)
		} else if err := os.WriteFile(path, []byte(changed), 0o644); err != nil {
			t.Fatal(err)
		}
		check()
		if err := os.WriteFile(path, old, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	replace := func(old, with string) func(string) string {
		return func(s string) string { return strings.Replace(s, old, with, 1) }
	}
	spoil(out.Groups(), func(s string) string {
		at := strings.Index(s, `"pairs"`)
		return s[:at] + strings.Replace(s[at:], `"gain": `, `"gain": 0.5e-3, "was": `, 1)
	}, func() {
		refuse("another gain", exitInput, "groups.json: damaged: it has changed since 'sharewise group' wrote it")
	})
	spoil(out.Results(), replace(`"done": `, `"done": 1`), func() {
		refuse("more runs", exitInput, "results.json: damaged: it has changed since 'sharewise analyze' wrote it")
	})
	dir := out.Run(m.Models[0].Run)
	spoil(dir.Losses(), func(s string) string { return s + "x" }, func() { refuse("changed losses", exitInput, "losses.parquet has changed") })
	spoil(dir.Model(), func(s string) string { return s + "x" }, func() { refuse("changed model", exitInput, "model.onnx has changed") })
	spoil(dir.Done(), replace(`"hash": "`, `"hash": "0`), func() {
		refuse("another run", exitInput, "done.json: its content has another SHA-256 than it says; remove the folder")
	})

	// Rules that are newer than the groups, in the plan or in the study file alone.
	const rules = `rules: [{name: alone, at_most: 1}]`
	spoil(out.Plan(), replace("{", `{"policy": {"rules": [{"name": "alone", "at_most": 1}]},`), func() {
		refuse("another plan", exitInput, "plan.json: damaged: it has changed since 'sharewise run' wrote it")
	})
	study := w.path("study.yaml")
	spoil(study, func(s string) string { return s + "policy: {" + rules + "}\n" }, func() {
		refuse("forbidden by the study file", exitInput, "study.yaml as it is now: near, alike, far may not share a model")
		if code, text := w.run("group", string(out), "--policy", study); code != exitDone {
			t.Fatalf("exit code %d\n%s", code, text)
		}
		if code, text := w.run("export", string(out), "--models", w.path("allowed")); code != exitDone {
			t.Errorf("groups that keep to the new rules: exit code %d\n%s", code, text)
		}
		if code, text := w.run("group", string(out)); code != exitDone {
			t.Fatalf("exit code %d\n%s", code, text)
		}
	})
	spoil(study, func(s string) string { return s + "grouping: {cannot_link: [[near, alike]]}\n" }, func() {
		refuse("apart by the study file", exitInput, "near, alike may not share a model by grouping.cannot_link")
	})
	spoil(study, func(s string) string { return s + "grouping: {largest_pool: 1}\n" }, func() {
		refuse("too large by the study file", exitInput, "are more than grouping.largest_pool, 1")
	})
	spoil(out.Provenance(), replace(`"groups.json": "`, `"groups.json": "0`), func() {
		refuse("another provenance", exitInput, "provenance.json: damaged: it has changed since 'sharewise group' wrote it")
	})
	spoil(study, func(s string) string { return s + "polcy: {}\n" }, func() { refuse("a study file that nobody can read", exitInput, "unknown key") })

	// A rule that covers evaluation keeps a model from data of others, too.
	text, err := os.ReadFile(study)
	if err != nil {
		t.Fatal(err)
	}
	ruled := string(text) + "policy: {rules: [{name: owners, same: owner, covers: [pooling, evaluation]}]}\n"
	for _, name := range []string{"near", "alike", "far"} {
		ruled = strings.Replace(ruled, "data: "+name+".csv", "labels: {owner: of-"+name+"}, data: "+name+".csv", 1)
	}
	w.write("ruled.yaml", ruled)
	model := filepath.Join(one, m.Models[0].File)
	if code, text := w.run("eval", model, "--data", study, "--domain", "near"); code != exitDone {
		t.Errorf("eval without rules: exit code %d\n%s", code, text)
	}
	table := w.path("forbidden.parquet")
	if code, text := w.run("eval", model, "--data", w.path("ruled.yaml"), "--domain", "near", "-o", table); code != exitInput || !strings.Contains(text, `"owners"`) {
		t.Errorf("eval against a rule: exit code %d\n%s", code, text)
	}
	if _, err := os.Stat(table); err == nil {
		t.Error("eval against a rule wrote a table")
	}

	if err := os.Rename(out.Groups(), out.Groups()+"~"); err != nil {
		t.Fatal(err)
	}
	refuse("no groups", exitInput, "groups.json: missing: it was written by 'sharewise group', and is gone")
	if err := os.Rename(out.Groups()+"~", out.Groups()); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		args []string
		code int
		says string
	}{
		{[]string{"export", string(out)}, exitUsage, "--models DIR"},
		{[]string{"export", string(out), "--models", one}, exitUsage, "--force"},
		{[]string{"export", string(out), "--models", w.dir, "--force"}, exitUsage, "and would be lost"},
		{[]string{"export", string(out), "--models", one, "--force"}, exitDone, "Written"},
		{[]string{"export", w.path("none"), "--models", w.path("x")}, exitInput, "sharewise run"},
	} {
		if code, text := w.run(c.args...); code != c.code || !strings.Contains(text, c.says) {
			t.Errorf("%v: exit code %d, want %d and %q\n%s", c.args, code, c.code, c.says, text)
		}
	}
}

// TestExportRefit deploys a study of folds, of which no model has learned all data, by
// training once more.
func TestExportRefit(t *testing.T) {
	requireRuntime(t)
	w := workshop{t, t.TempDir()}
	random := rand.New(rand.NewPCG(5, 5))
	for _, name := range []string{"near", "alike"} {
		var b strings.Builder
		fmt.Fprintln(&b, "x,z,class")
		for range 60 {
			x, z := random.NormFloat64(), random.NormFloat64()
			fmt.Fprintf(&b, "%.6g,%.6g,%s\n", x, z, map[bool]string{true: "up", false: "down"}[x*z > 0])
		}
		w.write(name+".csv", b.String())
	}
	w.write("study.yaml", "version: 1\nname: s\nseeds: 3\ndefaults: {columns: {label: class}, split: {folds: 3, validation: 0.1}}\n"+
		"domains: [{name: near, data: near.csv}, {name: alike, data: alike.csv}]\n"+
		"model: {trunk: mlp, widths: [0.1]}\ntraining: {epochs: 5, rate: 0.01}\nbaseline: none\n")
	out := string(w.grouped())
	for says, args := range map[string][]string{
		"--refit":                       {"export", out, "--models", w.path("a")},
		"leave out one of the two":      {"export", out, "--models", w.path("a"), "--refit", "--any-fold"},
		"names the study that --refit":  {"export", out, "--models", w.path("a"), "--study", w.path("study.yaml")},
		"was trained without fold":      {"export", out, "--models", w.path("b"), "--any-fold"},
		"trained on all samples, run":   {"export", out, "--models", w.path("c"), "--refit"},
		"exists; name another folder":   {"export", out, "--models", out, "--refit"},
		"none is left to test it: its ": {"export", out, "--models", w.path("d"), "--refit"},
	} {
		code, text := w.run(args...)
		if !strings.Contains(text, says) {
			t.Errorf("%v: exit code %d, want %q\n%s", args, code, says, text)
		}
	}
	m, data := readDeployment(t, w.path("c"))
	validate(t, data)
	if _, again := readDeployment(t, w.path("d")); !bytes.Equal(data, again) {
		t.Error("not the same manifest twice")
	}
	for _, model := range m.Models {
		if model.Refit == nil {
			t.Fatalf("%s was not trained again", model.File)
		}
		for _, domain := range model.Domains {
			if model.Refit.Samples[domain] != 60 || model.Refit.Measured[domain] >= 60 {
				t.Errorf("%s: %+v", domain, model.Refit)
			}
		}
		if len(model.Refit.Estimates) != len(model.Domains) || model.Refit.Estimates[0].Models != 3 || model.Refit.Estimates[0].Accuracy == nil {
			t.Errorf("%s: estimates %+v", model.File, model.Refit.Estimates)
		}
		if sum, err := layout.HashFile(w.path("c/" + model.File)); err != nil || sum != model.SHA256 {
			t.Errorf("%s: %s, %v, want %s", model.File, sum, err, model.SHA256)
		}
	}
	for _, s := range m.Sources {
		if s.File != deploy.ProvenanceFile {
			continue
		}
		if sum, err := layout.HashFile(w.path("c/" + s.File)); err != nil || sum != s.SHA256 {
			t.Errorf("the copy of %s: %s, %v, want %s", s.File, sum, err, s.SHA256)
		}
	}
	if code, text := w.run("check", out); code != exitDone {
		t.Errorf("check: exit code %d\n%s", code, text)
	}
}

// bestOf is the seed of the smallest validation loss.
func bestOf(list []deploy.Candidate) int {
	best := list[0]
	for _, c := range list {
		if *c.Validation < *best.Validation {
			best = c
		}
	}
	return best.Seed
}
