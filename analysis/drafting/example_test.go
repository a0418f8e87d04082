package drafting_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	"github.com/sharewise/sharewise/analysis/drafting"
)

// A folder of two tables becomes a study.
func Example() {
	dir, err := os.MkdirTemp("", "sharewise-example-*")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer func() { _ = os.RemoveAll(dir) }()
	for _, name := range []string{"north", "south"} {
		table := "speed,load,quality\n"
		for i := range 60 {
			table += fmt.Sprintf("%d,%d,%s\n", i*i%17, i*7%23, []string{"good", "bad"}[i*i%17%2])
		}
		if err := os.WriteFile(filepath.Join(dir, name+".csv"), []byte(table), 0o600); err != nil {
			fmt.Println(err)
			return
		}
	}
	draft, err := drafting.Scan(dir, drafting.Config{Name: "plants", Base: dir, Least: 2})
	if err != nil {
		fmt.Println(err)
		return
	}
	s, domains, err := drafting.Settle(context.Background(), draft, dir)
	if err != nil {
		fmt.Println(err)
		return
	}
	for i, d := range domains {
		fmt.Println(d.Name, s.Domains[i].Files.Path, s.Domains[i].Columns.Label, d.Features, d.Task.Classes)
	}
	// Output:
	// north north.csv quality [speed load] [bad good]
	// south south.csv quality [speed load] [bad good]
}
