package dataset

import (
	"cmp"
	"maps"
	"regexp"
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"github.com/sharewise/sharewise/analysis/datafile"
)

// oneSpelling gives classes that programs spell differently one name: 1 and 1.0, which
// pandas writes where labels are missing; true, True and TRUE; letters with accents in one
// piece or two; blanks of other widths, and letters that nobody sees. The name is that which
// the study has, or else the plainest. It is noted, and so are names that look alike and stay
// different classes.
func (a *assembly) oneSpelling(st *store) {
	count := map[string]int{}
	for _, c := range st.class {
		count[c]++
	}
	listed := a.d.Task.Classes
	for _, c := range listed {
		count[c] += 0
	}
	same := map[string][]string{}
	for _, c := range slices.Sorted(maps.Keys(count)) {
		same[plainClass(c)] = append(same[plainClass(c)], c)
	}
	names := map[string]string{}
	var different []string
	for _, plain := range slices.Sorted(maps.Keys(same)) {
		spellings := same[plain]
		inStudy := slices.DeleteFunc(slices.Clone(spellings), func(c string) bool { return !slices.Contains(listed, c) })
		if len(inStudy) > 1 {
			different = append(different, inStudy...)
			continue
		}
		name := slices.MinFunc(spellings, func(a, b string) int { return cmp.Compare(count[b], count[a]) })
		switch {
		case len(inStudy) == 1:
			name = inStudy[0]
		case slices.Contains(spellings, plain):
			name = plain
		}
		different = append(different, name)
		if others := datafile.Without(spellings, []string{name}); len(others) > 0 {
			if slices.ContainsFunc(others, func(c string) bool { return norm.NFC.String(c) == norm.NFC.String(name) }) {
				a.notef("class %q is also spelled %s, with accents as letters of their own", name, datafile.List(others))
			} else {
				a.notef("class %q is also spelled %s", name, datafile.List(others))
			}
			for _, c := range others {
				names[c] = name
			}
		}
	}
	a.lookAlikes(different)
	for i, c := range st.class {
		if name, ok := names[c]; ok {
			st.class[i] = name
		}
	}
}

// likeness is a way in which classes may look alike that are different ones: they have the
// same key, which is empty where a name has no such look.
type likeness struct {
	key  func(name string) string
	tell func(a *assembly, names string)
}

var likenesses = []likeness{
	{strings.ToLower, func(a *assembly, names string) {
		a.notef("classes %s differ in case alone, and are taken for different ones", names)
	}},
	{withoutZeros, func(a *assembly, names string) {
		a.notef("classes %s differ in leading zeros alone, and are taken for different ones", names)
	}},
	{func(name string) string { return answers[strings.ToLower(name)] }, func(a *assembly, names string) {
		a.notef("classes %s may mean the same, and are taken for different ones", names)
	}},
}

// withoutZeros is a whole number without leading zeros, and empty for other names.
func withoutZeros(name string) string {
	if !wholeNumber.MatchString(name) {
		return ""
	}
	return cmp.Or(strings.TrimLeft(name, "0"), "0")
}

var wholeNumber = regexp.MustCompile(`^[0-9]+$`)

// answers are words for yes and no, of which one column may have several.
var answers = map[string]string{
	"yes": "yes", "true": "yes", "1": "yes", "ja": "yes", "oui": "yes", "si": "yes", "sí": "yes", "はい": "yes",
	"no": "no", "false": "no", "0": "no", "nein": "no", "non": "no", "いいえ": "no",
}

// all reports whether all names have the same key.
func (l likeness) all(names []string) bool {
	key := l.key(names[0])
	return key != "" && !slices.ContainsFunc(names, func(n string) bool { return l.key(n) != key })
}

// lookAlikes notes names of classes that look alike.
func (a *assembly) lookAlikes(names []string) {
	for i, l := range likenesses {
		alike := map[string][]string{}
		for _, n := range names {
			if k := l.key(n); k != "" {
				alike[k] = append(alike[k], n)
			}
		}
		for _, k := range slices.Sorted(maps.Keys(alike)) {
			told := slices.ContainsFunc(likenesses[:i], func(before likeness) bool { return before.all(alike[k]) })
			if len(alike[k]) > 1 && !told {
				l.tell(a, datafile.List(alike[k]))
			}
		}
	}
}

var wholeDecimal = regexp.MustCompile(`^([+-]?[0-9]+)\.0*$`)

// plainClass is the usual spelling of a class: whole numbers without decimals,
// true and false without capitals, accents within letters, blanks alone, and no letters that
// nobody sees.
func plainClass(c string) string {
	c = strings.Join(strings.Fields(strings.Map(seen, norm.NFC.String(c))), " ")
	if m := wholeDecimal.FindStringSubmatch(c); m != nil {
		return m[1]
	}
	if low := strings.ToLower(c); low == "true" || low == "false" {
		return low
	}
	return c
}

// seen drops letters that nobody sees, such as zero-width spaces, but for joiners, which
// some scripts need.
func seen(r rune) rune {
	if unicode.Is(unicode.Cf, r) && r != '\u200c' && r != '\u200d' {
		return -1
	}
	return r
}
