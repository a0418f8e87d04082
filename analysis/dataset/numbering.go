package dataset

import (
	"math"
	"slices"
)

// Numbering is how the numbers of a column follow the rows of a table.
type Numbering string

// The ways to follow rows. A column that does tells little of a sample itself,
// and much of its neighbours in the file.
const (
	NotNumbered Numbering = ""
	// Counting is in equal steps from row to row: numbers of the rows, or times
	// at a steady rate.
	Counting Numbering = "counts the rows"
	// Ordered rises, or falls, from every row to the next.
	Ordered Numbering = "is in the order of the rows"
	// Shuffled are whole numbers that occur once each, most of those between the
	// smallest and the largest: numbers that rows were given before they were put
	// into another order.
	Shuffled Numbering = "numbers the rows in another order"
)

// fewestNumbered is the number of rows from which on an order is no chance: 20
// numbers are in order once in 10^18.
const fewestNumbered = 20

// NumberingOf tells how numbers follow the rows that they stand in, which are
// in order. precision is the relative precision of the numbers.
func NumberingOf(rows []int64, values []float64, precision float64) Numbering {
	n := len(values)
	if n < 3 {
		return NotNumbered
	}
	largest, whole := 0.0, true
	lo, hi := math.Inf(1), math.Inf(-1)
	for _, v := range values {
		largest, whole = max(largest, math.Abs(v)), whole && v == math.Trunc(v)
		lo, hi = min(lo, v), max(hi, v)
	}
	rising, falling, steady := true, true, true
	step := (values[n-1] - values[0]) / float64(rows[n-1]-rows[0])
	for i := 1; i < n; i++ {
		rising = rising && values[i] > values[i-1]
		falling = falling && values[i] < values[i-1]
		steady = steady && math.Abs(values[0]+step*float64(rows[i]-rows[0])-values[i]) <= 4*precision*largest
		if !rising && !falling && !(whole && n >= fewestNumbered) {
			return NotNumbered
		}
	}
	inOrder := rising || falling
	switch {
	case inOrder && steady && (n >= fewestNumbered || math.Abs(step) == 1):
		return Counting
	case n < fewestNumbered:
		return NotNumbered
	case inOrder:
		return Ordered
	case hi-lo+1 <= 2*float64(n) && distinct(values):
		return Shuffled
	}
	return NotNumbered
}

func distinct(values []float64) bool {
	sorted := slices.Sorted(slices.Values(values))
	return len(slices.Compact(sorted)) == len(values)
}
