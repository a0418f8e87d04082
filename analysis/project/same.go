package project

import (
	"errors"
	"fmt"
	"slices"

	"github.com/sharewise/sharewise/analysis/study"
)

// ErrChanged is returned where data, models or settings of a study are not those that
// an earlier plan of it was made from.
var ErrChanged = errors.New("the study has changed")

// Same makes sure that the data of some domains, and how they are trained, are those of
// an earlier plan: a run of it has the same identity as one planned now. It fails with
// ErrChanged.
func Same(of, now *study.Plan, domains []string) error {
	for _, name := range domains {
		was, is := of.Domain(name), now.Domain(name)
		if was == nil || is == nil || was.SHA256 != is.SHA256 {
			return fmt.Errorf("%w: the data of %s are not those that the recommendation rests on; train the study again, or undo the change", ErrChanged, name)
		}
	}
	for _, r := range of.Runs {
		for _, s := range now.Runs {
			if r.Arm == s.Arm && r.Seed == s.Seed && r.Rung.Name == s.Rung.Name && r.Weighting.Name == s.Weighting.Name && slices.Equal(r.Domains, s.Domains) && r.Hash != s.Hash {
				return fmt.Errorf("%w: run %s would train otherwise now; train the study again, or undo the change", ErrChanged, r.ID)
			}
		}
	}
	return nil
}
