package forget_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/sharewise/sharewise/analysis/forget"
	"github.com/sharewise/sharewise/analysis/layout"
	"github.com/sharewise/sharewise/analysis/project"
)

// A plant leaves before anything was trained: only the study file changes.
func Example() {
	dir, err := os.MkdirTemp("", "sharewise-example-*")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer func() { _ = os.RemoveAll(dir) }()
	study := filepath.Join(dir, "study.yaml")
	text := "version: 1\nname: plants\ndefaults: {columns: {label: y}}\ndomains:\n"
	for _, name := range []string{"north", "south", "west"} {
		table := "x,y\n" + strings.Repeat("1,good\n2,bad\n", 20)
		if err := os.WriteFile(filepath.Join(dir, name+".csv"), []byte(table), 0o644); err != nil {
			fmt.Println(err)
			return
		}
		text += fmt.Sprintf("  - {name: %s, data: %s.csv}\n", name, name)
	}
	if err := os.WriteFile(study, []byte(text), 0o644); err != nil {
		fmt.Println(err)
		return
	}
	change, err := forget.Look(context.Background(), study, "south", layout.Folder(filepath.Join(dir, "out")), project.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(len(change.Learned), "runs have learned it,", change.Train, "are to be trained without it")
	if err := change.Apply(); err != nil {
		fmt.Println(err)
		return
	}
	left, err := os.ReadFile(study)
	fmt.Print(string(left), err)
	// Output:
	// 0 runs have learned it, 15 are to be trained without it
	// version: 1
	// name: plants
	// defaults: {columns: {label: y}}
	// domains:
	//   - {name: north, data: north.csv}
	//   - {name: west, data: west.csv}
	// <nil>
}
