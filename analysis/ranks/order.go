package ranks

import "math"

// Descending are the places in x of its numbers, from the largest to the least. Equal ones
// stay in their order, -0 and 0 among them; those that are NaN come last. It takes time in
// proportion to their number: three passes of a radix sort by 11 bits each.
func Descending(x []float32) []int32 {
	return order(x, func(v float32) uint32 {
		if v != v {
			return math.MaxUint32
		}
		return ^ascending(v)
	})
}

// Ascending is the same from the least to the largest, NaN last.
func Ascending(x []float32) []int32 {
	return order(x, func(v float32) uint32 {
		if v != v {
			return math.MaxUint32
		}
		return ascending(v)
	})
}

// ascending is a number whose order as an integer is that of v, which is not NaN: the bits
// of a float32 are ordered as integers but for the sign, and the negative ones backwards.
func ascending(v float32) uint32 {
	bits := math.Float32bits(v + 0) // -0 becomes 0
	if bits>>31 != 0 {
		return ^bits
	}
	return bits | 1<<31
}

func order(x []float32, key func(float32) uint32) []int32 {
	const bits, passes = 11, 3
	type keyed struct {
		key uint32
		at  int32
	}
	var counts [passes][1 << bits]int
	from, to := make([]keyed, len(x)), make([]keyed, len(x))
	for i, v := range x {
		k := key(v)
		from[i] = keyed{k, int32(i)}
		for p := range passes {
			counts[p][k>>(bits*p)&(1<<bits-1)]++
		}
	}
	for p := range passes {
		next := 0
		for d, n := range counts[p] {
			counts[p][d], next = next, next+n
		}
		for _, e := range from {
			d := e.key >> (bits * p) & (1<<bits - 1)
			to[counts[p][d]] = e
			counts[p][d]++
		}
		from, to = to, from
	}
	out := make([]int32, len(x))
	for i, e := range from {
		out[i] = e.at
	}
	return out
}
