package grouping

import (
	"math"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestLinkage(t *testing.T) {
	p := &Problem{
		Domains: []string{"a", "b", "c", "d"},
		Pools: []Pool{
			{Members: []int{0, 2}, Gain: []float64{0.3, 0.1}}, // symmetrised 0.2: joins first
			{Members: []int{0, 1}, Gain: []float64{0.1, 0.1}},
			{Members: []int{1, 2}, Gain: []float64{-0.1, 0.1}},
			{Members: []int{0, 1, 2}, Gain: []float64{9, 9, 9}}, // no pair: ignored
		},
	}
	tree, err := Linkage(p)
	if err != nil {
		t.Fatal(err)
	}
	if got := tree.Leaves(); !cmp.Equal(got, []string{"a", "c", "b", "d"}) {
		t.Errorf("leaves %v", got)
	}
	if !math.IsNaN(tree.Gain) {
		t.Errorf("d, of which no pair was measured, joins at %v", tree.Gain)
	}
	if got := tree.Children[0].Gain; math.Abs(got-0.05) > 1e-12 { // mean of 0.1 and 0
		t.Errorf("b joins a and c at %v, want 0.05", got)
	}
	if got := tree.Children[0].Children[0].Gain; math.Abs(got-0.2) > 1e-12 {
		t.Errorf("a and c join at %v, want 0.2", got)
	}
	single, err := Linkage(&Problem{Domains: []string{"a"}})
	if err != nil || single.Domain != "a" {
		t.Errorf("one domain: %+v, %v", single, err)
	}
}
