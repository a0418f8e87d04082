package drafting

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/sharewise/sharewise/analysis/datafile/filetest"
	"github.com/sharewise/sharewise/analysis/study"

	"github.com/sharewise/sharewise/analysis/dataset"
)

// TestScanDates proposes dates as inputs, and a split by time where rows follow
// them.
func TestScanDates(t *testing.T) {
	dir := t.TempDir()
	for k, name := range []string{"a", "b"} {
		content := []string{"when,born,x,y"}
		for i := range 60 {
			content = append(content, fmt.Sprintf("%s,%s,%d,%d", time.Date(2023, 3, 1+i, 0, 0, 0, 0, time.UTC).Format("01/02/2006"),
				time.Date(1950+i*7%40, 3, 1, 0, 0, 0, 0, time.UTC).Format(time.DateOnly), i*i%17, (i+k)%2))
		}
		filetest.Write(t, dir, name+".csv", filetest.Lines(content...))
	}
	draft, err := Scan(dir, Config{Name: "n", Base: dir, Least: 2})
	if err != nil {
		t.Fatal(err)
	}
	s, err := study.ParseBytes(draft.Encode("study.yaml"), "study.yaml", dir)
	if err != nil {
		t.Fatal(err)
	}
	c := s.Domains[0].Columns
	if len(c.Dates) != 2 || c.Dates[0].Order != study.MDY || !slices.Equal(c.Dates[0].Parts, []string{study.Year, study.Week}) || c.Time != "when" || s.Domains[0].Split.By != study.ByTime {
		t.Errorf("columns %+v, split by %s", c, s.Domains[0].Split.By)
	}
	if _, err := dataset.OpenAll(t.Context(), s); err != nil {
		t.Error(err)
	}
}

// TestScanCalendar splits by time where rows follow columns of years, months, days and hours, in
// tables of their own or in one, and not where they jump back.
func TestScanCalendar(t *testing.T) {
	for _, c := range []struct {
		name   string
		row    func(i int) (year, month, day, hour int)
		tables int
		want   string
	}{
		{"one plant after another", func(i int) (int, int, int, int) { return 2013, 1, 1 + i%48/24, i % 24 }, 1, study.ByTime},
		{"one plant after another, in no order", func(i int) (int, int, int, int) { return 2013, 1, 1 + i*7%48/24, i * 7 % 24 }, 1, study.ByRandom},
		{"in order", func(i int) (int, int, int, int) { return 2013 + i/48, 12 - 11*(i/48), 1 + i/24%2, i % 24 }, 2, study.ByTime},
		{"one table", func(i int) (int, int, int, int) { return 2013, 1, 1 + i/24, i % 24 }, 1, study.ByTime},
		{"shuffled", func(i int) (int, int, int, int) { return 2013, 1 + i*7%12, 1, i * 5 % 24 }, 2, study.ByRandom},
	} {
		dir := t.TempDir()
		for k := range c.tables {
			content := []string{"plant,year,month,day,hour,heat,state"}
			for i := range 96 {
				year, month, day, hour := c.row(i)
				content = append(content, fmt.Sprintf("%s,%d,%d,%d,%d,%d,%d", plant(c.name, i), year, month, day, hour, i*i%17, (i/2+k)%2))
			}
			filetest.Write(t, dir, fmt.Sprintf("%c.csv", 'a'+k), filetest.Lines(content...))
		}
		s, domains, draft := scan(t, dir)
		if got := s.Domains[1].Split.By; got != c.want || len(domains) != 2 {
			t.Errorf("%s: split by %s; %q", c.name, got, draft.Found)
		}
	}
}

// plant names the plant of a row: the first half of the rows is of one where the name of the test says so.
func plant(name string, i int) string {
	if strings.HasPrefix(name, "one plant after another") {
		return []string{"n", "s"}[i/48]
	}
	return []string{"n", "s"}[i%2]
}

// TestOrderOfSomeTables splits by time only the domains of the table whose rows are in order.
func TestOrderOfSomeTables(t *testing.T) {
	dir := t.TempDir()
	for k, step := range []int{1, 37} {
		lines := []string{"site,day,p,q,y"}
		for m := range 2 {
			for i := range 101 {
				day := time.Date(2023, 1, 1+i*step%101, 0, 0, 0, 0, time.UTC).Format(time.DateOnly)
				lines = append(lines, fmt.Sprintf("m%d,%s,%d.5,%d.25,%s", m+1, day, i*7%31, i*5%17, []string{"yes", "no"}[i*7%31/16]))
			}
		}
		filetest.Write(t, dir, fmt.Sprintf("%c.csv", 'a'+k), filetest.Lines(lines...))
	}
	draft, err := Scan(dir, Config{Name: "n", Base: dir, Least: 2, DomainsBy: "site"})
	if err != nil {
		t.Fatal(err)
	}
	var by []string
	for _, d := range parseDraft(t, dir, draft).Domains {
		by = append(by, d.Name+" "+d.Split.By)
	}
	if want := []string{"a-m1 time", "a-m2 time", "b-m1 random", "b-m2 random"}; !slices.Equal(by, want) {
		t.Errorf("splits %q, want %q; found\n%s", by, want, strings.Join(draft.Found, "\n"))
	}
}

// TestOrderWithin splits domains that are values of a column by time where the rows of each are in its
// order, as those of one file for each domain are.
func TestOrderWithin(t *testing.T) {
	for _, c := range []struct {
		name  string
		day   func(i int) int           // of a machine's row
		class func(i int) string        // likewise
		rows  func(machine int) (n int) // of a machine
		want  bool
	}{
		{"one machine after another", func(i int) int { return i }, func(i int) string { return []string{"yes", "no"}[i*7%31/16] }, func(int) int { return 150 }, true},
		{"days in no order", func(i int) int { return i * 37 % 101 }, func(i int) string { return []string{"yes", "no"}[i*7%31/16] }, func(int) int { return 150 }, false},
		{"a class that comes late", func(i int) int { return i }, func(i int) string { return []string{"yes", "no"}[i/130] }, func(int) int { return 150 }, false},
		{"a machine with few rows, left out by name", func(i int) int { return i }, func(i int) string { return []string{"yes", "no"}[i*7%31/16] }, func(m int) int { return []int{150, 120, 5}[m] }, true},
	} {
		dir := t.TempDir()
		lines := []string{"machine,day,p,q,y"}
		for m := range 3 {
			for i := range c.rows(m) {
				day := time.Date(2023, 1, 1+c.day(i), 0, 0, 0, 0, time.UTC).Format("2006-01-02")
				lines = append(lines, fmt.Sprintf("m%d,%s,%d.5,%d.25,%s", m+1, day, i*7%31, i*5%17, c.class(i)))
			}
		}
		filetest.Write(t, dir, "all.csv", filetest.Lines(lines...))
		draft, err := Scan(dir, Config{Name: "n", Base: dir, Least: 2})
		if err != nil {
			t.Fatalf("%s: %v", c.name, err)
		}
		s := parseDraft(t, dir, draft)
		text := strings.Join(draft.Found, "\n")
		if got := s.Domains[0].Split.By == study.ByTime; got != c.want || got != strings.Contains(text, `rows of each domain follow column "day"`) {
			t.Errorf("%s: split %+v, found\n%s", c.name, s.Domains[0].Split, text)
		}
		if c.rows(2) < 10 && !strings.Contains(text, `with fewer than 10 rows are left out: 1 ("m3"), with 5 rows in all`) {
			t.Errorf("%s: found\n%s", c.name, text)
		}
		if _, err := dataset.OpenAll(t.Context(), s); err != nil {
			t.Errorf("%s: %v", c.name, err)
		}
	}
}
