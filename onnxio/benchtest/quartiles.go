package benchtest

import (
	"math"
	"slices"
)

// Quartiles are the median of some figures and the middle half around it.
type Quartiles struct{ Low, Median, High float64 }

// QuartilesOf interpolates between order statistics (Hyndman, Fan: Sample
// Quantiles in Statistical Packages, 1996, type 7). They are NaN without figures.
func QuartilesOf(v []float64) Quartiles {
	v = slices.Sorted(slices.Values(v))
	at := func(q float64) float64 {
		if len(v) == 0 {
			return math.NaN()
		}
		x := q * float64(len(v)-1)
		i := int(x)
		if i+1 == len(v) {
			return v[i]
		}
		return v[i] + (x-float64(i))*(v[i+1]-v[i])
	}
	return Quartiles{at(0.25), at(0.5), at(0.75)}
}
