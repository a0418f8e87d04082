package delimited

import (
	"regexp"
	"slices"
	"strings"
	"sync"
)

// measure is a number with its unit: $1,200.50, -€3, EUR 12, 45 %, 4.5 kg, 12 m/s².
// Its groups are a sign before a currency, that currency, the number, and what stands behind it.
var measure = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`^(?:([-+−]?)(` + currency + `)` + blankBetween + `)?([-+−]?[0-9][0-9.,'’ \x{a0}\x{202f}\x{2009}]*(?:[eE][-+]?[0-9]{1,2})?)` + blankBetween + `(` + behind + `)?$`)
})

const (
	blankBetween = `[ \x{a0}\x{202f}\x{2009}]?`
	// currency stands before a number: a symbol, which letters may tell from those of other
	// countries, a code of ISO 4217 that is common in tables, or another sign of the kind.
	currency = `(?:[A-Z]{1,3})?\p{Sc}|AUD|BRL|CAD|CHF|CNY|CZK|DKK|EUR|GBP|HKD|HUF|INR|JPY|KRW|MXN|NOK|NZD|PLN|SEK|SGD|TRY|TWD|USD|ZAR|Rs\.?|Rp\.?|RM|Fr\.?|kr\.?`
	// behind is a currency, a part of a hundred or a thousand, degrees, or one word or two.
	behind = `\p{Sc}|[%％‰°º′″'"]|(?:° ?)?[\pL\p{So}][\pL\pN\p{So}/^·*⁻.-]{0,11}(?: \pL{1,6}\.?)?`
)

// unitAndNumber takes a number apart from the unit that it is written with. ok is false for what is no
// number with a unit, a bare number included.
func unitAndNumber(s string) (unit, number string, ok bool) {
	if inner, negative := inParentheses(strings.TrimSpace(s)); negative {
		if unit, number, ok = unitAndNumber(inner); ok && isDigits(number[:1]) {
			return unit, "-" + number, true
		}
		return "", "", false
	}
	m := measure().FindStringSubmatch(strings.TrimSpace(s))
	if m == nil || (m[2] == "") == (m[4] == "") || m[1] != "" && !isDigits(m[3][:1]) {
		return "", "", false
	}
	return m[2] + m[4], m[1] + strings.TrimRight(m[3], " \u00a0\u202f\u2009"), true
}

// inParentheses is what stands in parentheses, by which accountants write numbers below zero: ($1,200),
// $(1,200), (4.5 %).
func inParentheses(s string) (inner string, ok bool) {
	before, rest, _ := strings.Cut(s, "(")
	inner, ok = strings.CutSuffix(rest, ")")
	if before = strings.TrimSpace(before); !ok || strings.ContainsAny(inner, "()") || strings.ContainsAny(before, "-+0123456789") || strings.HasPrefix(before, minusSign) {
		return "", false
	}
	return before + strings.TrimSpace(inner), true
}

// UnitOf finds the unit that most of some numbers are written with: $ of $1,200.50 and -$3, kg of 4.5 kg. It
// is empty where there is none, or where one number in twenty or more has another, or none.
func UnitOf(numbers []string) string {
	const mostOthers = 20
	count := map[string]int{}
	best := ""
	for _, s := range numbers {
		unit, _, ok := unitAndNumber(s)
		if !ok {
			continue
		}
		if count[unit]++; count[unit] > count[best] {
			best = unit
		}
	}
	if mostOthers*(len(numbers)-count[best]) >= len(numbers) {
		return ""
	}
	return best
}

// WithoutUnit takes its unit from a number. ok is false for a text that is not written with it.
func WithoutUnit(s, unit string) (number string, ok bool) {
	s = strings.TrimSpace(s)
	if inner, negative := inParentheses(s); negative {
		if number, ok = WithoutUnit(inner, unit); ok && number != "" && isDigits(number[:1]) {
			return "-" + number, true
		}
		return "", false
	}
	if rest, behind := strings.CutSuffix(s, unit); behind {
		return strings.TrimSpace(rest), true
	}
	sign, rest := "", s
	for _, c := range []string{"-", "+", minusSign} {
		if after, has := strings.CutPrefix(s, c); has {
			sign, rest = c, after
		}
	}
	if rest, ok = strings.CutPrefix(rest, unit); !ok {
		return "", false
	}
	return sign + strings.TrimSpace(rest), true
}

// withoutUnits are the fields of columns, without units where all numbers of one are written with the same.
func withoutUnits(columns [][]string) [][]string {
	out := make([][]string, len(columns))
	for j, fields := range columns {
		out[j] = fields
		var values []string
		for _, f := range fields[min(1, len(fields)):] { // the first one may be a name
			if f = strings.TrimSpace(f); !slices.Contains(missing, strings.ToLower(f)) {
				values = append(values, f)
			}
		}
		unit := UnitOf(values)
		if unit == "" {
			continue
		}
		out[j] = nil
		for _, f := range fields {
			if number, ok := WithoutUnit(f, unit); ok {
				f = number
			}
			out[j] = append(out[j], f)
		}
	}
	return out
}
