package solve

import (
	"iter"
	"math/bits"
)

// MaxDomains is the largest number of domains of a problem.
const MaxDomains = 64 * setWords

const setWords = 8

// Set is a subset of the domains, a bit for each. Sets compare with == and
// serve as keys of maps.
type Set [setWords]uint64

// SetOf is the set of the given members.
func SetOf(members ...int) Set {
	var s Set
	for _, i := range members {
		s[i/64] |= 1 << (i % 64)
	}
	return s
}

// AllOf is the set of the first n domains.
func AllOf(n int) Set {
	var s Set
	for i := range n {
		s[i/64] |= 1 << (i % 64)
	}
	return s
}

// Has says whether the set holds a domain.
func (s Set) Has(i int) bool { return s[i/64]>>(i%64)&1 == 1 }

// With adds a domain.
func (s Set) With(i int) Set {
	s[i/64] |= 1 << (i % 64)
	return s
}

// Without takes a domain out.
func (s Set) Without(i int) Set {
	s[i/64] &^= 1 << (i % 64)
	return s
}

// Union is what either set holds.
func (s Set) Union(t Set) Set {
	for i := range s {
		s[i] |= t[i]
	}
	return s
}

// Minus is what the set holds and t does not.
func (s Set) Minus(t Set) Set {
	for i := range s {
		s[i] &^= t[i]
	}
	return s
}

// Meets says whether the sets have a domain in common.
func (s Set) Meets(t Set) bool {
	for i := range s {
		if s[i]&t[i] != 0 {
			return true
		}
	}
	return false
}

// Empty says whether the set has no member.
func (s Set) Empty() bool { return s == Set{} }

// Count is the number of members.
func (s Set) Count() int {
	n := 0
	for _, w := range s {
		n += bits.OnesCount64(w)
	}
	return n
}

// First is the set's smallest member, MaxDomains for the empty set.
func (s Set) First() int {
	for i, w := range s {
		if w != 0 {
			return 64*i + bits.TrailingZeros64(w)
		}
	}
	return MaxDomains
}

// Last is the largest member, -1 for the empty set.
func (s Set) Last() int {
	for i := setWords - 1; i >= 0; i-- {
		if w := s[i]; w != 0 {
			return 64*i + 63 - bits.LeadingZeros64(w)
		}
	}
	return -1
}

// All runs through the members, ascending.
func (s Set) All() iter.Seq[int] {
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

// Members lists the members, ascending.
func (s Set) Members() []int {
	list := make([]int, 0, s.Count())
	for i := range s.All() {
		list = append(list, i)
	}
	return list
}

// Both is what the two sets have in common.
func (s Set) Both(t Set) Set {
	for i := range s {
		s[i] &= t[i]
	}
	return s
}
