package dataset

import (
	"errors"
	"fmt"
	"io/fs"

	"github.com/sharewise/sharewise/analysis/exclusion"
	"github.com/sharewise/sharewise/analysis/wording"
)

// exclude leaves out the training samples that the study's list names. It comes after
// limits, so that all other samples stay in the splits that they would be in without.
func (a *assembly) exclude(st *store) error {
	if a.study.Exclude == "" {
		return nil
	}
	list, err := exclusion.Read(a.study.Path(a.study.Exclude))
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return &Error{File: a.study.Exclude, Reason: "there is no such file; it is what the key exclude names"}
	case err != nil:
		return &Error{File: a.study.Exclude, Reason: err.Error()}
	}
	named := list.Of(a.d.Name)
	if len(named) == 0 {
		return nil
	}
	left, train := 0, 0
	for row := range st.rows() {
		if st.part[row] != inTrain {
			continue
		}
		train++
		if row < a.own && named[st.id[row]] {
			st.part[row] = nowhere
			left++
		}
	}
	if left == train {
		return &Error{File: a.study.Exclude, Reason: fmt.Sprintf("it leaves domain %s without a training sample", a.d.Name)}
	}
	note := fmt.Sprintf("%s left out of %d by %s", wording.Plural(left, "training sample"), train, a.study.Exclude)
	if others := len(named) - left; others > 0 {
		note += fmt.Sprintf("; %s that it names are not among them", wording.Plural(others, "sample"))
	}
	a.noteOnce(note)
	return nil
}
