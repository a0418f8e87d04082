package drafting

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sharewise/sharewise/analysis/datafile/filetest"
)

// TestScanSequences makes one table of files that dates or numbers tell apart where several
// domains have such, and leaves years, and names that number machines, as domains.
func TestScanSequences(t *testing.T) {
	day := func(n int, state string) []byte {
		out := []string{"nr,heat,state"}
		for i := range n {
			s := state
			if s == "" {
				s = []string{"ok", "worn"}[i%2]
			}
			out = append(out, fmt.Sprintf("%d,%g,%s", i, math.Sin(float64(i*i+n)), s))
		}
		return filetest.Lines(out...)
	}
	whole := day(30, "")
	wider := []string{"nr,heat,cold,state"}
	for i := range 30 {
		wider = append(wider, fmt.Sprintf("%d,%g,%d,%s", i, math.Sin(float64(i*i)), i*7%11, []string{"ok", "worn"}[i%2]))
	}
	for _, test := range []struct {
		name  string
		files map[string][]byte
		want  []string
	}{
		{"days of plants, some without rows or with one state", map[string][]byte{
			"n/2024-01-01.csv": whole, "n/2024-01-02.csv": day(0, ""), "n/2024-01-03.csv": day(20, "ok"), "s/2024-01-01.csv": whole, "s/2024-01-02.csv": whole},
			[]string{"n: n/*.csv | - | -", "s: s/*.csv | - | -"}},
		{"one day of one plant", map[string][]byte{"n/20240101.csv": whole, "n/20240102.csv": whole, "n/20240111.csv": whole, "s/20240101.csv": whole},
			[]string{"n: n/*.csv | - | -", "s: s/20240101.csv | - | -"}},
		{"days in one folder", map[string][]byte{"n_2024-01-01.csv": whole, "n_2024-01-02.csv": whole, "s_2024-01-01.csv": whole, "s_2024-01-02.csv": whole},
			[]string{"n: n*.csv | - | -", "s: s*.csv | - | -"}},
		{"days in folders of months, and parts", map[string][]byte{
			"n/train/2024-01/31.csv": whole, "n/train/2024-02/01.csv": whole, "n/test/2024-03/01.csv": whole, "n/test/2024-03/02.csv": whole,
			"s/train/2024-01/31.csv": whole, "s/train/2024-02/01.csv": whole, "s/test/2024-03/01.csv": whole, "s/test/2024-03/02.csv": whole},
			[]string{"n: n/train/*/*.csv | - | n/test/2024-03/*.csv", "s: s/train/*/*.csv | - | s/test/2024-03/*.csv"}},
		{"numbered recordings", map[string][]byte{"n/run_1.csv": whole, "n/run_2.csv": whole, "s/run_1.csv": whole, "s/run_2.csv": whole},
			[]string{"n: n/run*.csv | - | -", "s: s/run*.csv | - | -"}},
		{"numbered machines", map[string][]byte{"n/press1.csv": whole, "n/press2.csv": whole, "s/press1.csv": whole, "s/press2.csv": whole},
			[]string{"n-press1: n/press1.csv | - | -", "n-press2: n/press2.csv | - | -", "s-press1: s/press1.csv | - | -", "s-press2: s/press2.csv | - | -"}},
		{"parts that say how many there are", map[string][]byte{
			"n/train-00000-of-00002.csv": whole, "n/train-00001-of-00002.csv": whole, "n/test-00000-of-00001.csv": whole,
			"s/train-00000-of-00001.csv": whole, "s/test-00000-of-00002.csv": whole, "s/test-00001-of-00002.csv": whole},
			[]string{"n: n/train*.csv | - | n/test-00000-of-00001.csv", "s: s/train-00000-of-00001.csv | - | s/test*.csv"}},
		{"other columns on another day", map[string][]byte{"n/2024-01-01.csv": whole, "n/2024-01-02.csv": filetest.Lines(wider...), "s/2024-01-01.csv": whole, "s/2024-01-02.csv": whole},
			[]string{"2024-01-01: n/2024-01-01.csv | - | -", "2024-01-02: n/2024-01-02.csv | - | -", "s: s/*.csv | - | -"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			dir := t.TempDir()
			for name, data := range test.files {
				filetest.Write(t, dir, name, data)
			}
			s, domains, draft := scan(t, dir)
			got := placesOf(s)
			slices.Sort(got)
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("%s\n%s", diff, strings.Join(draft.Found, "\n"))
			}
			if c := s.Domains[0].Columns; c.Label != "state" || len(test.want) == 2 && !slices.Equal(c.Ignore, []string{"nr"}) {
				t.Errorf("columns %+v", c)
			}
			for _, d := range domains {
				if d.Test.Len() == 0 || d.Train.Len() == 0 {
					t.Errorf("%s has %d training and %d test samples", d.Name, d.Train.Len(), d.Test.Len())
				}
			}
		})
	}
}

// TestScanMonths makes domains of a column's values over all months where a column is called
// so, and of months where none is.
func TestScanMonths(t *testing.T) {
	for head, want := range map[string][]string{"plant": {"n", "s"}, "mood": {"01", "02", "03"}} {
		dir := t.TempDir()
		for month := range 3 {
			rows := []string{head + ",heat,cold,state"}
			for i := range 40 {
				rows = append(rows, fmt.Sprintf("%s,%g,%d,%s", []string{"n", "s"}[i%2], math.Sin(float64(i*i+month)), i*7%11, []string{"ok", "worn"}[i/2%2]))
			}
			filetest.Write(t, dir, fmt.Sprintf("export_2024-%02d.csv", month+1), filetest.Lines(rows...))
		}
		if s, domains, draft := scan(t, dir); !slices.Equal(names(domains), want) || s.Domains[0].Columns.Label != "state" {
			t.Errorf("%s: %q; %q", head, names(domains), draft.Found)
		}
	}
}

// TestScanShards makes one table of parts in one folder, and domains of a column's values.
func TestScanShards(t *testing.T) {
	dir := t.TempDir()
	for i, name := range []string{"train-00000-of-00002.csv", "train-00001-of-00002.csv", "test-00000-of-00001.csv"} {
		rows := []string{"plant,heat,state"}
		for k := range 60 {
			rows = append(rows, fmt.Sprintf("%s,%g,%s", []string{"n", "s"}[k%2], math.Sin(float64(k*k+i)), []string{"ok", "worn"}[k/2%2]))
		}
		filetest.Write(t, dir, name, filetest.Lines(rows...))
	}
	s, domains, draft := scan(t, dir)
	if d := domains[0]; !slices.Equal(names(domains), []string{"n", "s"}) || s.Domains[0].Files.Path != "train*.csv" || d.Test.Len() != 30 || d.Train.Len()+d.Val.Len() != 60 {
		t.Errorf("%q of %q: %d for training, %d for testing; %q", names(domains), s.Domains[0].Files.Path, d.Train.Len(), d.Test.Len(), draft.Found)
	}
}

// TestScanRecordedTables takes tables in folders of several domains that have the same names
// for recordings of classes, and the columns that do not count their rows for channels; where names
// of files begin with a condition, too.
func TestScanRecordedTables(t *testing.T) {
	for _, place := range []string{"%s/%s/%d.csv", "%s/%s_%02d.csv"} {
		recordedTables(t, place)
	}
}

func recordedTables(t *testing.T, place string) {
	dir := t.TempDir()
	for _, machine := range []string{"m1", "m2"} {
		for k, class := range []string{"sound", "worn"} {
			for run := range 3 {
				rows := []string{"t,x,y"}
				for i := range 700 - 100*run {
					x := float64(i * (k + 1))
					rows = append(rows, fmt.Sprintf("%g,%g,%g", float64(i)/100, math.Sin(x/7), math.Cos(x/9)))
				}
				filetest.Write(t, dir, fmt.Sprintf(place, machine, class, run), filetest.Lines(rows...))
			}
		}
	}
	s, domains, draft := scan(t, dir)
	in := s.Input.Series
	if got := names(domains); !slices.Equal(got, []string{"m1", "m2"}) || in == nil || in.Length != 32 || in.Channels != 2 || !slices.Equal(domains[0].Task.Classes, []string{"sound", "worn"}) {
		t.Errorf("%s: domains %q of %q, windows %+v; %q", place, got, domains[0].Task.Classes, in, draft.Found)
	}
}

// TestScanLabelsApart refuses tables of inputs whose labels lie in a file of their own, of
// which the last input would have been predicted.
func TestScanLabelsApart(t *testing.T) {
	dir := t.TempDir()
	x, y := []string{"a,b"}, []string{"class"}
	for i := range 40 {
		x, y = append(x, fmt.Sprintf("%d,%d", i*7%11, i*5%13)), append(y, fmt.Sprint(i%2))
	}
	for _, site := range []string{"n", "s"} {
		filetest.Write(t, dir, site+"/X_train.csv", filetest.Lines(x...))
		filetest.Write(t, dir, site+"/y_train.csv", filetest.Lines(y...))
	}
	_, err := Scan(dir, Config{Name: "x", Base: dir, Least: 2})
	if want := "inputs whose labels are in a file of their own, y_train.csv; bring both into one table"; err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("%v, want %s", err, want)
	}
}
