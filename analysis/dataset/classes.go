package dataset

import (
	"fmt"
	"slices"
	"unicode/utf8"

	"github.com/sharewise/sharewise/analysis/study"

	"github.com/sharewise/sharewise/analysis/datafile"
)

// classes numbers the classes: those of the study in its order, or all that
// are found, sorted. Rows of classes that the study leaves out are given to no
// split.
func (a *assembly) classes(st *store, d *Domain) error {
	a.oneSpelling(st)
	count := map[string]int{}
	for _, c := range st.class {
		count[c]++
	}
	found := make([]string, 0, len(count))
	for c := range count {
		found = append(found, c)
	}
	slices.Sort(found)
	if i := slices.IndexFunc(found, func(c string) bool { return !utf8.ValidString(c) }); i >= 0 {
		return &Error{File: name(a.d.Files), Reason: fmt.Sprintf("the name of class %q is not UTF-8; rename its folder or files (convmv does, from any encoding)", found[i])}
	}
	if datafile.SortClasses(found); a.d.Task.ClassOrder == study.OrderText {
		slices.Sort(found)
	}
	wanted := a.d.Task.Classes
	if wanted == nil {
		wanted = found
	}
	number := map[string]int32{}
	for i, c := range wanted {
		if count[c] == 0 {
			return &Error{Reason: fmt.Sprintf("class %q is in task.classes and has no sample%s", c, lacking(c, found, wanted))}
		}
		number[c] = int32(i)
	}
	switch len(wanted) {
	case 0:
		return &Error{File: name(a.d.Files), Reason: "no samples"}
	case 1:
		return &Error{File: name(a.d.Files), Reason: fmt.Sprintf("all samples are of one class, %q; there is nothing to tell apart", wanted[0])}
	}
	if d.Task.Kind == Binary && len(wanted) != 2 {
		return &Error{Column: a.labelColumn(), Reason: fmt.Sprintf("%d classes (%s), and the task is binary; list the negative and the positive one under task.classes", len(found), datafile.List(found))}
	}
	if len(found) > 20 && len(found) > st.rows()/2 && a.d.Task.Classes == nil {
		return &Error{Column: a.labelColumn(), Reason: fmt.Sprintf("%d different labels in %d samples; for numbers to predict use columns.targets", len(found), st.rows())}
	}
	d.Task.Classes = wanted
	st.label = make([]int32, st.rows())
	out := 0
	for i, c := range st.class {
		n, ok := number[c]
		st.label[i] = n
		if !ok {
			st.part[i] = nowhere
			out++
		}
	}
	st.class = nil // labels say the same, in less memory
	if out > 0 {
		a.notef("%d samples are of classes that task.classes does not list", out)
	}
	return nil
}

// lacking says what may be the matter with a class without samples: another spelling, or
// that this domain has none of it.
func lacking(class string, found, wanted []string) string {
	unlisted := slices.DeleteFunc(slices.Clone(found), func(c string) bool { return slices.Contains(wanted, c) })
	if len(unlisted) > 0 {
		return study.DidYouMean(class, unlisted)
	}
	return "; where this domain has none of it, list the classes that it has under its own task.classes, or list none for all, and each has those that are found"
}

func (a *assembly) labelColumn() string {
	if a.d.Columns != nil {
		return a.d.Columns.Label
	}
	return ""
}

// checkParts is an error where a split lacks what training or testing needs, such as
// samples or a class.
func (a *assembly) checkParts(st *store, task Task) error {
	n := map[part]int{}
	for _, p := range st.part {
		n[p]++
	}
	switch {
	case n[inTrain] == 0:
		return &Error{File: name(a.d.Files), Reason: fmt.Sprintf("no sample is left for training: %d for validation, %d for testing", n[inVal], n[inTest])}
	case n[inTest] == 0:
		return &Error{File: name(a.d.Files), Reason: fmt.Sprintf("no sample is left for testing of %d; set split.test higher or give test data", st.rows())}
	case a.study.Training.Select == "best" && n[inVal] == 0:
		return &Error{File: name(a.d.Files), Reason: "no sample is left for validation, which training.select best needs"}
	}
	if st.label == nil {
		return nil
	}
	seen := map[part][]bool{inTrain: make([]bool, len(task.Classes)), inTest: make([]bool, len(task.Classes)), inVal: make([]bool, len(task.Classes))}
	for i, p := range st.part {
		if p != nowhere {
			seen[p][st.label[i]] = true
		}
	}
	if missing := unseen(seen[inTrain], task.Classes); len(missing) > 0 {
		return &Error{File: name(a.d.Files), Reason: fmt.Sprintf("no training sample of class %s; a model cannot learn it: add samples, or leave the class out with task.classes", datafile.List(missing))}
	}
	if missing := unseen(seen[inTest], task.Classes); len(missing) > 0 {
		a.notef("no test sample of class %s", datafile.List(missing))
	}
	return nil
}

func unseen(seen []bool, classes []string) []string {
	var out []string
	for i, ok := range seen {
		if !ok {
			out = append(out, classes[i])
		}
	}
	return out
}
