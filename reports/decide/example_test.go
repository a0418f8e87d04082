package decide_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/sharewise/sharewise/grouping/adaptive"
	"github.com/sharewise/sharewise/onnxio/reference"
	"github.com/sharewise/sharewise/reports/decide"
)

const plants = `version: 1
name: plants
defaults: {columns: {targets: [faults]}}
domains: [{name: north, data: north.csv}, {name: south, data: south.csv}]
model: {trunk: mlp, widths: [0.02]}
training: {epochs: 2}
`

// A study of two tables is taken to a report, within a budget of nine trainings.
func Example() {
	dir, err := os.MkdirTemp("", "sharewise-example-*")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer func() { _ = os.RemoveAll(dir) }()
	for k, name := range []string{"north.csv", "south.csv"} {
		text := "pressure,heat,faults\n"
		for i := range 60 {
			text += fmt.Sprintf("%d.5,%d.25,%d.5\n", i%7, i%5, i%7+k*i%5)
		}
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			fmt.Println(err)
			return
		}
	}
	file := filepath.Join(dir, "study.yaml")
	if err := os.WriteFile(file, []byte(plants), 0o644); err != nil {
		fmt.Println(err)
		return
	}
	out, err := decide.Decide(context.Background(), file, reference.Backend(), decide.Options{
		Adaptive: adaptive.Options{Jobs: 1, Budget: adaptive.Budget{Runs: 9}},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, file := range []string{out.File, out.Report} {
		fmt.Println(strings.TrimPrefix(filepath.ToSlash(file), filepath.ToSlash(dir)))
	}
	fmt.Println(out.End.Reason)
	// Output:
	// /study.yaml
	// /out/report.html
	// nothing helps
}
