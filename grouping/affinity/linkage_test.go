package affinity

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
)

// TestLinkage finds three kinds of domains in their losses on each other's data, and
// keeps a domain apart that no model fits.
func TestLinkage(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 1))
	kind := []int{0, 1, 2, 0, 1, 2, 0, 1}
	n := len(kind) + 1
	loss := square(n, math.NaN())
	for i := range n {
		for j := range n {
			switch {
			case i == j:
				loss[i][j] = 0.1
			case i == n-1 || j == n-1:
			case kind[i] == kind[j]:
				loss[i][j] = 0.12 * math.Exp(0.1*random.NormFloat64())
			default:
				loss[i][j] = 0.6 * math.Exp(0.3*random.NormFloat64())
			}
		}
	}
	e, err := NewCross(loss, false)
	if err != nil {
		t.Fatal(err)
	}
	tree, err := Linkage(e, n)
	if err != nil {
		t.Fatal(err)
	}
	for k, want := range map[int]string{
		1:  "[[0 1 2 3 4 5 6 7 8]]",
		2:  "[[0 1 2 3 4 5 6 7] [8]]",
		4:  "[[0 3 6] [1 4 7] [2 5] [8]]",
		99: "[[0] [1] [2] [3] [4] [5] [6] [7] [8]]",
	} {
		if got := fmt.Sprint(tree.Cut(k).Groups()); got != want {
			t.Errorf("%d groups: %s, want %s", k, got, want)
		}
	}
}
