package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/sharewise/sharewise/analysis/layout"
	"github.com/sharewise/sharewise/analysis/losses"
	"github.com/sharewise/sharewise/analysis/study"
	"github.com/sharewise/sharewise/onnxio"
)

// testEval judges the trained models of the domain near as they say themselves,
// and as models from elsewhere that say nothing: both must give what training
// wrote. Of a regression such a model gives standard units, which eval cannot
// know, so that only the former is tried.
func testEval(t *testing.T, file string, folder layout.Folder, plan *study.Plan, want *losses.Table) {
	t.Helper()
	dir := t.TempDir()
	var own, silent []string
	for _, r := range plan.Runs {
		if r.Arm != "independent" || r.Domains[0] != "near" {
			continue
		}
		path := folder.Run(r.ID).Model()
		m, err := onnxio.Load(path)
		if err != nil {
			t.Fatal(err)
		}
		m.Metadata = nil
		copied := filepath.Join(dir, fmt.Sprintf("%d.onnx", len(silent)))
		if err := onnxio.Save(copied, m); err != nil {
			t.Fatal(err)
		}
		own, silent = append(own, path), append(silent, copied)
	}
	ways := map[string][]string{"own": own}
	if want.Correct != nil {
		ways["silent"] = silent
	}
	for way, models := range ways {
		var out bytes.Buffer
		a := &app{stdout: &out, stderr: &out, json: true}
		table := filepath.Join(dir, way+".parquet")
		f := &evalFlags{data: file, domains: []string{"near"}, split: "test", output: table, seed: want.Seed[0]}
		if err := a.eval(context.Background(), models, f); err != nil {
			t.Fatalf("%s: %v", way, err)
		}
		got, err := losses.ReadFile(table)
		if err != nil {
			t.Fatal(err)
		}
		compareTables(t, got, want)
		var results []evalResult
		if err := json.Unmarshal(out.Bytes(), &results); err != nil || len(results) != 1 || results[0].Score.Seeds != len(models) {
			t.Errorf("%s: results %+v, %v", way, results, err)
		}
	}
	// What a model cannot judge is said.
	a := &app{stdout: new(bytes.Buffer), stderr: new(bytes.Buffer)}
	for _, c := range []struct {
		f    evalFlags
		want string
	}{
		{evalFlags{data: file, split: "test", as: "mars"}, "the model learned near, not mars; say with --as which of them to use"},
		{evalFlags{data: file, split: "test", domains: []string{"neer"}}, `has no domain "neer"; did you mean "near"?`},
		{evalFlags{split: "test"}, "--data is missing"},
		{evalFlags{data: file, split: "tests"}, `--split "tests"; give test, validation, train`},
		{evalFlags{data: file, split: "test", gives: "logits"}, `--gives "logits"; give scores, probabilities`},
	} {
		if err := a.eval(context.Background(), own, &c.f); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%+v: error %v, want %s", c.f, err, c.want)
		}
	}
}
