package reports

import (
	"math"
	"strconv"
	"strings"

	"github.com/sharewise/sharewise/analysis/effect"
)

const (
	minus  = "\u2212"
	noData = "–"
)

// percent writes a fraction as a percentage with two significant digits or so:
// 0.123 is 12%, 0.0123 is 1.2%.
func percent(x float64) string {
	if math.IsNaN(x) || math.IsInf(x, 0) {
		return noData
	}
	return number(100*x) + "%"
}

// signed is percent with the sign always written; zero has none.
func signed(x float64) string {
	s := percent(x)
	if x > 0 && strings.Trim(s, "0.%") != "" {
		return "+" + s
	}
	return s
}

// precise writes a fraction as a percentage with one decimal always, as for an
// accuracy.
func precise(x float64) string {
	if !finite(x) {
		return noData
	}
	return fixed(100*x, 1) + "%"
}

// number writes x with one decimal below ten and none from there on.
func number(x float64) string {
	decimals := 1
	if math.Abs(x) >= 9.95 {
		decimals = 0
	}
	return fixed(x, decimals)
}

// fixed writes x with a proper minus sign and no negative zero.
func fixed(x float64, decimals int) string {
	if math.IsNaN(x) || math.IsInf(x, 0) {
		return noData
	}
	s := strconv.FormatFloat(x, 'f', decimals, 64)
	if t, negative := strings.CutPrefix(s, "-"); negative {
		if strings.Trim(t, "0.") == "" {
			return t
		}
		return minus + t
	}
	return s
}

// points writes a difference of fractions in percentage points.
func points(x float64) string {
	s := strings.TrimSuffix(signed(x), "%")
	if s == noData {
		return s
	}
	return s + " points"
}

// span writes limits, such as −5% to +9%; empty where there are none.
func span(lo, hi float64, write func(float64) string) string {
	if !finite(lo) || !finite(hi) {
		return ""
	}
	return write(lo) + " to " + write(hi)
}

// withLimits writes a value and its limits, if any, in brackets.
func withLimits(i effect.Interval, write func(float64) string) string {
	if s := span(i.Lo, i.Hi, write); s != "" {
		return write(i.Value) + " (" + s + ")"
	}
	return write(i.Value)
}

// list joins names: a; a and b; a, b and c.
func list(names []string) string {
	switch n := len(names); n {
	case 0:
		return ""
	case 1:
		return names[0]
	default:
		return strings.Join(names[:n-1], ", ") + " and " + names[n-1]
	}
}

// count writes small numbers as words.
func count(n int) string {
	words := []string{"no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"}
	if n >= 0 && n < len(words) {
		return words[n]
	}
	return strconv.Itoa(n)
}

func capital(s string) string {
	if s == "" {
		return s
	}
	return strings.ToUpper(s[:1]) + s[1:]
}

// uncapital makes a sentence the rest of another one.
func uncapital(s string) string {
	if s == "" {
		return s
	}
	return strings.ToLower(s[:1]) + s[1:]
}

// asSentence gives a note a capital and a full stop.
func asSentence(s string) string {
	if s == "" || strings.HasSuffix(s, ".") {
		return capital(s)
	}
	return capital(s) + "."
}

// poolTitle writes a pool as a + b; of many domains, the first.
func poolTitle(names []string) string {
	const first = 3
	if len(names) > mostNames {
		return strings.Join(names[:first], " + ") + " + " + strconv.Itoa(len(names)-first) + " others"
	}
	return strings.Join(names, " + ")
}

// armTitle is an arm in words.
func armTitle(arm string) string {
	switch arm {
	case "independent":
		return "alone"
	case "joint":
		return "all together"
	}
	if inner, ok := strings.CutPrefix(arm, "pool{"); ok {
		return poolTitle(strings.Split(strings.TrimSuffix(inner, "}"), ","))
	}
	return arm
}

func finite(x float64) bool { return !math.IsNaN(x) && !math.IsInf(x, 0) }

// significantSigned is significant with the sign always written.
func significantSigned(x float64) string {
	if x > 0 {
		return "+" + significant(x)
	}
	return significant(x)
}

// significant writes a positive number with three significant digits.
func significant(x float64) string {
	if !finite(x) {
		return noData
	}
	s := strconv.FormatFloat(x, 'g', 3, 64)
	return strings.Replace(s, "-", minus, 1)
}
