package adaptive

import (
	"errors"
	"fmt"

	"github.com/sharewise/sharewise/analysis/study"
)

// ErrFolds is returned for a study whose seeds are tested on other samples each.
var ErrFolds = errors.New("the study cannot be trained step by step")

// ErrBudget is returned where a budget does not reach for the first trainings.
var ErrBudget = errors.New("the budget is too small")

// foldsError says which line of the study file to change.
func foldsError(s *study.Study) error {
	where := ""
	if line := s.FoldsLine(); line > 0 {
		where = fmt.Sprintf("in line %d of %s ", line, s.File)
	}
	return fmt.Errorf("adaptive: %w: it has %d folds, so that arms with more seeds than others would be tested on other samples; %sput 'folds: 0', which tests all seeds on the same samples, or train all seeds of every arm at once, in a run that does not go step by step",
		ErrFolds, s.Folds(), where)
}
