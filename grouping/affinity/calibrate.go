package affinity

import (
	"math"

	"gonum.org/v1/gonum/stat"

	"github.com/sharewise/sharewise/analysis/effect"
)

// calibrate gives every cell a gain predicted from its score, gain = a + b·score,
// with a and b fitted by least squares to the cells of all other pools and b not
// below zero: a score that orders backwards predicts the mean. It also gives
// the mean of those other cells, which is what one would say without a score.
// Both are NaN where fewer than three other cells are there.
func calibrate(cells []cell) (predicted, without []float64) {
	for _, c := range cells {
		var x, y []float64
		for _, d := range cells {
			if d.pool != c.pool {
				x, y = append(x, d.score), append(y, d.gain)
			}
		}
		if len(x) < 3 {
			predicted, without = append(predicted, math.NaN()), append(without, math.NaN())
			continue
		}
		l := line(x, y)
		predicted, without = append(predicted, l.Base+l.Slope*c.score), append(without, stat.Mean(y, nil))
	}
	return predicted, without
}

// rmse is the root of the mean squared difference of predictions and gains, NaN
// where no prediction is known.
func rmse(cells []cell, predicted []float64) effect.Number {
	var m mean
	for k, c := range cells {
		m.add((predicted[k] - c.gain) * (predicted[k] - c.gain))
	}
	return effect.Number(math.Sqrt(m.value()))
}

// signs is the share of gains other than zero whose sign was predicted, and the
// share of the more frequent sign.
func signs(cells []cell, predicted []float64) (right, usual effect.Number) {
	known, hits, up := 0, 0, 0
	for k, c := range cells {
		if c.gain == 0 || !finite(predicted[k]) {
			continue
		}
		known++
		if predicted[k] > 0 == (c.gain > 0) {
			hits++
		}
		if c.gain > 0 {
			up++
		}
	}
	n := effect.Number(known)
	return effect.Number(hits) / n, effect.Number(max(up, known-up)) / n
}
