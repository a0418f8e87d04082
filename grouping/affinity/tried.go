package affinity

import (
	"fmt"
	"math"
	"slices"

	"github.com/sharewise/sharewise/analysis/layout"
)

// tried scores pools that were tried without training them, and others by the
// mean over the pairs of a member.
type tried struct {
	pairwise
	pools map[string][]Estimate
}

func (t *tried) Score(pool []int) []Estimate {
	if s, ok := t.pools[fmt.Sprint(pool)]; ok {
		return s
	}
	return t.pairwise.Score(pool)
}

// NewTrial scores by losses that members of pools would have on validation data:
//
//	score(j,S) = −log(L_j(S)/L_j(alone)),
//
// with losses below 1e-6 as 1e-6. A pool that was not tried has the mean of its
// pairs. Where the trial is of random subsets, what i is to j is the mean over those
// that hold both, and every pool has the mean over its pairs. Pools of which a
// member is not among the domains are passed over.
func NewTrial(domains []string, trial layout.Trial) Estimator {
	n := len(domains)
	t := &tried{pools: map[string][]Estimate{}, pairwise: pairwise{from: square(n, math.NaN()), method: Method{
		Name: trial.Name, Needs: trial.Needs, Definition: trial.Definition, Source: trial.Source, Pools: trial.Trained, Work: trial.Work,
	}}}
	between := make([]mean, n*n)
	for _, p := range trial.Pools {
		members := make([]int, len(p.Pool))
		for k, name := range p.Pool {
			members[k] = slices.Index(domains, name)
		}
		if slices.Contains(members, -1) || !slices.IsSorted(members) {
			continue
		}
		scores := make([]Estimate, len(members))
		for k := range members {
			scores[k] = Estimate{math.Log(max(p.Alone[k], leastLoss)) - math.Log(max(p.Loss[k], leastLoss)), math.NaN()}
		}
		if !trial.Subsets {
			t.pools[fmt.Sprint(members)] = scores
			if len(members) > 2 {
				continue
			}
		}
		for k, j := range members {
			for _, i := range members {
				if i != j {
					between[i*n+j].add(scores[k].Value)
				}
			}
		}
	}
	for i := range n {
		for j := range n {
			t.from[i][j] = between[i*n+j].value()
		}
	}
	return t
}
