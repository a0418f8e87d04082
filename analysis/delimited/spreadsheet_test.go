package delimited

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestGroupsOfColumns reads headers of two rows, as merged cells of a spreadsheet become
// them, and leaves those alone that only look like such.
func TestGroupsOfColumns(t *testing.T) {
	rows := []string{"20.5,1012.25,0.31,ok", "21.5,1013.5,0.2,bad", "22.25,990.5,-0.5,ok", "19.5,1001,0.1,bad"}
	for _, c := range []struct {
		name   string
		above  []string
		header string
		note   string
	}{
		{"groups", []string{"Inputs,,,Result", "temp,press,offset,quality"}, "temp,press,offset,quality", "1 line before"},
		{"groups and a title", []string{"Report of May", "Inputs,,,Result", "temp,press,offset,quality"}, "temp,press,offset,quality", "2 lines before"},
		{"units in brackets", []string{"temp,press,,quality", "[°C],[mbar],[mm],[-]"}, "temp,press,,quality", "units"},
		{"numbers of the rows", []string{",temp,press,quality"}, ",temp,press,quality", ""},
	} {
		r, got := all(t, text(slices.Concat(c.above, rows)...), Settings{})
		if want := strings.Split(c.header, ","); !cmp.Equal(got[0], want) {
			t.Errorf("%s: header %q, want %q", c.name, got[0], want)
		}
		if len(got) != 1+len(rows) {
			t.Errorf("%s: %d rows", c.name, len(got)-1)
		}
		if notes := strings.Join(r.Notes, "; "); !strings.Contains(notes, c.note) {
			t.Errorf("%s: notes %q", c.name, notes)
		}
	}
}

// TestTextsOfOneLength reads a table whose texts all have as many words: blanks would
// divide its rows evenly too, but not the header.
func TestTextsOfOneLength(t *testing.T) {
	lines := []string{"text,label"}
	for range 20 {
		lines = append(lines, "one box of fine bright parts,yes", "some other line of dark ones,no")
	}
	r, got := all(t, text(lines...), Settings{})
	if r.Delimiter != ',' || !cmp.Equal(got[0], []string{"text", "label"}) || got[1][0] != "one box of fine bright parts" {
		t.Errorf("delimiter %q, %q", r.Delimiter, got[:2])
	}
	// Blanks it is where the header has them too.
	r, got = all(t, text("time a,b c", "1 2,5 3", "2 2,5 3", "3 2,5 4", "4 2,25 5"), Settings{})
	if r.Delimiter != Blanks || len(got[1]) != 3 {
		t.Errorf("delimiter %q, %q", r.Delimiter, got[1])
	}
}
