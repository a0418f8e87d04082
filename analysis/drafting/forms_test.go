package drafting

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/sharewise/sharewise/analysis/study"

	"github.com/sharewise/sharewise/analysis/datafile/filetest"

	"github.com/sharewise/sharewise/analysis/dataset"
)

// measured is a table of n rows and its header: two numbers with decimals and a
// class that is not in their order.
func measured(n int) []string {
	out := []string{"temp,pressure,state"}
	for i := range n {
		out = append(out, fmt.Sprintf("%d.%d,%d.25,%s", 20+i*7%13, i%10, i*31%17, []string{"good", "bad"}[i*13%7%2]))
	}
	return out
}

// german spells a table with decimal commas and semicolons.
func german(table []string) []string {
	var out []string
	for _, l := range table {
		out = append(out, strings.ReplaceAll(strings.ReplaceAll(l, ",", ";"), ".", ","))
	}
	return out
}

// each changes every line of a table.
func each(table []string, change func(i int, line string) string) []string {
	var out []string
	for i, l := range table {
		out = append(out, change(i, l))
	}
	return out
}

func utf16Text(s string, big bool) []byte {
	var out []byte
	for _, u := range utf16.Encode([]rune(s)) {
		if big {
			out = append(out, byte(u>>8), byte(u))
		} else {
			out = append(out, byte(u), byte(u>>8))
		}
	}
	return out
}

// TestFormsOfTables drafts a study of two tables, parses the draft and opens
// its data, for tables as many programs write them: what init writes, plan
// takes, and the samples are the same whatever the form.
func TestFormsOfTables(t *testing.T) {
	plain := measured(60)
	body := plain[1:]
	text := func(table []string) string { return string(filetest.Lines(table...)) }
	for _, c := range []struct {
		name string
		a    []byte // b is in plain form
		// alike says that both domains are in this form, second that b is, not a.
		alike, second bool
		note          string
	}{
		{name: "plain", a: filetest.Lines(plain...)},
		{name: "decimal comma", a: filetest.Lines(german(plain)...), alike: true, note: "fields stand between semicolons, decimals behind a comma"},
		{name: "one with decimal comma", a: filetest.Lines(german(plain)...), note: "decimals behind a comma"},
		{name: "decimal comma and tabs", a: []byte(strings.ReplaceAll(text(german(plain)), ";", "\t")), note: "between tabs"},
		{name: "decimal comma in quotes", a: filetest.Lines(each(plain, func(i int, l string) string {
			f := strings.Split(strings.ReplaceAll(l, ".", ","), ",")
			if i == 0 {
				return l
			}
			return fmt.Sprintf(`"%s,%s","%s,%s",%s`, f[0], f[1], f[2], f[3], f[4])
		})...)},
		{name: "preamble", a: filetest.Lines(append([]string{"Station 7; north", "Date: 2024-01-02", ""}, plain...)...), note: "3 lines before the header"},
		{name: "preamble and decimal comma", a: filetest.Lines(append([]string{"Messung 7", "Datum;2.1.2024"}, german(plain)...)...), note: "2 lines before the header"},
		{name: "comments", a: filetest.Lines(append([]string{"# made by a logger", "# on 2024-01-02"}, append(slices.Clone(plain[:20]), append([]string{"# a pause"}, plain[20:]...)...)...)...), note: "lines that begin with # are left out"},
		{name: "header in a comment", a: []byte("# " + strings.ReplaceAll(text(plain), ",", " ")), note: "between blanks"},
		{name: "Excel's separator", a: []byte("sep=;\r\n" + strings.ReplaceAll(text(german(plain)), "\n", "\r\n"))},
		{name: "delimiters behind rows", a: filetest.Lines(each(plain, func(_ int, l string) string { return l + "," })...)},
		{name: "delimiters behind rows, not behind the header", a: filetest.Lines(each(plain, func(i int, l string) string { return l + []string{"", ","}[min(i, 1)] })...)},
		{name: "CR", a: []byte(strings.ReplaceAll(text(plain), "\n", "\r"))},
		{name: "CRLF and a byte-order mark", a: []byte("\ufeff" + strings.ReplaceAll(text(plain), "\n", "\r\n"))},
		{name: "blanks before quotes", a: filetest.Lines(each(plain, func(_ int, l string) string {
			return `"` + strings.ReplaceAll(l, ",", `", "`) + `"`
		})...)},
		{name: "UTF-16LE", a: utf16Text("\ufeff"+text(plain), false)},
		{name: "UTF-16BE", a: utf16Text("\ufeff"+text(plain), true)},
		{name: "UTF-16LE without a mark", a: utf16Text(text(plain), false)},
		{name: "units", a: filetest.Lines(append([]string{plain[0], "°C,bar,"}, body...)...), note: `line 2 holds no numbers but units ("°C", "bar")`},
		{name: "row names of pandas", a: filetest.Lines(each(plain, func(i int, l string) string {
			if i == 0 {
				return "," + l
			}
			return fmt.Sprintf("%d,%s", 2*i, l)
		})...), note: "left out as names or numbers of the rows: column 1, without a name"},
		{name: "row names of R", a: filetest.Lines(each(plain, func(i int, l string) string {
			if i == 0 {
				return `"temp","pressure","state"`
			}
			f := strings.Split(l, ",")
			return fmt.Sprintf(`"%d",%s,%s,"%s"`, i, f[0], f[1], f[2])
		})...), note: "column 1, without a name"},
		{name: "an index", a: filetest.Lines(each(plain, func(i int, l string) string {
			if i == 0 {
				return "index," + l
			}
			return fmt.Sprintf("%d,%s", 5*i, l)
		})...), note: `column "index" counts the rows and is left out`},
		{name: "an empty column", a: filetest.Lines(each(plain, func(i int, l string) string { return []string{"remark,", ","}[min(i, 1)] + l })...)},
		{name: "thousands", a: filetest.Lines(each(german(plain), func(i int, l string) string { return strings.Replace(l, ",", ".000,", 1) })...), note: "thousands are separated by '.'"},
		{name: "columns in another order", second: true, note: "have the roles that they have there", a: filetest.Lines(each(plain, func(_ int, l string) string {
			f := strings.Split(l, ",")
			return strings.Join([]string{f[2], f[1], f[0]}, ",")
		})...)},
		{name: "gzip under another name", a: filetest.Gzip(filetest.Lines(plain...))},
		{name: "end of file of old programs", a: append(filetest.Lines(plain...), 0x1a)},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := t.TempDir()
			filetest.Write(t, dir, "a.csv", c.a)
			filetest.Write(t, dir, "b.csv", filetest.Lines(plain...))
			if c.second {
				filetest.Write(t, dir, "a.csv", filetest.Lines(plain...))
			}
			if c.alike || c.second {
				filetest.Write(t, dir, "b.csv", c.a)
			}
			_, domains, draft := scan(t, dir)
			if len(domains) != 2 {
				t.Fatalf("%d domains; %q", len(domains), draft.Found)
			}
			if !strings.Contains(strings.Join(draft.Found, "\n"), c.note) {
				t.Errorf("found %q, want %s", draft.Found, c.note)
			}
			a, b := domains[0], domains[1]
			if !slices.Equal(a.Features, []string{"temp", "pressure"}) || !slices.Equal(a.Task.Classes, []string{"bad", "good"}) {
				t.Fatalf("features %q, classes %q; %q", a.Features, a.Task.Classes, draft.Found)
			}
			samples := map[int64][]float32{}
			for _, s := range []*dataset.Split{b.Train, b.Val, b.Test} {
				for i := range s.Len() {
					samples[s.ID(i)] = append(s.Preview(i).Values, float32(s.Label(i)))
				}
			}
			n := 0
			for _, s := range []*dataset.Split{a.Train, a.Val, a.Test} {
				for i := range s.Len() {
					n++
					got, want := append(s.Preview(i).Values, float32(s.Label(i))), samples[s.ID(i)]
					if c.name == "thousands" {
						want = []float32{1000*float32(int(want[0])) + want[0] - float32(int(want[0])), want[1], want[2]}
					}
					for j := range got {
						if d := got[j] - want[j]; d > 1e-2 || d < -1e-2 {
							t.Fatalf("sample %d is %v, want %v", s.ID(i), got, want)
						}
					}
				}
			}
			if n != 60 {
				t.Errorf("%d samples, want 60", n)
			}
		})
	}
}

// TestWordsInWindows1252 reads words as they were meant, and says so.
func TestWordsInWindows1252(t *testing.T) {
	dir := t.TempDir()
	table := each(measured(60), func(i int, l string) string {
		return strings.NewReplacer("good", "tadellos \x80", "bad", "m\xfcde", "temp", "W\xe4rme").Replace(l)
	})
	filetest.Write(t, dir, "a.csv", filetest.Lines(table...))
	filetest.Write(t, dir, "b.csv", filetest.Lines(table...))
	_, domains, _ := scan(t, dir)
	a := domains[0]
	if !slices.Equal(a.Features, []string{"Wärme", "pressure"}) || !slices.Equal(a.Task.Classes, []string{"müde", "tadellos €"}) {
		t.Errorf("features %q, classes %q", a.Features, a.Task.Classes)
	}
	if !slices.Contains(a.Notes, "a.csv:1 is not UTF-8; such lines are read as Windows-1252 (Latin-1)") {
		t.Errorf("notes %q", a.Notes)
	}
}

// TestAmbiguousThousands says what cannot be told, and how to settle it.
func TestAmbiguousThousands(t *testing.T) {
	dir := t.TempDir()
	table := []string{"a;b;y"}
	for i := range 40 {
		table = append(table, fmt.Sprintf("%d,%03d;%d;%s", 1+i%9, 100+i*7, i*31%17, []string{"good", "bad"}[i*13%7%2]))
	}
	filetest.Write(t, dir, "a.csv", filetest.Lines(table...))
	filetest.Write(t, dir, "b.csv", filetest.Lines(table...))
	_, domains, draft := scan(t, dir)
	const want = "set columns.decimal: comma or columns.thousands: comma"
	if !strings.Contains(strings.Join(draft.Found, "\n"), want) || !strings.Contains(strings.Join(domains[0].Notes, "\n"), want) {
		t.Errorf("found %q, notes %q", draft.Found, domains[0].Notes)
	}
	for setting, value := range map[string]float32{"decimal: comma": 1.1, "thousands: comma": 1100} {
		d := openFirst(t, dir, twoTables("columns: {label: y, "+setting+"}"))
		first := d.Train.Preview(slices.Index(ids(d.Train), slices.Min(ids(d.Train)))).Values[0]
		if row := slices.Min(ids(d.Train)); first < value || row == 0 && first != value {
			t.Errorf("%s: first is %g", setting, first)
		}
	}
}

// TestDialectKeys settles what the first lines leave open.
func TestDialectKeys(t *testing.T) {
	dir := t.TempDir()
	table := measured(40)
	filetest.Write(t, dir, "a.csv", filetest.Lines(append([]string{"a,b,c", "1,2,3", "% x"}, table...)...))
	d := openFirst(t, dir, twoTables("columns: {label: state, skip: 2, comment: '%'}"))
	if n := d.Train.Len() + d.Val.Len() + d.Test.Len(); n != 40 || !slices.Equal(d.Features, []string{"temp", "pressure"}) {
		t.Errorf("%d samples, features %q", n, d.Features)
	}
	if _, err := study.ParseBytes([]byte("version: 1\nname: s\n"+twoTables("columns: {label: y, thousands: dot}")), "study.yaml", dir); err == nil {
		t.Error("thousands: dot is taken")
	}
}

// twoTables is a study of two domains, the first of which is in a.csv.
func twoTables(settings string) string {
	return "domains: [{name: a, data: a.csv, " + settings + "}, {name: b, data: b.csv, columns: {label: y}}]\n"
}

// openFirst reads the first domain of a study. The text lacks version and name.
func openFirst(t *testing.T, dir, text string) *dataset.Domain {
	t.Helper()
	s, err := study.ParseBytes([]byte("version: 1\nname: test\n"+text), "study.yaml", dir)
	if err != nil {
		t.Fatal(err)
	}
	d, err := dataset.Open(t.Context(), s, s.Domains[0])
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func ids(s *dataset.Split) []int64 {
	var out []int64
	for i := range s.Len() {
		out = append(out, s.ID(i))
	}
	return out
}

// TestScanUnusableColumns says why columns of a table cannot be inputs.
func TestScanUnusableColumns(t *testing.T) {
	lists := func(i int) string {
		return fmt.Sprintf(`{"s":[%s1],"x":%d.5,"ok":%t}`, strings.Repeat("2,", i%4), i*7%31, i*7%31 > 15)
	}
	amounts := func(i int) string {
		return fmt.Sprintf("r%d;%d,%03d;%s", i, i%9+1, i*37%1000, []string{"u", "v"}[i*7%31/16])
	}
	for _, c := range []struct {
		ending, head string
		line         func(i int) string
		want         string
	}{
		{"jsonl", "", lists, `columns of lists are left out, since only lists of numbers, as many in each row, become inputs: "s"`},
		{"csv", "id;n;k", amounts, `a table without a column of numbers or of a few words for the inputs: numbers such as`},
	} {
		dir := t.TempDir()
		var lines []string
		if c.head != "" {
			lines = append(lines, c.head)
		}
		for i := range 100 {
			lines = append(lines, c.line(i))
		}
		for _, name := range []string{"a.", "b."} {
			filetest.Write(t, dir, name+c.ending, filetest.Lines(lines...))
		}
		draft, err := Scan(dir, Config{Name: "n", Base: dir, Least: 2})
		text := ""
		if err != nil {
			text = err.Error()
		} else {
			text = strings.Join(draft.Found, "\n")
		}
		if !strings.Contains(text, c.want) {
			t.Errorf("%s: %s\nlacks %s", c.ending, text, c.want)
		}
	}
}
