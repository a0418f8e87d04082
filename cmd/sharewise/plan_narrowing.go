package main

import (
	"fmt"
	"io"

	"github.com/sharewise/sharewise/analysis"
	"github.com/sharewise/sharewise/analysis/layout"
	"github.com/sharewise/sharewise/analysis/project"
)

// printTests says how samples are tested where data have folds, and what results at
// hand tell of seeds and test samples.
func printTests(out io.Writer, f *project.Forecast) {
	if text := f.Tests(); text != "" {
		fmt.Fprintln(out, text)
	}
	if r, err := analysis.ReadResults(layout.Folder(f.Output).Results()); err == nil && r.Study == f.Study && len(r.Gains) > 0 {
		fmt.Fprintf(out, "From the results in %s: %s\n", f.Output, r.Narrowing())
	}
}
