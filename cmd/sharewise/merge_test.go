package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/sharewise/sharewise/analysis"
	"github.com/sharewise/sharewise/analysis/layout"
	"github.com/sharewise/sharewise/analysis/linearise"
	"github.com/sharewise/sharewise/analysis/merging"
	"github.com/sharewise/sharewise/grouping/affinity"
)

// TestTrials trains a small study of three domains
// and several kinds of tasks, and takes it through merge, linearise and affinity.
func TestTrials(t *testing.T) {
	requireRuntime(t)
	for _, c := range []struct{ name, settings string }{
		{"classification", "defaults: {task: classification, columns: {label: class, features: [x, z]}}\n"},
		{"multilabel", "defaults: {task: multilabel, columns: {labels: [up, odd], features: [x, z]}}\n"},
		{"regression", "defaults: {task: regression, columns: {targets: [y, z], features: [x]}}\n"},
	} {
		t.Run(c.name, func(t *testing.T) { testTrials(t, c.settings) })
	}
}

func testTrials(t *testing.T, settings string) {
	folder := trainThree(t, settings, "")
	var out bytes.Buffer
	run := func(args ...string) string {
		t.Helper()
		out.Reset()
		root := newRootCommand(&app{stdout: &out, stderr: &out})
		root.SetArgs(append(args, "-q"))
		if err := root.ExecuteContext(context.Background()); err != nil {
			t.Fatalf("%v: %v\n%s", args, err, out.String())
		}
		return out.String()
	}
	for _, want := range []string{"merged by average: validation losses of 4 pools", "merged by TIES", "pool{a,b,c}"} {
		if got := run("merge", string(folder)); !strings.Contains(got, want) {
			t.Errorf("merge lacks %q:\n%s", want, got)
		}
	}
	if got := run("linearise", string(folder), "--samples", "30", "--dimensions", "20"); !strings.Contains(got, "linearised: validation losses of 3 pools") {
		t.Errorf("linearise:\n%s", got)
	}
	run("affinity", string(folder))
	f, err := affinity.ReadFile(folder.Affinity())
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, r := range f.Audits {
		names = append(names, r.Name)
		if r.Needs != "the gains of all pairs" && (r.Held != 3 || r.Cells != 6 || !(r.Work > 0)) {
			t.Errorf("%s was held against %d pools, %d members", r.Name, r.Held, r.Cells)
		}
	}
	if got := strings.Join(names, "; "); got != "merged by average; merged by task arithmetic; merged by TIES; linearised; higher-order approximation" {
		t.Errorf("audited: %s", got)
	}
	for _, path := range []string{folder.Merged(), folder.Linearised()} {
		was, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, bytes.Replace(was, []byte("0."), []byte("1."), 1), 0o644); err != nil {
			t.Fatal(err)
		}
		run("affinity", string(folder))
		if now, err := os.ReadFile(path); err != nil || !bytes.Equal(now, was) {
			t.Errorf("%s was edited and not made again: %v", path, err)
		}
	}
	if got := run("similarity", string(folder), "--samples", "40", "--gradients", "10"); !strings.Contains(got, "proxy A-distance") || !strings.Contains(got, "a + b") {
		t.Errorf("similarity:\n%s", got)
	}
	if got := run("subgroups", string(folder), "--clusters", "2", "--columns", "x", "--least", "5"); !strings.Contains(got, "cluster 1") || !strings.Contains(got, " to ") {
		t.Errorf("subgroups:\n%s", got)
	}
	run("affinity", string(folder))
	if f, err = affinity.ReadFile(folder.Affinity()); err != nil {
		t.Fatal(err)
	}
	if f.Audits[4].Name != "size" || len(f.Audits) < 11 {
		t.Errorf("%d estimators were audited with similarities: %v", len(f.Audits), f.Audits)
	}
}

// TestTrialsRefuse says what is missing.
func TestTrialsRefuse(t *testing.T) {
	requireRuntime(t)
	folder := trainThree(t, "defaults: {task: classification, columns: {label: class, features: [x, z]}, split: {validation: 0}}\n", "randomness: separate\narms: {joint: false}\n")
	for _, c := range []struct {
		args []string
		want error
	}{
		{[]string{"merge", string(folder)}, merging.ErrNothing},
		{[]string{"linearise", string(folder)}, linearise.ErrValidation},
	} {
		var out bytes.Buffer
		root := newRootCommand(&app{stdout: &out, stderr: &out})
		root.SetArgs(c.args)
		if err := root.ExecuteContext(context.Background()); !errors.Is(err, c.want) {
			t.Errorf("%v: %v, want %v", c.args, err, c.want)
		}
	}
}

// trainThree trains three domains of tables and analyses them.
func trainThree(t *testing.T, settings, arms string) layout.Folder {
	t.Helper()
	dir := t.TempDir()
	rng := rand.New(rand.NewPCG(3, 3))
	for _, name := range []string{"a", "b", "c"} {
		var b strings.Builder
		fmt.Fprintln(&b, "x,z,y,class,up,odd")
		for range 120 {
			x, z := rng.NormFloat64(), rng.NormFloat64()
			up := (x > 0) == (name != "c")
			fmt.Fprintf(&b, "%g,%g,%g,%s,%t,%t\n", x, z, 2*x+0.1*z, map[bool]string{true: "up", false: "down"}[up], up, up != (z > 0))
		}
		if err := os.WriteFile(filepath.Join(dir, name+".csv"), []byte(b.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	file := filepath.Join(dir, "study.yaml")
	text := "version: 1\nname: s\nseeds: 2\n" + settings + arms +
		"domains: [{name: a, data: a.csv}, {name: b, data: b.csv}, {name: c, data: c.csv}]\n" +
		"model: {trunk: mlp, widths: [0.1]}\ntraining: {epochs: 4, rate: 0.01}\n"
	if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	a := &app{stdout: &out, stderr: &out, quiet: true}
	folder := layout.Folder(filepath.Join(dir, "out"))
	if _, _, err := a.train(context.Background(), file, folder, trainOptions{}); err != nil {
		t.Fatal(err)
	}
	if _, err := analysis.AnalyzeFolder(folder, ""); err != nil {
		t.Fatal(err)
	}
	return folder
}
