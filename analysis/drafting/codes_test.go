package drafting

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/sharewise/sharewise/analysis/datafile/filetest"
)

// TestNumbersThatAreNone takes dates in one number, codes with leading zeros and numbers of parts
// for what they are, and numbers like them for numbers.
func TestNumbersThatAreNone(t *testing.T) {
	day := func(i int) string { return time.Date(2024, 1, 1+2*i, 0, 0, 0, 0, time.UTC).Format("20060102") }
	for _, c := range []struct {
		column string
		value  func(i int) string
		role   string
		note   string
	}{
		{"day", day, "date", `dates of column "day" become inputs`},
		{"moment", func(i int) string { return day(i) + fmt.Sprintf("%02d%02d00", i%24, i*7%60) }, "date", `dates of column "moment" become inputs: the position in the year, the week, the day`},
		{"hour", func(i int) string { return day(i/24) + fmt.Sprintf("%02d", i%24) }, "date", `the day`},
		{"number", func(i int) string { return day(i) + fmt.Sprintf("%04d", i*i%9000) }, "input", ""},
		{"sent", func(i int) string { return fmt.Sprint(1717283900 + i*i*3700) }, "input", ""},
		{"amount", func(i int) string { return fmt.Sprint(20240101 + i*37%900) }, "input", ""},
		{"zip", func(i int) string { return []string{"01067", "04103", "99084"}[i*i%3] }, "word", `column "zip" holds codes with leading zeros, each a word of its own`},
		{"zip", func(i int) string { return fmt.Sprintf("%05d", 1067+i*7919%90000) }, "input", `many different ones, which are taken for numbers`},
		{"month", func(i int) string { return fmt.Sprintf("%02d", i%12+1) }, "input", ""},
		{"is_test", func(i int) string { return fmt.Sprint(i / 90) }, "ignored", `column "is_test" is left out, since it may say which rows are for testing`},
		{"is_tested", func(i int) string { return fmt.Sprint(i * i % 2) }, "input", ""},
		{"fold", func(i int) string { return fmt.Sprint(i % 5) }, "ignored", `column "fold" is left out, since it may say which rows are for testing`},
		{"fold", func(i int) string { return fmt.Sprintf("%d.5", i%5) }, "input", ""},
		{"train", func(i int) string { return fmt.Sprint(i * i % 3 % 2) }, "input", ""},
	} {
		dir := t.TempDir()
		for _, file := range []string{"a.csv", "b.csv"} {
			lines := []string{"p," + c.column + ",y"}
			for i := range 100 {
				lines = append(lines, fmt.Sprintf("%d.5,%s,%s", i*7%31, c.value(i), []string{"yes", "no"}[i*7%31/16]))
			}
			filetest.Write(t, dir, file, filetest.Lines(lines...))
		}
		s, _, draft := settled(t, dir)
		columns, role := s.Domains[0].Columns, "input"
		switch {
		case len(columns.Dates) == 1 && columns.Dates[0].Column == c.column:
			role = "date"
		case slices.Contains(columns.Categorical, c.column):
			role = "word"
		case slices.Contains(columns.Ignore, c.column):
			role = "ignored"
		}
		text := strings.Join(draft.Found, "\n")
		if role != c.role || !strings.Contains(text, c.note) || c.note == "" && strings.Contains(text, fmt.Sprintf("column %q", c.column)) {
			t.Errorf("column %s such as %s is %s, want %s, found\n%s\nwant %s", c.column, c.value(3), role, c.role, text, c.note)
		}
	}
}
