package nextruns

import "slices"

// Agree takes the covariances that the problem carries, those that its own limits
// and decisions rest on, for how far gains may be wrong with the runs that there
// are. What the belief says about runs stays: by how much more of them help. A
// target with gains that the problem has no covariance of is left as it is.
func (b *Belief) Agree(runs Runs) {
	for _, c := range b.Problem.Covariances {
		at := map[int]int{} // row of the matrix by pool
		target := -1
		for row, cell := range c.Cells {
			member := b.Problem.Pools[cell.Pool].Members[cell.Member]
			if target >= 0 && member != target {
				target = -1
				break
			}
			target, at[cell.Pool] = member, row
		}
		if target < 0 || !b.covers(target, at) || b.fewest(target, runs) < 3 {
			continue
		}
		t := &b.Targets[target]
		byRuns := t.covariance(runs.Alone[target], runs.Pools, 0)
		scale := 1.0
		for x, p := range t.Pools {
			if v := byRuns.At(x, x); v > 0 {
				scale = min(scale, c.Matrix[at[p]][at[p]]/v)
			}
		}
		t.Run.ScaleSym(scale, t.Run)
		byRuns.ScaleSym(scale, byRuns)
		for x, p := range t.Pools {
			for y, q := range t.Pools[:x+1] {
				t.Sample.SetSym(x, y, c.Matrix[at[p]][at[q]]-byRuns.At(x, y))
			}
		}
	}
}

// covers says whether all pools of a target have a row.
func (b *Belief) covers(target int, at map[int]int) bool {
	t := &b.Targets[target]
	return len(t.Pools) > 0 && !slices.ContainsFunc(t.Pools, func(pool int) bool { _, ok := at[pool]; return !ok })
}

// fewest is the number of runs of the arm that has fewest of those of a target.
func (b *Belief) fewest(target int, runs Runs) int {
	least := runs.Alone[target]
	for _, pool := range b.Targets[target].Pools {
		least = min(least, runs.Pools[pool])
	}
	return least
}
