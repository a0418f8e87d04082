package wording

import (
	"fmt"
	"reflect"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Text is a message for people that can be written in several languages. It
// carries whole sentences with their arguments, which may be texts again, and is
// English by String and in JSON, so that files stay as they are read; package
// reports/language writes it in another language.
//
// A sentence is made by Say, a count by Some, a list by List. A name that no
// language changes is made by Name. Texts can be joined by +, as sentences that
// follow each other; what depends on the order of words has to be one message.
type Text string

// Marks of the encoding. They are taken out of arguments, so that no name can
// pass for a message.
const (
	opens, parts, closes = '\x02', '\x1f', '\x03'
)

// Kinds of what stands between the marks.
const (
	sentenceKind = "s" // format, arguments
	countKind    = "n" // number, singular, plural
	wordKind     = "w" // number that English spells out
	listKind     = "l" // names
	phrasesKind  = "h" // items that are messages
	clausesKind  = "c" // clauses that English joins by semicolons
	capitalKind  = "u" // text with its first letter in upper case
	lowerKind    = "d" // text with its first letter in lower case
	pointKind    = "p" // text that ends with a full stop
	writtenKind  = "r" // English that stands in a file
)

// Say is a message: the English format, as of fmt.Sprintf, with its arguments.
// The format is the key of the message in the catalogue and has to be written
// out where Say is called.
func Say(format string, args ...any) Text {
	return encode(sentenceKind, append([]any{format}, args...)...)
}

// Some is a number with its noun in singular or plural: "1 class", "2 classes".
// The key in the catalogue is "%d classes".
func Some(n int, one, many string) Text { return encode(countKind, n, one, many) }

// Spelled is a number that English spells out up to twelve.
func Spelled(n int) Text { return encode(wordKind, n) }

// List enumerates items: "a, b and c". Where some are messages, as clauses are, a
// language may join them otherwise than names.
func List[S ~string](items []S) Text {
	for _, x := range items {
		if strings.ContainsRune(string(x), opens) {
			return encode(phrasesKind, anys(items)...)
		}
	}
	return encode(listKind, anys(items)...)
}

// Clauses joins clauses: "share a and b; leave c alone".
func Clauses(items []Text) Text { return encode(clausesKind, anys(items)...) }

// Capital begins with a capital where the language has them, Lower with none.
func Capital(t Text) Text { return encode(capitalKind, t) }

// Lower is the text as the continuation of another.
func Lower(t Text) Text { return encode(lowerKind, t) }

// Sentence begins with a capital and ends with a full stop; empty stays empty.
func Sentence(t Text) Text {
	if t == "" {
		return ""
	}
	return encode(pointKind, t)
}

// Name is text that no language changes, such as the name of a domain.
func Name(s string) Text { return Text(clean(s)) }

// Written is English that was read from a file. Another language looks for the
// message that it was made of.
func Written(s string) Text {
	if s == "" {
		return ""
	}
	return encode(writtenKind, s)
}

func anys[S ~string](items []S) []any {
	out := make([]any, len(items))
	for i, x := range items {
		if t, ok := any(x).(Text); ok {
			out[i] = t
		} else {
			out[i] = string(x)
		}
	}
	return out
}

// encode writes the arguments one after the other, each with a letter for its
// type.
func encode(kind string, args ...any) Text {
	var b strings.Builder
	b.WriteRune(opens)
	b.WriteString(kind)
	for _, a := range args {
		b.WriteRune(parts)
		if t, ok := a.(Text); ok {
			b.WriteString("t" + string(t))
			continue
		}
		switch v := reflect.ValueOf(a); {
		case v.CanInt():
			b.WriteString("i" + strconv.FormatInt(v.Int(), 10))
		case v.CanUint():
			b.WriteString("i" + strconv.FormatUint(v.Uint(), 10))
		case v.CanFloat():
			b.WriteString("f" + strconv.FormatFloat(v.Float(), 'g', -1, 64))
		default:
			b.WriteString("t" + clean(fmt.Sprint(a)))
		}
	}
	b.WriteRune(closes)
	return Text(b.String())
}

// clean takes the marks of the encoding out of a string.
func clean(s string) string {
	if !strings.ContainsAny(s, string([]rune{opens, parts, closes})) {
		return s
	}
	return strings.Map(func(r rune) rune {
		if r == opens || r == parts || r == closes {
			return -1
		}
		return r
	}, s)
}

// Language writes the parts of a text. Arguments that were texts come written.
type Language interface {
	Say(format string, args []any) string
	Some(n int, one, many string) string
	Spelled(n int) string
	List(items []string) string
	// Phrases lists what is more than a name.
	Phrases(items []string) string
	Clauses(items []string) string
	Capital(s string) string
	Lower(s string) string
	Sentence(s string) string
	// Written writes English that was read from a file.
	Written(s string) string
	// Plain writes what is no message: names and figures.
	Plain(s string) string
}

// In writes the text in a language.
func (t Text) In(l Language) string {
	var out strings.Builder
	rest := string(t)
	for rest != "" {
		at := strings.IndexByte(rest, opens)
		if at < 0 {
			out.WriteString(l.Plain(rest))
			break
		}
		if at > 0 {
			out.WriteString(l.Plain(rest[:at]))
		}
		end := matching(rest[at:]) + at
		out.WriteString(decode(rest[at+1:end], l))
		rest = rest[min(end+1, len(rest)):]
	}
	return out.String()
}

// matching is the place of the mark that closes the message at the beginning.
func matching(s string) int {
	depth := 0
	for i := range len(s) {
		switch s[i] {
		case opens:
			depth++
		case closes:
			if depth--; depth == 0 {
				return i
			}
		}
	}
	return len(s)
}

// decode writes what stands between two marks.
func decode(s string, l Language) string {
	fields := split(s)
	var args []any
	for i, f := range fields[1:] {
		switch value := f[1:]; {
		case f[0] == 'i':
			n, _ := strconv.Atoi(value) // written by encode
			args = append(args, n)
		case f[0] == 'f':
			x, _ := strconv.ParseFloat(value, 64) // written by encode
			args = append(args, x)
		case i == 0 && fields[0] == sentenceKind || fields[0] == countKind || fields[0] == writtenKind: // a key
			args = append(args, value)
		default:
			args = append(args, Text(value).In(l))
		}
	}
	switch fields[0] {
	case sentenceKind:
		return l.Say(args[0].(string), args[1:])
	case countKind:
		return l.Some(args[0].(int), args[1].(string), args[2].(string))
	case wordKind:
		return l.Spelled(args[0].(int))
	case listKind:
		return l.List(stringsOf(args))
	case phrasesKind:
		return l.Phrases(stringsOf(args))
	case clausesKind:
		return l.Clauses(stringsOf(args))
	case capitalKind:
		return l.Capital(args[0].(string))
	case lowerKind:
		return l.Lower(args[0].(string))
	case writtenKind:
		return l.Written(args[0].(string))
	}
	return l.Sentence(args[0].(string))
}

func stringsOf(args []any) []string {
	out := make([]string, len(args))
	for i, a := range args {
		out[i] = fmt.Sprint(a)
	}
	return out
}

// split cuts at the marks between arguments, not at those of messages inside.
func split(s string) []string {
	var out []string
	depth, from := 0, 0
	for i := range len(s) {
		switch s[i] {
		case opens:
			depth++
		case closes:
			depth--
		case parts:
			if depth == 0 {
				out = append(out, s[from:i])
				from = i + 1
			}
		}
	}
	return append(out, s[from:])
}

// String is the text in English.
func (t Text) String() string { return t.In(English{}) }

// MarshalText writes English.
func (t Text) MarshalText() ([]byte, error) { return []byte(t.String()), nil }

// UnmarshalText reads a text that was written in English.
func (t *Text) UnmarshalText(b []byte) error {
	*t = Name(string(b))
	return nil
}

// English writes texts as their formats say.
type English struct{}

// Say fills in the arguments.
func (English) Say(format string, args []any) string { return fmt.Sprintf(format, args...) }

// Some chooses between singular and plural.
func (English) Some(n int, one, many string) string { return PluralAs(n, one, many) }

// Spelled writes small numbers as words.
func (English) Spelled(n int) string {
	words := []string{"no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"}
	if n >= 0 && n < len(words) {
		return words[n]
	}
	return strconv.Itoa(n)
}

// List writes "a, b and c".
func (English) List(items []string) string {
	switch n := len(items); n {
	case 0:
		return ""
	case 1:
		return items[0]
	default:
		return strings.Join(items[:n-1], ", ") + " and " + items[n-1]
	}
}

// Phrases are listed as names are.
func (e English) Phrases(items []string) string { return e.List(items) }

// Clauses joins by semicolons.
func (English) Clauses(items []string) string { return strings.Join(items, "; ") }

// Capital changes the first letter.
func (English) Capital(s string) string { return first(s, unicode.ToUpper) }

// Lower changes the first letter.
func (English) Lower(s string) string { return first(s, unicode.ToLower) }

// Sentence begins with a capital and ends with a full stop.
func (e English) Sentence(s string) string { return e.Capital(strings.TrimSuffix(s, ".")) + "." }

// Written leaves English as it is.
func (English) Written(s string) string { return s }

// Plain leaves names and figures as they are.
func (English) Plain(s string) string { return s }

func first(s string, change func(rune) rune) string {
	r, size := utf8.DecodeRuneInString(s)
	if size == 0 || r == utf8.RuneError {
		return s
	}
	return string(change(r)) + s[size:]
}
