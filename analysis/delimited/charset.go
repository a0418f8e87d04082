package delimited

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/htmlindex"
	"golang.org/x/text/encoding/japanese"
	"golang.org/x/text/encoding/korean"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/traditionalchinese"
	"golang.org/x/text/encoding/unicode/utf32"
)

// Encodings are names that [Settings.Encoding] may have; further ones are those of
// the Encoding Standard of WHATWG, such as big5, koi8-r or windows-1251.
var Encodings = []string{"utf-8", "utf-16", "latin-1", "windows-1252", "shift_jis", "euc-jp", "gbk"}

// charset is an encoding with the name that messages have.
type charset struct {
	name string
	encoding.Encoding
}

// charsetOf finds an encoding by its name.
func charsetOf(name string) (charset, error) {
	switch lower := strings.ToLower(name); lower {
	case "latin-1", "latin1", "iso-8859-1": // which browsers take for Windows-1252
		return charset{name, charmap.ISO8859_1}, nil
	case "utf-32":
		return charset{name, utf32.UTF32(utf32.LittleEndian, utf32.UseBOM)}, nil
	default:
		e, err := htmlindex.Get(lower)
		if err != nil || lower == "replacement" || lower == "x-user-defined" {
			return charset{}, fmt.Errorf("%q is no encoding that is read; there are %s, and others such as big5, euc-kr, koi8-r and windows-1251", name, strings.Join(Encodings, ", "))
		}
		return charset{name, e}, nil
	}
}

// IsEncoding says what is wrong with the name of an encoding, nil for nothing.
func IsEncoding(name string) error {
	_, err := charsetOf(name)
	return err
}

// multibyte are the encodings that text may be in whose characters take two bytes
// and more, beside those of Unicode.
var multibyte = []charset{
	{"shift_jis", japanese.ShiftJIS},
	{"euc-jp", japanese.EUCJP},
	{"gbk", simplifiedchinese.GBK},
	{"big5", traditionalchinese.Big5},
	{"euc-kr", korean.EUCKR},
}

// UnknownEncodingError is about text that is not UTF-8 and whose encoding does not
// show.
type UnknownEncodingError struct {
	// May are encodings that the text may be in; none where it is in none that are
	// looked for.
	May []string
}

func (e *UnknownEncodingError) Error() string {
	const what = "the text is not UTF-8"
	if len(e.May) == 0 {
		return what + ", and its encoding does not show; say under columns.encoding (init: --encoding) what it is, such as windows-1251, or save it as UTF-8"
	}
	return fmt.Sprintf("%s, and may be %s; say under columns.encoding (init: --encoding) which, or save it as UTF-8", what, strings.Join(e.May, " or "))
}

// escapes is the encoding of Japan that has bytes of ASCII only, and says by sequences of
// them which characters they are.
var escapes = charset{"iso-2022-jp", japanese.ISO2022JP}

// guess tells the encoding of text that is not UTF-8, or escaped: nil for Windows-1252.
//
// Words of western text have letters with marks among letters of ASCII, and signs where
// people write them. Characters of east Asian text take two bytes, which make signs within
// words, and must exist in the encoding. Words that may be either tell nothing: where there
// are no others, nothing is guessed. Text of Japan has
// kana, which text of China does not; and nearly all that people write is among the
// frequent characters, which in Shift JIS begin with other bytes than elsewhere.
// Where more than one encoding is left, nothing is guessed either: words in the wrong one
// look like words.
func guess(text []byte) (*charset, error) {
	if escaped(text) {
		return &escapes, nil
	}
	if utf8.Valid(text) {
		return nil, &UnknownEncodingError{May: append([]string{"utf-8"}, names(encodingsOf(text))...)}
	}
	v := judge(text)
	if v.single() && !frequent("big5", text, 3) {
		return nil, nil
	}
	e := &UnknownEncodingError{}
	if v.strange == 0 {
		e.May = append(e.May, "windows-1252")
		for _, c := range encodingsOf(text) {
			if v.western > 0 || v.may[c.name] {
				e.May = append(e.May, c.name)
			}
		}
		return nil, e
	}
	may := encodingsOf(text)
	if len(may) > 1 {
		if i := slices.IndexFunc(may, func(c charset) bool { return japaneseText(c, text) }); i >= 0 {
			may = may[i : i+1]
		}
	}
	if len(may) > 1 && may[0].name == "shift_jis" && frequent("shift_jis", text, 2) {
		may = may[:1]
	}
	if len(may) == 1 && (frequent(may[0].name, text, 2) || japaneseText(may[0], text)) {
		return &may[0], nil
	}
	e.May = names(may)
	return nil, e
}

// encodingsOf are the encodings of two bytes and more in which all of a text exists.
func encodingsOf(text []byte) (may []charset) {
	for _, c := range multibyte {
		if plausible(c, text) {
			may = append(may, c)
		}
	}
	return may
}

func names(of []charset) (names []string) {
	for _, c := range of {
		names = append(names, c.name)
	}
	return names
}

// asciiLetter reports whether a letter of ASCII stands at a place, which may be outside.
func asciiLetter(text []byte, i int) bool {
	return i >= 0 && i < len(text) && isPlain(rune(text[i]))
}

// decodeAll decodes text, without a character at its end that is cut off.
func decodeAll(c charset, text []byte) string {
	out, err := c.NewDecoder().Bytes(text)
	if err != nil {
		return string(utf8.RuneError)
	}
	return string(out)
}

// plausible reports whether all of a text exists in an encoding. Katakana of half
// width, which in Shift JIS take one byte, alone are no sign of it: nearly any byte
// is one.
func plausible(c charset, text []byte) bool {
	s := decodeAll(c, text)
	if strings.ContainsRune(s, utf8.RuneError) {
		return false
	}
	half, full := 0, 0
	for _, r := range s {
		switch {
		case r >= 0xff61 && r <= 0xff9f:
			half++
		case r >= 0xe000 && r <= 0xf8ff:
			return false // characters that nobody has but who made them up
		case r >= 0x80:
			full++
		}
	}
	return full >= half
}

// japaneseText reports whether an encoding of Japan makes text with kana of a text.
func japaneseText(c charset, text []byte) bool {
	if c.name != "shift_jis" && c.name != "euc-jp" {
		return false
	}
	kana, all, together := 0, 0, false
	different := map[rune]bool{}
	last := ' '
	for _, r := range decodeAll(c, text) {
		if r >= 0x80 {
			all++
		}
		if r >= 0x3041 && r <= 0x30ff {
			kana++
			different[r] = true
			together = together || r != last && different[last]
		}
		last = r
	}
	if c.name == "euc-jp" && plausible(charset{"big5", traditionalchinese.Big5}, text) && !together && len(different) < 3 {
		return false // the simplest characters of Big5 have the bytes of kana
	}
	return 10*kana >= all && kana > 0
}

// frequentBytes are the first bytes of frequent characters: signs, kana, jamo, and levels
// 1 of JIS X 0208 and GB 2312, the 5401 frequent characters of Big5, the 2350 syllables
// of KS X 1001.
var frequentBytes = map[string][][2]byte{
	"shift_jis": {{0x81, 0x83}, {0x88, 0x98}},
	"euc-jp":    {{0xa1, 0xa5}, {0xb0, 0xcf}},
	"gbk":       {{0xa1, 0xa3}, {0xb0, 0xd7}},
	"big5":      {{0xa1, 0xc6}},
	"euc-kr":    {{0xa1, 0xa4}, {0xb0, 0xc8}},
}

// isFrequent reports whether a byte begins frequent characters of an encoding.
func isFrequent(encoding string, first byte) bool {
	return slices.ContainsFunc(frequentBytes[encoding], func(r [2]byte) bool { return first >= r[0] && first <= r[1] })
}

// frequent reports whether a text has at least so many different characters of two
// bytes that nearly all are frequent in an encoding, and that it is no text of single
// bytes that happen to be so: letters of Europe stand between others, and signs before
// units, so that second bytes would be ASCII; capital letters of DOS's Cyrillic have
// second bytes from 0x80 to 0x9f.
func frequent(encoding string, text []byte, least int) bool {
	different := map[[2]byte]bool{}
	usual, beyond, runs, touched := 0, 0, 0, 0
	for i := 0; i+1 < len(text); {
		if text[i] < 0x80 {
			i++
			continue
		}
		from := i
		for ; i+1 < len(text) && text[i] >= 0x80; i += 2 {
			pair := [2]byte(text[i : i+2])
			if different[pair] {
				continue
			}
			different[pair] = true
			if isFrequent(encoding, pair[0]) {
				usual++
			}
			if pair[1] >= 0xa0 {
				beyond++
			}
		}
		runs++
		if asciiLetter(text, from-1) || asciiLetter(text, i) {
			touched++
		}
	}
	n := len(different)
	return n >= least && 10*usual >= 9*n && 4*beyond >= n && 2*touched <= runs
}
