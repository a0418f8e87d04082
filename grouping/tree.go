package grouping

import (
	"math"

	"github.com/sharewise/sharewise/grouping/clusters"
)

// Tree is an average-linkage tree over the domains by symmetrised pair gain: a
// leaf with a domain, or two children.
type Tree struct {
	Domain string // of a leaf; empty otherwise
	// Gain is the average pair gain between the two sides, NaN (absent in JSON)
	// where no pair across was measured, and for leaves.
	Gain     float64
	Children []*Tree // none or two
}

// Linkage builds the tree. The gain of a pair is the mean of what either member
// gains, ½(g(i,{i,j}) + g(j,{i,j})); the gain between two sides is the mean
// over the measured pairs across them ([clusters.Average]). The two sides with
// the largest gain join first, those that no measured pair connects last. Ties go
// to the domains listed first.
func Linkage(p *Problem) (*Tree, error) {
	if err := p.Validate(); err != nil {
		return nil, err
	}
	g := newGains(p)
	a, _, err := clusters.Symmetrise(g.pairMatrix(g.cell))
	if err != nil {
		return nil, err
	}
	t, err := clusters.Agglomerate(a, clusters.Average)
	if err != nil {
		return nil, err
	}
	return namedTree(t, p.Domains), nil
}

func namedTree(t *clusters.Tree, names []string) *Tree {
	out := &Tree{Gain: t.Score}
	if len(t.Children) == 0 {
		out.Domain = names[t.Leaf]
	}
	for _, c := range t.Children {
		out.Children = append(out.Children, namedTree(c, names))
	}
	return out
}

// pairMatrix has in row j and column i what j gains from i, g(j,{i,j}), by the
// given cells; NaN where that was not measured, and on the diagonal.
func (g *gains) pairMatrix(cell []float64) [][]float64 {
	m := make([][]float64, g.n)
	for j := range m {
		m[j] = make([]float64, g.n)
		for i := range m[j] {
			m[j][i] = math.NaN()
			if at := g.pair[j*g.n+i]; at >= 0 {
				m[j][i] = cell[at]
			}
		}
	}
	return m
}

// Leaves returns the domains in order of the children.
func (t *Tree) Leaves() []string {
	if len(t.Children) == 0 {
		return []string{t.Domain}
	}
	var names []string
	for _, c := range t.Children {
		names = append(names, c.Leaves()...)
	}
	return names
}
