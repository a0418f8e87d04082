package drafting

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/sharewise/sharewise/analysis/study"

	"github.com/sharewise/sharewise/analysis/datafile/filetest"

	"github.com/sharewise/sharewise/analysis/dataset"
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
		filetest.Write(t, dir, fmt.Sprintf("school%d.csv", s), filetest.Lines(content...))
	}
	for _, shorter := range []bool{false, true} {
		if shorter { // not the same columns: the task at least is
			content := []string{"hours,score"}
			for i := range 12 {
				content = append(content, fmt.Sprintf("%d,%d", i*i, 40+i*5%11))
			}
			filetest.Write(t, dir, "school9.csv", filetest.Lines(content...))
		}
		draft, err := Scan(dir, Config{Name: "n", Base: dir, Least: 2})
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
		domains, err := dataset.OpenAll(t.Context(), s)
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

// TestMixedColumns leaves a column of numbers and texts out of all domains,
// whichever there are more of in one.
func TestMixedColumns(t *testing.T) {
	dir := t.TempDir()
	for k, name := range []string{"a.csv", "b.csv"} {
		content := []string{"amount,x,y"}
		for i := range 60 {
			amount := fmt.Sprintf("(%d.50)", 10+i)
			if i%5 < 1+2*k {
				amount = fmt.Sprintf("%d.50", 10+i)
			}
			content = append(content, fmt.Sprintf("%s,%d,%s", amount, i*7%11, []string{"up", "down"}[i*13%7%2]))
		}
		filetest.Write(t, dir, name, filetest.Lines(content...))
	}
	_, domains, _ := scan(t, dir)
	for _, d := range domains {
		if !slices.Equal(d.Features, []string{"x"}) {
			t.Errorf("%s: features %q", d.Name, d.Features)
		}
	}
}

// TestMostlyMissing takes a column with few numbers for one of numbers, where
// the others are missing.
func TestMostlyMissing(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{"a.csv", "b.csv"} {
		content := []string{"dose,x,y"}
		for i := range 60 {
			dose := "."
			if i%4 == 0 {
				dose = fmt.Sprint(i * 7 % 23)
			}
			content = append(content, fmt.Sprintf("%s,%d,%s", dose, i*7%11, []string{"+", "-"}[i*13%7%2]))
		}
		filetest.Write(t, dir, name, filetest.Lines(content...))
	}
	_, domains, _ := scan(t, dir)
	for _, d := range domains {
		if !slices.Equal(d.Numbers(), []string{"dose", "x"}) || !slices.Equal(d.Task.Classes, []string{"+", "-"}) {
			t.Errorf("%s: features %q, classes %q", d.Name, d.Features, d.Task.Classes)
		}
	}
}

// TestScanOddTables leaves out tables about something else, also where one comes first.
func TestScanOddTables(t *testing.T) {
	dir := t.TempDir()
	units, weather := []string{"name,unit,kind"}, []string{"day,rain,y"}
	for i := range 60 {
		units = append(units, fmt.Sprintf("v%d,%s,%s", i, []string{"C", "bar", "mm"}[i%3], []string{"in", "out"}[i%2]))
		weather = append(weather, fmt.Sprintf("%d,%d,%d", i, i*7%31, i*i%17))
	}
	filetest.Write(t, dir, "columns.csv", filetest.Lines(units...))
	filetest.Write(t, dir, "a weather.csv", filetest.Lines(weather...))
	for _, plant := range []string{"n", "s", "w"} {
		filetest.Write(t, dir, plant+".csv", trialTable(60, nil))
	}
	_, domains, draft := scan(t, dir)
	found := strings.Join(draft.Found, "\n")
	if got := names(domains); !slices.Equal(got, []string{"n", "s", "w"}) || !strings.Contains(found, `"columns.csv": no column "y", which most tables have`) || !strings.Contains(found, `"a weather.csv": none of the inputs`) {
		t.Errorf("domains %q; %s", got, found)
	}
}

// TestScanTablesThatNameThemselves neither predicts nor takes in a column that names the table,
// which is the last one of many exports.
func TestScanTablesThatNameThemselves(t *testing.T) {
	dir := t.TempDir()
	for i, station := range []string{"north", "south", "west"} {
		rows := []string{"heat,rain,height,station"}
		for k := range 50 {
			rows = append(rows, fmt.Sprintf("%d,%g,%d,%s", k*7%11, float64(k*k+i)/7, 100*i, station))
		}
		filetest.Write(t, dir, station+".csv", filetest.Lines(rows...))
	}
	s, domains, draft := scan(t, dir)
	c := s.Domains[0].Columns
	if !slices.Equal(c.Targets, []string{"rain"}) || !slices.Equal(domains[0].Features, []string{"heat", "height"}) || len(c.Categorical) > 0 || !strings.Contains(strings.Join(draft.Found, "\n"), `column "station" has another value in each table`) {
		t.Errorf("columns %+v, features %q; %q", c, domains[0].Features, draft.Found)
	}
}
