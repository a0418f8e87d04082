package project

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/sharewise/sharewise/analysis/layout"
	"github.com/sharewise/sharewise/analysis/study"
	"github.com/sharewise/sharewise/analysis/train"
	"github.com/sharewise/sharewise/onnxio/reference"
)

// small is a study that the reference evaluator trains in a moment. b is
// tested on a row that it trains on.
const small = `version: 1
name: small
seeds: 2
defaults: {columns: {label: y}}
domains: [{name: a, data: a.csv}, {name: b, data: b.csv, test: b-test.csv}]
model: {trunk: mlp, widths: [0.02]}
training: {epochs: 2, batch: 8}
arms: {pairs: false}
weightings: [equal, dwa]
`

func open(t *testing.T, o Options) *Project {
	t.Helper()
	return openText(t, small, o)
}

// openText opens a study of the tables of small.
func openText(t *testing.T, file string, o Options) *Project {
	t.Helper()
	dir := t.TempDir()
	rng := rand.New(rand.NewPCG(3, 4))
	var table strings.Builder
	fmt.Fprintln(&table, "x,z,y")
	for range 40 {
		x, z := rng.NormFloat64(), rng.NormFloat64()
		label := "low"
		if x+z > 0 {
			label = "high"
		}
		fmt.Fprintf(&table, "%.3f,%.3f,%s\n", x, z, label)
	}
	lines := strings.SplitAfter(table.String(), "\n")
	for name, text := range map[string]string{
		"a.csv":      table.String(),
		"b.csv":      strings.ReplaceAll(strings.Join(lines[:30], ""), ".", ".1"),
		"b-test.csv": strings.ReplaceAll(lines[0]+lines[1]+strings.Join(lines[31:], ""), ".", ".1"),
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	s, err := study.ParseBytes([]byte(file), "study.yaml", dir)
	if err != nil {
		t.Fatal(err)
	}
	p, err := Open(t.Context(), s, o)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// TestTrain opens, trains and is interrupted, and goes on to what the folder
// lacks.
func TestTrain(t *testing.T) {
	p := open(t, Options{})
	if len(p.Domains) != 2 || p.Domain("b") == nil || p.Domain("c") != nil || len(p.Plan.Runs) != 8 {
		t.Fatalf("%d domains, %d runs", len(p.Domains), len(p.Plan.Runs))
	}
	folder := layout.Folder(filepath.Join(t.TempDir(), "out"))
	ctx, cancel := context.WithCancel(t.Context())
	out, err := p.Train(ctx, reference.Backend(), folder, TrainOptions{Jobs: 1, Observe: func(e train.Event) {
		if e.Kind == train.Ended {
			cancel()
		}
	}})
	if !errors.Is(err, train.ErrInterrupted) || out.Trained != 1 || out.Baselines.Fitted != 2 {
		t.Fatalf("interrupted: %+v, %v", out, err)
	}
	out, err = p.Train(t.Context(), reference.Backend(), folder, TrainOptions{Jobs: 2})
	if err != nil || out.Trained != 7 || out.Reused != 1 || out.Baselines.Reused != 2 {
		t.Fatalf("going on: %+v, %v", out, err)
	}
	plan, err := folder.ReadPlan()
	if err != nil {
		t.Fatal(err)
	}
	if len(plan.Exposures) == 0 || plan.Exposures[0].Domain != "b" {
		t.Errorf("the plan does not tell of the leak: %+v", plan.Exposures)
	}
	for _, r := range plan.Runs {
		if state, _, err := folder.State(r); state != layout.StateDone || err != nil {
			t.Errorf("run %s: %s, %v", r.ID, state, err)
		}
	}
	// Seeds and weightings train the same graphs.
	if n := len(p.folds[0].programs.made); n != 3 {
		t.Errorf("%d programs were compiled, want one for each arm", n)
	}
}

// TestTrainElsewhere trains the same study in another folder to the same bytes.
func TestTrainElsewhere(t *testing.T) {
	sums := map[string]string{}
	for range 2 {
		p := open(t, Options{})
		folder := layout.Folder(filepath.Join(t.TempDir(), "out"))
		if _, err := p.Train(t.Context(), reference.Backend(), folder, TrainOptions{Jobs: 2}); err != nil {
			t.Fatal(err)
		}
		for _, r := range p.Plan.Runs {
			dir := folder.Run(r.ID)
			for _, file := range []string{dir.Losses(), dir.History(), dir.Model(), dir.Spec()} {
				sum, err := layout.HashFile(file)
				if err != nil {
					t.Fatal(err)
				}
				name := r.ID + " " + filepath.Base(file)
				if before, ok := sums[name]; ok && before != sum {
					t.Errorf("%s differs", name)
				}
				sums[name] = sum
			}
		}
	}
	if len(sums) != 4*8 {
		t.Errorf("%d files, want the same names in both folders", len(sums))
	}
}

// TestAlone plans the one run of a study of one domain.
func TestAlone(t *testing.T) {
	s := open(t, Options{}).Study.Only([]string{"a"})
	p, err := Open(t.Context(), s, Options{Alone: true})
	if err != nil {
		t.Fatal(err)
	}
	if len(p.Plan.Runs) != 1 || p.Plan.Runs[0].Domains[0] != "a" {
		t.Errorf("runs %+v", p.Plan.Runs)
	}
}

// TestNothingToWeigh warns once of weightings where the whole trunk is frozen, by
// whatever pattern.
func TestNothingToWeigh(t *testing.T) {
	for _, freeze := range []string{"'*'", "'?*'"} {
		text := strings.Replace(small, "trunk: mlp,", "trunk: mlp, freeze: ["+freeze+"],", 1)
		text = strings.Replace(text, "[equal, dwa]", "[equal, dwa, mgda]", 1)
		p := openText(t, text, Options{})
		told := 0
		for _, w := range p.Plan.Warnings {
			if strings.Contains(w, "nothing for dwa, mgda to weigh") {
				told++
			}
		}
		if told != 1 || !p.FrozenTrunk(p.Plan.Rungs[0]) {
			t.Errorf("freeze %s: told %d times: %q", freeze, told, p.Plan.Warnings)
		}
	}
	if p := open(t, Options{}); p.FrozenTrunk(p.Plan.Rungs[0]) || p.Study.IdleWeightings() == "" {
		t.Error("a trunk that trains is called frozen, or the study has weightings that are not told")
	}
}
