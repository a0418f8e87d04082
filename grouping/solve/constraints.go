package solve

import (
	"fmt"
	"math"
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
	// Sites limit the models that serve domains.
	Sites []Site
}

// Site says what the model that serves a domain may take, where it runs.
type Site struct {
	Domain  string  `json:"domain"`
	Memory  float64 `json:"memory,omitempty"`  // 0: any
	Latency float64 `json:"latency,omitempty"` // 0: any
}

// Needs say what the model of a pool takes, in the units of the sites; NaN where that
// is not known. nil: of no pool.
type Needs struct {
	Memory, Latency func(train Set) float64
}

// Empty says that there is none.
func (c *Constraints) Empty() bool {
	return len(c.MustLink) == 0 && len(c.CannotLink) == 0 && c.LargestPool == 0 && len(c.Sites) == 0
}

// Rules are the constraints as rules; indices finds domains by their names, and needs
// say what pools take at their sites.
func (c *Constraints) Rules(indices func(names []string) ([]int, error), needs Needs) ([]Rule, error) {
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
	for _, s := range c.Sites {
		at, err := indices([]string{s.Domain})
		if err != nil {
			return nil, err
		}
		for _, limit := range []struct {
			what string
			most float64
			need func(Set) float64
		}{{"memory", s.Memory, needs.Memory}, {"latency", s.Latency, needs.Latency}} {
			if limit.most == 0 {
				continue
			}
			need := limit.need
			if need == nil {
				need = func(Set) float64 { return math.NaN() }
			}
			out = append(out, AtSite(fmt.Sprintf("%s of at most %g at %s", limit.what, limit.most, s.Domain), at[0], need, limit.most))
		}
	}
	return out, nil
}
