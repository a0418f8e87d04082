package grouping

import (
	"iter"
	"math/bits"
)

// MaxDomains is the largest number of domains of a problem.
const MaxDomains = 64 * setWords

const setWords = 8

// set is a subset of the domains, a bit for each. Sets compare with == and
// serve as keys of maps.
type set [setWords]uint64

func setOf(members ...int) set {
	var s set
	for _, i := range members {
		s[i/64] |= 1 << (i % 64)
	}
	return s
}

// allOf is the set of the first n domains.
func allOf(n int) set {
	var s set
	for i := range n {
		s[i/64] |= 1 << (i % 64)
	}
	return s
}

func (s set) has(i int) bool { return s[i/64]>>(i%64)&1 == 1 }

func (s set) with(i int) set {
	s[i/64] |= 1 << (i % 64)
	return s
}

func (s set) without(i int) set {
	s[i/64] &^= 1 << (i % 64)
	return s
}

func (s set) union(t set) set {
	for i := range s {
		s[i] |= t[i]
	}
	return s
}

func (s set) minus(t set) set {
	for i := range s {
		s[i] &^= t[i]
	}
	return s
}

func (s set) meets(t set) bool {
	for i := range s {
		if s[i]&t[i] != 0 {
			return true
		}
	}
	return false
}

func (s set) empty() bool { return s == set{} }

func (s set) count() int {
	n := 0
	for _, w := range s {
		n += bits.OnesCount64(w)
	}
	return n
}

// first is the set's smallest member, MaxDomains for the empty set.
func (s set) first() int {
	for i, w := range s {
		if w != 0 {
			return 64*i + bits.TrailingZeros64(w)
		}
	}
	return MaxDomains
}

// last is the largest member, -1 for the empty set.
func (s set) last() int {
	for i := setWords - 1; i >= 0; i-- {
		if w := s[i]; w != 0 {
			return 64*i + 63 - bits.LeadingZeros64(w)
		}
	}
	return -1
}

// all runs through the members, ascending.
func (s set) all() iter.Seq[int] {
	return func(yield func(int) bool) {
		for i, w := range s {
			for ; w != 0; w &= w - 1 {
				if !yield(64*i + bits.TrailingZeros64(w)) {
					return
				}
			}
		}
	}
}

// members lists the members, ascending.
func (s set) members() []int {
	list := make([]int, 0, s.count())
	for i := range s.all() {
		list = append(list, i)
	}
	return list
}
