package sheet

import (
	"encoding/csv"
	"math"
	"strings"
	"testing"
)

// TestWrite reads back what was written: awkward names stay whole, no cell of text
// begins like a formula, and numbers stay numbers.
func TestWrite(t *testing.T) {
	nan := math.NaN()
	names := []string{"=1+1", "+a", "-a", "@a", "\ta", "a,b", "a \"b\"", "a\nb", "日本", "a=b"}
	var rows []Row
	for i, name := range names {
		rows = append(rows, Row{Group: i + 1, Domain: name, Members: []string{name, "z"}, Gain: -0.25, Lo: nan, Hi: math.Copysign(0, -1), Source: "measured", Promised: 1e-9})
	}
	var b strings.Builder
	if err := Write(&b, rows); err != nil {
		t.Fatal(err)
	}
	records, err := csv.NewReader(strings.NewReader(b.String())).ReadAll()
	if err != nil || len(records) != len(names)+1 || strings.Join(records[0], ",") != "group,domain,members,gain,lo,hi,source,firmness,promised" {
		t.Fatalf("%v\n%s", err, b.String())
	}
	for i, name := range names {
		r, want := records[i+1], name
		if i < 5 {
			want = "'" + name
		}
		if r[1] != want || r[2] != want+"+z" {
			t.Errorf("%q is written as %q and %q", name, r[1], r[2])
		}
		if got := strings.Join(r[3:], ","); got != "-0.25,,0,measured,,1e-09" {
			t.Errorf("cells %s", got)
		}
	}
}
