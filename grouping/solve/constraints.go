package solve

import (
	"fmt"
	"strings"
)

// Constraints are the rules that people write down by names of domains.
type Constraints struct {
	// MustLink are domains that one pool must serve.
	MustLink [][]string
	// CannotLink are domains of which no pool may train two.
	CannotLink [][]string
	// LargestPool is the most domains of a pool; 0: any number.
	LargestPool int
}

// Empty says that there is none.
func (c *Constraints) Empty() bool {
	return len(c.MustLink) == 0 && len(c.CannotLink) == 0 && c.LargestPool == 0
}

// Rules are the constraints as rules; indices finds domains by their names.
func (c *Constraints) Rules(indices func(names []string) ([]int, error)) ([]Rule, error) {
	var out []Rule
	for _, names := range c.MustLink {
		at, err := indices(names)
		if err != nil {
			return nil, err
		}
		out = append(out, MustLink("must link "+strings.Join(names, "+"), at...))
	}
	for _, names := range c.CannotLink {
		at, err := indices(names)
		if err != nil {
			return nil, err
		}
		out = append(out, CannotLink("cannot link "+strings.Join(names, "+"), at...))
	}
	if c.LargestPool > 0 {
		out = append(out, Largest(fmt.Sprintf("pools of at most %d", c.LargestPool), c.LargestPool))
	}
	return out, nil
}
