package affinity

import (
	"math"

	"gonum.org/v1/gonum/stat"
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
		mean := stat.Mean(y, nil)
		value := mean
		if stat.Variance(x, nil) > 0 {
			if a, b := stat.LinearRegression(x, y, nil, false); b > 0 {
				value = a + b*c.score
			}
		}
		predicted, without = append(predicted, value), append(without, mean)
	}
	return predicted, without
}

// rmse is the root of the mean squared difference of predictions and gains, NaN
// where no prediction is known.
func rmse(cells []cell, predicted []float64) float64 {
	var m mean
	for k, c := range cells {
		m.add((predicted[k] - c.gain) * (predicted[k] - c.gain))
	}
	return math.Sqrt(m.value())
}

// signs is the share of gains other than zero whose sign was predicted, and the
// share of the more frequent sign.
func signs(cells []cell, predicted []float64) (right, usual float64) {
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
	n := float64(known)
	return float64(hits) / n, float64(max(up, known-up)) / n
}
