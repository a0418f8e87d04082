package affinity

import (
	"fmt"
	"math"

	"github.com/sharewise/sharewise/grouping/clusters"
)

// Level is a way of parting domains by how well they score with each other: the finer,
// the more groups.
type Level struct {
	// Groups are all of them, those of one domain too, by first members.
	Groups [][]int
	// Silhouette is the mean one of the domains, by clusters.Distances of the scores.
	Silhouette float64
}

// apart is by what factor the numbers of groups of two levels differ at least.
const apart = 1.5

// Levels parts domains into groups at several levels, three at most: first with the
// number of groups that has the largest silhouette, then into fewer groups, then into
// more, again by the silhouette among the numbers that are smaller, or larger, by half at
// least. No level has more groups than half of the domains. Groups are cuts of a tree, by
// average linkage or by Ward's, whichever has the larger silhouette at the first level.
// All together, one group, is no level.
//
// Scores of pairs count, each the mean of its two members'. Pairs without a score count
// as less alike than all others. There is no level for fewer than four domains, and where no pair has
// a score.
func Levels(e Estimator, domains int) ([]Level, error) {
	a, _, err := clusters.Symmetrise(Matrix(e, domains))
	if err != nil {
		return nil, fmt.Errorf("affinity: levels by %s: %w", e.Method().Name, err)
	}
	least, most := math.Inf(1), math.Inf(-1)
	for i := range a {
		for j := range i {
			if finite(a[i][j]) {
				least, most = min(least, a[i][j]), max(most, a[i][j])
			}
		}
	}
	if domains < 4 || math.IsInf(least, 1) {
		return nil, nil
	}
	for i := range a {
		for j := range a {
			if i != j && !finite(a[i][j]) {
				a[i][j] = 2*least - most // as far below the others as these lie apart
			}
		}
	}
	d := a.Distances()
	var best []Level
	for _, by := range []clusters.Linkage{clusters.Average, clusters.Ward} {
		tree, err := clusters.Agglomerate(a, by)
		if err != nil {
			return nil, fmt.Errorf("affinity: levels by %s: %w", e.Method().Name, err)
		}
		if found := levelsOf(tree, d, domains/2); len(found) > 0 && (len(best) == 0 || found[0].Silhouette > best[0].Silhouette+leastBetter) {
			best = found
		}
	}
	return best, nil
}

// leastBetter is by how much a silhouette is larger, rounding aside.
const leastBetter = 1e-9

// levelsOf are the levels of a tree, the best first, of at most so many groups.
func levelsOf(tree *clusters.Tree, d clusters.Matrix, most int) []Level {
	among := func(from, to int) (k int, l Level) {
		l.Silhouette = math.Inf(-1)
		for x := from; x <= to; x++ {
			p := tree.Cut(x)
			if s := clusters.Silhouette(d, p); s > l.Silhouette+leastBetter {
				k, l = x, Level{p.Groups(), s}
			}
		}
		return k, l
	}
	var out []Level
	best, first := among(2, most)
	if best == 0 {
		return nil
	}
	out = append(out, first)
	for _, span := range [][2]int{{2, int(math.Floor(float64(best) / apart))}, {int(math.Ceil(float64(best) * apart)), most}} {
		if k, l := among(span[0], span[1]); k > 0 {
			out = append(out, l)
		}
	}
	return out
}
