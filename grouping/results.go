package grouping

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/sharewise/sharewise/analysis"
)

// Selection picks the part of a study's results that groups are chosen from.
type Selection struct {
	// Rung is the capacity; empty stands for the largest that has gains of
	// pools.
	Rung string
	// Weighting is the weighting; empty stands for the first that has gains
	// of pools at that rung.
	Weighting string
}

// FromResults reads the pool gains of one rung and weighting. It returns the
// problem, the selection with every blank filled in, and warnings about gains
// that had to be left out. It fails with ErrNoGains where nothing is left,
// unless that is because domains of every pool make no error alone: then there
// is nothing to gain, which is an answer, and the problem has no pools.
func FromResults(r *analysis.Results, want Selection) (*Problem, Selection, []string, error) {
	if want.Rung != "" && !slices.Contains(r.Rungs, want.Rung) {
		return nil, want, nil, fmt.Errorf("grouping: rung %q is not one of %s", want.Rung, strings.Join(r.Rungs, ", "))
	}
	if want.Weighting != "" && !slices.Contains(r.Weightings, want.Weighting) {
		return nil, want, nil, fmt.Errorf("grouping: weighting %q is not one of %s", want.Weighting, strings.Join(r.Weightings, ", "))
	}
	got, ok := choose(r, want)
	if !ok {
		why := "the study trained no pool of two or more domains that could be compared with independent runs"
		if r.Runs.Diverged == 0 {
			why += "; plan pairs or a joint arm"
		}
		return nil, want, nil, fmt.Errorf("grouping: %w: %s", ErrNoGains, why)
	}
	p := &Problem{Level: r.Level}
	for _, d := range r.Domains {
		p.Domains = append(p.Domains, d.Name)
	}
	c := &collector{problem: p, seen: map[string]bool{}, poolOf: map[string]int{}, arms: map[string][]string{}}
	arms := armsOf(r, got)
	for _, arm := range arms {
		c.add(r, got, arm)
	}
	c.addCovariances(r, got)
	p.Relative = !slices.ContainsFunc(p.Pools, func(pool Pool) bool {
		return slices.ContainsFunc(append(slices.Clone(pool.Gain), pool.Hi...), func(x float64) bool { return x > 1 })
	})
	if len(p.Pools) == 0 && c.faultless < len(arms) {
		return nil, got, c.warnings(), fmt.Errorf("grouping: %w: %s", ErrNoGains, strings.Join(c.warnings(), "; "))
	}
	return p, got, append(c.warnings(), floored(r, got)...), nil
}

// floored says whose gains are relative to more than the domain's own error.
func floored(r *analysis.Results, s Selection) []string {
	var names []string
	for g := range r.PoolGains(s.Rung, s.Weighting) {
		if g.Floor > 0 && !slices.Contains(names, g.Domain) {
			names = append(names, g.Domain)
		}
	}
	switch len(names) {
	case 0:
		return nil
	case 1:
		return []string{fmt.Sprintf("models of %s alone do next to nothing wrong: its gains are relative to the least error that counts, so that it does not outweigh the other domains", names[0])}
	}
	return []string{fmt.Sprintf("models of %s alone do next to nothing wrong: their gains are relative to the least error that counts, so that they do not outweigh the other domains", pooled(names))}
}

// choose fills in the blanks of a selection.
func choose(r *analysis.Results, want Selection) (Selection, bool) {
	for _, rung := range slices.Backward(r.Rungs) {
		for _, weighting := range r.Weightings {
			got := Selection{rung, weighting}
			if want.Rung != "" && want.Rung != rung || want.Weighting != "" && want.Weighting != weighting {
				continue
			}
			if len(armsOf(r, got)) > 0 {
				return got, true
			}
		}
	}
	return want, false
}

// armsOf lists the pooled arms that have a gain, in order of appearance.
func armsOf(r *analysis.Results, s Selection) []string {
	var arms []string
	for g := range r.PoolGains(s.Rung, s.Weighting) {
		if !slices.Contains(arms, g.Arm) {
			arms = append(arms, g.Arm)
		}
	}
	return arms
}

// collector gathers pools and what it left out, by reason.
type collector struct {
	problem   *Problem
	seen      map[string]bool
	poolOf    map[string]int // index in the problem by arm
	faultless int            // pools left out because a member makes no error alone
	reasons   []string
	arms      map[string][]string // left out, by reason
}

func (c *collector) leaveOut(arm, format string, args ...any) {
	reason := fmt.Sprintf(format, args...)
	if c.arms[reason] == nil {
		c.reasons = append(c.reasons, reason)
	}
	c.arms[reason] = append(c.arms[reason], arm)
}

// warnings tell what was left out, a line for each reason.
func (c *collector) warnings() []string {
	var out []string
	for _, reason := range c.reasons {
		if arms := c.arms[reason]; len(arms) == 1 {
			out = append(out, fmt.Sprintf("%s was left out: %s", arms[0], reason))
		} else {
			out = append(out, fmt.Sprintf("%d pools were left out, such as %s: %s", len(arms), arms[0], reason))
		}
	}
	return out
}

func (c *collector) add(r *analysis.Results, s Selection, arm string) {
	var names []string
	for g := range r.PoolGains(s.Rung, s.Weighting) {
		if g.Arm == arm {
			names = g.Pool
		}
	}
	var pool Pool
	for i, name := range c.problem.Domains {
		if !slices.Contains(names, name) {
			continue
		}
		g := r.Gain(analysis.Key{Arm: arm, Rung: s.Rung, Weighting: s.Weighting, Domain: name})
		if g != nil && NothingToReduce(g.Gain) {
			c.faultless++
			c.leaveOut(arm, "models of %s alone make no error, so that a gain relative to it means nothing", name)
			return
		}
		if g == nil || !g.Relative.Known() {
			c.leaveOut(arm, "it has no usable gain for %s", name)
			return
		}
		lo, hi := g.Relative.Lo, g.Relative.Hi
		if !finite(lo) || !finite(hi) {
			lo, hi = math.NaN(), math.NaN()
		}
		pool.Members = append(pool.Members, i)
		pool.Gain = append(pool.Gain, g.Relative.Value)
		pool.Lo = append(pool.Lo, min(lo, g.Relative.Value))
		pool.Hi = append(pool.Hi, max(hi, g.Relative.Value))
		pool.DF = append(pool.DF, max(0, g.DF))
		c.problem.Conditional = c.problem.Conditional || min(g.Seeds.Independent, g.Seeds.Arm) == 2 && !g.Told
		pool.Distinct = append(pool.Distinct, g.Distinct())
	}
	if len(pool.Members) != len(names) {
		c.leaveOut(arm, "it names a domain that the study does not list")
		return
	}
	key := fmt.Sprint(pool.Members)
	if c.seen[key] {
		c.leaveOut(arm, "another arm trained the same domains")
		return
	}
	c.seen[key] = true
	c.poolOf[arm] = len(c.problem.Pools)
	c.problem.Pools = append(c.problem.Pools, pool)
}
