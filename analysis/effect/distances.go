package effect

import (
	"math/bits"
	"slices"
)

// distances holds, for all runs of both arms, the mean over samples of the
// squared difference between two runs' losses; for correctness that is the
// share of samples that one gets right and the other wrong. S of any labelling
// of the runs follows from it:
//
//	S = mean over cross pairs - ½ mean over pairs k≠l of one arm, for both arms
//
// which is why permuting millions of samples costs no more than ten.
type distances struct {
	m      [][]float64
	ka, kb int
	// shared is the number of seeds that both arms have; run s of the first arm
	// and run ka+s of the second have the same seed for s < shared.
	shared int
}

func newDistances(l arrangement) distances {
	ka, kb := l.runs()
	return distances{m: square(ka + kb), ka: ka, kb: kb, shared: bits.OnesCount64(l.shared)}
}

// distancesOf counts on correctness.
func distancesOf(list []cluster, l arrangement) distances {
	d := newDistances(l)
	n := 0.0
	for _, c := range list {
		for _, x := range c.cells {
			w := float64(c.times * x.n)
			n += w
			right := make([]bool, len(d.m))
			for a := x.a; a != 0; a &= a - 1 {
				right[bits.TrailingZeros64(a)] = true
			}
			for b := x.b; b != 0; b &= b - 1 {
				right[d.ka+bits.TrailingZeros64(b)] = true
			}
			for r := range right {
				for s := range r {
					if right[r] != right[s] {
						d.m[r][s] += w
					}
				}
			}
		}
	}
	d.divide(n)
	return d
}

// distancesBetween are those of the losses of runs, first the first arm's,
// then the second's, in the order of their layout.
func distancesBetween(a, b [][]float32, l arrangement) distances {
	d := newDistances(l)
	all := make([][]float32, 0, len(a)+len(b))
	all = append(append(all, a...), b...)
	for _, part := range inParts(len(all[0]), func(from, to int) [][]float64 {
		sums := make([][]float64, len(all))
		for r := range all {
			sums[r] = make([]float64, r)
			for s := range r {
				sums[r][s] = squaredDistance(all[r][from:to], all[s][from:to])
			}
		}
		return sums
	}) {
		for r, row := range part {
			for s, sum := range row {
				d.m[r][s] += sum
			}
		}
	}
	d.divide(float64(len(all[0])))
	return d
}

// squaredDistance adds up in four sums, of which none waits for another.
func squaredDistance(x, y []float32) float64 {
	var sums [4]float64
	whole := len(x) &^ 3
	for i := 0; i < whole; i += 4 {
		u, v := x[i:i+4:i+4], y[i:i+4:i+4]
		for j := range sums {
			diff := float64(u[j]) - float64(v[j])
			sums[j] += diff * diff
		}
	}
	for i := whole; i < len(x); i++ {
		diff := float64(x[i]) - float64(y[i])
		sums[0] += diff * diff
	}
	return sums[0] + sums[1] + sums[2] + sums[3]
}

// divide turns the sums below the diagonal into means, on both sides of it.
func (d distances) divide(n float64) {
	for r := range d.m {
		for s := range r {
			d.m[r][s] /= n
			d.m[s][r] = d.m[r][s]
		}
	}
}

// largest is the scale of rounding errors.
func (d distances) largest() float64 {
	most := 0.0
	for _, row := range d.m {
		most = max(most, slices.Max(row))
	}
	return most
}

// statistic returns S when the runs with arm[r] true are the second arm's.
func (d distances) statistic(arm []bool) float64 {
	var within [2]struct{ sum, pairs float64 }
	var cross, pairs float64
	for r := range d.m {
		for s := range r {
			switch {
			case arm[r] == arm[s]:
				w := &within[0]
				if arm[r] {
					w = &within[1]
				}
				w.sum += d.m[r][s]
				w.pairs++
			case s < d.shared && r == d.ka+s: // two runs of one seed
			default:
				cross += d.m[r][s]
				pairs++
			}
		}
	}
	return cross/pairs - within[0].sum/within[0].pairs/2 - within[1].sum/within[1].pairs/2
}
