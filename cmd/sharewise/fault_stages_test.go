package main

import (
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/sharewise/sharewise/analysis/contest"
	"github.com/sharewise/sharewise/analysis/layout"
	"github.com/sharewise/sharewise/analysis/weighting"
)

// faultStudy is a study that trains in less than a second.
const faultStudy = `version: 1
name: small
seeds: 2
input: table
domains:
  - {name: east, data: east.csv, columns: {label: label}}
  - {name: west, data: west.csv, columns: {label: label}}
  - {name: south, data: south.csv, columns: {label: label}}
model: {trunk: mlp, widths: [0.1]}
training: {epochs: 2, batch: 16, rate: %s}
arms: {joint: true, pairs: false}
economics: {currency: EUR, value: 100}
`

// stage is a command of the work on a small study.
type stage struct {
	name, args string
	// before is done to the folder before the command; nil for most.
	before func(t *testing.T, dir string)
	// aside is set for what no later command needs: its work is undone.
	aside bool
}

// stages are the commands that read or write files, each after those that it needs.
// MODEL stands for the path of a trained model.
var stages = []stage{
	{name: "init", args: "init data -o data/drafted.yaml", aside: true},
	{name: "dataset inspect", args: "dataset inspect data/study.yaml -o page.html", aside: true},
	{name: "dataset splits", args: "dataset splits data/study.yaml -o splits.csv", aside: true},
	{name: "plan", args: "plan data/study.yaml -o out", aside: true},
	{name: "decide", args: "decide data/study.yaml --budget 12runs -o decided --jobs 1 -q", aside: true},
	{name: "run --report", args: "run data/study.yaml -o out --report --jobs 1 -q", aside: true},
	{name: "run", args: "run data/study.yaml -o out --jobs 1 -q"},
	{name: "analyze", args: "analyze out"},
	{name: "cross", args: "cross out"},
	{name: "merge", args: "merge out"},
	{name: "linearise", args: "linearise out"},
	{name: "affinity", args: "affinity out"},
	{name: "similarity", args: "similarity out", aside: true},
	{name: "subgroups", args: "subgroups out --clusters 2", aside: true},
	{name: "sources", args: "sources out", aside: true},
	{name: "imbalance", args: "imbalance out", aside: true},
	{name: "suspects", args: "suspects out --list exclude.json", aside: true},
	{name: "influence", args: "influence out", aside: true},
	{name: "group", args: "group out --must-link east+west --must-link west+south"},
	{name: "remedies", args: "remedies out", aside: true},
	{name: "value", args: "value out"},
	{name: "report", args: "report out"},
	{name: "promise", args: "promise out --seeds 2 --jobs 1 -q"},
	{name: "report again", args: "report out"},
	{name: "report -o", args: "report out -o page.html", aside: true},
	{name: "analyze --measure loss", args: "analyze out --measure loss", aside: true},
	{name: "status", args: "status out", aside: true},
	{name: "verify", args: "verify out", aside: true},
	{name: "check", args: "check out", aside: true},
	{name: "export", args: "export out --models deployed", aside: true},
	{name: "compare", args: "compare --independent out/runs/independent-*/losses.parquet --arm out/runs/joint*/losses.parquet --json", aside: true},
	{name: "eval", args: "eval MODEL --data data/study.yaml --domain east --as east -o judged.parquet", aside: true},
	{name: "model inspect", args: "model inspect MODEL", aside: true},
	{name: "model train", args: "model train MODEL --data data/study.yaml --domain east --keep-head -o trained.onnx --epochs 2", aside: true},
	{name: "model gradient", args: "model gradient MODEL --loss cross_entropy --optimizer adamw -o gradient", aside: true},
	{name: "weightings", args: "weightings data/study.yaml -o out --methods equal --trials 1 --seeds 2 --jobs 1 -q", aside: true, before: func(t *testing.T, dir string) {
		// Steps were timed: what they take differs each time, and so do the folders of that.
		cost := contest.Cost{Class: string(weighting.Free), Seconds: 1e-4, Relative: 1}
		file := filepath.Join(dir, "out/weightings/times.json")
		must(t, os.MkdirAll(filepath.Dir(file), 0o755))
		must(t, layout.WriteJSON(file, map[string]any{"version": 1, "costs": map[string]contest.Cost{"equal": cost, "static": cost, "rlw": cost}}))
	}},
	{name: "forget", args: "forget data/study.yaml south -o out --apply", aside: true},
	{name: "check --repair", args: "check out --repair", aside: true, before: func(t *testing.T, dir string) {
		for _, name := range []string{"out/results.json", "out/tables/exemplars.json", "out/report.html"} {
			data, err := os.ReadFile(filepath.Join(dir, name))
			must(t, err)
			must(t, os.WriteFile(filepath.Join(dir, name), flip(data), 0o644))
		}
		must(t, os.Remove(filepath.Join(dir, "out/summary.json")))
	}},
}

// arguments are those of a stage, with the model that it names.
func (s *stage) arguments(t *testing.T, dir string) []string {
	args := strings.Fields(s.args)
	for i, a := range args {
		if a != "MODEL" {
			continue
		}
		found, err := filepath.Glob(filepath.Join(dir, "out/runs/independent-east_*_s1_*/model.onnx"))
		must(t, err)
		if len(found) != 1 {
			t.Fatalf("models of east: %v", found)
		}
		args[i], err = filepath.Rel(dir, found[0])
		must(t, err)
	}
	return args
}

// plantFaultStudy writes a study of three tables.
func plantFaultStudy(t *testing.T, dir, rate string) {
	t.Helper()
	for i, name := range []string{"east", "west", "south"} {
		rng := rand.New(rand.NewPCG(uint64(i), 7))
		must(t, os.MkdirAll(filepath.Join(dir, "data"), 0o755))
		made(t, filepath.Join(dir, "data", name+".csv"), func(w io.Writer) {
			fmt.Fprintln(w, "label,a,b,c")
			for row := range 80 + 10*i {
				y := float64(row % 2)
				fmt.Fprintf(w, "%s,%.3f,%.3f,%.3f\n", []string{"no", "yes"}[row%2], rng.NormFloat64()+1.5*y, rng.NormFloat64()+0.5*(1-2*y), rng.NormFloat64())
			}
		})
	}
	file("data/study.yaml", []byte(fmt.Sprintf(faultStudy, rate)))(t, dir)
}
