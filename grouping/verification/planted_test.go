package verification_test

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"

	"github.com/sharewise/sharewise/analysis"
	"github.com/sharewise/sharewise/analysis/dataset"
	"github.com/sharewise/sharewise/analysis/layout"
	"github.com/sharewise/sharewise/analysis/project"
	"github.com/sharewise/sharewise/grouping"
	"github.com/sharewise/sharewise/onnxio/reference"
)

const plantedStudy = `version: 1
name: lines
seeds: 3
baseline: none
model: {trunk: mlp, widths: [0.05]}
training: {epochs: 12, batch: 8, rate: 0.02}
defaults: {columns: {label: y}, split: {validation: 0.2, test: 0.7}, limit: {train: 40}, task: {measure: error}}
domains:
  - {name: a, data: a.csv}
  - {name: b, data: b.csv}
  - {name: c, data: c.csv}
`

// rows writes a table by a rule: a and b share theirs, c has one on other columns.
func rows(path, name string, n int, seed uint64) error {
	from := 0
	if name == "c" {
		from = 3
	}
	random := rand.New(rand.NewPCG(seed, uint64(name[0])))
	var b strings.Builder
	b.WriteString("x1,x2,x3,x4,x5,x6,y\n")
	for range n {
		var x [6]float64
		for i := range x {
			x[i] = random.NormFloat64()
			fmt.Fprintf(&b, "%.5f,", x[i])
		}
		y := "low"
		if random.Float64() < 1/(1+math.Exp(-3*(x[from]-x[from+1]+x[from+2]))) {
			y = "high"
		}
		b.WriteString(y + "\n")
	}
	return os.WriteFile(path, []byte(b.String()), 0o644)
}

// planted writes data and study into a folder.
func planted(dir string) (string, error) {
	for _, name := range []string{"a", "b", "c"} {
		if err := rows(filepath.Join(dir, name+".csv"), name, 500, 1); err != nil {
			return "", err
		}
	}
	file := filepath.Join(dir, "study.yaml")
	return file, os.WriteFile(file, []byte(plantedStudy), 0o644)
}

// open opens a study file.
func open(file string) (*project.Project, error) {
	s, err := dataset.ParseStudy(file)
	if err != nil {
		return nil, err
	}
	return project.Open(context.Background(), s, project.Options{})
}

// recommended trains a study and chooses groups.
func recommended(file string, folder layout.Folder) (*project.Project, *grouping.Recommendation, error) {
	p, err := open(file)
	if err != nil {
		return nil, nil, err
	}
	if _, err := p.Train(context.Background(), reference.Backend(), folder, project.TrainOptions{Jobs: 2}); err != nil {
		return nil, nil, err
	}
	if _, err := analysis.AnalyzeFolder(folder, ""); err != nil {
		return nil, nil, err
	}
	groups, err := grouping.RecommendFolder(folder, grouping.Options{Seed: 1})
	return p, groups, err
}
