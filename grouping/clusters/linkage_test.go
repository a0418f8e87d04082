package clusters

import (
	"math"
	"math/rand/v2"
	"testing"
)

// plainly joins as [Agglomerate] is defined: it compares all pairs before each join.
func plainly(a Matrix, by Linkage) (*Tree, error) {
	j, err := newJoins(a, by)
	if err != nil {
		return nil, err
	}
	var active []int
	nodes := make([]*Tree, len(a))
	for i := range a {
		active, nodes[i] = append(active, i), &Tree{Leaf: i, Score: math.NaN()}
	}
	for len(active) > 1 {
		first, second, score := 0, 1, math.NaN()
		for x, p := range active {
			for y := x + 1; y < len(active); y++ {
				if s := j.score(p, active[y]); s > score || math.IsNaN(score) && !math.IsNaN(s) {
					first, second, score = x, y, s
				}
			}
		}
		p, q := active[first], active[second]
		nodes[p] = &Tree{Leaf: -1, Score: score, Children: []*Tree{nodes[p], nodes[q]}}
		active = append(active[:second], active[second+1:]...)
		for _, r := range active {
			if r != p {
				j.merge(p, q, r)
			}
		}
		j.size[p] += j.size[q]
	}
	return nodes[active[0]], nil
}

func sameTree(a, b *Tree) bool {
	if a.Leaf != b.Leaf || len(a.Children) != len(b.Children) || a.Score != b.Score && finite(a.Score) {
		return false
	}
	for i := range a.Children {
		if !sameTree(a.Children[i], b.Children[i]) {
			return false
		}
	}
	return true
}

// TestAgglomerate joins as the definition does, where pairs are alike and where some
// are not known, too.
func TestAgglomerate(t *testing.T) {
	random := rand.New(rand.NewPCG(9, 9))
	for trial := range 400 {
		n := 1 + random.IntN(20)
		a := newMatrix(n)
		for i := range n {
			for k := range i {
				a[i][k] = random.NormFloat64()
				if trial%2 == 0 {
					a[i][k] = float64(random.IntN(3)) // ties
				}
				if trial%3 == 0 && random.IntN(3) == 0 {
					a[i][k] = math.NaN()
				}
				a[k][i] = a[i][k]
			}
		}
		for _, by := range []Linkage{Average, Complete, Single, Ward} {
			if entries, _ := a.known(); by == Ward && len(entries) == 0 {
				continue // nothing to fill in
			}
			want, err := plainly(a, by)
			if err != nil {
				t.Fatal(err)
			}
			got, err := Agglomerate(a, by)
			if err != nil {
				t.Fatal(err)
			}
			if !sameTree(want, got) {
				t.Fatalf("trial %d, %s: %v: another tree than by comparing all pairs", trial, by, a)
			}
		}
	}
}
