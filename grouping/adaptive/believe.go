package adaptive

import (
	"slices"

	"gonum.org/v1/gonum/mat"

	"github.com/sharewise/sharewise/analysis"
	"github.com/sharewise/sharewise/grouping"
	"github.com/sharewise/sharewise/grouping/nextruns"
)

// unknown is the standard deviation of a gain without limits: nothing is settled
// by it, and further runs are taken to tell it.
const unknown = 1

// believe says by how much the gains of a problem may be wrong, and what further
// runs would take away from it, by what the results say of covariances: those of
// gains, and those of the errors of one run.
func believe(results *analysis.Results, of grouping.Selection, p *grouping.Problem) (*nextruns.Belief, nextruns.Runs) {
	runs := nextruns.Runs{Alone: make([]int, len(p.Domains)), Pools: make([]int, len(p.Pools))}
	b := &nextruns.Belief{Problem: p, Targets: make([]nextruns.Target, len(p.Domains))}
	arm := make([]string, len(p.Pools)) // by pool
	for g := range results.PoolGains(of.Rung, of.Weighting) {
		for k := range p.Pools {
			if arm[k] == "" && slices.Equal(g.Pool, members(p, k)) {
				arm[k] = g.Arm
			}
		}
	}
	for k, name := range arm {
		runs.Pools[k] = seeds(results, analysis.Key{Arm: name, Rung: of.Rung, Weighting: of.Weighting, Domain: members(p, k)[0]})
	}
	for j, name := range p.Domains {
		runs.Alone[j] = seeds(results, analysis.Key{Arm: analysis.Independent, Rung: of.Rung, Weighting: of.Weighting, Domain: name})
		t := &b.Targets[j]
		t.Paired = results.Pairing.Decisive(measureOf(results, name))
		for k, pool := range p.Pools {
			if at := slices.Index(pool.Members, j); at >= 0 {
				t.Pools, t.Load = append(t.Pools, k), append(t.Load, 1-pool.Gain[at])
			}
		}
		if len(t.Pools) > 0 {
			t.Run, t.Sample = oneRun(results, of, name, arm, t.Pools), mat.NewSymDense(len(t.Pools), nil)
		}
	}
	b.Agree(runs)
	return b, runs
}

// seeds is the number of runs that a score rests on.
func seeds(results *analysis.Results, k analysis.Key) int {
	if s := results.Score(k); s != nil {
		return s.Seeds
	}
	return 0
}

// oneRun is the covariance of the errors of one run of the independent arm and of
// each pool.
func oneRun(results *analysis.Results, of grouping.Selection, domain string, arm []string, pools []int) *mat.SymDense {
	out := mat.NewSymDense(len(pools)+1, nil)
	at := make([]int, len(pools)+1) // row in what the results have, -1 if none
	var known *analysis.GainCovariance
	for i := range results.Covariances {
		if c := &results.Covariances[i]; c.Target == domain && c.Rung == of.Rung && c.Weighting == of.Weighting {
			known = c
		}
	}
	for x, pool := range pools {
		at[x+1] = -1
		if known != nil {
			if i := slices.Index(known.Arms, arm[pool]); i >= 0 {
				at[x+1] = i + 1
			}
		}
		if at[x+1] < 0 {
			out.SetSym(x+1, x+1, unknown*unknown)
		}
	}
	for x, i := range at {
		for y, k := range at[:x+1] {
			if known != nil && i >= 0 && k >= 0 {
				out.SetSym(x, y, known.Run[i][k])
			}
		}
	}
	return out
}

// measureOf is what gains of a domain rest on.
func measureOf(results *analysis.Results, domain string) string {
	at := slices.IndexFunc(results.Domains, func(d analysis.DomainInfo) bool { return d.Name == domain })
	if at < 0 {
		return ""
	}
	return results.Domains[at].Measure
}
