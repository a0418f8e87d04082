package tokenizer

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// byteLevel writes the bytes of a text as characters that can be seen, as GPT-2
// does, and cuts it into words before.
type byteLevel struct{ prefix, words bool }

// byteRunes is the character of each byte: itself where it can be seen, else one
// from U+0100 on, in order.
var byteRunes = func() (out [256]rune) {
	next := rune(256)
	for b := range out {
		switch {
		case '!' <= b && b <= '~', 0xa1 <= b && b <= 0xac, 0xae <= b && b <= 0xff:
			out[b] = rune(b)
		default:
			out[b] = next
			next++
		}
	}
	return out
}()

// grows: a byte becomes a character of at most two, and a word may get a blank before it.
func (byteLevel) grows() growth { return growth{each: 4} }

func (l byteLevel) apply(words []string, _ bool) []string {
	var out []string
	for _, w := range words {
		if l.prefix && w != "" && w[0] != ' ' {
			w = " " + w
		}
		parts := [][2]int{{0, len(w)}}
		if l.words {
			parts = gptWords(w)
		}
		for _, p := range parts {
			var b strings.Builder
			for i := p[0]; i < p[1]; i++ {
				b.WriteRune(byteRunes[w[i]])
			}
			out = append(out, b.String())
		}
	}
	return out
}

// gptPattern is that of GPT-2, which gptWords finds: Go's expressions cannot look
// ahead.
const gptPattern = `'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+`

var contractions = []string{"'s", "'t", "'re", "'ve", "'m", "'ll", "'d"}

// gptWords cuts a text wholly into what gptPattern matches.
func gptWords(s string) (out [][2]int) {
	for at := 0; at < len(s); {
		end := at + gptWord(s[at:])
		out = append(out, [2]int{at, end})
		at = end
	}
	return out
}

// gptWord is the length of the match at the beginning of a text.
func gptWord(s string) int {
	for _, c := range contractions {
		if strings.HasPrefix(s, c) {
			return len(c)
		}
	}
	rest := strings.TrimPrefix(s, " ")
	blank := len(s) - len(rest)
	for _, is := range []func(rune) bool{
		unicode.IsLetter, unicode.IsNumber,
		func(c rune) bool { return !unicode.IsSpace(c) && !unicode.IsLetter(c) && !unicode.IsNumber(c) },
	} {
		if n := run(rest, is); n > 0 {
			return blank + n
		}
	}
	n := run(s, unicode.IsSpace)
	if n == len(s) {
		return n
	}
	// The last blank belongs to the word behind it, unless it is all there is.
	if _, size := utf8.DecodeLastRuneInString(s[:n]); n > size {
		return n - size
	}
	return n
}

// run is the length of the characters of a kind that a text begins with.
func run(s string, is func(rune) bool) int {
	for i, c := range s {
		if !is(c) {
			return i
		}
	}
	return len(s)
}
