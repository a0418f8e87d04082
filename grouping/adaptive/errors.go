package adaptive

import "errors"

// ErrFolds is returned for a study whose seeds are tested on other samples each.
var ErrFolds = errors.New("the study cannot be trained step by step")
