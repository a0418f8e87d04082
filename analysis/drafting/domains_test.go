package drafting

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/sharewise/sharewise/analysis/datafile/filetest"

	"github.com/sharewise/sharewise/analysis/dataset"
)

func of(values ...string) func(int) string {
	return func(i int) string { return values[i%len(values)] }
}

// numbers from 1 to n in turn.
func upTo(n int) func(int) string {
	return func(i int) string { return strconv.Itoa(i%n + 1) }
}

// TestScanDomainColumn chooses the column whose values are the domains.
func TestScanDomainColumn(t *testing.T) {
	type columns = map[string]func(int) string
	for _, test := range []struct {
		name       string
		columns    columns
		by         string // given
		column     string // chosen
		domains    int
		candidates []string
	}{
		{"by name, not the fewest words", columns{"sex": of("m", "f"), "hospital": of("A", "B", "C", "D")}, "", "hospital", 4, []string{"sex"}},
		{"numbers by name", columns{"batch": upTo(10), "shift": of("day", "late", "night")}, "", "batch", 10, []string{"shift"}},
		{"an identifier in its name", columns{"School ID": upTo(6), "sex": of("m", "f")}, "", "School ID", 6, []string{"sex"}},
		{"words that say nothing", columns{"sex": of("m", "f"), "shift": of("day", "late", "night")}, "", "shift", 3, []string{"sex"}},
		{"numbers that say nothing", columns{"k": upTo(5), "zone": of("a", "b")}, "", "zone", 2, []string{"k"}},
		{"given numbers", columns{"k": upTo(5), "site": of("a", "b")}, "k", "k", 5, nil},
		{"rare values", columns{"site": func(i int) string { return []string{"a", "b", "c"}[min(2, i/147)] }}, "", "site", 2, nil},
	} {
		dir := t.TempDir()
		filetest.Write(t, dir, "all.csv", trialTable(300, test.columns))
		draft, err := Scan(dir, Config{Name: "n", Base: dir, Least: 2, DomainsBy: test.by})
		if err != nil {
			t.Errorf("%s: %v", test.name, err)
			continue
		}
		s := parseDraft(t, dir, draft)
		if c := s.Domains[0].Columns; len(s.Domains) != test.domains || c.Where[test.column] == "" || !slices.Equal(draft.Candidates, test.candidates) || slices.Contains(c.Categorical, test.column) {
			t.Errorf("%s: %d domains, columns %+v, candidates %q", test.name, len(s.Domains), c, draft.Candidates)
		}
		if _, err := dataset.OpenAll(t.Context(), s); err != nil {
			t.Errorf("%s: %v", test.name, err)
		}
	}
}

// TestScanDomainColumnRefused says which columns there are.
func TestScanDomainColumnRefused(t *testing.T) {
	dir := t.TempDir()
	filetest.Write(t, dir, "t/all.csv", trialTable(100, map[string]func(int) string{"k": upTo(4), "serial": upTo(100)}))
	filetest.Write(t, dir, "m/all.csv", trialTable(6000, map[string]func(int) string{"n": upTo(600)}))
	for i := range 2 {
		filetest.Write(t, dir, fmt.Sprintf("i/d/a/%d.png", i), filetest.Grey(t, 2, 2, 0))
		filetest.Write(t, dir, fmt.Sprintf("i/d/b/%d.png", i), filetest.Grey(t, 2, 2, 0))
	}
	for _, test := range []struct{ dir, by, want string }{
		{"t", "sites", `all.csv has no column "sites" whose values could be the domains; there are a, b, k, serial, y`},
		{"t", "serial", `fewer than two values of column "serial" have 10 rows or more`},
		{"t", "", `a study compares at least two domains. Columns whose values could be the domains: "k"`},
		{"m", "n", `column "n" has 600 values with 10 rows or more; 512 domains are the most`},
		{"i", "k", `domains are to be the values of column "k", and i/d holds images, which have no columns`},
	} {
		_, err := Scan(dir+"/"+test.dir, Config{Name: "n", Base: dir, Least: 2, DomainsBy: test.by})
		if err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s by %q: %v\nwant %s", test.dir, test.by, err, test.want)
		}
	}
}

// TestScanManyDomains drafts 139 domains of numbers: no pairs, and every value
// a domain.
func TestScanManyDomains(t *testing.T) {
	dir := t.TempDir()
	filetest.Write(t, dir, "all.csv", trialTable(139*12, map[string]func(int) string{"school": upTo(139)}))
	draft, err := Scan(dir, Config{Name: "n", Base: dir, Least: 2})
	if err != nil {
		t.Fatal(err)
	}
	d := draft.Study
	if n := len(d.Domains); n != 139 || d.Domains[0].Name != "school-1" || d.Domains[138].Name != "school-139" || d.Pairs() || d.Seeds != 3 {
		t.Errorf("%d domains from %s to %s, arms %+v, %d seeds", n, d.Domains[0].Name, d.Domains[n-1].Name, d.Arms, d.Seeds)
	}
	if text := strings.Join(draft.Found, "\n"); !strings.Contains(text, "139 domains have 9591 pairs") || !strings.Contains(text, "and 133 domains more") {
		t.Errorf("found\n%s", text)
	}
}

// TestSpelledAlike says which values of a column make domains of their own only because
// they are spelled differently.
func TestSpelledAlike(t *testing.T) {
	dir := t.TempDir()
	filetest.Write(t, dir, "all.csv", trialTable(400, map[string]func(int) string{"plant": of("Plant A", "plant a ", "Plant B", "Ｐlant  A")}))
	draft, err := Scan(dir, Config{Name: "n", Base: dir, Least: 2})
	if err != nil {
		t.Fatal(err)
	}
	const want = `values of column "plant" that differ only in case, blanks or width are taken apart: "Plant A", "plant a", "Ｐlant  A"; spell them alike where they are one`
	if !slices.ContainsFunc(draft.Found, func(line string) bool { return strings.HasSuffix(line, want) }) {
		t.Errorf("found %q", draft.Found)
	}
}

// TestScanPartsOfOtherWidth divides a table without header in several files, of which one begins
// with a row of fewer fields.
func TestScanPartsOfOtherWidth(t *testing.T) {
	dir := t.TempDir()
	var rows []string
	for i := range 60 {
		rows = append(rows, fmt.Sprintf("%d;%d;%d;%s", i*7%23, i*i%19, i*3%17, []string{"n", "s"}[i%2]))
	}
	filetest.Write(t, dir, "site=x/1.csv", filetest.Lines(rows...))
	filetest.Write(t, dir, "site=x/2.csv", filetest.Lines(append([]string{"1;2"}, rows...)...))
	if _, err := Scan(dir, Config{Name: "n", Base: dir, Least: 2}); err == nil || !strings.Contains(err.Error(), "found one domain") {
		t.Errorf("error %v", err)
	}
}

// TestScanMissingDomains makes no domain of what stands for a missing value.
func TestScanMissingDomains(t *testing.T) {
	dir := t.TempDir()
	rows := []string{"site,x,label"}
	for i := range 120 {
		rows = append(rows, fmt.Sprintf("%s,%d,%d", []string{"north", "south", "?", "NA"}[i%4], i*37%101, i*11%7%2))
	}
	filetest.Write(t, dir, "all.csv", filetest.Lines(rows...))
	_, domains, draft := scan(t, dir)
	if got := names(domains); !slices.Equal(got, []string{"north", "south"}) || !strings.Contains(strings.Join(draft.Found, "\n"), `rows without a value of column "site" are left out: 60`) {
		t.Errorf("domains %q; %q", got, draft.Found)
	}
}

// TestScanSmallTables leaves out a table of a few rows beside larger ones, and keeps it where all are small.
func TestScanSmallTables(t *testing.T) {
	for _, c := range []struct {
		rows []int
		want string
	}{
		{[]int{60, 40, 5}, `passed over "c.csv": a table of 5 rows, and other domains have 10 or more`},
		{[]int{60, 6, 5}, "c: a table of 3 columns"},
		{[]int{10, 12, 11}, "c: a table of 3 columns"},
	} {
		dir := t.TempDir()
		for k, n := range c.rows {
			filetest.Write(t, dir, string("abc"[k])+".csv", trialTable(n, nil))
		}
		draft, err := Scan(dir, Config{Name: "n", Base: dir, Least: 2})
		if err != nil {
			t.Fatal(err)
		}
		if text := strings.Join(draft.Found, "\n"); !strings.Contains(text, c.want) {
			t.Errorf("%d rows: found\n%s\nlacks %s", c.rows, text, c.want)
		}
	}
}
