package dataset

import (
	"cmp"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/sharewise/sharewise/analysis/datafile"
)

// oneSpelling gives classes of a table that programs spell differently one name:
// 1 and 1.0, which pandas writes where labels are missing; true, True and TRUE.
// The name is that which the study has, or else the plainest. It is noted, and
// so are names that differ in case alone, which stay different classes.
func (a *assembly) oneSpelling(st *store) {
	count := map[string]int{}
	for _, c := range st.class {
		count[c]++
	}
	listed := a.d.Task.Classes
	for _, c := range listed {
		count[c] += 0
	}
	same, cases := map[string][]string{}, map[string][]string{}
	for _, c := range slices.Sorted(maps.Keys(count)) {
		same[plainClass(c)] = append(same[plainClass(c)], c)
	}
	names := map[string]string{}
	for _, plain := range slices.Sorted(maps.Keys(same)) {
		spellings := same[plain]
		inStudy := slices.DeleteFunc(slices.Clone(spellings), func(c string) bool { return !slices.Contains(listed, c) })
		if len(inStudy) > 1 {
			continue
		}
		name := slices.MinFunc(spellings, func(a, b string) int { return cmp.Compare(count[b], count[a]) })
		switch {
		case len(inStudy) == 1:
			name = inStudy[0]
		case slices.Contains(spellings, plain):
			name = plain
		}
		cases[strings.ToLower(name)] = append(cases[strings.ToLower(name)], name)
		if others := datafile.Without(spellings, []string{name}); len(others) > 0 {
			a.notef("class %q is also spelled %s", name, datafile.List(others))
			for _, c := range others {
				names[c] = name
			}
		}
	}
	for _, low := range slices.Sorted(maps.Keys(cases)) {
		if len(cases[low]) > 1 {
			a.notef("classes %s differ in case alone, and are taken for different ones", datafile.List(cases[low]))
		}
	}
	for i, c := range st.class {
		if name, ok := names[c]; ok {
			st.class[i] = name
		}
	}
}

var wholeDecimal = regexp.MustCompile(`^([+-]?[0-9]+)\.0*$`)

// plainClass is the usual spelling of a class: whole numbers without decimals,
// true and false without capitals.
func plainClass(c string) string {
	if m := wholeDecimal.FindStringSubmatch(c); m != nil {
		return m[1]
	}
	if low := strings.ToLower(c); low == "true" || low == "false" {
		return low
	}
	return c
}
