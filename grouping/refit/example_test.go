package refit_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"

	"github.com/sharewise/sharewise/analysis"
	"github.com/sharewise/sharewise/analysis/dataset"
	"github.com/sharewise/sharewise/analysis/layout"
	"github.com/sharewise/sharewise/analysis/project"
	"github.com/sharewise/sharewise/grouping"
	"github.com/sharewise/sharewise/grouping/refit"
	"github.com/sharewise/sharewise/onnxio/reference"
)

// folded trains a study of two domains of 60 rows in three folds, and chooses groups.
func folded(dir string) (*project.Project, layout.Folder, error) {
	folder := layout.Folder(filepath.Join(dir, "out"))
	for i, name := range []string{"a", "b"} {
		random := rand.New(rand.NewPCG(1, uint64(i)))
		var b strings.Builder
		b.WriteString("x,z,y\n")
		for range 60 {
			x, z := random.NormFloat64(), random.NormFloat64()
			fmt.Fprintf(&b, "%.4f,%.4f,%s\n", x, z, map[bool]string{true: "up", false: "down"}[x+z+0.5*random.NormFloat64() > 0])
		}
		if err := os.WriteFile(filepath.Join(dir, name+".csv"), []byte(b.String()), 0o644); err != nil {
			return nil, "", err
		}
	}
	file := filepath.Join(dir, "study.yaml")
	if err := os.WriteFile(file, []byte(`version: 1
name: lines
seeds: 3
baseline: none
model: {trunk: mlp, widths: [0.05]}
training: {epochs: 4, batch: 8, rate: 0.02}
defaults: {columns: {label: y}, split: {folds: 3, validation: 0.1}}
domains: [{name: a, data: a.csv}, {name: b, data: b.csv}]
`), 0o644); err != nil {
		return nil, "", err
	}
	s, err := dataset.ParseStudy(file)
	if err != nil {
		return nil, "", err
	}
	p, err := project.Open(context.Background(), s, project.Options{})
	if err != nil {
		return nil, "", err
	}
	if _, err := p.Train(context.Background(), reference.Backend(), folder, project.TrainOptions{}); err != nil {
		return nil, "", err
	}
	if _, err := analysis.AnalyzeFolder(folder, ""); err != nil {
		return nil, "", err
	}
	_, err = grouping.RecommendFolder(folder, grouping.Options{Seed: 1})
	return p, folder, err
}

// Models for use learn all 60 rows of each domain, where those that were measured
// learned 34 of them.
func ExampleRun() {
	dir, err := os.MkdirTemp("", "sharewise-example-*")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer func() { _ = os.RemoveAll(dir) }()
	p, folder, err := folded(dir)
	if err != nil {
		fmt.Println(err)
		return
	}
	if err := refit.Run(context.Background(), p, reference.Backend(), folder, refit.Options{}); err != nil {
		fmt.Println(err)
		return
	}
	plan, err := folder.Refit().ReadPlan()
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, d := range plan.Domains {
		fmt.Println(d.Name, p.Plan.Domain(d.Name).Train, d.Train, d.Val)
	}
	// Output:
	// a 34 60 0
	// b 34 60 0
}
