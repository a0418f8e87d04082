package textcode

import (
	"unicode"
	"unicode/utf8"
)

// alone are the letters of scripts without blanks between words: Thai and Lao,
// Burmese, Khmer, kana, Han.
var alone = [][2]rune{
	{0x0e00, 0x0eff}, {0x1000, 0x109f}, {0x1780, 0x17ff}, {0x3040, 0x30ff}, {0x31f0, 0x31ff},
	{0x3400, 0x4dbf}, {0x4e00, 0x9fff}, {0xf900, 0xfaff}, {0x20000, 0x3ffff},
}

// stands says what a character is to words.
type stands int

const (
	between stands = iota // words
	within
	byItself
)

func standing(c rune) stands {
	switch {
	case c < utf8.RuneSelf:
		switch {
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9':
			return within
		case unicode.IsSymbol(c):
			return byItself
		}
		return between
	case unicode.In(c, unicode.L, unicode.N, unicode.M):
		for _, r := range alone {
			if r[0] <= c && c <= r[1] {
				return byItself
			}
		}
		return within
	case unicode.IsSymbol(c) && c != utf8.RuneError:
		return byItself
	}
	return between
}

// EachWord hands the words of a text to take, in small letters and in their order,
// until it returns false. A word is valid until take returns. Bytes that are no
// UTF-8 stand between words.
func EachWord(text string, take func(word []byte) bool) {
	var word []byte
	for _, c := range text {
		s := standing(c)
		if s == within {
			word = utf8.AppendRune(word, unicode.ToLower(c))
			continue
		}
		if len(word) > 0 {
			if !take(word) {
				return
			}
			word = word[:0]
		}
		if s == byItself && !take(utf8.AppendRune(nil, unicode.ToLower(c))) {
			return
		}
	}
	if len(word) > 0 {
		take(word)
	}
}
