package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/sharewise/sharewise/analysis/project"
	"github.com/sharewise/sharewise/analysis/study"
)

// work is what the peer's study.py trains: sharewise's plan of a study, and where
// the data are.
type work struct {
	Network  network      `json:"network"`
	Training training     `json:"training"`
	Domains  []workDomain `json:"domains"`
	Runs     []workRun    `json:"runs"`
	// Stacked asks for trials of training many runs at once.
	Stacked bool `json:"stacked"`
}

// training is how every run trains.
type training struct {
	Optimizer string  `json:"optimizer"`
	Rate      float64 `json:"rate"`
	Momentum  float64 `json:"momentum"`
	Decay     float64 `json:"decay"`
	Schedule  string  `json:"schedule"`
	Warmup    float64 `json:"warmup"`
	Final     float64 `json:"final"`
}

type workDomain struct {
	Name    string `json:"name"`
	Outputs int    `json:"outputs"`
	Train   int    `json:"train"`
	Val     int    `json:"val"`
	Test    int    `json:"test"`
	// Table is a CSV file; or Images and Tested are pairs of IDX files, of inputs
	// and labels, the same pair where the last samples of it are for testing.
	Table  string   `json:"table,omitempty"`
	Images []string `json:"images,omitempty"`
	Tested []string `json:"tested,omitempty"`
}

type workRun struct {
	ID            string   `json:"id"`
	Domains       []string `json:"domains"`
	Rows          []int    `json:"rows"`
	Steps         int      `json:"steps"`
	StepsPerEpoch int      `json:"steps_per_epoch"`
	Seed          int      `json:"seed"`
}

// studyRow is a row about a whole study.
type studyRow struct {
	name, title  string
	target       float64
	memoryTarget float64 // 0 leaves memory out
	stacked      bool
	// write writes the study and, where they are missing, its data into a folder,
	// and gives the file of the study.
	write func(folder string) (file string, err error)
	env   func(folder string) []string
}

// studyRows are the rows about studies.
var studyRows = []studyRow{
	{name: "study-cnn", title: "study four-images/few, 33 runs of a cnn", target: 0.6, memoryTarget: 0.5, write: writeFew("cnn"), env: dataFolder},
	{name: "study-mlp", title: "the same with an mlp", target: 0.4, memoryTarget: 0.5, write: writeFew("mlp"), env: dataFolder},
	{name: "study-tables", title: "study of 29 tables of 500 rows × 9 columns, all pairs, 3 seeds", target: 0.3, stacked: true, write: writeTables},
}

// studies are the rows about studies as contests.
func (s *settings) studies(p *peers) []contest {
	var all []contest
	for _, r := range studyRows {
		all = append(all, contest{
			name: r.name, title: r.title, target: r.target, rounds: s.whole,
			memory: r.memoryTarget > 0, memoryTarget: r.memoryTarget,
			open: func(ctx context.Context) (contender, contender, error) { return r.open(ctx, s, p) },
		})
	}
	return all
}

func (r studyRow) open(ctx context.Context, s *settings, p *peers) (contender, contender, error) {
	folder, err := filepath.Abs(filepath.Join(s.store, r.name))
	if err != nil {
		return nil, nil, err
	}
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return nil, nil, err
	}
	file, err := r.write(folder)
	if err != nil {
		return nil, nil, err
	}
	var env []string
	if r.env != nil {
		env = r.env(folder)
	}
	for _, v := range env {
		name, value, _ := strings.Cut(v, "=")
		if err := os.Setenv(name, value); err != nil {
			return nil, nil, err
		}
	}
	w, err := workOf(ctx, file)
	if err != nil {
		return nil, nil, err
	}
	w.Stacked = r.stacked
	data, err := json.Marshal(w)
	if err != nil {
		return nil, nil, err
	}
	description := filepath.Join(folder, "work.json")
	if err := os.WriteFile(description, data, 0o644); err != nil {
		return nil, nil, err
	}
	theirs, err := p.openStudy(ctx, description, filepath.Join(folder, "theirs"))
	if err != nil {
		return nil, nil, err
	}
	ours := &command{name: "sharewise", run: func(ctx context.Context) (figure, error) {
		out := filepath.Join(folder, "ours")
		if err := fresh(out); err != nil {
			return figure{}, err
		}
		f, _, err := finish(exec.CommandContext(ctx, s.bin, "run", file, "-o", out, "--quiet"))
		return f, err
	}}
	return ours, theirs, nil
}

// workOf reads a study, and says what the peer is to do.
func workOf(ctx context.Context, file string) (*work, error) {
	s, err := study.Parse(file)
	if err != nil {
		return nil, err
	}
	p, err := project.Open(ctx, s, project.Options{})
	if err != nil {
		return nil, err
	}
	t := p.Study.Training
	w := &work{
		Network: network{Trunk: p.Study.Model.Trunk, Width: p.Study.Model.Rungs[0].Width, Input: p.Domains[0].Shape},
		Training: training{
			Optimizer: t.Optimizer.Name, Rate: t.Rate, Momentum: t.Optimizer.Momentum, Decay: t.Optimizer.WeightDecay,
			Schedule: t.Schedule.Kind, Warmup: t.Schedule.Warmup, Final: t.Schedule.Final,
		},
	}
	for i, d := range p.Domains {
		wd := workDomain{Name: d.Name, Outputs: d.Task.Outputs(), Train: d.Train.Len(), Val: d.Val.Len(), Test: d.Test.Len()}
		if data := p.Study.Domains[i].Files; data.Images != "" {
			tested := data
			if test := p.Study.Domains[i].Test; test != nil {
				tested = *test
			}
			wd.Images = []string{p.Study.Path(data.Images), p.Study.Path(data.Labels)}
			wd.Tested = []string{p.Study.Path(tested.Images), p.Study.Path(tested.Labels)}
		} else {
			wd.Table = p.Study.Path(data.Path)
		}
		w.Domains = append(w.Domains, wd)
	}
	for _, r := range p.Plan.Runs {
		w.Runs = append(w.Runs, workRun{ID: r.ID, Domains: r.Domains, Rows: r.Rows, Steps: r.Steps, StepsPerEpoch: p.Plan.StepsPerEpoch, Seed: r.Seed})
	}
	return w, nil
}

// few is the study that the rows about images are about.
const few = "testdata/studies/four-images/few.yaml"

// writeFew copies the study with another trunk.
func writeFew(trunk string) func(string) (string, error) {
	return func(folder string) (string, error) {
		data, err := os.ReadFile(few)
		if err != nil {
			return "", fmt.Errorf("%w; run this from the project's root", err)
		}
		text := strings.Replace(string(data), "trunk: cnn", "trunk: "+trunk, 1)
		if !strings.Contains(text, "trunk: "+trunk) {
			return "", fmt.Errorf("%s does not say 'trunk: cnn'", few)
		}
		for _, v := range dataFolder(folder) {
			_, images, _ := strings.Cut(v, "=")
			if err := writeImages(images); err != nil {
				return "", err
			}
		}
		file := filepath.Join(folder, "study.yaml")
		return file, writeNew(file, text)
	}
}
