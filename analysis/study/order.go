package study

import (
	"cmp"
	"slices"
)

// InOrder are runs of a plan in the order in which they are trained. Runs of one
// seed come before those of the next, so that a study stopped early has something of
// every arm; of one seed the longest come first, so that none is left alone in the end
// while other processors wait.
func InOrder(runs []PlannedRun) []PlannedRun {
	runs = slices.Clone(runs)
	slices.SortStableFunc(runs, func(x, y PlannedRun) int {
		return cmp.Or(cmp.Compare(x.Seed, y.Seed), cmp.Compare(y.FLOPs, x.FLOPs))
	})
	return runs
}
