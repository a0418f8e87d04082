package layout_test

import (
	"fmt"
	"os"

	"github.com/sharewise/sharewise/analysis/layout"
	"github.com/sharewise/sharewise/analysis/study"
)

// What is planned in a folder, and what has become of it.
func Example() {
	dir, err := os.MkdirTemp("", "sharewise-example-*")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer func() { _ = os.RemoveAll(dir) }()
	folder := layout.Folder(dir)
	if _, err := folder.ReadPlan(); err != nil {
		fmt.Println("not planned yet")
	}
	s := study.New("plants")
	var sizes []study.DomainSize
	for _, name := range []string{"north", "south"} {
		d := study.NewDomain(name)
		d.Format = study.InMemory
		s.Domains = append(s.Domains, d)
		sizes = append(sizes, study.DomainSize{Name: name, Task: study.Classification, Outputs: 2, Train: 640, Test: 100, SHA256: "of the data"})
	}
	s.Seeds = 1
	if err := s.Validate(); err != nil {
		fmt.Println(err)
		return
	}
	plan, err := s.Plan(sizes, map[string]study.ModelSize{"w1": {SHA256: "of the model"}})
	if err != nil {
		fmt.Println(err)
		return
	}
	if err := folder.WritePlan(plan); err != nil {
		fmt.Println(err)
		return
	}
	plan, err = folder.ReadPlan()
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, r := range plan.Runs {
		state, _, err := folder.State(r)
		fmt.Println(r.Arm, r.Domains, state, err)
	}
	// Output:
	// not planned yet
	// independent [north] new <nil>
	// independent [south] new <nil>
	// joint [north south] new <nil>
}
