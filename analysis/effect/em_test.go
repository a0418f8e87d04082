package effect

import (
	"math"
	"testing"

	"gonum.org/v1/gonum/stat/distuv"
)

// The definition, spelled out: 300 steps of EM over 441 points from the stated
// start.
func TestMixtureFollowsItsDefinition(t *testing.T) {
	table := [][]int{{5, 1, 3}, {2, 4, 0}, {1, 2, 9}, {0, 0, 20}}
	const ka, kb, n = 3, 2, 47
	type point struct{ p, q, w float64 }
	var grid []point
	for i := range 21 {
		for j := range 21 {
			w := 0.5 / 441
			if i == j {
				w += 0.5 / 21
			}
			grid = append(grid, point{float64(i) / 20, float64(j) / 20, w})
		}
	}
	for range 300 {
		next := make([]float64, len(grid))
		for a, row := range table {
			for b, c := range row {
				total := 0.0
				like := make([]float64, len(grid))
				for g, x := range grid {
					like[g] = x.w * distuv.Binomial{N: ka, P: x.p}.Prob(float64(a)) * distuv.Binomial{N: kb, P: x.q}.Prob(float64(b))
					total += like[g]
				}
				for g := range grid {
					next[g] += float64(c) / n * like[g] / total
				}
			}
		}
		for g := range grid {
			grid[g].w = next[g]
		}
	}
	var wantT, wantI float64
	for _, x := range grid {
		wantT += x.w * max(x.q-x.p, 0)
		wantI += x.w * max(x.p-x.q, 0)
	}
	gotT, gotI := fitMixture(table).sides()
	if math.Abs(gotT-wantT)+math.Abs(gotI-wantI) > 1e-9 {
		t.Errorf("sides %v, %v; want %v, %v", gotT, gotI, wantT, wantI)
	}
}

func TestMixtureSeesClearCases(t *testing.T) {
	table := counts(nil, 8, 8)
	table[8][8], table[0][8], table[8][0] = 700, 200, 100
	m := fitMixture(table)
	if x, y := m.sides(); math.Abs(x-.2) > .01 || math.Abs(y-.1) > .01 {
		t.Errorf("T %v, I %v; want 0.2, 0.1", x, y)
	}
	if p, q := m.shrunk(binomials(8), 0, binomials(8), 8); p > 0.05 || q < 0.95 {
		t.Errorf("helped sample shrunk to p %v, q %v", p, q)
	}
}
