package nextruns

import "gonum.org/v1/gonum/mat"

// Agree takes the covariances that the problem carries, those that its own limits
// and decisions rest on, for how far gains may be wrong with the runs that there
// are. What the belief says about runs stays, as far as it is not more than the
// whole: by how much more of them help. The degrees of freedom of
// that are taken over too. Gains that the problem has no covariance of are left as they are.
func (b *Belief) Agree(runs Runs) {
	freedom, number := 0.0, 0.0
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
		if target < 0 || len(b.Targets[target].Pools) == 0 {
			continue
		}
		t := &b.Targets[target]
		if b.Problem.Conditional {
			// Limits of two runs leave out how runs vary.
			t.sampled(c.Matrix, at, mat.NewSymDense(len(t.Pools), nil))
			continue
		}
		byRuns := t.covariance(runs.Alone[target], runs.Pools, 0)
		scale, run, whole := 1.0, 0.0, 0.0
		for x, p := range t.Pools {
			if _, ok := at[p]; !ok {
				continue
			}
			v := byRuns.At(x, x)
			if v > 0 {
				scale = min(scale, c.Matrix[at[p]][at[p]]/v)
			}
			run, whole = run+v, whole+c.Matrix[at[p]][at[p]]
		}
		if f := c.DF * scale * scale * run * run / (whole * whole); f > 0 {
			freedom, number = freedom+f, number+1
		}
		if scale < 1 {
			t.Run.ScaleSym(scale, t.Run)
			byRuns.ScaleSym(scale, byRuns)
		}
		t.sampled(c.Matrix, at, byRuns)
	}
	if number > 0 {
		b.Freedom = freedom / number
	}
}

// sampled makes the part of the test samples what runs leave of a covariance.
func (t *Target) sampled(whole [][]float64, at map[int]int, byRuns mat.Symmetric) {
	for x, p := range t.Pools {
		for y, q := range t.Pools[:x+1] {
			i, known := at[p]
			k, other := at[q]
			if known && other {
				t.Sample.SetSym(x, y, whole[i][k]-byRuns.At(x, y))
			}
		}
	}
}
