package grouping

import (
	"slices"

	"github.com/sharewise/sharewise/analysis"
)

// addCovariances hands on how far the gains of one domain err together. The
// degrees of freedom of a source are the harmonic mean of its gains'.
func (c *collector) addCovariances(r *analysis.Results, s Selection) {
	for _, shared := range r.Covariances {
		if shared.Rung != s.Rung || shared.Weighting != s.Weighting {
			continue
		}
		var out Covariance
		var rows []int
		inverse := 0.0
		for k, arm := range shared.Arms {
			at, ok := c.poolOf[arm]
			member := slices.Index(c.problem.Domains, shared.Target)
			if !ok || member < 0 {
				continue
			}
			rows = append(rows, k)
			out.Cells = append(out.Cells, Cell{at, slices.Index(c.problem.Pools[at].Members, member)})
			inverse += 1 / shared.Freedom[k]
		}
		if len(rows) == 0 {
			continue
		}
		for _, i := range rows {
			var row []float64
			for _, k := range rows {
				row = append(row, shared.Matrix[i][k])
			}
			out.Matrix = append(out.Matrix, row)
		}
		out.DF = float64(len(rows)) / inverse
		c.problem.Covariances = append(c.problem.Covariances, out)
	}
}
