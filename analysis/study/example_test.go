package study_test

import (
	"fmt"

	"github.com/sharewise/sharewise/analysis/study"
)

// A program makes a study that a file could hold. Validate fills in what depends
// on something else, and finds mistakes by the keys of files.
func ExampleNew() {
	s := study.New("plants")
	s.Seeds = 3
	for _, name := range []string{"north", "south"} {
		d := study.NewDomain(name)
		d.Files.Path = name + ".csv"
		d.Columns = study.NewColumns()
		d.Columns.Targets = []string{"wear"}
		s.Domains = append(s.Domains, d)
	}
	fmt.Println(s.Validate())
	fmt.Println(s.Domains[0].Format, s.Domains[0].Task.Kind, s.Model.Trunk, s.Training.Epochs)

	s.Arms.Pools = [][]string{{"north", "sout"}}
	fmt.Println(s.Validate())
	// Output:
	// <nil>
	// csv regression mlp 20
	// study: arms.pools[0][1]: no domain is called "sout"; did you mean "south"?
}
