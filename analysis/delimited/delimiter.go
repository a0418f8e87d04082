package delimited

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

// Blanks delimits fields by runs of spaces and tabs.
const Blanks rune = 0

// candidates are the delimiters that are looked for, the likelier first.
var candidates = []rune{',', ';', '\t', '|', Blanks}

// delimiterOf finds the delimiter of a text: the one that makes rows of equal
// length of which most fields have a type. name is that of the file.
func delimiterOf(name string, text []byte, notations []Notation, unquoted *bool) rune {
	ending := filepath.Ext(strings.TrimSuffix(strings.ToLower(name), ".gz"))
	if (ending == ".tsv" || ending == ".tab") && bytes.IndexByte(text, '\t') >= 0 {
		return '\t'
	}
	best, most, all := ',', 0.0, false
	for _, d := range candidates {
		if d == Blanks && !bytes.ContainsAny(text, blanks) || d != Blanks && bytes.IndexByte(text, byte(d)) < 0 {
			continue
		}
		rows, _ := sampleOf(text, d, unquoted)
		fits := fitsAll(rows)
		if d == Blanks && all && !fits {
			continue // they stand between the words of a text
		}
		all = all || fits
		if score := scoreOf(rows, notations); score > most+1e-9 {
			best, most = d, score
		}
	}
	return best
}

// fitsAll reports whether all rows have as many fields as the first, and two at least.
func fitsAll(rows []sampleRow) bool {
	return len(rows) > 1 && len(rows[0].fields) > 1 && !slices.ContainsFunc(rows, func(r sampleRow) bool { return len(r.fields) != len(rows[0].fields) })
}

// sampleRows is the number of rows that are looked at.
const sampleRows = 200

// sampleRow is a row of the sample. What is wrong with its quotes leaves it
// without fields.
type sampleRow struct {
	line   int // from 1
	fields []string
	quotes []bool
}

// begins is the first field without spaces around it, empty where there is none.
func (r sampleRow) begins() string {
	if len(r.fields) == 0 {
		return ""
	}
	return strings.TrimSpace(r.fields[0])
}

// sampleOf cuts the beginning of a table at a delimiter, and says whether quotes are letters in it.
// Where nothing settles that, they are where some that begin a field do not end it, all rows
// have the same length without them, and more of the fields that have quotes do not lie between two of
// them than do. Comments are rows here.
func sampleOf(text []byte, d rune, settled *bool) (rows []sampleRow, unquoted bool) {
	if settled != nil {
		rows, _ := cutSample(text, d, *settled)
		return rows, *settled
	}
	rows, wrong := cutSample(text, d, false)
	if !wrong {
		return rows, false
	}
	plain, _ := cutSample(text, d, true)
	if !fitsAll(plain) {
		return rows, false
	}
	enclosed := 0 // less those that are not
	for _, r := range plain {
		for _, f := range r.fields {
			f = strings.TrimSpace(f)
			switch {
			case !strings.Contains(f, `"`):
			case len(f) > 1 && f[0] == '"' && f[len(f)-1] == '"' && strings.Count(f, `"`)%2 == 0:
				enclosed++
			default:
				enclosed--
			}
		}
	}
	if enclosed >= 0 {
		return rows, false
	}
	return plain, true
}

// cutSample cuts the beginning of a table, and says whether quotes are wrong in it. Those of its last
// row may only be cut off.
func cutSample(text []byte, d rune, unquoted bool) (out []sampleRow, wrong bool) {
	r := newRecords(&Lines{in: bufio.NewReader(bytes.NewReader(text))}, d, unquoted)
	for len(out) < sampleRows {
		fields, err := r.next()
		if errors.Is(err, io.EOF) {
			break
		}
		if len(fields) == 1 && strings.TrimSpace(fields[0]) == "" || err == nil && len(fields) == 0 {
			continue
		}
		if errors.Is(err, errQuote) {
			_, end := r.in.Peek(1)
			wrong = wrong || end == nil
		}
		out = append(out, sampleRow{r.start, slices.Clone(fields), slices.Clone(r.quotes)})
	}
	return out, wrong
}

// scoreOf judges the rows that a delimiter makes from 0 to 1: the square of the
// share of rows that have the usual length, times the share of their fields
// that have a type, times 1 - 1/length, so that a delimiter that is not there
// scores 0. Rows before the first one of that length count half: they may be
// titles.
func scoreOf(rows []sampleRow, notations []Notation) float64 {
	rows = withoutComments(rows)
	length := usualLength(rows[len(rows)/2:])
	if length < 2 {
		return 0
	}
	all := len(rows)
	rows = rows[slices.IndexFunc(rows, func(r sampleRow) bool { return len(r.fields) == length }):]
	alike, typed := 0, 0.0
	for _, r := range rows {
		if len(r.fields) != length {
			continue
		}
		alike++
		for i, f := range r.fields {
			if len(r.quotes) > 0 && r.quotes[i] {
				typed++
			} else {
				typed += typeOf(f, notations)
			}
		}
	}
	share := float64(alike) / float64(len(rows))
	if share < 0.5 {
		return 0
	}
	body := (1 + float64(len(rows))/float64(all)) / 2
	return body * share * share * typed / float64(alike*length) * (1 - 1/float64(length))
}

// withoutComments leaves out lines that begin with #, unless all do.
func withoutComments(rows []sampleRow) []sampleRow {
	left := slices.DeleteFunc(slices.Clone(rows), func(r sampleRow) bool { return len(r.fields) > 0 && strings.HasPrefix(r.fields[0], "#") })
	if len(left) == 0 {
		return rows
	}
	return left
}

// usualLength is the most frequent number of fields, the larger of equals.
func usualLength(rows []sampleRow) int {
	count := map[int]int{}
	for _, r := range rows {
		count[len(r.fields)]++
	}
	best := 0
	for length, n := range count {
		if n > count[best] || n == count[best] && length > best {
			best = length
		}
	}
	return best
}

var moment = regexp.MustCompile(`^[0-9]{1,4}([-./:][0-9]{1,4}){1,2}([T ][0-9]{1,2}:[0-9]{2}(:[0-9]{2}([.,][0-9]+)?)?)?( ?(Z|[AaPp][Mm]|[+-][0-9]{2}:?[0-9]{2}))?$`)

// typeOf is 1 for an empty field, a number and a date, a little less for a
// word, and little for what holds characters that delimit fields elsewhere.
func typeOf(field string, notations []Notation) float64 {
	f := strings.TrimSpace(field)
	if f == "" {
		return 1
	}
	if f[0] <= '9' || f[0] == minusSign[0] { // else a word
		for _, n := range notations {
			if n.spells(f) {
				return 1
			}
		}
		if moment.MatchString(f) {
			return 1
		}
	}
	if strings.ContainsAny(f, ",;\t|") {
		return 0.1
	}
	return 0.9
}
