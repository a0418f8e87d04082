package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/sharewise/sharewise/analysis"
	"github.com/sharewise/sharewise/analysis/cross"
	"github.com/sharewise/sharewise/analysis/layout"
	"github.com/sharewise/sharewise/analysis/losses"
	"github.com/sharewise/sharewise/reports"
)

// TestCross trains a small study and tests its models on all domains. At home
// they must judge as training did; abroad, a domain whose inputs are shifted
// must be judged worse, since inputs are normalised as the model learned them.
func TestCross(t *testing.T) {
	for _, kind := range []struct{ name, columns, metric string }{
		{"classification", "{label: class, features: [x, z]}", "accuracy"},
		{"binary", "{label: class, features: [x, z]}", "auc"},
		{"multilabel", "{labels: [up, odd], features: [x, z]}", "auc"},
		{"regression", "{targets: [y, z], features: [x]}", "r2"},
	} {
		t.Run(kind.name, func(t *testing.T) { testCross(t, kind.name, kind.columns, kind.metric) })
	}
}

func testCross(t *testing.T, kind, columns, metric string) {
	dir := t.TempDir()
	rng := rand.New(rand.NewPCG(3, 3))
	for name, shift := range map[string]float64{"near": 0, "far": 5} {
		var b strings.Builder
		fmt.Fprintln(&b, "x,z,y,class,up,odd")
		for range 200 {
			x, z := rng.NormFloat64(), rng.NormFloat64()
			up := x > 0
			fmt.Fprintf(&b, "%g,%g,%g,%s,%t,%t\n", x+shift, z, 2*x+0.1*z, map[bool]string{true: "up", false: "down"}[up], up, up != (z > 0))
		}
		if err := os.WriteFile(filepath.Join(dir, name+".csv"), []byte(b.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	file := filepath.Join(dir, "study.yaml")
	text := "version: 1\nname: s\nseeds: 2\ndefaults: {task: " + kind + ", columns: " + columns + "}\n" +
		"domains: [{name: near, data: near.csv}, {name: far, data: far.csv}]\n" +
		"model: {trunk: mlp, widths: [0.1]}\ntraining: {epochs: 20, rate: 0.01}\n"
	if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	a := &app{stdout: &out, stderr: &out, quiet: true}
	folder := layout.Folder(filepath.Join(dir, "out"))
	if _, _, err := a.train(context.Background(), file, folder, trainOptions{}); err != nil {
		t.Fatal(err)
	}
	if err := a.cross(context.Background(), folder, 0); err != nil {
		t.Fatal(err)
	}

	plan, err := readPlan(folder)
	if err != nil {
		t.Fatal(err)
	}
	var trained []*losses.Table
	for _, r := range plan.Runs {
		if r.Arm == "independent" && r.Domains[0] == "near" {
			table, err := losses.ReadFile(folder.Run(r.ID).Losses())
			if err != nil {
				t.Fatal(err)
			}
			trained = append(trained, table)
		}
	}
	home, err := losses.ReadFile(filepath.Join(string(folder), "cross", "w0.1", "near--near.parquet"))
	if err != nil {
		t.Fatal(err)
	}
	compareTables(t, home, losses.Concat(trained...))
	testEval(t, file, folder, plan, losses.Concat(trained...))

	var results cross.Results
	data, err := os.ReadFile(filepath.Join(string(folder), "cross.json"))
	if err == nil {
		err = json.Unmarshal(data, &results)
	}
	if err != nil || len(results.Cells) != 4 {
		t.Fatalf("cross.json has %d cells, %v", len(results.Cells), err)
	}
	loss := map[string]float64{}
	for _, c := range results.Cells {
		loss[c.Trained+" "+c.Tested] = c.Loss.Value
		if c.Metric != metric || !c.Score.Metric(metric).Known() {
			t.Errorf("the first figure is %q, want %s", c.Metric, metric)
		}
	}
	if !(loss["near far"] > 3*loss["near near"] && loss["far near"] > 3*loss["far far"]) {
		t.Errorf("losses at home and abroad: %v", loss)
	}
	out.Reset()
	printCross(&out, &results)
	if want := reports.MetricName(metric, &analysis.DomainInfo{}); strings.Count(out.String(), want) != 2 {
		t.Errorf("the matrix does not say twice that its figures are %s:\n%s", want, out.String())
	}
}

// Cross reads data as the runs did, bad samples left out, and refuses a study
// that has come to divide them otherwise: models would be tested on rows that
// they were trained on.
func TestCrossReadsAsPlanned(t *testing.T) {
	dir := t.TempDir()
	var b strings.Builder
	fmt.Fprintln(&b, "x,z,class\nbroken,1,up")
	rng := rand.New(rand.NewPCG(4, 3))
	for range 100 {
		x := rng.NormFloat64()
		fmt.Fprintf(&b, "%g,%g,%s\n", x, rng.NormFloat64(), map[bool]string{true: "up", false: "down"}[x > 0])
	}
	text := "version: 1\nname: s\nseeds: 1\ndefaults: {columns: {label: class}}\narms: {pairs: false}\n" +
		"domains: [{name: near, data: near.csv}, {name: far, data: far.csv}]\n" +
		"model: {trunk: mlp, widths: [0.1]}\ntraining: {epochs: 2}\n"
	file := filepath.Join(dir, "study.yaml")
	for name, content := range map[string]string{"near.csv": b.String(), "far.csv": b.String(), "study.yaml": text} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	var out bytes.Buffer
	a := &app{stdout: &out, stderr: &out, quiet: true}
	folder := layout.Folder(filepath.Join(dir, "out"))
	if _, _, err := a.train(context.Background(), file, folder, trainOptions{reading: reading{skipBad: true}}); err != nil {
		t.Fatal(err)
	}
	if err := a.cross(context.Background(), folder, 0); err != nil {
		t.Fatalf("data with a bad sample that was left out: %v", err)
	}
	for edit, want := range map[string]string{
		"seed: 9\n":                       "domain near, or how they are divided and prepared, have changed since the runs",
		"input: {normalize: none}\n":      "have changed since the runs",
		"analysis: {exemplars: 3}\n":      "",
		"training-of-others: &x [1, 2]\n": "training-of-others",
	} {
		if err := os.WriteFile(file, []byte(text+edit), 0o644); err != nil {
			t.Fatal(err)
		}
		err := a.cross(context.Background(), folder, 0)
		if want == "" && err != nil || want != "" && (err == nil || !strings.Contains(err.Error(), want)) {
			t.Errorf("%q: %v, want %q", edit, err, want)
		}
	}
	if err := os.WriteFile(file, []byte(strings.Replace(text, "name: far", "name: other", 1)), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := a.cross(context.Background(), folder, 0); err == nil || !strings.Contains(err.Error(), "domain other was not there when the runs were planned") {
		t.Errorf("a renamed domain: %v", err)
	}
}

// compareTables compares row by row: both are sorted by seed and sample.
func compareTables(t *testing.T, got, want *losses.Table) {
	t.Helper()
	if got.Len() != want.Len() || got.Len() == 0 {
		t.Fatalf("%d rows, training wrote %d", got.Len(), want.Len())
	}
	near := func(what string, i int, a, b float32) {
		if math.Abs(float64(a-b)) > 1e-4*max(1, math.Abs(float64(b))) {
			t.Errorf("row %d: %s %g, training wrote %g", i, what, a, b)
		}
	}
	for i := range got.Len() {
		if got.Sample[i] != want.Sample[i] || got.Seed[i] != want.Seed[i] {
			t.Fatalf("row %d is sample %v of seed %d, training wrote %v of %d", i, got.Sample[i], got.Seed[i], want.Sample[i], want.Seed[i])
		}
		near("loss", i, got.Loss[i], want.Loss[i])
		near("prediction", i, got.Prediction[i], want.Prediction[i])
		for k := range want.More {
			near("further prediction", i, got.More[k].Prediction[i], want.More[k].Prediction[i])
			near("further target", i, got.More[k].Target[i], want.More[k].Target[i])
		}
		if want.Confidence != nil {
			near("confidence", i, got.Confidence[i], want.Confidence[i])
		} else {
			near("target", i, got.Target[i], want.Target[i])
		}
		if want.Correct != nil && (got.Correct[i] != want.Correct[i] || got.Label[i] != want.Label[i]) {
			t.Errorf("row %d: correct %v, label %d, training wrote %v, %d", i, got.Correct[i], got.Label[i], want.Correct[i], want.Label[i])
		}
	}
}
