package delimited

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// Notation is how numbers are spelled. The zero value is that of programs:
// 1234.5.
type Notation struct {
	// Decimal stands before the decimals: '.', which 0 means too, or ','.
	Decimal byte
	// Thousands stands between groups of three digits; 0 where nothing does. ' '
	// stands for all blanks that are used so, and '\'' for the typographic
	// apostrophe too.
	Thousands rune
}

// separates reports whether a character may stand between groups of digits.
func (n Notation) separates(c rune) bool {
	switch n.Thousands {
	case 0:
		return false
	case ' ':
		return c == ' ' || c == '\u00a0' || c == '\u202f' || c == '\u2009'
	case '\'':
		return c == '\'' || c == '’'
	}
	return c == n.Thousands
}

// notations are those that are looked for, the likelier first.
var notations = []Notation{
	{'.', 0}, {',', 0}, {'.', ','}, {',', '.'},
	{'.', ' '}, {',', ' '}, {'.', '\''}, {',', '\''},
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
		s = strings.Map(func(c rune) rune {
			if n.separates(c) {
				return -1
			}
			return c
		}, s)
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
		case !decimals && n.separates(c):
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

// notations are those that settings leave open.
func (s Settings) notations() []Notation {
	allowed := slices.DeleteFunc(slices.Clone(notations), func(n Notation) bool {
		return s.Decimal != 0 && n.Decimal != s.Decimal || s.Thousands != nil && n.Thousands != *s.Thousands
	})
	if len(allowed) == 0 { // a separator that is not looked for
		allowed = []Notation{{max(s.Decimal, '.'), *s.Thousands}}
		if s.Decimal == ',' {
			allowed[0].Decimal = ','
		}
	}
	return allowed
}

// NotationOf finds the notation, of those that settings leave open, in which most texts of some
// columns are numbers, perhaps with a unit.
func NotationOf(columns [][]string, s Settings) Notation {
	n, _ := notationOf(withoutUnits(columns), s.notations())
	return n
}

// notationOf finds the notation in which most fields of some columns are
// numbers. A note says which others would do as well, where they mean other
// numbers.
func notationOf(columns [][]string, allowed []Notation) (best Notation, note string) {
	most, marks := -1, marksIn(columns)
	for _, n := range allowed {
		needless := n.Decimal == ',' && n.Thousands != '.' && !strings.Contains(marks, ",") || n.Thousands != 0 && !strings.ContainsFunc(marks, n.separates)
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

// pointsOfThousands settles what points mean where every number with a point
// has three digits behind it, 1.234, in a table without any comma that is a
// decimal one. Numbers of thousands stand beside whole ones below 1000, which
// are larger than what they would be as decimals. note is empty where nothing
// speaks for thousands.
func pointsOfThousands(columns [][]string) (thousands bool, note string) {
	grouping := Notation{',', '.'}
	if countAll(columns, grouping) < countAll(columns, Notation{'.', 0}) {
		return false, "" // some have other decimals
	}
	for _, c := range columns {
		var grouped, whole []float64
		example, plain := "", false
		for _, f := range c {
			f = strings.TrimLeft(strings.TrimSpace(f), "+-"+minusSign)
			v, err := strconv.ParseFloat(f, 64)
			head, _, point := strings.Cut(f, ".")
			switch {
			case err != nil || v == 0:
			case point:
				grouped, example = append(grouped, v), f
				plain = plain || head == "0" // nobody writes 0.123 for 123
			default:
				whole = append(whole, v)
				plain = plain || len(f) > 3 // or leaves out some points
			}
		}
		if plain && len(grouped) > 0 {
			return false, ""
		}
		const enough = 5
		if len(grouped) < enough || len(whole) < enough {
			continue
		}
		if median(whole) > 4*median(grouped) {
			return true, ""
		}
		note = fmt.Sprintf("numbers such as %s can be %s: set columns.thousands: point or none", example, strings.ReplaceAll(example, ".", ""))
	}
	return false, note
}

func median(v []float64) float64 {
	slices.Sort(v)
	return v[len(v)/2]
}
