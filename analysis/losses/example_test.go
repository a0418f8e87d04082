package losses_test

import (
	"fmt"
	"os"
	"path/filepath"

	"github.com/sharewise/sharewise/analysis/losses"
)

// A run's table is written as Parquet and read back together with a table that
// another tool wrote as text.
func Example() {
	dir, err := os.MkdirTemp("", "losses")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(dir)
	run := &losses.Table{
		Domain:  []string{"line 3", "line 3"},
		Seed:    []int64{1, 1},
		Sample:  []losses.SampleID{{Number: 7}, {Number: 9}},
		Loss:    []float32{0.5, 2},
		Correct: []bool{true, false},
	}
	if err := losses.WriteFile(filepath.Join(dir, "seed1.parquet"), run); err != nil {
		panic(err)
	}
	text := "domain,seed,sample,loss,correct\nline 3,2,7,0.25,1\nline 3,2,9,1.5,0\n"
	if err := os.WriteFile(filepath.Join(dir, "seed2.csv"), []byte(text), 0o644); err != nil {
		panic(err)
	}
	all, err := losses.Read(filepath.Join(dir, "seed*"))
	if err != nil {
		panic(err)
	}
	for i := range all.Len() {
		fmt.Println(all.Domain[i], all.Seed[i], all.Sample[i], all.Loss[i], all.Correct[i])
	}
	// Output:
	// line 3 1 7 0.5 true
	// line 3 1 9 2 false
	// line 3 2 7 0.25 true
	// line 3 2 9 1.5 false
}
