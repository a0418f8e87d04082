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
		c.addAcross(r, s, shared, rows, out.Cells)
	}
}

// addAcross hands on what runs add to the errors of the gains of a domain, and how
// far those of different domains move alike.
func (c *collector) addAcross(r *analysis.Results, s Selection, shared analysis.GainCovariance, rows []int, cells []Cell) {
	at := slices.IndexFunc(r.Across, func(a analysis.AcrossDomains) bool { return a.Rung == s.Rung && a.Weighting == s.Weighting })
	if at < 0 || shared.RunVariance == nil {
		return
	}
	p := c.problem
	if p.Across == nil {
		p.Across = &Across{Pool: r.Across[at].Pool, Seed: r.Across[at].Seed, Seeds: r.Across[at].Seeds}
		for _, pool := range p.Pools {
			p.Across.Runs = append(p.Across.Runs, make([]float64, len(pool.Members)))
		}
	}
	for k, row := range rows {
		p.Across.Runs[cells[k].Pool][cells[k].Member] = shared.RunVariance[row]
	}
}
