package delimited

import (
	"bufio"
	"encoding/csv"
	"errors"
	"io"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"
)

// readBoth cuts a text by encoding/csv and by records and compares records
// and errors.
func readBoth(t *testing.T, text string, delimiter rune) {
	t.Helper()
	want := csv.NewReader(strings.NewReader(text))
	want.Comma, want.FieldsPerRecord = delimiter, -1
	want.LazyQuotes = !wrongQuotes(text, delimiter) // which are letters within fields
	got := newRecords(&Lines{in: bufio.NewReaderSize(strings.NewReader(text), 16)}, delimiter, false)
	spaced := strings.Contains(text, ` "`) || strings.Contains(text, `" `)
	for {
		fields, err := want.Read()
		have, ours := got.next()
		switch {
		case spaced && (errors.Is(err, csv.ErrBareQuote) || errors.Is(err, csv.ErrQuote)):
			return // blanks around quotes, which encoding/csv refuses
		case errors.Is(err, io.EOF):
			if !errors.Is(ours, io.EOF) {
				t.Fatalf("%q: %q, %v, want the end", text, have, ours)
			}
			return
		case errors.Is(err, csv.ErrBareQuote), want.LazyQuotes && errors.Is(ours, errQuote), spaced && want.LazyQuotes:
			return // after this encoding/csv goes on elsewhere
		case errors.Is(err, csv.ErrQuote):
			if !errors.Is(ours, errQuote) {
				t.Fatalf("%q: %q, %v, want a wrong quote", text, have, ours)
			}
		case err != nil:
			t.Fatal(err)
		case ours != nil || !slices.Equal(fields, have):
			t.Fatalf("%q: %q, %v, want %q", text, have, ours, fields)
		default:
			if line, _ := want.FieldPos(0); line != got.start {
				t.Fatalf("%q: record %q begins on line %d, want %d", text, have, got.start, line)
			}
		}
	}
}

// wrongQuotes reports whether encoding/csv finds a field in quotes that are not closed.
func wrongQuotes(text string, delimiter rune) bool {
	r := csv.NewReader(strings.NewReader(text))
	r.Comma, r.FieldsPerRecord = delimiter, -1
	for {
		_, err := r.Read()
		switch {
		case errors.Is(err, io.EOF):
			return false
		case errors.Is(err, csv.ErrQuote):
			return true
		}
	}
}

var recordTexts = []string{
	"", "a", "a\n", "a,b\r\nc,d", "\n\n\r\na,\n,b\n", "a\rb,c\r", "a,b,\"\"\n", "\"a,b\",c\n", "\"a\nb\r\nc\",d\ne",
	"\"a\"\"b\",\"\"\"\"\n", "a\"b,c\nd,e\n", "\"a\"b,c\nd\n", "\"a", "\"a\nb\nc,d", "\"\n\n\",x\n\ny", "α,\"β\",γ\n", strings.Repeat("long,", 50) + "\nx",
	"a,\"b\" \nc", "\"a\",b\"\nc,d", ",", "\"\"", "\r\n\r\n", "a,b\x00c\n",
}

func TestRecordsOfText(t *testing.T) {
	for _, text := range recordTexts {
		readBoth(t, text, ',')
		readBoth(t, strings.ReplaceAll(text, ",", "§"), '§')
	}
}

func FuzzRecordsOfText(f *testing.F) {
	for _, text := range recordTexts {
		f.Add(text, false)
		f.Add(text, true)
	}
	f.Fuzz(func(t *testing.T, text string, wide bool) {
		delimiter := ','
		if wide {
			delimiter = '§'
		}
		if utf8.ValidString(text) && !strings.Contains(text, string(rune(endOfFile))) {
			readBoth(t, text, delimiter)
		}
	})
}

// TestHeldRows refuses a field that holds rows, since its quote is not closed where it should be, and takes
// texts of several lines.
func TestHeldRows(t *testing.T) {
	const head = "x,note,z,y\n1,fine,2,ok\n"
	for _, c := range []struct{ name, text, want string }{
		{"twenty rows", head + "3,\"5 inch pipe,4,ok\n" + strings.Repeat("5,fine,6,bad\n", 19) + "7,see 5\",8,ok\n9,fine,1,ok\n",
			"quotes are wrong: a field goes on to line 23, and what it holds looks like rows (20)"},
		{"one row", head + "3,\"5 inch,4,ok\n7,see 5\",8,ok\n9,fine,1,ok\n", "a field goes on to line 4, and what it holds looks like rows (1)"},
		{"a quote never closed", head + "3,\"5 inch,4,ok\n" + strings.Repeat("5,fine,6,bad\n", 50), "what stands up to line 53 is read as this row"},
		{"prose of two lines", head + "3,\"Dear all, this leaks, and smells,\nso stop, please\",4,ok\n9,fine,1,ok\n", ""},
		{"lines without delimiters", head + "3,\"first\nsecond\nthird\",4,ok\n9,fine,1,ok\n", ""},
		{"numbers in lines", head + "3,\"1,2\n3,4\n5,6\",4,ok\n9,fine,1,ok\n", ""},
	} {
		double := false
		r, err := Open(strings.NewReader(c.text), Settings{Unquoted: &double})
		if err != nil {
			t.Fatal(err)
		}
		var said []string
		rows := 0
		for {
			_, err := r.Next()
			if errors.Is(err, io.EOF) {
				break
			}
			if of := new(RowError); errors.As(err, &of) {
				if of.Line != 3 {
					t.Errorf("%s: line %d, want 3", c.name, of.Line)
				}
				said = append(said, of.Reason)
				continue
			}
			if err != nil {
				t.Fatal(err)
			}
			rows++
		}
		if all := strings.Join(said, "; "); !strings.Contains(all, c.want) || (c.want == "") != (all == "") {
			t.Errorf("%s: %q, want %q; %d rows", c.name, all, c.want, rows)
		}
	}
}
