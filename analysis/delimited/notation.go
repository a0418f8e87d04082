package delimited

import (
	"fmt"
	"strings"
)

// Notation is how numbers are spelled. The zero value is that of programs:
// 1234.5.
type Notation struct {
	// Decimal stands before the decimals: '.', which 0 means too, or ','.
	Decimal byte
	// Thousands stands between groups of three digits; 0 where nothing does.
	Thousands rune
}

// notations are those that are looked for, the likelier first.
var notations = []Notation{
	{'.', 0}, {',', 0}, {'.', ','}, {',', '.'},
	{'.', ' '}, {',', ' '}, {'.', '\u00a0'}, {',', '\u00a0'}, {'.', '\u202f'}, {',', '\u202f'}, {'.', '\''}, {'.', '’'},
}

// Plain reports whether numbers are spelled as programs read them.
func (n Notation) Plain() bool { return n.Decimal != ',' && n.Thousands == 0 }

// Point spells a number as programs read it: without separators of thousands,
// decimals behind a point. What is no number of the notation comes back with
// ok false.
func (n Notation) Point(s string) (text string, ok bool) {
	s = strings.TrimSpace(s)
	if !n.spells(s) {
		return "", false
	}
	if rest, minus := strings.CutPrefix(s, minusSign); minus {
		s = "-" + rest
	}
	if n.Thousands != 0 {
		s = strings.ReplaceAll(s, string(n.Thousands), "")
	}
	if n.Decimal == ',' {
		s = strings.Replace(s, ",", ".", 1)
	}
	return s, true
}

// minusSign is what typesetters write for -.
const minusSign = "−"

// spells reports whether a text without blanks around it is a number: perhaps a
// sign, digits, perhaps in groups of three after the first, decimals, an
// exponent of at most two digits.
func (n Notation) spells(s string) bool {
	if s != "" && (s[0] == '-' || s[0] == '+') {
		s = s[1:]
	} else {
		s = strings.TrimPrefix(s, minusSign)
	}
	digits, run, groups, decimals := 0, 0, 0, false
	whole := func() bool { return groups == 0 || run == 3 }
	for i, c := range s {
		switch {
		case c >= '0' && c <= '9':
			digits++
			run++
		case !decimals && (c == '.' && n.Decimal != ',' || c == ',' && n.Decimal == ','):
			if !whole() {
				return false
			}
			decimals, groups = true, 0
		case !decimals && c == n.Thousands && n.Thousands != 0:
			if groups > 0 && run != 3 || run < 1 || run > 3 {
				return false
			}
			groups++
			run = 0
		case c == 'e' || c == 'E':
			exponent := strings.TrimLeft(s[i+1:], "+-")
			return digits > 0 && whole() && len(exponent) > 0 && len(exponent) < 3 && len(s)-i-1-len(exponent) < 2 && isDigits(exponent)
		default:
			return false
		}
	}
	return digits > 0 && whole()
}

func isDigits(s string) bool {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return true
}

// notationOf finds the notation in which most fields of some columns are
// numbers. A note says which others would do as well, where they mean other
// numbers.
func notationOf(columns [][]string, allowed []Notation) (best Notation, note string) {
	most, marks := -1, marksIn(columns)
	for _, n := range allowed {
		needless := n.Decimal == ',' && !strings.Contains(marks, ",") || n.Thousands != 0 && !strings.ContainsRune(marks, n.Thousands)
		if needless && n != allowed[0] {
			continue // it reads what others read
		}
		if count := countAll(columns, n); count > most {
			best, most = n, count
		}
	}
	if most <= 0 {
		return allowed[0], ""
	}
	if best.Decimal == ',' && best.Thousands == 0 && containsNotation(allowed, Notation{'.', ','}) {
		return thousandsOrDecimals(columns, most)
	}
	return best, ""
}

// marksIn lists the characters of the fields of some columns that tell a
// notation from that of programs.
func marksIn(columns [][]string) string {
	const marks = ",. \u00a0\u202f'’"
	found := ""
	for _, c := range columns {
		for _, f := range c {
			for _, r := range f {
				if strings.ContainsRune(marks, r) && !strings.ContainsRune(found, r) {
					found += string(r)
				}
			}
		}
	}
	return found
}

func countAll(columns [][]string, n Notation) int {
	count := 0
	for _, c := range columns {
		count += countIn(c, n)
	}
	return count
}

func containsNotation(list []Notation, n Notation) bool {
	for _, m := range list {
		if m == n {
			return true
		}
	}
	return false
}

func countIn(fields []string, n Notation) int {
	count := 0
	for _, f := range fields {
		if n.spells(strings.TrimSpace(f)) {
			count++
		}
	}
	return count
}

// thousandsOrDecimals settles what commas mean where every number has three
// digits behind its comma: 1,234. most is the number of numbers if they are
// decimals.
func thousandsOrDecimals(columns [][]string, most int) (Notation, string) {
	decimals, thousands := Notation{',', 0}, Notation{'.', ','}
	if countAll(columns, thousands) < most {
		return decimals, ""
	}
	example := ""
	for _, c := range columns {
		grouped, whole := 0, 0
		for _, f := range c {
			f = strings.TrimLeft(strings.TrimSpace(f), "+-")
			if _, ok := thousands.Point(f); !ok {
				continue
			}
			switch head, _, comma := strings.Cut(f, ","); {
			case !comma:
				whole++
			case head == "0":
				return decimals, "" // nobody writes 0,123 for 123
			default:
				grouped++
				example = f
			}
		}
		const enough = 5
		if grouped >= enough && whole >= enough {
			return thousands, "" // decimals of always three digits would not be left out
		}
	}
	plain := strings.ReplaceAll(example, ",", "")
	return Notation{}, fmt.Sprintf("numbers such as %s can be %s or %s: set columns.decimal: comma or columns.thousands: comma", example, strings.Replace(example, ",", ".", 1), plain)
}
