package dataset_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	"github.com/sharewise/sharewise/analysis/dataset"
	"github.com/sharewise/sharewise/analysis/study"
)

// One table holds two domains. A minibatch of four samples is drawn from the
// first.
func Example() {
	dir, err := os.MkdirTemp("", "sharewise-example-*")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer func() { _ = os.RemoveAll(dir) }()
	table := "plant,speed,load,ok\n"
	for i := range 40 {
		table += fmt.Sprintf("%s,%d,%d,%s\n", []string{"north", "south"}[i%2], i, 2*i, []string{"yes", "no"}[i/2%2])
	}
	if err := os.WriteFile(filepath.Join(dir, "plants.csv"), []byte(table), 0o600); err != nil {
		fmt.Println(err)
		return
	}
	s, err := study.ParseBytes([]byte(`version: 1
name: plants
defaults: {data: plants.csv, columns: {label: ok}}
domains:
  - {name: north, columns: {where: {plant: north}}}
  - {name: south, columns: {where: {plant: south}}}
`), "study.yaml", dir)
	if err != nil {
		fmt.Println(err)
		return
	}
	domains, err := dataset.OpenAll(context.Background(), s)
	if err != nil {
		fmt.Println(err)
		return
	}
	north := domains[0]
	fmt.Println(north.Task.Classes, north.Features)
	fmt.Println(north.Train.Len(), "for training,", north.Val.Len(), "for validation,", north.Test.Len(), "for testing")

	stream := dataset.NewStream(north.Train.Len(), 1)
	rows := make([]int, 4)
	stream.Next(rows)
	x := make([]float32, len(rows)*len(north.Features))
	if err := north.Train.Gather(rows, x); err != nil {
		fmt.Println(err)
		return
	}
	labels := make([]int64, len(rows))
	north.Train.Labels(rows, labels)
	fmt.Println(len(x), "inputs for", len(labels), "labels")
	// Output:
	// [no yes] [speed load]
	// 14 for training, 2 for validation, 4 for testing
	// 8 inputs for 4 labels
}
