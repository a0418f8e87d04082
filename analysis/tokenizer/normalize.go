package tokenizer

import (
	"encoding/json"
	"errors"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// normalizer changes a text.
type normalizer interface {
	apply(text string) string
	grows() growth
}

// mostOfForm is how many bytes a Unicode form makes of one at most: NFKD writes the three of
// U+FDFA as 33.
const mostOfForm = 11

// normalizerFunc is a normaliser that makes at most so much of a text.
type normalizerFunc struct {
	do func(string) string
	growth
}

func (f normalizerFunc) apply(text string) string { return f.do(text) }
func (f normalizerFunc) grows() growth            { return f.growth }

func parseNormalizers(raw json.RawMessage) ([]normalizer, error) {
	out, err := normalizersIn(raw, 0)
	if err == nil && len(out) > mostSteps {
		return nil, formatError("normalizer: %d steps; %d are possible", len(out), mostSteps)
	}
	return out, err
}

func normalizersIn(raw json.RawMessage, depth int) ([]normalizer, error) {
	if absent(raw) {
		return nil, nil
	}
	var of struct {
		part
		List    []json.RawMessage `json:"normalizers"`
		Content string            `json:"content"`
		Pattern pattern           `json:"pattern"`
		Prepend string            `json:"prepend"`
		Left    *bool             `json:"strip_left"`
		Right   *bool             `json:"strip_right"`
		Map     []byte            `json:"precompiled_charsmap"`
	}
	if err := decode(raw, "normalizer: ", &of); err != nil {
		return nil, err
	}
	if err := errors.Join(checkLength(of.Content, longestContent, "normalizer: content"), checkLength(of.Prepend, longestContent, "normalizer: prepend")); err != nil {
		return nil, err
	}
	one := func(apply func(string) string, g growth) ([]normalizer, error) {
		return []normalizer{normalizerFunc{apply, g}}, nil
	}
	form := func(f norm.Form) ([]normalizer, error) {
		return one(func(s string) string { return inForm(f, s) }, growth{each: mostOfForm})
	}
	switch of.Type {
	case "Sequence":
		if depth == deepest {
			return nil, formatError("normalizer: sequences %d deep", deepest)
		}
		var out []normalizer
		for _, r := range of.List {
			list, err := normalizersIn(r, depth+1)
			if err != nil {
				return nil, err
			}
			out = append(out, list...)
		}
		return out, nil
	case "NFC":
		return form(norm.NFC)
	case "NFD":
		return form(norm.NFD)
	case "NFKC":
		return form(norm.NFKC)
	case "NFKD":
		return form(norm.NFKD)
	case "Lowercase":
		return one(lower, growth{each: utf8.UTFMax})
	case "StripAccents":
		return one(func(s string) string { return without(s, unicode.M) }, growth{each: 1})
	case "Strip":
		return []normalizer{strip{of.Left == nil || *of.Left, of.Right == nil || *of.Right}}, nil
	case "Prepend":
		return one(func(s string) string {
			if s == "" {
				return s
			}
			return of.Prepend + s
		}, growth{each: 1, once: len(of.Prepend)})
	case "Replace":
		re, err := of.Pattern.compile("normalizer")
		if err != nil {
			return nil, err
		}
		return one(func(s string) string { return re.ReplaceAllLiteralString(s, of.Content) }, replaces(of.Content))
	case "Nmt":
		return one(nmt, growth{each: 1})
	case "BertNormalizer":
		b := bertNormalizer{Clean: true, Chinese: true, Lower: true}
		if err := decode(raw, "normalizer: ", &b); err != nil {
			return nil, err
		}
		return []normalizer{b}, nil
	case "Precompiled":
		m, err := parseCharsMap(of.Map)
		if err != nil {
			return nil, err
		}
		return []normalizer{m}, nil
	}
	return nil, formatError("normalizer %.200q is not supported", of.Type)
}

// pattern is a text to look for, as it is or as a regular expression.
type pattern struct {
	Text   *string `json:"String"`
	Regexp *string `json:"Regex"`
}

func (p pattern) compile(where string) (*regexp.Regexp, error) {
	switch {
	case p.Text != nil:
		return compile(where, regexp.QuoteMeta(*p.Text))
	case p.Regexp != nil:
		return compile(where, inGo(*p.Regexp))
	}
	return nil, formatError("%s: the pattern is missing", where)
}

// finder makes what finds the pattern, which may look ahead at blanks.
func (p pattern) finder(where string) (func(string) [][2]int, error) {
	if p.Text == nil && p.Regexp != nil {
		return finder(where, *p.Regexp)
	}
	re, err := p.compile(where)
	if err != nil {
		return nil, err
	}
	return matches(re), nil
}

// lower makes small letters, of each character by itself.
func lower(s string) string {
	const capital, small = "\u0130", "i\u0307" // the only letter that becomes two
	if strings.Contains(s, capital) {
		s = strings.ReplaceAll(s, capital, small)
	}
	return strings.Map(unicode.ToLower, s)
}

// inForm writes a text in a Unicode form. Package norm puts a joiner behind every 30 marks in a
// row, which the forms do not ask for.
func inForm(f norm.Form, s string) string {
	const joiner = "\u034f"
	out := f.String(s)
	if strings.Contains(s, joiner) {
		return out
	}
	return strings.ReplaceAll(out, joiner, "")
}

// without leaves out characters of a table.
func without(s string, t *unicode.RangeTable) string {
	return strings.Map(func(c rune) rune {
		if unicode.Is(t, c) {
			return -1
		}
		return c
	}, s)
}

type strip struct{ left, right bool }

func (strip) grows() growth { return growth{each: 1} }

func (p strip) apply(s string) string {
	if p.left {
		s = strings.TrimLeftFunc(s, unicode.IsSpace)
	}
	if p.right {
		s = strings.TrimRightFunc(s, unicode.IsSpace)
	}
	return s
}

// nmt is what SentencePiece's rule nmt does before NFKC.
func nmt(s string) string {
	return strings.Map(func(c rune) rune {
		switch {
		case 1 <= c && c <= 8, c == 0x0b, 0x0e <= c && c <= 0x1f, c == 0x7f, c == 0x8f, c == 0x9f:
			return -1
		case c == 9, c == 0x0a, c == 0x0c, c == 0x0d, c == 0x1680, 0x200b <= c && c <= 0x200f,
			c == 0x2028, c == 0x2029, c == 0x2581, c == 0xfeff, c == 0xfffd:
			return ' '
		}
		return c
	}, s)
}

// bertNormalizer is that of BERT's first program.
type bertNormalizer struct {
	Clean   bool  `json:"clean_text"`
	Chinese bool  `json:"handle_chinese_chars"`
	Accents *bool `json:"strip_accents"` // nil: as Lower
	Lower   bool  `json:"lowercase"`
}

func (bertNormalizer) grows() growth { return growth{each: mostOfForm} } // blanks around characters that no form makes longer

func (b bertNormalizer) apply(s string) string {
	if b.Clean {
		s = strings.Map(func(c rune) rune {
			switch {
			case c == '\t' || c == '\n' || c == '\r':
				return ' '
			case c == 0 || c == 0xfffd || unicode.In(c, unicode.Cc, unicode.Cf, unicode.Co): // what no version of Unicode has assigned stays
				return -1
			case unicode.IsSpace(c):
				return ' '
			}
			return c
		}, s)
	}
	if b.Chinese {
		var out strings.Builder
		for _, c := range s {
			if chinese(c) {
				out.WriteByte(' ')
				out.WriteRune(c)
				out.WriteByte(' ')
			} else {
				out.WriteRune(c)
			}
		}
		s = out.String()
	}
	if b.Accents == nil && b.Lower || b.Accents != nil && *b.Accents {
		s = without(inForm(norm.NFD, s), unicode.Mn)
	}
	if b.Lower {
		s = lower(s)
	}
	return s
}

func chinese(c rune) bool {
	for _, r := range [][2]rune{{0x4e00, 0x9fff}, {0x3400, 0x4dbf}, {0x20000, 0x2a6df}, {0x2a700, 0x2b73f}, {0x2b740, 0x2b81f}, {0x2b920, 0x2ceaf}, {0xf900, 0xfaff}, {0x2f800, 0x2fa1f}} {
		if r[0] <= c && c <= r[1] {
			return true
		}
	}
	return false
}
