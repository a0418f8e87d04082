package similarity

import (
	"math"

	"gonum.org/v1/gonum/mat"
)

// Assignment finds the permutation that minimises Σ cost(i, match[i]) of a square matrix
// of finite costs, and that sum: the method of shortest augmenting paths with
// potentials (Kuhn; Jonker and Volgenant 1987), in O(n³).
func Assignment(cost *mat.Dense) (match []int, total float64) {
	n, _ := cost.Dims()
	// Column 0 is that of the row being placed; the others are counted from 1.
	u, v := make([]float64, n+1), make([]float64, n+1)
	rowOf, way := make([]int, n+1), make([]int, n+1)
	least, done := make([]float64, n+1), make([]bool, n+1)
	for i := 1; i <= n; i++ {
		rowOf[0] = i
		for j := range least {
			least[j], done[j] = math.Inf(1), false
		}
		at := 0
		for rowOf[at] != 0 {
			done[at] = true
			row, next, delta := rowOf[at], 0, math.Inf(1)
			costs := cost.RawRowView(row - 1)
			for j := 1; j <= n; j++ {
				if done[j] {
					continue
				}
				if reduced := costs[j-1] - u[row] - v[j]; reduced < least[j] {
					least[j], way[j] = reduced, at
				}
				if least[j] < delta {
					delta, next = least[j], j
				}
			}
			for j := range done {
				if done[j] {
					u[rowOf[j]] += delta
					v[j] -= delta
				} else {
					least[j] -= delta
				}
			}
			at = next
		}
		for at != 0 {
			rowOf[at] = rowOf[way[at]]
			at = way[at]
		}
	}
	match = make([]int, n)
	for j := 1; j <= n; j++ {
		match[rowOf[j]-1] = j - 1
	}
	for i, j := range match {
		total += cost.At(i, j)
	}
	return match, total
}
