package tokenizer

import (
	"regexp"
	"regexp/syntax"
	"strings"
	"unicode/utf8"
)

// The expressions of a tokenizer.json are those of Oniguruma, whose \s, \d and \w know
// all of Unicode where Go's know ASCII.
var unicodeClasses = map[byte]string{
	's': `\t-\r \x{85}\p{Z}`,
	'd': `\p{Nd}`,
	'w': `\p{L}\p{M}\p{Nd}\p{Nl}\p{Pc}²³¹¼-¾\x{24b6}-\x{24e9}\x{1f130}-\x{1f149}\x{1f150}-\x{1f169}\x{1f170}-\x{1f189}`, // with the fractions and powers of Latin-1, and letters in circles and squares
}

// inGo writes an expression so that Go takes it for what Oniguruma does. \S, \D and \W
// within a class stay as Go has them.
func inGo(expression string) string {
	var out strings.Builder
	class := false
	for i := 0; i < len(expression); i++ {
		c := expression[i]
		switch {
		case c == '\\' && i+1 < len(expression):
			i++
			next := expression[i]
			inside, known := unicodeClasses[next|0x20]
			switch {
			case known && next&0x20 != 0 && class:
				out.WriteString(inside)
			case known && next&0x20 != 0:
				out.WriteString("[" + inside + "]")
			case known && !class:
				out.WriteString("[^" + inside + "]")
			default:
				out.WriteString(`\` + string(next))
			}
			continue
		case c == '[' && !class:
			class = true
			if strings.HasPrefix(expression[i+1:], "^") {
				out.WriteString("[^")
				i++
				continue
			}
		case c == ']':
			class = false
		}
		out.WriteByte(c)
	}
	return out.String()
}

// blanksAhead is the alternative that leaves the last of several blanks to the word
// behind it. Go's expressions cannot look ahead; many tokenizers have this one look.
const blanksAhead = `\s+(?!\S)`

// finder makes what finds the places of an expression in a text.
func finder(where, expression string) (func(string) [][2]int, error) {
	if expression == gptPattern {
		return gptWords, nil
	}
	before, after, looks := strings.Cut(expression, "|"+blanksAhead)
	if !looks || after != "" && after[0] != '|' || !isWhole(before) || !isWhole(strings.TrimPrefix(after, "|")) {
		re, err := compile(where, inGo(expression))
		if err != nil {
			return nil, err
		}
		return matches(re), nil
	}
	// The blanks are found without looking ahead, as the last group, and then looked at.
	re, err := compile(where, inGo("(?:"+before+`)|(\s+)`+after))
	if err != nil {
		return nil, err
	}
	var instead *regexp.Regexp
	if after = strings.TrimPrefix(after, "|"); after != "" {
		if instead, err = compile(where, `\A(?:`+inGo(after)+")"); err != nil {
			return nil, err
		}
	}
	return ahead{re, instead, groups(before) + 1}.find, nil
}

// isWhole reports whether a part of an expression is one by itself, which says nothing
// about what stands before it in the text: parts are looked for in the rest of a text.
func isWhole(part string) bool {
	parsed, err := syntax.Parse(inGo(part), syntax.Perl)
	return err == nil && !looksBack(parsed)
}

func looksBack(re *syntax.Regexp) bool {
	switch re.Op {
	case syntax.OpBeginLine, syntax.OpBeginText, syntax.OpWordBoundary, syntax.OpNoWordBoundary:
		return true
	}
	for _, sub := range re.Sub {
		if looksBack(sub) {
			return true
		}
	}
	return false
}

// groups is how many groups of an expression are kept.
func groups(expression string) int {
	parsed, err := syntax.Parse(inGo(expression), syntax.Perl)
	if err != nil {
		return 0
	}
	return parsed.MaxCap()
}

// ahead finds an expression with blanksAhead among its alternatives.
type ahead struct {
	re      *regexp.Regexp
	instead *regexp.Regexp // the alternatives behind it; nil where there are none
	group   int            // of the blanks
}

func (a ahead) find(s string) (out [][2]int) {
	for at := 0; at < len(s); {
		m := a.re.FindStringSubmatchIndex(s[at:])
		if m == nil {
			break
		}
		from, to := at+m[0], at+m[1]
		if m[2*a.group] >= 0 && to < len(s) {
			_, last := utf8.DecodeLastRuneInString(s[from:to])
			switch to -= last; {
			case to > from:
			case a.instead != nil:
				if n := a.instead.FindStringIndex(s[from:]); n != nil {
					to = from + n[1]
				}
			}
		}
		if to == from {
			_, size := utf8.DecodeRuneInString(s[from:])
			at = from + size
			continue
		}
		out = append(out, [2]int{from, to})
		at = to
	}
	return out
}
