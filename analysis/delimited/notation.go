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
	if s == "" || s[0] > '9' && !strings.HasPrefix(s, "−") {
		return "", false // a word, most often
	}
	number, exponent := s, ""
	if e := strings.IndexAny(s, "eE"); e > 0 {
		number, exponent = s[:e], s[e:]
		if digits := strings.TrimLeft(exponent[1:], "+-"); digits == "" || !isDigits(digits) || len(exponent)-len(digits) > 2 {
			return "", false
		}
	}
	sign := ""
	if number != "" && (number[0] == '-' || number[0] == '+') {
		sign, number = number[:1], number[1:]
	} else if rest, minus := strings.CutPrefix(number, "−"); minus {
		sign, number = "-", rest
	}
	mark := "."
	if n.Decimal == ',' {
		mark = ","
	}
	whole, decimals, point := strings.Cut(number, mark)
	if n.Thousands != 0 && strings.ContainsRune(whole, n.Thousands) {
		groups := strings.Split(whole, string(n.Thousands))
		for i, g := range groups {
			if len(g) != 3 && (i > 0 || len(g) == 0 || len(g) > 3) || !isDigits(g) {
				return "", false
			}
		}
		whole = strings.Join(groups, "")
	}
	if !isDigits(whole) || !isDigits(decimals) || whole+decimals == "" {
		return "", false
	}
	if point {
		whole += "." + decimals
	}
	return sign + whole + exponent, true
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
	most := -1
	for _, n := range allowed {
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
		if _, ok := n.Point(f); ok {
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
