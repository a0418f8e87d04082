package inspection

import (
	"maps"
	"slices"

	"github.com/sharewise/sharewise/analysis/dataset"
)

// Groups counts the groups of a domain (patients, boards, tracks) by split. A
// group in two splits is a leak: its samples are too alike to test on.
type Groups struct {
	Train      int `json:"train"`
	Validation int `json:"validation"`
	Test       int `json:"test"`
	// Largest is the share of all samples that are in the largest group.
	Largest float64 `json:"largest"`
	// InTraining is the number of groups of validation or test that training
	// has too, with the samples of each split that they concern.
	InTraining        int `json:"in_training"`
	ValidationSamples int `json:"validation_samples"`
	TestSamples       int `json:"test_samples"`
	// Examples are the first such groups by name.
	Examples []GroupOverlap `json:"examples"`
}

// GroupOverlap is the samples of one group by split.
type GroupOverlap struct {
	Group      string `json:"group"`
	Train      int    `json:"train"`
	Validation int    `json:"validation"`
	Test       int    `json:"test"`
}

// groupsOf returns nil where the study names no groups.
func groupsOf(d *dataset.Domain) *Groups {
	count := map[string]*[3]int{}
	total := 0
	for p, s := range splitsOf(d) {
		for i := range s.Len() {
			g := s.Group(i)
			if g == "" {
				continue
			}
			if count[g] == nil {
				count[g] = new([3]int)
			}
			count[g][p]++
			total++
		}
	}
	if len(count) == 0 {
		return nil
	}
	out := &Groups{}
	largest := 0
	for _, name := range slices.Sorted(maps.Keys(count)) {
		n := count[name]
		largest = max(largest, n[train]+n[val]+n[test])
		for p, c := range []*int{&out.Train, &out.Validation, &out.Test} {
			if n[p] > 0 {
				*c++
			}
		}
		if n[train] == 0 || n[val]+n[test] == 0 {
			continue
		}
		out.InTraining++
		out.ValidationSamples += n[val]
		out.TestSamples += n[test]
		if len(out.Examples) < mostExamples {
			out.Examples = append(out.Examples, GroupOverlap{name, n[train], n[val], n[test]})
		}
	}
	out.Largest = float64(largest) / float64(total)
	return out
}
