package cross

import (
	"slices"
	"testing"
)

// TestMatrix arranges cells of two rungs, of which one pair was left out.
func TestMatrix(t *testing.T) {
	r := &Results{Cells: []Cell{
		{Trained: "a", Tested: "a", Rung: "w1"}, {Trained: "a", Tested: "b", Rung: "w1"}, {Trained: "b", Tested: "b", Rung: "w1"},
		{Trained: "a", Tested: "a", Rung: "w2"},
	}}
	names, cells := r.Matrix("w1")
	if !slices.Equal(names, []string{"a", "b"}) || cells[0][1] != &r.Cells[1] || cells[1][1] != &r.Cells[2] || cells[1][0] != nil {
		t.Errorf("names %v, cells %v", names, cells)
	}
	if names, cells = r.Matrix("w2"); len(names) != 1 || cells[0][0] != &r.Cells[3] {
		t.Errorf("of another rung: names %v, cells %v", names, cells)
	}
}
