package affinity

import (
	"fmt"
	"slices"

	"github.com/sharewise/sharewise/grouping"
)

// Linkage draws the domains as a tree by average linkage on the scores of pairs,
// each pair's the mean of its members': those that score highest together join
// first. On cross-evaluation this is average linkage (UPGMA) of the distances
// D(i,j). Gain of a node is then the mean score across its two sides, and no gain.
func Linkage(e Estimator, domains []string) (*grouping.Tree, error) {
	p := &grouping.Problem{Domains: domains}
	for i := range domains {
		for j := i + 1; j < len(domains); j++ {
			s := e.Score([]int{i, j})
			if finite(s[0].Value) && finite(s[1].Value) {
				p.Pools = append(p.Pools, grouping.Pool{Members: []int{i, j}, Gain: []float64{s[0].Value, s[1].Value}})
			}
		}
	}
	t, err := grouping.Linkage(p)
	if err != nil {
		return nil, fmt.Errorf("affinity: linkage by %s: %w", e.Method().Name, err)
	}
	return t, nil
}

// Cut takes the joins of a tree apart, the last first, until k groups are left, or
// all domains stand alone. Names are in alphabetical order, and so are groups.
func Cut(t *grouping.Tree, k int) [][]string {
	parts := []*grouping.Tree{t}
	for len(parts) < k {
		last := -1
		for i, p := range parts {
			// A node that nothing known connects, whose score is NaN, was joined last.
			if len(p.Children) > 0 && (last < 0 || finite(parts[last].Gain) && !(p.Gain >= parts[last].Gain)) {
				last = i
			}
		}
		if last < 0 {
			break
		}
		sides := parts[last].Children
		parts[last] = sides[0]
		parts = append(parts, sides[1])
	}
	var out [][]string
	for _, p := range parts {
		leaves := p.Leaves()
		slices.Sort(leaves)
		out = append(out, leaves)
	}
	slices.SortFunc(out, slices.Compare)
	return out
}
