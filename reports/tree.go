package reports

import (
	"github.com/sharewise/sharewise/analysis/wording"
	"github.com/sharewise/sharewise/grouping"
)

// tree is the dendrogram of domains: leaves on the left, one row each; a join
// further right means less gain between the sides. Positions across are in
// percent, down in pixels.
type tree struct {
	Leaves []treeLeaf
	Lines  []treeLine
	Ticks  []tick
	Zero   string
	Height int
	Aria   text
}

type treeLeaf struct {
	Name  string
	Y     int
	Group int // number of the recommended group, from 1
}

type treeLine struct {
	X1, X2 string
	Y1, Y2 float64
	Dashed bool
}

// rowHeight is the height of a leaf's row in pixels.
const rowHeight = 34

func newTree(in *Input) *tree {
	if in.Groups == nil || in.Groups.Tree == nil || len(in.Groups.Tree.Children) == 0 {
		return nil
	}
	var gains []float64
	walk(in.Groups.Tree, func(n *grouping.Tree) {
		if finite(n.Gain) {
			gains = append(gains, n.Gain)
		}
	})
	if len(gains) == 0 {
		return nil
	}
	s := newScale(clipped(gains, clipAt(gains)), 5)
	s.hi += s.step // room for the leaves' stubs
	s.reverse = true
	t := &tree{Ticks: s.ticks(s.tickSigned), Zero: s.at(0)}
	groups := map[string]int{}
	for i := range in.Groups.Groups {
		for _, name := range in.Groups.Groups[i].Names() {
			groups[name] = i + 1
		}
	}
	t.Aria = say("Tree of domains: %s.", t.place(in.Groups.Tree, s, groups).words)
	t.Height = rowHeight * len(t.Leaves)
	return t
}

// placed is a subtree with its stem.
type placed struct {
	x     string
	y     float64
	words text
}

func (t *tree) place(n *grouping.Tree, s scale, groups map[string]int) placed {
	if len(n.Children) == 0 {
		y := rowHeight*len(t.Leaves) + rowHeight/2
		t.Leaves = append(t.Leaves, treeLeaf{n.Domain, y, groups[n.Domain]})
		return placed{"0", float64(y), wording.Name(n.Domain)}
	}
	a, b := t.place(n.Children[0], s, groups), t.place(n.Children[1], s, groups)
	x, gain, dashed := "100", say("not measured"), true
	if finite(n.Gain) {
		x, gain, dashed = s.at(n.Gain), text(signed(n.Gain)), false
	}
	t.Lines = append(t.Lines,
		treeLine{a.x, x, a.y, a.y, dashed}, treeLine{b.x, x, b.y, b.y, dashed}, treeLine{x, x, a.y, b.y, dashed})
	return placed{x, (a.y + b.y) / 2, say("(%s and %s join at %s)", a.words, b.words, gain)}
}

func walk(n *grouping.Tree, f func(*grouping.Tree)) {
	f(n)
	for _, c := range n.Children {
		walk(c, f)
	}
}
