package analysis

import (
	"cmp"
	"slices"

	"github.com/sharewise/sharewise/analysis/losses"
)

// samples are the samples of a run on a domain, by row: numbers where all have
// one, which takes a third of the memory, else identities.
type samples struct {
	numbers []int64
	named   []losses.SampleID
}

func (s *samples) len() int {
	if s.named != nil {
		return len(s.named)
	}
	return len(s.numbers)
}

func (s *samples) at(i int) losses.SampleID {
	if s.named != nil {
		return s.named[i]
	}
	return losses.SampleID{Number: s.numbers[i]}
}

// add appends a sample.
func (s *samples) add(id losses.SampleID) {
	if s.named == nil && id.Name == "" {
		s.numbers = append(s.numbers, id.Number)
		return
	}
	s.name()
	s.named = append(s.named, id)
}

// name makes room for samples with names.
func (s *samples) name() {
	if s.named != nil {
		return
	}
	s.named = make([]losses.SampleID, len(s.numbers), max(16, cap(s.numbers)))
	for i, n := range s.numbers {
		s.named[i].Number = n
	}
	s.numbers = nil
}

// addAll appends the samples of a part of a table.
func (s *samples) addAll(more losses.Samples, n int) {
	if more.Numbers != nil && s.named == nil {
		s.numbers = append(s.numbers, more.Numbers...)
		return
	}
	for i := range n {
		s.add(more.At(i))
	}
}

// begins reports whether n samples from row first on are the given ones.
func (s *samples) begins(first int, part losses.Samples, n int) bool {
	if first+n > s.len() {
		return false
	}
	if part.Numbers != nil && s.named == nil {
		return slices.Equal(s.numbers[first:first+n], part.Numbers)
	}
	for i := range n {
		id := s.at(first + i)
		if id.Name != "" && part.Numbers == nil {
			if string(part.Spelling(i)) != id.Name { // no allocation
				return false
			}
		} else if part.At(i) != id {
			return false
		}
	}
	return true
}

// first returns a copy of the first n samples.
func (s *samples) first(n int) samples {
	if s.named != nil {
		return samples{named: slices.Clone(s.named[:n])}
	}
	return samples{numbers: slices.Clone(s.numbers[:n])}
}

func (s *samples) equal(o *samples) bool {
	if s.len() != o.len() {
		return false
	}
	if s.named != nil && o.named != nil {
		return s.same(o) || slices.Equal(s.named, o.named)
	}
	// Samples with a name are kept apart from numbers.
	return (s.named == nil) == (o.named == nil) && (s.same(o) || slices.Equal(s.numbers, o.numbers))
}

// same reports whether both are kept in the same memory.
func (s *samples) same(o *samples) bool {
	if s.len() != o.len() || s.len() == 0 {
		return false
	}
	if s.named != nil {
		return o.named != nil && &s.named[0] == &o.named[0]
	}
	return o.named == nil && &s.numbers[0] == &o.numbers[0]
}

// compare compares rows i and j.
func (s *samples) compare(i, j int) int {
	if s.named != nil {
		return s.named[i].Compare(s.named[j])
	}
	return cmp.Compare(s.numbers[i], s.numbers[j])
}

// sorted reports whether rows are in order.
func (s *samples) sorted() bool {
	for i := 1; i < s.len(); i++ {
		if s.compare(i-1, i) > 0 {
			return false
		}
	}
	return true
}

// twice returns a sample that occurs twice in sorted rows, -1 where none does.
func (s *samples) twice() int {
	for i := 1; i < s.len(); i++ {
		if s.compare(i-1, i) == 0 {
			return i
		}
	}
	return -1
}

// take returns the given rows, in that order.
func (s *samples) take(rows []int) samples {
	if s.named != nil {
		return samples{named: at(s.named, rows)}
	}
	return samples{numbers: at(s.numbers, rows)}
}

// find returns the row of a sample among sorted ones.
func (s *samples) find(id losses.SampleID) (int, bool) {
	if s.named != nil {
		return slices.BinarySearchFunc(s.named, id, losses.SampleID.Compare)
	}
	if id.Name != "" {
		return len(s.numbers), false
	}
	return slices.BinarySearch(s.numbers, id.Number)
}
