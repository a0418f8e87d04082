package dataset

import (
	"slices"
	"testing"
)

func TestStreamPermutes(t *testing.T) {
	s := NewStream(7, 11)
	epochs := map[string]bool{}
	for range 20 {
		epoch := make([]int, 7)
		s.Next(epoch)
		key := ""
		for _, i := range epoch {
			key += string(rune('a' + i))
		}
		epochs[key] = true
		slices.Sort(epoch)
		if !slices.Equal(epoch, []int{0, 1, 2, 3, 4, 5, 6}) {
			t.Fatalf("an epoch holds %v", epoch)
		}
	}
	if len(epochs) < 19 {
		t.Errorf("20 epochs have %d orders", len(epochs))
	}
}

// TestStreamSeek compares minibatches that straddle epochs, read in one go and
// after entering the stream anywhere.
func TestStreamSeek(t *testing.T) {
	for _, n := range []int{1, 3, 10} {
		whole := make([]int, 100)
		NewStream(n, 5).Next(whole)
		for position := range 90 {
			s := NewStream(n, 5)
			s.Next(make([]int, 4))
			s.Seek(position)
			got := make([]int, 10)
			s.Next(got[:3])
			s.Next(got[3:])
			if !slices.Equal(got, whole[position:position+10]) {
				t.Fatalf("from %d of %d samples: %v, want %v", position, n, got, whole[position:position+10])
			}
			if s.Position() != position+10 {
				t.Fatalf("position %d", s.Position())
			}
		}
	}
	a, b := make([]int, 50), make([]int, 50)
	NewStream(50, 1).Next(a)
	NewStream(50, 2).Next(b)
	if slices.Equal(a, b) {
		t.Error("two seeds have one order")
	}
}
