package effect

import "math/bits"

// disagreements counts for every two runs, of both arms one after another, the
// samples that one of them has right and the other wrong. Bit k of a word is run k.
// Blocks of 64 samples are turned, so that one word holds a run's outcomes.
func disagreements(a, b []uint64, ka, kb int) [][]int {
	runs := ka + kb
	type table = [][]int
	empty := func() table {
		t := make(table, runs)
		for r := range t {
			t[r] = make([]int, r)
		}
		return t
	}
	parts := inParts(len(a), func(from, to int) table {
		t := empty()
		var blockA, blockB [64]uint64
		all := make([]uint64, runs)
		for ; from < to; from += 64 {
			n := min(64, to-from)
			clear(blockA[:])
			clear(blockB[:])
			copy(blockA[:], a[from:from+n])
			copy(blockB[:], b[from:from+n])
			transpose(&blockA)
			transpose(&blockB)
			copy(all, blockA[:ka])
			copy(all[ka:], blockB[:kb])
			for r, x := range all {
				for s, y := range all[:r] {
					t[r][s] += bits.OnesCount64(x ^ y)
				}
			}
		}
		return t
	})
	sum := empty()
	for _, t := range parts {
		for r := range t {
			for s, n := range t[r] {
				sum[r][s] += n
			}
		}
	}
	return sum
}

// transpose exchanges rows and columns of a matrix of bits: bit k of word i becomes
// bit i of word k (Warren, Hacker's Delight, section 7-3).
func transpose(m *[64]uint64) {
	mask := uint64(0x00000000ffffffff)
	for j := 32; j > 0; j >>= 1 {
		for k := 0; k < 64; k = (k + j + 1) &^ j {
			t := (m[k]>>j ^ m[k+j]) & mask
			m[k] ^= t << j
			m[k+j] ^= t
		}
		mask ^= mask << (j >> 1)
	}
}
