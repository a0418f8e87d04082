package solve

import "fmt"

// maxSubsets is the largest number of items for which all partitions are compared:
// 3 to 19 steps for each pool that is allowed, some seconds.
const maxSubsets = 20

// Subsets knows the best partitions of all subsets of some items by dynamic
// programming, whatever pools are worth. With best[c][m] the largest value of a
// partition of the set m into at most c pools,
//
//	best[c][m] = max over pools S ⊆ m that hold m's first item of
//	             value(S) + best[c-1][m\S],
//
// where only a whole that is asked for holds item 0, so that m is kept without it.
// Where the number of pools is not bounded c is dropped. That takes 3 to the number
// of items steps for each c.
type Subsets[V int64 | float64] struct {
	value  []V
	none   V
	layers [][]V // by most pools of the rest, or one
	most   int   // 0: no bound
}

// NewSubsets compares the partitions of items by what sets of them are worth, a bit
// of the index for each: of 2 to their number sets, the empty one of which is not
// looked at. None is what a set that is no pool is worth (that, or NaN), and what a
// subset without a partition is: twice as little must still be a number. At most so
// many pools are allowed, any number where that is 0.
func NewSubsets[V int64 | float64](value []V, most int, none V) *Subsets[V] {
	s := &Subsets[V]{value: value, none: none, most: most}
	half := len(value) / 2
	empty := make([]V, half)
	for k := 1; k < half; k++ {
		empty[k] = none
	}
	s.layers = [][]V{empty}
	if most == 0 {
		s.layer(empty, empty)
	}
	for c := range most - 1 {
		next := make([]V, half)
		if c == 0 {
			s.whole(next)
		} else {
			s.layer(s.layers[c], next)
		}
		s.layers = append(s.layers, next)
	}
	return s
}

// Partition is the best partition of a set, by first item; nil where there is none,
// or the set is empty. Of several the one is taken whose pools come first as numbers.
func (s *Subsets[V]) Partition(of uint64) []uint64 { return s.within(of, len(s.layers)) }

// Within is the best partition of a set into at most so many pools, of as many as
// were allowed; nil where there is none, or the set is empty.
func (s *Subsets[V]) Within(of uint64, most int) []uint64 {
	if s.most == 0 || most < 1 || most > s.most {
		panic(fmt.Sprintf("solve: partition into %d pools, of %d that were allowed", most, s.most))
	}
	return s.within(of, most)
}

func (s *Subsets[V]) within(of uint64, layers int) []uint64 {
	var out []uint64
	for c := layers - 1; of != 0; c-- {
		pool, sum := s.first(of, s.layers[max(c, 0)])
		if !s.possible(sum) {
			return nil
		}
		out = append(out, pool)
		of &^= pool
	}
	return out
}

// possible tells a sum from that of something which is no pool.
func (s *Subsets[V]) possible(sum V) bool { return sum > s.none/2 }

// whole fills best for partitions into one pool, which need no comparison.
func (s *Subsets[V]) whole(best []V) {
	for m := 1; m < len(best); m++ {
		best[m] = s.none
		// A comparison with NaN is false.
		if v := s.value[2*m]; v > s.none {
			best[m] = v
		}
	}
}

// layer fills best from the layer of one pool less, or from itself.
func (s *Subsets[V]) layer(rest, best []V) {
	best[0] = 0
	for m := 1; m < len(best); m++ {
		_, best[m] = s.first(2*uint64(m), rest)
	}
}

// first is the pool that holds the set's first item in the set's best partition,
// and what that partition is worth.
func (s *Subsets[V]) first(set uint64, rest []V) (pool uint64, sum V) {
	low := set & -set
	others := set ^ low
	sum = s.none
	for sub := uint64(0); ; sub = (sub - others) & others {
		// A comparison with NaN is false.
		if v := s.value[sub|low] + rest[(others^sub)>>1]; v > sum {
			pool, sum = sub|low, v
		}
		if sub == others {
			return pool, sum
		}
	}
}

// subsets is the best partition of a lattice's items, for values that branch and
// bound gets lost among, such as many that are equal. It returns nil where no
// partition exists.
func (s *lattice) subsets() []column {
	most := 0
	if s.model.bounded || s.model.most <= 2 {
		most = s.model.most
	}
	var out []column
	for _, pool := range NewSubsets(s.value, most, negative).Partition(uint64(len(s.value) - 1)) {
		out = append(out, s.column(int(pool)))
	}
	return out
}
