package provenance_test

import (
	"fmt"
	"os"

	"github.com/sharewise/sharewise/analysis/layout"
	"github.com/sharewise/sharewise/analysis/provenance"
	"github.com/sharewise/sharewise/analysis/study"
)

// Groups are changed by hand after they were chosen.
func Example() {
	dir, err := os.MkdirTemp("", "sharewise-example-*")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer func() { _ = os.RemoveAll(dir) }()
	out, plan := layout.Folder(dir), &study.Plan{Version: 2, Study: "plants"}
	if err := out.WritePlan(plan); err != nil {
		fmt.Println(err)
		return
	}
	if err := os.WriteFile(out.Groups(), []byte("{}"), 0o644); err != nil {
		fmt.Println(err)
		return
	}
	m, err := provenance.Gather(out, plan, "1.0")
	if err != nil {
		fmt.Println(err)
		return
	}
	if err := m.Write(out); err != nil {
		fmt.Println(err)
		return
	}
	if err := os.WriteFile(out.Groups(), []byte(`{"groups": "mine"}`), 0o644); err != nil {
		fmt.Println(err)
		return
	}
	r, err := provenance.Verify(out, nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, f := range r.Findings {
		fmt.Println(f.What, f.State)
	}
	// Output:
	// groups.json differs
	// plan.json matches
}
