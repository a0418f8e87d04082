package project

import (
	"maps"
	"slices"

	"github.com/sharewise/sharewise/analysis/study"
)

// Settings are the settings of a study's models, in the order of their names.
func Settings(m study.Model) []string {
	var list []string
	for _, name := range slices.Sorted(maps.Keys(m.Set)) {
		list = append(list, name+"="+m.Set[name])
	}
	return list
}
