package grouping

import (
	"math"
	"slices"

	"github.com/sharewise/sharewise/grouping/solve"
)

// FrontierPoint is the most that a number of models can bring: a partition, and its
// total. Like that of every choice, totals lean high, the more so the more partitions
// they were the largest of.
type FrontierPoint struct {
	Models int        `json:"models"`
	Groups [][]string `json:"groups"`
	Total  float64    `json:"total"`
	// Source is measured if every pool of two or more in it was.
	Source Source `json:"source"`
	// Optimal says that no partition into as many groups has a larger total; otherwise
	// a search found none.
	Optimal bool `json:"optimal"`
}

// mostFrontier is how many points are looked for beside the partition of the largest
// total where each takes a search, evenly spread by ratios.
const mostFrontier = 12

// frontier lists the partitions of which none with fewer models has as large a total,
// fewest models first; the last is that of the largest total, best. Numbers of models
// into which the domains cannot be parted have no point.
func (g *gains) frontier(best *Grouping) ([]FrontierPoint, error) {
	s := newScorer(g, g.cell)
	sets, err := g.setsOf(best.Names())
	if err != nil {
		return nil, err
	}
	var found [][]set
	exact := g.n <= ExactLimit
	switch most := len(sets) - 1; {
	case most == 0:
	case exact:
		all := uint64(1)<<g.n - 1
		subsets := solve.NewSubsets(s.scores(), most, unusable)
		for k := range most {
			found = append(found, setsOfMasks(subsets.Within(all, k+1)))
		}
	default:
		found = g.fewer(s, sets)
	}
	var out []FrontierPoint
	add := func(partition []set, optimal bool) {
		whole := g.grouping(inOrder(slices.Clone(partition)))
		if n := len(out); n > 0 && whole.Total <= out[n-1].Total {
			return
		}
		out = append(out, FrontierPoint{len(partition), whole.Names(), whole.Total, whole.source(), optimal})
	}
	for _, partition := range found {
		if len(partition) > 0 {
			add(partition, exact)
		}
	}
	if n := len(out); n > 0 && best.Total <= out[n-1].Total {
		return out, nil
	}
	add(sets, best.Optimal)
	return out, nil
}

// fewer looks for partitions into fewer groups than those of the largest total, by
// joining groups of what was found last and improving that.
func (g *gains) fewer(s *scorer, sets []set) [][]set {
	var found [][]set
	last := sets
	for _, most := range fewerModels(len(sets)) {
		for len(last) > most {
			joined := s.join(last)
			if joined == nil {
				slices.Reverse(found)
				return found
			}
			last = joined
		}
		p := *g.problem
		p.MaxGroups = most
		if a := newSolver(newGains(&p)).solve(s, [][]set{last}, quick); a.groups != nil {
			last = a.groups
		}
		found = append(found, last)
	}
	slices.Reverse(found)
	return found
}

// fewerModels are the numbers of models below one that are looked at, most first.
func fewerModels(models int) []int {
	var out []int
	for i := range mostFrontier {
		k := int(math.Round(math.Pow(float64(models-1), 1-float64(i)/(mostFrontier-1))))
		if n := len(out); k >= 1 && (n == 0 || k < out[n-1]) {
			out = append(out, k)
		}
	}
	return out
}

// join joins the two groups of a partition that lose least by it; nil where none can
// be joined.
func (s *scorer) join(groups []set) []set {
	a, b, most := -1, -1, int64(unusable/2)
	for i, x := range groups {
		for j, y := range groups[:i] {
			joined := s.score(x.Union(y))
			if joined == unusable {
				continue
			}
			if gain := joined - s.score(x) - s.score(y); gain > most {
				a, b, most = j, i, gain
			}
		}
	}
	if a < 0 {
		return nil
	}
	out := slices.Clone(groups)
	out[a] = out[a].Union(out[b])
	return slices.Delete(out, b, b+1)
}

// source is measured if every pool of two or more was.
func (g *Grouping) source() Source {
	if slices.ContainsFunc(g.Groups, func(group Group) bool { return group.Source == FromPairs }) {
		return FromPairs
	}
	return Measured
}
