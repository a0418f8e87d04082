package nextruns

import "fmt"

// Rule says when a grouping is settled: with probability Level its total is
// within Tolerance of the best contender's.
type Rule struct {
	// Tolerance is in units of the total, Σ value·gain over domains.
	Tolerance float64 `json:"tolerance"`
	// Level is that probability; 0 stands for 0.95.
	Level float64 `json:"level"`
	// Seed decides the draws.
	Seed uint64 `json:"seed"`
}

func (r Rule) level() float64 {
	if r.Level == 0 {
		return 0.95
	}
	return r.Level
}

func (r Rule) validate() error {
	switch l := r.level(); {
	case !(r.Tolerance >= 0):
		return fmt.Errorf("next runs: tolerance %v must be 0 or more", r.Tolerance)
	case !(l > 0 && l < 1):
		return fmt.Errorf("next runs: level %v is not between 0 and 1", l)
	}
	return nil
}
