package delimited

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"github.com/sharewise/sharewise/analysis/versioned/alteration"
)

// all reads a table to its end.
func all(t *testing.T, text string, s Settings) (*Reader, [][]string) {
	t.Helper()
	r, err := Open(strings.NewReader(text), s)
	if err != nil {
		t.Fatal(err)
	}
	var out [][]string
	for {
		fields, err := r.Next()
		if errors.Is(err, io.EOF) {
			return r, out
		}
		if err != nil {
			t.Fatalf("%q: %v", text, err)
		}
		out = append(out, slices.Clone(fields))
	}
}

// wide encodes a text in UTF-16.
func wide(s string, big bool) string {
	var b strings.Builder
	for _, u := range utf16.Encode([]rune(s)) {
		if big {
			b.WriteByte(byte(u >> 8))
		}
		b.WriteByte(byte(u))
		if !big {
			b.WriteByte(byte(u >> 8))
		}
	}
	return b.String()
}

func text(lines ...string) string { return strings.Join(lines, "\n") + "\n" }

var (
	point  = Notation{Decimal: '.'}
	comma  = Notation{Decimal: ','}
	german = []string{"Temp;Druck;ok", "1,5;2,25;0", "2,5;3,25;1", "20,4;4,9;0"}
	plain  = []string{"a,b,y", "1.5,2,x", "2.5,3,z", "3.5,4,x", "4.5,5,z"}
)

// TestDialects tells how tables of many origins are written.
func TestDialects(t *testing.T) {
	for _, c := range []struct {
		name, file string
		text       string
		delimiter  rune
		notation   Notation
		names      []string // of Dialect
		first      []string // row
		rows       int
		headless   bool
		notes      string
	}{
		{name: "plain", text: text(plain...), delimiter: ',', notation: point, first: []string{"a", "b", "y"}, rows: 5},
		{name: "decimal comma", text: text(german...), delimiter: ';', notation: comma, first: []string{"Temp", "Druck", "ok"}, rows: 4},
		{name: "decimal comma, no header", text: text("20,4;4,9;45,6", "20,5;4,8;45,7", "21,4;5,9;46,6"), delimiter: ';', notation: comma, first: []string{"20,4", "4,9", "45,6"}, rows: 3, headless: true},
		{name: "one row with decimal commas", text: text("20,4;4,9;45,6"), delimiter: ';', notation: comma, first: []string{"20,4", "4,9", "45,6"}, rows: 1},
		{name: "decimal comma and tabs", text: text(strings.ReplaceAll(strings.Join(german, "\n"), ";", "\t")), delimiter: '\t', notation: comma, first: []string{"Temp", "Druck", "ok"}, rows: 4},
		{name: "decimal comma and blanks", text: text(strings.ReplaceAll(strings.Join(german, "\n"), ";", "  ")), delimiter: Blanks, notation: comma, first: []string{"Temp", "Druck", "ok"}, rows: 4},
		{name: "decimal comma in quotes", text: text("a,b,y", `"1,5","2,25",0`, `"2,5","3,25",1`), delimiter: ',', notation: comma, first: []string{"a", "b", "y"}, rows: 3},
		{name: "thousands and decimal comma", text: text("a;b", "1.234,5;0", "12,5;1", "1.000.000,0;1"), delimiter: ';', notation: Notation{',', '.'}, first: []string{"a", "b"}, rows: 4},
		{name: "thousands with units", text: text("price,y", `"$1,234.50",0`, `"$12.25",1`, `"N/A",1`, `"-$1,000",1`), delimiter: ',', notation: Notation{'.', ','}, first: []string{"price", "y"}, rows: 5},
		{name: "decimal commas with units", text: text("Anteil;y", "12,5 %;0", "3,25 %;1"), delimiter: ';', notation: comma, first: []string{"Anteil", "y"}, rows: 3},
		{name: "thousands in quotes", text: text("a,b", `"1,234.50",0`, `"12.25",1`, `"1,000",1`), delimiter: ',', notation: Notation{'.', ','}, first: []string{"a", "b"}, rows: 4},
		{name: "millions", text: text("a;b", "1,234,567;0", "2,234,567;1"), delimiter: ';', notation: Notation{'.', ','}, first: []string{"a", "b"}, rows: 3},
		{name: "three decimals or thousands", text: text("a;b", "1,234;x", "2,345;z", "3,456;x"), delimiter: ';', notation: Notation{}, first: []string{"a", "b"}, rows: 4, notes: "numbers such as 3,456 can be 3.456 or 3456: set columns.decimal: comma or columns.thousands: comma"},
		{name: "three decimals below one", text: text("a;b", "0,234;x", "2,345;z", "3,456;x"), delimiter: ';', notation: comma, first: []string{"a", "b"}, rows: 4},
		{name: "words with semicolons", text: text("id,tags,y", "1,a;b,0", "2,c;d;e,1", "3,f,0"), delimiter: ',', notation: point, first: []string{"id", "tags", "y"}, rows: 4},
		{name: "dates and times", text: text("when,a,y", "2024-01-02 10:00:00,1,0", "2024-01-02 11:00:00,2,1"), delimiter: ',', notation: point, first: []string{"when", "a", "y"}, rows: 3},
		{name: "preamble", text: text("Station 7", "Operator: X, Y", "", "a,b,y", "1,2,x", "2,3,z", "3,4,x"), delimiter: ',', notation: point, first: []string{"a", "b", "y"}, rows: 4, notes: "3 lines before the header or the first row are left out"},
		{name: "a long preamble", text: text(append(slices.Repeat([]string{"some words about the instrument; and more"}, 20), slices.Concat(german, slices.Repeat(german[1:], 7))...)...), delimiter: ';', notation: comma, first: []string{"Temp", "Druck", "ok"}, rows: 25, notes: "20 lines before"},
		{name: "title above numbers", text: text("ENGINE 2024", "1,2,0", "2,3,1", "3,4,0"), delimiter: ',', notation: point, first: []string{"1", "2", "0"}, rows: 3, headless: true, notes: "1 line before"},
		{name: "comments", text: text("# made by x", "a,b,y", "1,2,0", "# a break", "2,3,1", "3,4,0"), delimiter: ',', notation: point, first: []string{"a", "b", "y"}, rows: 4, notes: "lines that begin with # are left out"},
		{name: "header in a comment", text: text("# run 5", "# a b y", "1.0 2.0 0", "2.0 3.0 1", "3.5 2.5 1"), delimiter: Blanks, notation: point, names: []string{"a", "b", "y"}, first: []string{"1.0", "2.0", "0"}, rows: 3, notes: "lines that begin with #"},
		{name: "# is the name of a column", text: text("#,a,y", "1,2,0", "2,3,1", "3,4,0"), delimiter: ',', notation: point, first: []string{"#", "a", "y"}, rows: 4},
		{name: "numbers behind #", text: text("id,a,y", "#1,2,0", "#2,3,1", "#3,4,0"), delimiter: ',', notation: point, first: []string{"id", "a", "y"}, rows: 4},
		{name: "# begins some values", text: text("# made by x", "x,a,y", "1.5,2,0", "#N/A,3,1", "2.5,4,0", "3.5,4,0"), delimiter: ',', notation: point, first: []string{"x", "a", "y"}, rows: 5, notes: "1 line before"},
		{name: "# begins some words", text: text("colour,a,y", "red,2,0", "#00ff00,3,1", "blue,4,0", "red,4,0"), delimiter: ',', notation: point, first: []string{"colour", "a", "y"}, rows: 5},
		{name: "rows that somebody took out", text: text("x,a,y", "1.5,2,0", "#1.25,3,1", "2.5,4,0", "3.5,4,0"), delimiter: ',', notation: point, first: []string{"x", "a", "y"}, rows: 4, notes: "lines that begin with #"},
		{name: "rows of words that somebody took out", text: text("site,a,y", "north,2,0", "#north,3,1", "south,4,0", "north,4,0"), delimiter: ',', notation: point, first: []string{"site", "a", "y"}, rows: 4, notes: "lines that begin with #"},
		{name: "points of thousands beside numbers below 1000", text: text(slices.Concat([]string{"Menge;Jahr;ok"}, slices.Repeat([]string{"1.067;2023;0", "135;2023;1", "21.336;2024;0", "681;2024;1"}, 4))...), delimiter: ';', notation: Notation{',', '.'}, first: []string{"Menge", "Jahr", "ok"}, rows: 17},
		{name: "three decimals beside whole numbers", text: text(slices.Concat([]string{"a;ok"}, slices.Repeat([]string{"1.333;0", "2;1", "2.667;0", "3;1"}, 4))...), delimiter: ';', notation: Notation{}, first: []string{"a", "ok"}, rows: 17, notes: "numbers such as 2.667 can be 2667: set columns.thousands: point or none"},
		{name: "three decimals beside zeros", text: text(slices.Concat([]string{"a;ok"}, slices.Repeat([]string{"0.512;0", "0;1", "412;1", "2.667;0"}, 5))...), delimiter: ';', notation: point, first: []string{"a", "ok"}, rows: 21},
		{name: "points of millions", text: text("a;b", "1.234.567;0", "2.234.567;1"), delimiter: ';', notation: Notation{',', '.'}, first: []string{"a", "b"}, rows: 3},
		{name: "typographic blanks of thousands", text: text("a;b", "12\u00a0345,5;0", "1\u202f234,5;1", "1 234,5;1"), delimiter: ';', notation: Notation{',', ' '}, first: []string{"a", "b"}, rows: 4},
		{name: "typographic apostrophe", text: text("a;b", "12’345.5;0", "1’234.5;1"), delimiter: ';', notation: Notation{'.', '\''}, first: []string{"a", "b"}, rows: 3},
		{name: "Excel's separator", text: "sep=;\r\n" + strings.Join(german, "\r\n"), delimiter: ';', notation: comma, first: []string{"Temp", "Druck", "ok"}, rows: 4},
		{name: "Excel's separator in quotes", text: "\"sep=|\"\na|b\n1|2\n", delimiter: '|', notation: point, first: []string{"a", "b"}, rows: 2},
		{name: "row names without a name", text: text(`"x","y"`, `"1",2.5,"a"`, `"2",3.5,"b"`, `"3",4.5,"a"`), delimiter: ',', notation: point, names: []string{"", "x", "y"}, first: []string{"1", "2.5", "a"}, rows: 3},
		{name: "row names without a name, blanks", text: text(`"x" "y"`, `"1" 2.5 "a b"`, `"2" 3.5 "b"`, `"3" 4.5 "a"`), delimiter: Blanks, notation: point, names: []string{"", "x", "y"}, first: []string{"1", "2.5", "a b"}, rows: 3},
		{name: "delimiters behind rows", text: text("a,y", "1,0,", "2,1,", "3,0,"), delimiter: ',', notation: point, names: []string{"a", "y", ""}, first: []string{"1", "0", ""}, rows: 3},
		{name: "CR", text: strings.Join(plain, "\r") + "\r", delimiter: ',', notation: point, first: []string{"a", "b", "y"}, rows: 5},
		{name: "blanks before quotes", text: text(`"a", "b", "y"`, `1, "2,5", "x"`, `2, "3" , "z"`), delimiter: ',', notation: comma, first: []string{"a", "b", "y"}, rows: 3},
		{name: "byte-order mark", text: "\ufeff" + text(plain...), delimiter: ',', notation: point, first: []string{"a", "b", "y"}, rows: 5},
		{name: "UTF-16LE", text: wide("\ufeff"+text("größe,y", "1,x", "2,z"), false), delimiter: ',', notation: point, first: []string{"größe", "y"}, rows: 3},
		{name: "UTF-16BE", text: wide("\ufeff"+text("größe,😀", "1,x", "2,z"), true), delimiter: ',', notation: point, first: []string{"größe", "😀"}, rows: 3},
		{name: "UTF-16LE without a mark", text: wide(text("a,b,c", "1,x,0", "2,z,1"), false), delimiter: ',', notation: point, first: []string{"a", "b", "c"}, rows: 3},
		{name: "Windows-1252", text: "gr\xf6\xdfe,preis \x80\n1,2\n2,3\n", delimiter: ',', notation: point, first: []string{"größe", "preis €"}, rows: 3},
		{name: "units", text: text("t,p,y", "s,bar,-", "1,2,0", "2,3,1", "3,4,0", "4,4,1"), delimiter: ',', notation: point, first: []string{"t", "p", "y"}, rows: 5, notes: `line 2 holds no numbers but units ("s", "bar") and is left out`},
		{name: "a unit in brackets", text: text("t,y", "[s],", "1,a", "2,b", "3,a", "4,b"), delimiter: ',', notation: point, first: []string{"t", "y"}, rows: 5, notes: `units ("[s]")`},
		{name: "a bad first value", text: text("t,y", "oops,a", "1,a", "2,b", "3,a", "4,b"), delimiter: ',', notation: point, first: []string{"t", "y"}, rows: 6},
		{name: "missing first values", text: text("t,p,y", "NA,?,0", "1,2,0", "2,3,1", "3,4,0", "4,4,1"), delimiter: ',', notation: point, first: []string{"t", "p", "y"}, rows: 6},
		{name: "end of file of old programs", text: text(plain...) + "\x1a", delimiter: ',', notation: point, first: []string{"a", "b", "y"}, rows: 5},
		{name: "tabs by the name", file: "a.tsv", text: text("a,b\tc,d", "1\t2"), delimiter: '\t', notation: point, first: []string{"a,b", "c,d"}, rows: 2},
		{name: "no tabs in spite of the name", file: "a.tsv.gz", text: text(plain...), delimiter: ',', notation: point, first: []string{"a", "b", "y"}, rows: 5},
		{name: "one column", text: text("a", "1", "2"), delimiter: ',', notation: point, first: []string{"a"}, rows: 3},
		{name: "a damaged header", text: text("a,b", "1,2,3,4", "2,3,4,5", "3,4,5,6"), delimiter: ',', notation: point, first: []string{"a", "b"}, rows: 4},
		{name: "empty", text: "", delimiter: ',', notation: point},
	} {
		r, rows := all(t, c.text, Settings{Name: c.file})
		if r.Delimiter != c.delimiter || r.Plain() != c.notation.Plain() || !c.notation.Plain() && r.Notation != c.notation {
			t.Errorf("%s: delimiter %q, notation %+v", c.name, r.Delimiter, r.Notation)
		}
		if diff := cmp.Diff(c.names, r.Names); diff != "" {
			t.Errorf("%s: names: %s", c.name, diff)
		}
		if r.Headless != c.headless || len(rows) != c.rows || len(rows) > 0 && !slices.Equal(rows[0], c.first) {
			t.Errorf("%s: headless %v, %d rows %q", c.name, r.Headless, len(rows), rows)
		}
		if notes := strings.Join(r.Notes, "; "); c.notes == "" && notes != "" || !strings.Contains(notes, c.notes) {
			t.Errorf("%s: notes %q", c.name, notes)
		}
	}
}

// TestSettings takes what is settled as it is.
func TestSettings(t *testing.T) {
	semicolon, none, two := ';', rune(0), 2
	r, rows := all(t, text("x", "y", "a;b", "1,234;2"), Settings{Delimiter: &semicolon, Decimal: ',', Skip: &two})
	if r.Notation != comma || len(rows) != 2 || rows[1][0] != "1,234" || r.Line() != 4 {
		t.Errorf("%+v, %q, line %d", r.Dialect, rows, r.Line())
	}
	r, rows = all(t, text("a;b", "% no", "1,234;2"), Settings{Thousands: &none, Comment: "%"})
	if r.Notation != comma || len(rows) != 2 || len(r.Notes) != 1 {
		t.Errorf("%+v, %q", r.Dialect, rows)
	}
	zero := 0
	if _, rows = all(t, text("title", "a,b", "1,2", "2,3"), Settings{Skip: &zero}); len(rows) != 4 {
		t.Errorf("skip: 0 gives %q", rows)
	}
	odd := '_'
	if r, _ = all(t, text("a,b", "1_234,2"), Settings{Thousands: &odd}); r.Thousands != '_' || r.Decimal != '.' {
		t.Errorf("%+v", r.Notation)
	}
}

// TestFit takes empty fields off, or adds them where names are empty.
func TestFit(t *testing.T) {
	for _, c := range []struct{ header, fields, want string }{
		{"a b", "1 2", "1 2"}, {"a b", "1 2 _ _", "1 2"}, {"a b", "1 2 3 _", "1 2 3"}, {"a _ _", "1", "1 _ _"}, {"a _ b", "1", "1"}, {"a b", "1", "1"},
	} {
		cut := func(s string) []string { return strings.Split(strings.ReplaceAll(s, "_", ""), " ") }
		if got := Fit(cut(c.header), cut(c.fields)); !slices.Equal(got, cut(c.want)) {
			t.Errorf("%s, %s: %q", c.header, c.fields, got)
		}
	}
}

func TestConverted(t *testing.T) {
	for want, text := range map[int]string{0: "ä,b\n1,2\n", 3: "a,b\n1,2\n\xe4,3\n\xf6,4\n"} {
		if r, _ := all(t, text, Settings{}); r.Converted() != want {
			t.Errorf("%q: line %d, want %d", text, r.Converted(), want)
		}
	}
}

func TestPoint(t *testing.T) {
	for _, c := range []struct {
		n    Notation
		s    string
		want string // empty: no number
	}{
		{point, "1.5", "1.5"}, {point, " -1e-3 ", "-1e-3"}, {point, "1,5", ""}, {point, ".5", ".5"}, {point, "1.2.3", ""}, {point, ".", ""}, {point, "", ""}, {point, "−2", "-2"}, {point, "1e+05", "1e+05"}, {point, "1e5.0", ""}, {point, "1e--5", ""}, {point, "e5", ""}, {point, "1e123", ""},
		{comma, "1,5", "1.5"}, {comma, ",5", ".5"}, {comma, "1,5e3", "1.5e3"}, {comma, "1,2,3", ""}, {comma, "abc", ""},
		{Notation{',', '.'}, "1.234,5", "1234.5"}, {Notation{',', '.'}, "1.23", ""}, {Notation{',', '.'}, "1234.567", ""}, {Notation{',', '.'}, "12,5", "12.5"},
		{Notation{'.', ','}, "1,234,567.25", "1234567.25"}, {Notation{'.', ','}, ",234", ""},
		{Notation{'.', '\''}, "12'345.5", "12345.5"}, {Notation{'.', '\''}, "12’345.5", "12345.5"}, {Notation{',', ' '}, "1\u00a0234\u202f567,5", "1234567.5"},
	} {
		if got, ok := c.n.Point(c.s); got != c.want || ok != (c.want != "") {
			t.Errorf("%q in %+v: %q, %v, want %q", c.s, c.n, got, ok, c.want)
		}
	}
}

// TestQuotes takes quotes for letters within fields, and everywhere where some that begin a field do not
// end it.
func TestQuotes(t *testing.T) {
	double := false
	for _, c := range []struct {
		name, text string
		settled    *bool
		want       string // rows, fields between /
		unquoted   bool
	}{
		{"enclosing", "a,b\n\"x, y\",1\n\"\"\"z\"\"\",2\n", nil, `a/b x, y/1 "z"/2`, false},
		{"within fields", "a\tb\nthe \"x\" one\t1\na 5\" pipe\t2\n", nil, `a/b the "x" one/1 a 5" pipe/2`, false},
		{"at the beginning of texts", "a\tb\n\"x\" is good\t1\nsaid \"no\"\t2\n\"y\"\t3\nz\t4\n", nil, `a/b "x" is good/1 said "no"/2 "y"/3 z/4`, true},
		{"never closed", "a\tb\n\"x\t1\ny\t2\nz\t3\n\"q\" r\t4\nw\t5\n", nil, `a/b "x/1 y/2 z/3 "q" r/4 w/5`, true},
		{"a damaged row among enclosed ones", "a,b\n\"x\",1\n\"y\",2\n\"z\"w,3\nv,4\n", nil, `a/b x/1 y/2 ! v/4`, false},
		{"other delimiters would be within", "a,b\n\"x\"y,1\n\"u, v\",2\nw,3\n", nil, `a/b ! u, v/2 w/3`, false},
		{"settled", "a\tb\n\"x\" is good\t1\ny\t2\n", &double, `a/b ! y/2`, false},
		{"between blanks", "a b\n5\" 1\n6\" 2\n", nil, `a/b 5"/1 6"/2`, false},
		{"a text of several lines at the end of the sample", "a,b\n1,x\n2,\"y\nz\"", nil, "a/b 1/x 2/y\nz", false},
	} {
		r, err := Open(strings.NewReader(c.text), Settings{Unquoted: c.settled})
		if err != nil {
			t.Fatal(err)
		}
		var rows []string
		for {
			fields, err := r.Next()
			if errors.Is(err, io.EOF) {
				break
			}
			if err != nil {
				fields = []string{"!"}
			}
			rows = append(rows, strings.Join(fields, "/"))
		}
		if got := strings.Join(rows, " "); got != c.want || r.Unquoted != c.unquoted || c.unquoted != (len(r.Notes) > 0) {
			t.Errorf("%s: %q, unquoted %v, notes %q; want %q", c.name, got, r.Unquoted, r.Notes, c.want)
		}
	}
}

func TestRowErrors(t *testing.T) {
	double := false
	r, err := Open(strings.NewReader("a,b\n1,\"x\"y\n2,z\n"), Settings{Unquoted: &double})
	if err != nil {
		t.Fatal(err)
	}
	var lines []string
	for {
		_, err := r.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if bad := new(RowError); errors.As(err, &bad) {
			lines = append(lines, fmt.Sprint(bad.Line))
		}
	}
	if !slices.Equal(lines, []string{"2"}) {
		t.Errorf("bad rows on lines %v", lines)
	}
}

// FuzzOpen reads any bytes without a panic, and ends.
func FuzzOpen(f *testing.F) {
	for _, s := range []string{text(plain...), text(german...), wide("\ufeff"+text(plain...), false), "sep=;\r", "# a\n#\n\n1,2\n", "\"\n", "\xff\xfe\x00\xd8"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		r, err := Open(strings.NewReader(text), Settings{})
		if err != nil {
			if utf8.ValidString(text) && !strings.Contains(text, "\x00") {
				t.Fatal(err)
			}
			alteration.Plain(t, err)
			return // it may be of several encodings
		}
		for {
			if _, err := r.Next(); errors.Is(err, io.EOF) {
				return
			} else if bad := new(RowError); err != nil && !errors.As(err, &bad) {
				t.Fatal(err)
			}
		}
	})
}
