package adaptive

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"

	"github.com/sharewise/sharewise/analysis/project"
	"github.com/sharewise/sharewise/analysis/study"
)

// candidates are the runs that may be chosen: of one rung and one weighting.
type candidates struct {
	plan *study.Plan
	arms []*armRuns // in the plan's order
}

// armRuns are an arm's runs by seed.
type armRuns struct {
	name    string
	domains []string
	runs    []study.PlannedRun // seed 1 first
}

// alone reports whether the arm is a domain by itself.
func (a *armRuns) alone() bool { return a.name == study.Independent }

func newCandidates(p *project.Project, most int, pools [][]string, rung, weighting string) (*candidates, error) {
	plan, err := p.Candidates(most, pools)
	if err != nil {
		return nil, err
	}
	c := &candidates{plan: plan}
	at := map[string]*armRuns{}
	for _, r := range plan.Runs {
		if r.Rung.Name != rung || r.Arm != study.Independent && r.Weighting.Name != weighting {
			continue
		}
		key := fmt.Sprint(r.Arm, r.Domains)
		a := at[key]
		if a == nil {
			a = &armRuns{name: r.Arm, domains: r.Domains}
			at[key] = a
			c.arms = append(c.arms, a)
		}
		a.runs = append(a.runs, r)
	}
	for _, a := range c.arms {
		slices.SortStableFunc(a.runs, func(x, y study.PlannedRun) int { return x.Seed - y.Seed })
	}
	return c, nil
}

// sum identifies the candidates by the hashes of their runs.
func (c *candidates) sum() string {
	h := sha256.New()
	for _, a := range c.arms {
		for _, r := range a.runs {
			fmt.Fprintln(h, r.Hash)
		}
	}
	return hex.EncodeToString(h.Sum(nil))
}

// count is the number of runs.
func (c *candidates) count() int {
	n := 0
	for _, a := range c.arms {
		n += len(a.runs)
	}
	return n
}

// pool finds the arm that trains these domains together, nil if there is none.
func (c *candidates) pool(domains []string) *armRuns {
	for _, a := range c.arms {
		if !a.alone() && slices.Equal(a.domains, domains) {
			return a
		}
	}
	return nil
}

// domain finds the arm of a domain by itself.
func (c *candidates) domain(name string) *armRuns {
	for _, a := range c.arms {
		if a.alone() && a.domains[0] == name {
			return a
		}
	}
	return nil
}

// cheapest is the work of the cheapest run, in floating-point operations.
func (c *candidates) cheapest() float64 {
	least := c.arms[0].runs[0].FLOPs
	for _, a := range c.arms {
		least = min(least, a.runs[0].FLOPs)
	}
	return max(least, 1)
}

// pilot lists the first runs of every arm, or of those that are no pairs, seed by
// seed.
func (c *candidates) pilot(seeds int, pairs bool) []string {
	var out []string
	for k := range seeds {
		for _, a := range c.arms {
			if pairs || len(a.domains) != 2 || c.whole(a) {
				out = append(out, a.runs[k].ID)
			}
		}
	}
	return out
}

// whole says whether an arm trains all domains.
func (c *candidates) whole(a *armRuns) bool { return len(a.domains) == len(c.plan.Domains) }
