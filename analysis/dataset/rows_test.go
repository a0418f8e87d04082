package dataset

import (
	"slices"
	"testing"
)

func TestChainsGoThroughSourcesInOrder(t *testing.T) {
	numbers := numberChain{
		&matrix{size: 2, data: []float32{1, 2, 3, 4}},
		&matrix{size: 2},
		&matrix{size: 2, data: []float32{5, 6}},
	}
	if numbers.count() != 3 {
		t.Fatalf("%d rows of numbers, want 3", numbers.count())
	}
	var got []float32
	for i := range numbers.count() {
		row := make([]float32, 2)
		numbers.read(i, row)
		got = append(got, row...)
	}
	if want := []float32{1, 2, 3, 4, 5, 6}; !slices.Equal(got, want) {
		t.Errorf("numbers %v, want %v", got, want)
	}
	pixels := byteChain{&byteMatrix{size: 3, data: []byte("abc")}, &byteMatrix{size: 3, data: []byte("defghi")}}
	all := ""
	for i := range pixels.count() {
		all += string(pixels.bytes(i))
	}
	if all != "abcdefghi" {
		t.Errorf("bytes %q, want abcdefghi", all)
	}
}

func TestMomentsOfColumns(t *testing.T) {
	m := &matrix{size: 3, data: []float32{
		1, 10, 5,
		9, 99, 99, // not asked for
		3, 10, 6,
		5, 10, 10,
	}}
	mean, std := moments(m, 3, []int{0, 2, 3})
	if want := []float32{3, 10, 7}; !slices.Equal(mean, want) {
		t.Errorf("means %v, want %v", mean, want)
	}
	// Deviations of {1,3,5}, {10,10,10} and {5,6,10}.
	if want := []float32{1.6329932, 0, 2.1602468}; !slices.Equal(std, want) {
		t.Errorf("deviations %v, want %v", std, want)
	}
}
