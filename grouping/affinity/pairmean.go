package affinity

import (
	"math"

	"github.com/sharewise/sharewise/grouping"
)

// NewPairMean scores by the gains of pairs among the pools, which were measured:
//
//	score(j,S) = mean over i in S, i ≠ j, of g(j,{i,j}).
//
// A pool with a pair that was not measured has no score. n is the number of
// domains.
func NewPairMean(n int, pools []grouping.Pool) Estimator {
	p := &pairwise{from: square(n, math.NaN()), method: Method{
		Name: "higher-order approximation", Needs: "the gains of all pairs",
		Definition: "mean over partners i of the gain g(j,{i,j})",
		Source:     "HOA: Standley et al., Which Tasks Should Be Learned Together in Multi-task Learning?, ICML 2020",
	}}
	for _, pool := range pools {
		if m := pool.Members; len(m) == 2 {
			p.method.Pools++
			p.from[m[1]][m[0]], p.from[m[0]][m[1]] = pool.Gain[0], pool.Gain[1]
		}
	}
	return p
}
