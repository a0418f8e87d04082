package project

import (
	"fmt"

	"github.com/sharewise/sharewise/analysis/wording"
)

// StuckNote says that no gradient reaches parameters, and why not the first.
func StuckNote(names []string, why string) string {
	return fmt.Sprintf("no gradient reaches %s (%s), where training changes nothing, weight decay apart: %s; freeze what is stuck, or train the model before it is binarized or rounded",
		wording.Plural(len(names), "tensor"), wording.First(names, 4), why)
}

// MergedNote says that parameters which the file keeps as one train apart.
func MergedNote(names []string) string {
	return fmt.Sprintf("%s (%s) trained apart although the file has one initializer for several: an exporter merged those that start alike",
		wording.Plural(len(names), "parameter"), wording.First(names, 4))
}
