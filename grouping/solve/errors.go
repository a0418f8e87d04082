package solve

import "errors"

var (
	// ErrInfeasible is returned where no choice keeps to the rules, the budget
	// and the number of pools: that is proved, and the message says what is in
	// the way.
	ErrInfeasible = errors.New("no choice of pools is possible")
	// ErrNotFound is returned where none was found, and none is proved to be
	// impossible.
	ErrNotFound = errors.New("no choice of pools was found")
	// ErrContradiction is returned for rules that cannot both be kept.
	ErrContradiction = errors.New("rules contradict each other")
)
