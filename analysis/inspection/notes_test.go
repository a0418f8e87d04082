package inspection

import (
	"fmt"
	"testing"
)

func TestGatherNotes(t *testing.T) {
	var notes []Note
	for i := range 5 {
		notes = append(notes, Note{fmt.Sprintf("d%d", i), fmt.Sprintf("%d rows are left out", 10*i+1)})
	}
	notes = append(notes, Note{"d1", "column x is constant"})
	got := GatherNotes(notes)
	if len(got) != 2 || got[0] != "d0 and 4 others: 1 rows are left out" || got[1] != "d1: column x is constant" {
		t.Errorf("%q", got)
	}
}
