package project

import (
	"fmt"
	"strings"
)

// StuckNote says that no gradient reaches parameters, and why not the first.
func StuckNote(names []string, why string) string {
	return fmt.Sprintf("no gradient reaches %s (%s), where training changes nothing, weight decay apart: %s; freeze what is stuck, or train the model before it is binarized or rounded",
		plural(len(names), "tensor"), firstNames(names, 4), why)
}

// MergedNote says that parameters which the file keeps as one train apart.
func MergedNote(names []string) string {
	return fmt.Sprintf("%s (%s) trained apart although the file has one initializer for several: an exporter merged those that start alike",
		plural(len(names), "parameter"), firstNames(names, 4))
}

func plural(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

// firstNames lists the first names and counts the others.
func firstNames(names []string, most int) string {
	if len(names) <= most {
		return strings.Join(names, ", ")
	}
	return fmt.Sprintf("%s and %d more", strings.Join(names[:most], ", "), len(names)-most)
}
