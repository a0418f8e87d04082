package affinity

import (
	"cmp"
	"math"
	"slices"
)

// pairwise scores a member of a pool by the mean over its partners of what each
// of them alone is to it.
type pairwise struct {
	method Method
	// from holds at [i][j] what source i is to target j, NaN where unknown.
	from [][]float64
}

func (p *pairwise) Method() Method { return p.method }

func (p *pairwise) Score(pool []int) []Estimate {
	out := make([]Estimate, len(pool))
	for k, j := range pool {
		sum := 0.0
		for _, i := range pool {
			if i != j {
				sum += p.from[i][j]
			}
		}
		out[k] = Estimate{Value: sum / float64(len(pool)-1), Deviation: math.NaN()}
	}
	return out
}

// square is an n×n matrix of one value.
func square(n int, value float64) [][]float64 {
	out := make([][]float64, n)
	for i := range out {
		out[i] = slices.Repeat([]float64{value}, n)
	}
	return out
}

// sortedBy renames members and sorts them by their new names. The second result
// is where each of them stood.
func sortedBy(members, names []int) (renamed, order []int) {
	order = make([]int, len(members))
	for k := range order {
		order[k] = k
	}
	slices.SortFunc(order, func(a, b int) int { return cmp.Compare(names[members[a]], names[members[b]]) })
	for _, k := range order {
		renamed = append(renamed, names[members[k]])
	}
	return renamed, order
}

func finite(x float64) bool { return !math.IsNaN(x) && !math.IsInf(x, 0) }
