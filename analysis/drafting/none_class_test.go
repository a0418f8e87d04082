package drafting

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/sharewise/sharewise/analysis/datafile/filetest"
)

// TestNoneClass takes None for a class where it may be one, and says so.
func TestNoneClass(t *testing.T) {
	for _, c := range []struct {
		name string
		say  string         // instead of one of two classes
		of   func(int) bool // which rows say so
		late string         // a row at the end
		want []string       // classes
		note string
	}{
		{"most rows", "None", func(i int) bool { return i%3 > 0 }, "", []string{"None", "no", "yes"}, `None is taken for a class, since 240 of the first 360 rows say so in column "y"`},
		{"a few rows", "None", func(i int) bool { return i%60 == 0 }, "", []string{"no", "yes"}, `which says "None": if that is a class, write columns.missing without it`},
		{"another word", "NA", func(i int) bool { return i%3 > 0 }, "", []string{"no", "yes"}, `which says "NA": if that is a class, write columns.missing without it`},
		{"a number that is missing", "None", func(i int) bool { return i%3 > 0 }, "None,0.5,yes", []string{"no", "yes"}, `which says "None"`},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := t.TempDir()
			for _, file := range []string{"a.csv", "b.csv"} {
				lines := []string{"p,q,y"}
				for i := range 180 {
					y := []string{"yes", "no"}[i/3%2]
					if c.of(i) {
						y = c.say
					}
					lines = append(lines, fmt.Sprintf("%d.5,%d.25,%s", i*7%31, i*5%17, y))
				}
				if c.late != "" {
					lines = append(lines, c.late)
				}
				filetest.Write(t, dir, file, filetest.Lines(lines...))
			}
			_, domains, draft := settled(t, dir)
			if got := slices.Sorted(slices.Values(domains[0].Task.Classes)); !slices.Equal(got, c.want) {
				t.Errorf("classes %q, want %q", got, c.want)
			}
			if text := strings.Join(draft.Found, "\n"); !strings.Contains(text, c.note) {
				t.Errorf("found\n%s\nlacks %s", text, c.note)
			}
		})
	}
}

// TestNoneClassTakenBack has None among numbers so late in a table that its first rows do not show it.
func TestNoneClassTakenBack(t *testing.T) {
	dir := t.TempDir()
	for _, file := range []string{"a.csv", "b.csv"} {
		lines := []string{"p,q,y"}
		for i := range 30_000 {
			lines = append(lines, fmt.Sprintf("%d.5,%d.25,%s", i*7%31, i*5%17, []string{"yes", "no", "None"}[i%3]))
		}
		lines = append(lines, "None,0.5,yes")
		filetest.Write(t, dir, file, filetest.Lines(lines...))
	}
	_, domains, draft := settled(t, dir)
	text := strings.Join(draft.Found, "\n")
	if len(domains[0].Task.Classes) != 2 || strings.Contains(text, "taken for a class") || !strings.Contains(text, `None is taken for a missing value, also in column "y", since column "p" has it, too: a.csv:30002`) {
		t.Errorf("classes %q, found\n%s", domains[0].Task.Classes, text)
	}
}
