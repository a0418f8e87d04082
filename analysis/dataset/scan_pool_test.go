package dataset

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/sharewise/sharewise/analysis/study"
)

// TestScanPoolsTables decides over all tables what a column is: a score that
// has few values in one school and many in the others, a measurement that one
// clinic never takes.
func TestScanPoolsTables(t *testing.T) {
	dir := t.TempDir()
	for s := range 4 {
		content := []string{"row,hours,books,score"}
		for i := range []int{12, 60, 60, 60}[s] {
			books := fmt.Sprint(i % 9)
			if s == 2 {
				books = "?"
			}
			content = append(content, fmt.Sprintf("%d,%d,%s,%d", i+1, i*i%37, books, 40+i*7%53))
		}
		write(t, dir, fmt.Sprintf("school%d.csv", s), lines(content...))
	}
	for _, shorter := range []bool{false, true} {
		if shorter { // not the same columns: the task at least is
			content := []string{"hours,score"}
			for i := range 12 {
				content = append(content, fmt.Sprintf("%d,%d", i*i, 40+i*5%11))
			}
			write(t, dir, "school9.csv", lines(content...))
		}
		draft, err := Scan(dir, ScanConfig{Name: "n", Base: dir, Least: 2})
		if err != nil {
			t.Fatal(err)
		}
		s, err := study.ParseBytes(draft.Encode("study.yaml"), "study.yaml", dir)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range s.Domains {
			if d.Task.Kind != study.Regression || !slices.Equal(d.Columns.Targets, []string{"score"}) {
				t.Errorf("%s predicts %q as %s", d.Name, d.Columns.Targets, d.Task.Kind)
			}
		}
		if text := strings.Join(draft.Found, "\n"); !strings.Contains(text, `all: column "score" is predicted as a number`) {
			t.Errorf("notes %s", text)
		}
		if shorter {
			continue
		}
		domains, err := OpenAll(t.Context(), s)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range domains {
			if !slices.Equal(d.Features, []string{"hours", "books", "books missing"}) {
				t.Errorf("%s has features %q", d.Name, d.Features)
			}
		}
	}
}
