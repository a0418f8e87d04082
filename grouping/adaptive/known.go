package adaptive

import (
	"github.com/sharewise/sharewise/analysis"
	"github.com/sharewise/sharewise/grouping"
	"github.com/sharewise/sharewise/grouping/nextruns"
)

// Believe says by how much the gains of a problem, which is of these results, may be
// wrong, as a function of how many runs there are, and how many there are.
func Believe(results *analysis.Results, of grouping.Selection, p *grouping.Problem) (*nextruns.Belief, nextruns.Runs) {
	return believe(results, of, p)
}
