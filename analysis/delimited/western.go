package delimited

import (
	"bytes"
	"strings"
	"unicode"
	"unicode/utf8"
)

// verdict counts the different words with bytes beyond ASCII in a text that is not UTF-8,
// by what they look like.
type verdict struct {
	western int // words of Windows-1252, and of nothing else
	doubted int // words of Windows-1252, or of an encoding of east Asia
	strange int // no words of Windows-1252
	may     map[string]bool
}

// single reports whether nearly all that is in a text looks like Windows-1252. Some
// bytes may be damaged.
func (v *verdict) single() bool {
	return v.western > 0 && v.doubted <= v.western && 20*v.strange <= v.western
}

// judge looks at the words of a text one by one. A word ends before a byte below 0x40 that
// is no digit of it: no character of two bytes has such a one as its second.
func judge(text []byte) *verdict {
	v := &verdict{may: map[string]bool{}}
	seen := map[string]bool{}
	for i := 0; i < len(text); {
		from, high := i, false
		for ; i < len(text) && text[i] >= 0x40; i++ {
			high = high || text[i] >= 0x80
		}
		if high {
			w := westernWord{before: edgeOf(text, from-1), after: edgeOf(text, i), bytes: text[from:i]}
			if key := w.key(); !seen[key] {
				seen[key] = true
				v.count(w)
			}
		}
		i = max(i, from+1)
	}
	return v
}

// count counts a word.
func (v *verdict) count(w westernWord) {
	if !w.natural() {
		v.strange++
		return
	}
	doubted := w.unmixed() == 2
	if !w.common() {
		for _, c := range multibyte {
			if eastern(c, w.bytes) {
				v.may[c.name], doubted = true, true
			}
		}
	}
	if doubted {
		v.doubted++
	} else {
		v.western++
	}
}

// Classes of what stands beside a sign, as in [signPlaces].
const (
	besideNothing = 'e' // the edge of a word: a blank, a delimiter
	besideDigit   = 'd'
	besideASCII   = 'a' // a letter of ASCII
	besideMarked  = 'm' // a letter beyond ASCII
	besideSign    = 's'
	besideOdd     = 'o' // a sign of ASCII that stands between words of programs only
)

// edgeOf is the class of a byte below 0x40, with '(' for signs within a cell: only
// delimiters, line ends and the ends of the text say that a word is all of a cell.
func edgeOf(text []byte, i int) byte {
	switch {
	case i < 0 || i >= len(text):
		return besideNothing
	case text[i] >= '0' && text[i] <= '9':
		return besideDigit
	case strings.IndexByte(",;\t\r\n\"'", text[i]) >= 0:
		return besideNothing
	}
	return '('
}

// westernWord is a word that may be of Windows-1252.
type westernWord struct {
	before, after byte
	bytes         []byte
}

// key tells words apart.
func (w *westernWord) key() string {
	return string(w.before) + string(w.bytes) + string(w.after)
}

// isMarked reports whether a character of Windows-1252 is a letter beyond ASCII. The signs
// of feminine and masculine numbers and of a millionth are none.
func isMarked(r rune) bool {
	return r >= 0x80 && unicode.IsLetter(r) && !strings.ContainsRune("ªºµƒˆ", r)
}

// isPlain reports whether a character is a letter of ASCII.
func isPlain(r rune) bool { return r < 0x80 && unicode.IsLetter(r) }

// signPlaces says what people write before and after signs of Windows-1252. Dashes, dots
// and apostrophes stand beside anything, quotes beside letters on one side only.
var signPlaces = map[rune][2]string{}

func init() {
	for _, of := range []struct{ signs, before, after string }{
		{"€", "edas", "eds"},
		{"‚„", "es", "adms"},
		{"†‡", "edam", "eds"},
		{"‰", "ed", "e"},
		{"•", "ed", "edams"},
		{"ƒˆ˜", "ed", "ed"},
		{"™®", "edam", "es"},
		{"©", "ed", "eda"},
		{"ªº", "da", "es"},
		{"°", "eda", "eda"},
		{"µ", "ed", "ea"},
		{"²³¹", "dam", "eds"},
		{"½¼¾", "ed", "eda"},
		{"±", "ed", "ed"},
		{"¿¡", "es", "ams"},
		{"£¥¢", "eda", "ed"},
		{"§¶", "es", "eds"},
		{"×÷", "eda", "eda"},
		{"¬¯¨¸¦¤", "e", "e"},
		{"´", "am", "eam"},
		{"\u00ad", "am", "am"},
	} {
		for _, r := range of.signs {
			signPlaces[r] = [2]string{of.before, of.after}
		}
	}
}

// beside is the class of a character within a word.
func beside(r rune) byte {
	switch {
	case isPlain(r):
		return besideASCII
	case isMarked(r):
		return besideMarked
	case r >= 0x80:
		return besideSign
	case strings.ContainsRune("[]{}_|", r):
		return besideNothing
	}
	return besideOdd
}

// natural reports whether nothing in a word is odd for Windows-1252: bytes that it has no
// character for, signs where nobody writes them, capital letters within a word.
func (w *westernWord) natural() bool {
	word := make([]rune, len(w.bytes))
	for i, c := range w.bytes {
		if word[i] = rune(c); c >= 0x80 {
			word[i] = fromHigh(c)
		}
	}
	class := func(i int) byte {
		edge := byte(0)
		switch {
		case i < 0:
			edge = w.before
		case i >= len(word):
			edge = w.after
		default:
			return beside(word[i])
		}
		if edge == '(' {
			return besideNothing
		}
		return edge
	}
	letter := func(i int) bool { c := class(i); return c == besideASCII || c == besideMarked }
	if w.unmixed() > 2 {
		return false
	}
	bullets, dashes := 0, 0
	for i, r := range word {
		if class(i) == besideSign && class(i-1) == besideSign && class(i-2) == besideSign && letter(i+1) {
			return false
		}
		switch {
		case r < 0x80:
			continue
		case r < 0xa0:
			return false // Windows-1252 has none there
		case isMarked(r):
			if !naturalCase(word, i) {
				return false
			}
			continue
		case strings.ContainsRune("“”‘‹›«»•", r) && letter(i-1) && letter(i+1):
			return false
		}
		if places, ok := signPlaces[r]; ok && (strings.IndexByte(places[0], class(i-1)) < 0 || strings.IndexByte(places[1], class(i+1)) < 0) {
			return false
		}
		switch r {
		case '•', '‰', '†', '‡':
			bullets++
		case '–', '—':
			dashes++
		}
	}
	return bullets == 0 || bullets+dashes == 1
}

// unmixed is how many letters beyond ASCII stand together at most, where a word has none
// of ASCII, or where they are more than words of the west have.
func (w *westernWord) unmixed() int {
	most, run, plain := 0, 0, false
	for _, c := range w.bytes {
		plain = plain || isPlain(rune(c))
		if run++; c < 0x80 || !isMarked(fromHigh(c)) {
			run = 0
		}
		most = max(most, run)
	}
	if plain && most < 3 {
		return 0
	}
	return most
}

// naturalCase reports whether a letter beyond ASCII is as large as its neighbours let expect.
// Names of columns have capitals within them, before small letters of ASCII.
func naturalCase(word []rune, i int) bool {
	at := func(j int) rune {
		if j < 0 || j >= len(word) || !isPlain(word[j]) && !isMarked(word[j]) {
			return ' '
		}
		return word[j]
	}
	r := word[i]
	if unicode.IsUpper(r) {
		next := at(i + 1)
		return !unicode.IsLower(at(i-1)) || isPlain(next) && unicode.IsLower(next)
	}
	return r == 'ß' || !unicode.IsUpper(at(i-1)) || !unicode.IsUpper(at(i-2))
}

// common reports whether all of a word is what people of the west write often, although it
// could be a character of east Asia.
func (w *westernWord) common() bool {
	word := string(fromWindows1252(w.bytes))
	parts := strings.FieldsFunc(word, func(r rune) bool { return r < 0x80 && !isPlain(r) })
	for _, part := range parts {
		cell := part == word && w.before == besideNothing && w.after == besideNothing
		if strings.IndexFunc(part, func(r rune) bool { return r >= 0x80 }) >= 0 && !isCommon(part, cell) {
			return false
		}
	}
	return true
}

// isCommon is common of a part; cell says that nothing else stands in its cell.
func isCommon(part string, cell bool) bool {
	if before, after, ok := strings.Cut(part, "’"); ok && before != "" && len(after) == 1 {
		c := before[len(before)-1] // it’s; x’l would be a value in Shift JIS
		return c >= 'a' && c <= 'z' && after != "l" && after >= "a" && after <= "z" || after == "s" || part == "I’m" || part == "I’d"
	}
	if unit, ok := strings.CutPrefix(part, "µ"); ok {
		return unit != "L" || !cell // alone it would be a word of Taiwan
	}
	switch part {
	case "°C", "°F", "°K", "°N", "°S", "°E", "°W", "Às", "Ás", "Äh", "Är", "Ål", "År", "Ås", "Åk", "Æg", "ÀS", "ÅR", "ÄR", "Œil", "Œuf", "A–Z":
		return true
	}
	return false
}

// eastern reports whether a word of Windows-1252 may be one of an encoding of east Asia
// instead: its characters exist there, most of them are frequent, and it has letters of
// ASCII only as names of kinds do, A級 or LED灯.
func eastern(c charset, word []byte) bool {
	if !exists(c, word) {
		return false
	}
	text := decodeAll(c, word)
	pairs, usual, marked, plain := pairsOf(c, word)
	if pairs == 0 || bytes.IndexFunc(word, isPlain) >= 0 && 4*usual < 3*pairs {
		return false
	}
	if c.name == "big5" && pairs == 1 && marked == 1 {
		return plain == 0 // NÃO and BÄR are no words of Taiwan
	}
	for _, part := range strings.FieldsFunc(text, func(r rune) bool { return r < 0x80 && !isPlain(r) }) {
		if !easternPart([]rune(part)) {
			return false
		}
	}
	return true
}

// easternPart reports whether letters of ASCII stand beside characters of east Asia in a
// word as they do in names of kinds.
func easternPart(part []rune) bool {
	before, wide, after, small := 0, 0, 0, 0
	for _, r := range part {
		switch {
		case r >= 0x80 && after > 0:
			return false
		case r >= 0x80:
			wide++
		case wide == 0:
			before++
		default:
			if after++; unicode.IsLower(r) {
				small++
			}
		}
	}
	return wide == 0 || before <= 3 && after <= 3 && (before == 0 || after == 0 || wide > 1) && (small == 0 || after == 1 || wide > 1)
}

// exists reports whether all of a word exists in an encoding of east Asia.
func exists(c charset, word []byte) bool {
	for i, b := range word {
		if b == 0x80 && (i == 0 || word[i-1] < 0x80) {
			return false // which some take for the sign of the euro
		}
	}
	return plausible(c, word)
}

// pairsOf counts the characters of a word that take two bytes, those of them that are
// frequent and those that begin with a letter of Windows-1252; and its letters of ASCII
// beside them.
func pairsOf(c charset, word []byte) (pairs, usual, marked, plain int) {
	for i := 0; i < len(word); {
		b := word[i]
		switch {
		case b < 0x80:
			if isPlain(rune(b)) {
				plain++
			}
			i++
			continue
		case c.name == "shift_jis" && b >= 0xa1 && b <= 0xdf, i+1 == len(word):
			i++ // katakana of half width
			continue
		}
		pairs++
		if isMarked(fromHigh(b)) {
			marked++
		}
		second := word[i+1]
		if isFrequent(c.name, b) && (second >= 0xa1 || c.name == "shift_jis" || c.name == "big5") {
			usual++
		}
		i += 2
	}
	return pairs, usual, marked, plain
}

// doubtfulUTF8 reports whether text that may be UTF-8 is more likely to be of east Asia,
// whose characters of two bytes are letters of UTF-8 by chance: marks without a letter
// below them, and letters that hardly anybody has, and little else.
func doubtfulUTF8(text []byte) bool {
	const most = 8 // words: as many are no chance
	words, odd := map[string]bool{}, 0
	for i := 0; i < len(text); {
		from, high := i, false
		for ; i < len(text) && text[i] >= 0x40; i++ {
			if text[i] >= 0xe0 {
				return false // a character of three bytes or four
			}
			high = high || text[i] >= 0x80
		}
		if word := string(text[from:i]); high && !words[word] {
			if words[word] = true; len(words) > most {
				return false
			}
			if oddWord(word) {
				odd++
			}
		}
		i = max(i, from+1)
	}
	return odd > 0 && 2*odd >= len(words)
}

// oddWord reports whether a word in UTF-8 looks like chance.
func oddWord(word string) bool {
	small := strings.IndexFunc(word, func(r rune) bool { return r < 0x80 && unicode.IsLower(r) }) >= 0
	last := ' '
	for _, r := range word {
		switch {
		case unicode.IsMark(r) && !unicode.IsLetter(last) && !unicode.IsMark(last), r >= 0x80 && !unicode.IsGraphic(r) && !unicode.IsControl(r) && r != '\u00ad':
			return true
		case r >= 0x591 && r <= 0x5c7 && last < 0x80:
			return true // a point of Hebrew below another letter
		case r >= 0x180 && r <= 0x2ff && !small && !strings.ContainsRune("ƏəȘșȚțƠơƯưƒˆˇ˘˙˚˛˜˝ʻʼʹ", r):
			return true
		}
		last = r
	}
	return false
}

// escaped reports whether a text changes its characters as ISO-2022-JP does. Other text has
// no reason for these bytes: those that colour a terminal begin otherwise.
func escaped(text []byte) bool {
	if bytes.IndexByte(text, 0x1b) < 0 || !utf8.Valid(text) {
		return false
	}
	for _, sequence := range []string{"\x1b$B", "\x1b$@", "\x1b$(D", "\x1b(J", "\x1b(I"} {
		if bytes.Contains(text, []byte(sequence)) {
			return true
		}
	}
	return false
}
