package dataset

import (
	"fmt"
	"strings"
	"testing"
)

// TestWhole puts all samples into training, with the validation samples or without,
// mapped as in the fold that they come from.
func TestWhole(t *testing.T) {
	var b strings.Builder
	b.WriteString("x,y\n")
	for i := range 40 {
		fmt.Fprintf(&b, "%d,%s\n", i, []string{"no", "yes"}[i%2])
	}
	folds := openFoldStudy(t, "domains:\n  - {name: a, data: a.csv, columns: {label: y}, split: {folds: 4, validation: 0.1}}\n  - {name: b, data: a.csv, columns: {label: y}, split: {folds: 4, validation: 0.1}}\n", map[string]string{"a.csv": b.String()})
	d := folds[0][0]
	for keep, want := range map[bool]int{true: d.Train.Len() + d.Test.Len(), false: 40} {
		whole, err := d.Whole(keep)
		if err != nil {
			t.Fatal(err)
		}
		seen := map[int64]bool{}
		for i := range whole.Train.Len() {
			seen[whole.Train.ID(i)] = true
		}
		if len(seen) != want || whole.Train.Len() != want || whole.SHA256 == d.SHA256 {
			t.Errorf("keep %t: %d samples, want %d", keep, len(seen), want)
		}
		if got := whole.Val.Len() > 0; got != keep {
			t.Errorf("keep %t: %d validation samples", keep, whole.Val.Len())
		}
		for i := range whole.Val.Len() {
			if seen[whole.Val.ID(i)] {
				t.Errorf("sample %d chooses the epoch and is learned", whole.Val.ID(i))
			}
		}
		var x, before [1]float32
		if err := whole.Train.Gather([]int{0}, x[:]); err != nil {
			t.Fatal(err)
		}
		for _, s := range []*Split{d.Train, d.Val, d.Test} {
			for i := range s.Len() {
				if s.ID(i) == whole.Train.ID(0) {
					if err := s.Gather([]int{i}, before[:]); err != nil {
						t.Fatal(err)
					}
				}
			}
		}
		if x != before {
			t.Errorf("keep %t: inputs are mapped to %v, and were to %v", keep, x, before)
		}
	}
	if d.Train.Len() == 40 {
		t.Error("the domain itself has changed")
	}
}
