package reports

import (
	"math"
	"strconv"
	"strings"

	"github.com/sharewise/sharewise/analysis/effect"
	"github.com/sharewise/sharewise/analysis/wording"
	"github.com/sharewise/sharewise/reports/language"
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

// text is a message or a part of one.
type text = wording.Text

// say is a message by its English format, which is its key in the catalogue.
func say(format string, args ...any) text { return wording.Say(format, args...) }

// some is a number with a noun whose plural is the noun with an s.
func some(n int, noun string) text { return wording.Some(n, noun, noun+"s") }

// points writes a difference of fractions in percentage points.
func points(x float64) text {
	s := strings.TrimSuffix(signed(x), "%")
	if s == noData {
		return noData
	}
	return say("%s points", s)
}

// span writes a pair of limits; empty if they are not known.
func span[S ~string](lo, hi float64, write func(float64) S) text {
	if !finite(lo) || !finite(hi) {
		return ""
	}
	return say("%s to %s", write(lo), write(hi))
}

// withLimits writes a value followed by its limits where they are known.
func withLimits[S ~string](i effect.Interval, write func(float64) S) text {
	if s := span(i.Lo, i.Hi, write); s != "" {
		return say("%s (%s)", write(i.Value), s)
	}
	return text(write(i.Value))
}

// list joins names as in a sentence.
func list[S ~string](names []S) text { return wording.List(names) }

// count writes a small number as a word.
func count(n int) text { return wording.Spelled(n) }

// capital puts the first letter into upper case, for names at the beginning of a
// sentence too.
func capital[S ~string](s S) text { return wording.Capital(asText(s)) }

// uncapital is the reverse of capital, for sentences that come to follow a colon.
func uncapital(s text) text { return wording.Lower(s) }

// asSentence is a sentence from a file with a capital and a full stop; empty stays empty.
func asSentence(s string) text { return wording.Sentence(wording.Written(s)) }

// asText is a text as it is and a name as a text.
func asText[S ~string](s S) text {
	if t, ok := any(s).(text); ok {
		return t
	}
	return wording.Name(string(s))
}

// written are sentences from a file.
func written(sentences []string) []text {
	out := make([]text, len(sentences))
	for i, s := range sentences {
		out[i] = wording.Written(s)
	}
	return out
}

// firstOf lists the first names and counts the others.
func firstOf[S ~string](names []S, most int) text {
	if len(names) <= most {
		return joined(names, ", ")
	}
	return say("%s and %d more", joined(names[:most], ", "), len(names)-most)
}

// joined writes texts with a mark between them that no language changes.
func joined[S ~string](parts []S, mark text) text {
	var out text
	for i, p := range parts {
		if i > 0 {
			out += mark
		}
		out += asText(p)
	}
	return out
}

// poolTitle names a pool by its members; of many, the first.
func poolTitle(names []string) text {
	const first = 3
	if len(names) > mostNames {
		return say("%s + %d others", joined(names[:first], " + "), len(names)-first)
	}
	return joined(names, " + ")
}

// armTitle names an arm as readers see it.
func armTitle(arm string) text {
	switch arm {
	case "independent":
		return say("alone")
	case "joint":
		return say("all together")
	}
	if inner, ok := strings.CutPrefix(arm, "pool{"); ok {
		return poolTitle(strings.Split(strings.TrimSuffix(inner, "}"), ","))
	}
	return wording.Name(arm)
}

// timeText is a number of seconds in the unit that fits.
func timeText(seconds float64) text {
	if t := language.Duration(seconds); t != "" {
		return t
	}
	return noData
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
