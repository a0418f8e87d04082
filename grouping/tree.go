package grouping

import "math"

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
// over the measured pairs across them (average linkage, UPGMA: Sokal and
// Michener 1958). The two sides with the largest gain join first, those that
// no measured pair connects last. Ties go to the domains listed first.
func Linkage(p *Problem) (*Tree, error) {
	if err := p.Validate(); err != nil {
		return nil, err
	}
	g := newGains(p)
	nodes := make([]*Tree, g.n)
	sides := make([][]int, g.n)
	for i := range nodes {
		nodes[i] = &Tree{Domain: p.Domains[i], Gain: math.NaN()}
		sides[i] = []int{i}
	}
	for len(nodes) > 1 {
		a, b, gain := 0, 1, math.NaN()
		for i := range nodes {
			for j := i + 1; j < len(nodes); j++ {
				if x := g.between(sides[i], sides[j]); x > gain || math.IsNaN(gain) && !math.IsNaN(x) {
					a, b, gain = i, j, x
				}
			}
		}
		nodes[a] = &Tree{Gain: gain, Children: []*Tree{nodes[a], nodes[b]}}
		sides[a] = append(sides[a], sides[b]...)
		nodes = append(nodes[:b], nodes[b+1:]...)
		sides = append(sides[:b], sides[b+1:]...)
	}
	return nodes[0], nil
}

// between is the mean symmetrised gain over the measured pairs across two
// sets, NaN where there is none.
func (g *gains) between(a, b []int) float64 {
	sum, count := 0.0, 0
	for _, i := range a {
		for _, j := range b {
			if c, d := g.pair[i*g.n+j], g.pair[j*g.n+i]; c >= 0 {
				sum += (g.cell[c] + g.cell[d]) / 2
				count++
			}
		}
	}
	if count == 0 {
		return math.NaN()
	}
	return sum / float64(count)
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
