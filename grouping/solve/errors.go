package solve

import (
	"errors"
	"fmt"
)

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

// InfeasibleError says what is in the way where no choice keeps to all constraints. It
// is an ErrInfeasible.
type InfeasibleError struct {
	// Reason is a clause.
	Reason string
	// Constraints are the names of some that cannot all be kept, while without any
	// one of them the others can: the number of pools, the budget and rules. Empty
	// where the pools alone are in the way; nil where it is not known.
	Constraints []string
}

func (e *InfeasibleError) Error() string { return fmt.Sprintf("%s: %s", ErrInfeasible, e.Reason) }

func (e *InfeasibleError) Unwrap() error { return ErrInfeasible }
