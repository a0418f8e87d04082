package affinity

import (
	"fmt"
	"math"

	"github.com/sharewise/sharewise/grouping"
)

// valuation values pools by measured gains as package grouping does: their own,
// or the means of those of all their pairs.
type valuation struct {
	pools map[string]float64
	pair  [][]float64 // what i and j gain together
}

func newValuation(domains int) *valuation {
	return &valuation{map[string]float64{}, square(domains, math.NaN())}
}

func (v *valuation) add(p grouping.Pool) {
	sum := 0.0
	for _, g := range p.Gain {
		sum += g
	}
	v.pools[fmt.Sprint(p.Members)] = sum
	if m := p.Members; len(m) == 2 {
		v.pair[m[0]][m[1]], v.pair[m[1]][m[0]] = sum, sum
	}
}

func (v *valuation) value(members []int) float64 {
	if sum, ok := v.pools[fmt.Sprint(members)]; ok {
		return sum
	}
	sum := 0.0
	for _, i := range members {
		for _, j := range members {
			if i < j {
				sum += v.pair[i][j] / float64(len(members)-1)
			}
		}
	}
	return sum
}
