package gaintable_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/sharewise/sharewise/grouping/gaintable"
)

func Example() {
	dir, err := os.MkdirTemp("", "gains")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(dir)
	file := filepath.Join(dir, "gains.csv")
	text := "pool,target,gain\nnorth+south,north,0.3\nnorth+south,south,-0.1\nsouth+west,south,0.1\nsouth+west,west,0.05\n"
	if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
		fmt.Println(err)
		return
	}
	table, err := gaintable.Read(file, gaintable.Reading{})
	if err != nil {
		fmt.Println(err)
		return
	}
	plan, err := table.Choose(gaintable.Options{Helpers: true, MaxModels: 2})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, pool := range plan.Pools {
		fmt.Println(strings.Join(pool.Train, " + "), "serves", strings.Join(pool.Serves, ", "))
	}
	fmt.Printf("mean gain %.2f, %s\n", plan.Mean, plan.Certificate)
	// Output:
	// north + south serves north
	// south + west serves south, west
	// mean gain 0.15, optimal
}
