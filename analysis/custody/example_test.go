package custody_test

import (
	"context"
	"fmt"
	"log"
	"os"

	"github.com/sharewise/sharewise/analysis/custody"
	"github.com/sharewise/sharewise/analysis/layout"
	"github.com/sharewise/sharewise/analysis/study"
)

// A folder whose results say what they were made of, after somebody has edited them.
func Example() {
	dir, err := os.MkdirTemp("", "study")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(dir)
	folder := layout.Folder(dir)
	if err := folder.WritePlan(&study.Plan{Version: 2, Study: "press"}); err != nil {
		log.Fatal(err)
	}
	origin, err := folder.Origin(folder.Plan(), layout.AllRuns)
	if err != nil {
		log.Fatal(err)
	}
	if err := os.WriteFile(folder.Results(), []byte(`{"gain": 0.1}`), 0o644); err != nil {
		log.Fatal(err)
	}
	if err := origin.Record(nil, folder.Results()); err != nil {
		log.Fatal(err)
	}
	for _, text := range []string{`{"gain": 0.1}`, `{"gain": 0.9}`} {
		if err := os.WriteFile(folder.Results(), []byte(text), 0o644); err != nil {
			log.Fatal(err)
		}
		r, err := custody.Check(context.Background(), folder, false)
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(r.Faults(), r.Lines())
	}
	// Output:
	// 0 []
	// 1 [results.json: damaged: it has changed since 'sharewise analyze' wrote it]
}
