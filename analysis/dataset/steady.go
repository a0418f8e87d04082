package dataset

import (
	"fmt"
	"math"
	"strconv"

	"github.com/sharewise/sharewise/analysis/datafile"
)

// zeroing is the deviation of inputs that are the same in all training rows.
// What weights make of such an input is never trained, so that another value at
// test time would only add noise: divided by this it is 0 as well.
const zeroing = math.MaxFloat32

// steady is a column, or a channel, that is the same in all training samples.
type steady struct {
	name  string
	value float64
	moved int // test samples with another value
}

// noteSteady says which inputs are the same in training, and which of these are
// not in the test samples. samples is what a sample is called.
func (a *assembly) noteSteady(found []steady, test int, samples string) {
	var same, moved []steady
	for _, s := range found {
		if s.moved == 0 {
			same = append(same, s)
			continue
		}
		moved = append(moved, s)
		a.moved = append(a.moved, s.name)
	}
	switch len(same) {
	case 0:
	case 1:
		a.notef("%s is %s in every training %s: models are given 0 for it", same[0].name, a.showing(trimmed(same[0].value)), samples)
	default:
		a.notef("%d inputs are the same in every training %s, and models are given 0 for them: %s", len(same), samples,
			datafile.FirstFew(same, func(s steady) string { return fmt.Sprintf("%s (%s)", s.name, a.showing(trimmed(s.value))) }))
	}
	switch len(moved) {
	case 0:
	case 1:
		a.notef("%s is %s in every training %s and another in %d of %d for testing: models cannot know what it does and are given 0 for it",
			moved[0].name, a.showing(trimmed(moved[0].value)), samples, moved[0].moved, test)
	default:
		a.notef("%d inputs are the same in every training %s and others in those for testing: models cannot know what they do and are given 0 for them: %s", len(moved), samples,
			datafile.FirstFew(moved, func(s steady) string {
				return fmt.Sprintf("%s (%s; %d of %d differ)", s.name, a.showing(trimmed(s.value)), s.moved, test)
			}))
	}
}

// trimmed writes a number with seven digits; a large one with all it has, which
// Unix seconds need.
func trimmed(v float64) string {
	if a := math.Abs(v); a >= 1e6 && a < 1e15 {
		return strconv.FormatFloat(v, 'f', -1, 64)
	}
	return fmt.Sprintf("%.7g", v)
}

// inputName is how notes call an input of a table.
func (s *store) inputName(j int) string {
	if s.features == nil {
		return fmt.Sprintf("feature %d", j+1)
	}
	return fmt.Sprintf("column %q", s.features[j])
}
