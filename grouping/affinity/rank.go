package affinity

import (
	"math"

	"gonum.org/v1/gonum/stat"

	"github.com/sharewise/sharewise/analysis/ranks"
)

// spearman is the correlation of ranks, where ties share their mean rank. It is
// NaN below three values or where one side does not vary.
func spearman(x, y []float64) float64 {
	if len(x) < 3 {
		return math.NaN()
	}
	return correlation(ranks.Of(x), ranks.Of(y))
}

// correlation is that of Pearson, NaN where one side does not vary.
func correlation(x, y []float64) float64 {
	sx, sy := stat.Variance(x, nil), stat.Variance(y, nil)
	if !(sx > 0 && sy > 0) {
		return math.NaN()
	}
	return stat.Covariance(x, y, nil) / math.Sqrt(sx*sy)
}

// kendall is τ_b, which allows for ties (Kendall 1945): concordant minus
// discordant pairs over the geometric mean of the pairs that are not tied in x and
// in y. NaN where one side does not vary.
func kendall(x, y []float64) float64 {
	agree, inX, inY := 0.0, 0.0, 0.0
	for i := range x {
		for j := range i {
			a, b := sign(x[i]-x[j]), sign(y[i]-y[j])
			agree += a * b
			inX += a * a
			inY += b * b
		}
	}
	if inX == 0 || inY == 0 {
		return math.NaN()
	}
	return agree / math.Sqrt(inX*inY)
}

func sign(x float64) float64 {
	switch {
	case x > 0:
		return 1
	case x < 0:
		return -1
	}
	return 0
}
