package solve

import "math"

// maxSubsets is the largest number of items for which all partitions are compared:
// 3 to 19 steps for each pool that is allowed, some seconds.
const maxSubsets = 20

// subsets finds the best partition of a lattice by dynamic programming over
// subsets, for values that branch and bound gets lost among, such as many that are
// equal. With best[c][m] the best sum of a partition of the set m into at most c
// pools,
//
//	best[c][m] = max over pools S ⊆ m that hold m's first item of
//	             value(S) + best[c-1][m\S],
//
// where only the whole set holds item 0, so that m is kept without it. Where the
// number of pools is not bounded c is dropped. It returns nil where no partition
// exists.
func (s *lattice) subsets() []column {
	m := s.model
	half := 1 << (m.n - 1)
	empty := make([]float64, half)
	for k := 1; k < half; k++ {
		empty[k] = negative
	}
	layers := [][]float64{empty}
	if m.bounded {
		for range m.most - 1 {
			layers = append(layers, make([]float64, half))
			s.layer(layers[len(layers)-2], layers[len(layers)-1])
		}
	} else {
		s.layer(empty, empty)
	}
	var out []column
	left := 2*half - 1
	for c := len(layers) - 1; left != 0; c-- {
		rest := layers[max(c, 0)]
		pool, sum := s.first(left, rest)
		if math.IsInf(sum, -1) {
			return nil
		}
		out = append(out, s.column(pool))
		left &^= pool
	}
	return out
}

// layer fills best from the layer of one pool less, or from itself.
func (s *lattice) layer(rest, best []float64) {
	best[0] = 0
	for m := 1; m < len(best); m++ {
		_, best[m] = s.first(2*m, rest)
	}
}

// first is the pool that holds the set's first item in the set's best partition,
// and what that partition is worth.
func (s *lattice) first(set int, rest []float64) (pool int, sum float64) {
	low := set & -set
	others := set ^ low
	sum = negative
	for sub := others; ; sub = (sub - 1) & others {
		if v := s.value[sub|low] + rest[(others^sub)>>1]; v > sum {
			pool, sum = sub|low, v
		}
		if sub == 0 {
			return pool, sum
		}
	}
}
