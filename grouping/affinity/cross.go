package affinity

import (
	"fmt"
	"math"

	"github.com/sharewise/sharewise/analysis/layout"
)

// leastLoss is what losses are raised to before their logarithm is taken: models
// without any error do not differ by orders of magnitude.
const leastLoss = layout.LeastLoss

// NewCross scores by cross-evaluation. loss holds at [i][j] the mean loss, in
// the units of domain j, of the independent models of domain i on the test data
// of domain j; NaN where they do not fit, as where classes differ. directed
// leaves out the half of the distance that a target's own model has on the
// source:
//
//	score(j,S) = −mean over i in S, i ≠ j, of D(i,j)    or of d(i→j) alone,
//	d(i→j) = log L(i,j) − log L(j,j),   D(i,j) = ½(d(i→j) + d(j→i)).
//
// Losses below 1e-6 count as 1e-6. It fails for a matrix that is not square or
// has losses below zero, whose logarithms mean nothing.
func NewCross(loss [][]float64, directed bool) (Estimator, error) {
	n := len(loss)
	for i, row := range loss {
		if len(row) != n {
			return nil, fmt.Errorf("affinity: cross-evaluation: row %d has %d losses for %d domains", i, len(row), n)
		}
		for j, l := range row {
			if l < 0 || math.IsInf(l, 0) {
				return nil, fmt.Errorf("affinity: cross-evaluation: loss %v of models of domain %d on domain %d: must be finite and not below zero", l, i, j)
			}
		}
	}
	away := func(i, j int) float64 {
		return math.Log(max(loss[i][j], leastLoss)) - math.Log(max(loss[j][j], leastLoss))
	}
	p := &pairwise{from: square(n, math.NaN()), method: Method{
		Name: "cross-evaluation", Needs: "the independent models on the other domains' data",
		Definition: "−mean over partners i of ½(d(i→j) + d(j→i)), d(i→j) = log L(i,j) − log L(j,j)",
		Source:     "distance of transfer, symmetric; average linkage on it is UPGMA (Sokal and Michener 1958)",
	}}
	if directed {
		p.method.Name = "cross-evaluation, one way"
		p.method.Definition = "−mean over partners i of log L(i,j) − log L(j,j)"
		p.method.Source = "distance of transfer from source to target"
	}
	for i := range n {
		for j := range n {
			if directed {
				p.from[i][j] = -away(i, j)
			} else {
				p.from[i][j] = -(away(i, j) + away(j, i)) / 2
			}
		}
	}
	return p, nil
}
