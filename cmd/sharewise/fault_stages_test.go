package main

import (
	"fmt"
	"io"
	"math"
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
	// alone is set where faults befall sharewise only, and not the programs that it calls.
	alone bool
	// timed are files that hold seconds which it measured, or sums of such.
	timed []string
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
	{name: "work", args: "work out --index 0 --of 1", aside: true, before: prepared("plan data/study.yaml -o out --write")},
	{name: "run a trainer", args: "run data/trained.yaml -o trained --jobs 1 -q", aside: true, alone: true, before: func(t *testing.T, dir string) {
		file("data/train.sh", []byte(faultTrainer))(t, dir)
		file("data/trained.yaml", trainedBy("{command: [sh, train.sh], timeout: 1m}"))(t, dir)
	}},
	{name: "run a trainer again", args: "run data/trained.yaml -o trained --jobs 1 -q", aside: true, alone: true, before: func(t *testing.T, dir string) {
		// What a first call left must not be taken for the work of the second one.
		first := `[ ! -e "$SHAREWISE_STUDY_FOLDER/first" ] || `
		file("data/train.sh", []byte(strings.Replace(faultTrainer, "printf", first+"printf", 1)+first+"exit 1\n"))(t, dir)
		file("data/trained.yaml", trainedBy("{command: [sh, train.sh], timeout: 1m}"))(t, dir)
		file("data/first", nil)(t, dir)
		cmd := sharewise(strings.Fields("run data/trained.yaml -o trained --jobs 1 -q")...)
		cmd.Dir = dir
		if out, err := cmd.CombinedOutput(); err == nil {
			t.Fatalf("the first call ended well:\n%s", out)
		}
		if left, _ := filepath.Glob(filepath.Join(dir, "trained/runs/*/work/history.json")); len(left) == 0 {
			t.Fatal("the first call left nothing")
		}
		must(t, os.Remove(filepath.Join(dir, "data/first")))
	}},
	{name: "run", args: "run data/study.yaml -o out --jobs 1 -q"},
	{name: "import", args: "run data/imported.yaml -o imported --jobs 1 -q", aside: true,
		before: file("data/imported.yaml", trainedBy("{import: ../out/runs/*/losses.parquet}"))},
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
	{name: "verify --sign", args: "verify out --sign data/key.pem", aside: true, before: file("data/key.pem", []byte(faultKey))},
	{name: "verify --key", args: "verify out --key data/pub.pem", aside: true, before: func(t *testing.T, dir string) {
		file("data/key.pem", []byte(faultKey))(t, dir)
		file("data/pub.pem", []byte(faultPublic))(t, dir)
		prepared("verify out --sign data/key.pem")(t, dir)
	}},
	{name: "check", args: "check out", aside: true},
	{name: "export", args: "export out --models deployed", aside: true},
	{name: "export --to csv", args: "export out --to csv -o tracked", aside: true},
	{name: "export --to tensorboard", args: "export out --to tensorboard -o tracked", aside: true},
	{name: "export --to mlflow", args: "export out --to mlflow -o tracked", aside: true},
	{name: "export --refit", args: "export folded --models refitted --refit --jobs 1", aside: true, before: func(t *testing.T, dir string) {
		text := strings.Replace(fmt.Sprintf(faultStudy, "0.003"), "input: table\n", "input: table\ndefaults: {split: {folds: 2}}\n", 1)
		file("data/folded.yaml", []byte(text))(t, dir)
		prepared("run data/folded.yaml -o folded --jobs 1 -q")(t, dir)
		prepared("analyze folded")(t, dir)
		prepared("group folded --must-link east+west --must-link west+south")(t, dir)
	}},
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
	{name: "mixtures", args: "mixtures data/study.yaml -o out --mixtures 7 --seeds 2 --jobs 1 -q", aside: true},
	{name: "remedies --try", args: "remedies harmed --try --budget 8 --jobs 1 -q", aside: true, before: plantHarm, timed: []string{"harmed/remedies.json", "harmed/custody.json"}},
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

// plantHarm trains a study of which one domain follows other columns than the rest, for which
// the model of all has no room, so that it surely harms it.
func plantHarm(t *testing.T, dir string) {
	t.Helper()
	for i, d := range []struct {
		name    string
		rows    int
		targets []int // the columns that they follow
	}{{"east", 400, []int{0}}, {"west", 400, []int{0}}, {"odd", 1500, []int{2, 3, 4}}} {
		rng := rand.New(rand.NewPCG(uint64(i), 11))
		made(t, filepath.Join(dir, "data", "harm-"+d.name+".csv"), func(w io.Writer) {
			for k := range d.targets {
				fmt.Fprintf(w, "y%d,", k)
			}
			fmt.Fprintln(w, "x0,x1,x2,x3,x4,x5,x6,x7")
			for range d.rows {
				var x [8]float64
				for k := range x {
					x[k] = rng.NormFloat64()
				}
				for _, k := range d.targets {
					fmt.Fprintf(w, "%.3f,", math.Abs(x[k])+0.5*x[k]+0.3*rng.NormFloat64())
				}
				fmt.Fprintln(w, strings.Trim(strings.ReplaceAll(fmt.Sprintf("%.3f", x), " ", ","), "[]"))
			}
		})
	}
	file("data/harm.yaml", []byte(harmStudy))(t, dir)
	for _, line := range []string{"run data/harm.yaml -o harmed --jobs 1 -q", "analyze harmed", "group harmed --must-link east+west --must-link west+odd"} {
		prepared(line)(t, dir)
	}
}

const harmStudy = `version: 1
name: harm
seeds: 5
input: table
defaults: {task: regression, split: {test: 0.4}}
domains:
  - {name: east, data: harm-east.csv, columns: {targets: [y0]}}
  - {name: west, data: harm-west.csv, columns: {targets: [y0]}}
  - {name: odd, data: harm-odd.csv, columns: {targets: [y0, y1, y2]}}
model: {trunk: mlp, widths: [0.02]}
training: {epochs: 40, batch: 32, rate: 0.01}
weightings: [size]
baseline: none
arms: {joint: true, pairs: false}
`

// prepared is a command that comes before another.
func prepared(line string) func(t *testing.T, dir string) {
	return func(t *testing.T, dir string) {
		t.Helper()
		cmd := sharewise(strings.Fields(line)...)
		cmd.Dir = dir
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("sharewise %s: %v\n%s", line, err, out)
		}
	}
}

// trainedBy is the study whose runs a program trains.
func trainedBy(trainer string) []byte {
	text := fmt.Sprintf(faultStudy, "0.003")
	return []byte(strings.Replace(text, "arms:", "trainer: "+trainer+"\narms:", 1))
}

// faultTrainer is a program that says the same of all samples.
const faultTrainer = `set -e
cd "$1"
echo domain,sample,loss,correct > losses.csv
for d in $(ls samples); do
	while read -r i; do echo "$d,$i,0.$((SHAREWISE_SEED % 7 + i % 2)),$((i % 2))"; done < samples/$d/test.rows.txt
done >> losses.csv
printf '[{"epoch": 2, "domain": "%s", "split": "validation", "loss": 0.5}]' $(ls samples | head -n 1) > history.json
echo weights > model.bin
`

// A pair of keys to sign with, as openssl writes them.
const (
	faultKey = `-----BEGIN PRIVATE KEY-----
MC4CAQAwBQYDK2VwBCIEIBPROiSZ8vBvVqpD+UMpbtL5d3/79IokDoj2gJDBsjKW
-----END PRIVATE KEY-----
`
	faultPublic = `-----BEGIN PUBLIC KEY-----
MCowBQYDK2VwAyEA43RQU5AUgsMhBTTxCI5Lfxmx3pbFbdgCc+RnRx+WMjk=
-----END PUBLIC KEY-----
`
)

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
