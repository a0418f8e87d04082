package language

import (
	"cmp"
	"regexp"
	"slices"
	"strings"
	"sync"

	"golang.org/x/text/message"
)

// pattern recognises the English that a format made.
type pattern struct {
	format string
	match  *regexp.Regexp
	plain  int // characters of the format that are no verb
}

// verb is a verb of a format.
var verb = regexp.MustCompile(`%(?:\[\d+\])?[-+#0]*(?:\.\d+)?[a-zA-Z%]`)

// patternOf turns a format into the expression that matches what it makes: numbers
// for verbs of numbers, anything for strings.
func patternOf(format string) pattern {
	p := pattern{format: format}
	var b strings.Builder
	b.WriteString(`^(?s)`)
	rest := format
	for rest != "" {
		at := verb.FindStringIndex(rest)
		if at == nil {
			b.WriteString(regexp.QuoteMeta(rest))
			p.plain += len(rest)
			break
		}
		b.WriteString(regexp.QuoteMeta(rest[:at[0]]))
		p.plain += at[0]
		switch rest[at[1]-1] {
		case '%':
			b.WriteString("%")
		case 'd', 'f', 'g', 'e':
			b.WriteString(`([+\-−]?[\d.,e+\-]*\d|NaN)`)
		default:
			b.WriteString(`(.+?)`)
		}
		rest = rest[at[1]:]
	}
	b.WriteString(`$`)
	p.match = regexp.MustCompile(b.String())
	return p
}

// patterns are those of the sentences that files have, the most particular first.
var patterns = sync.OnceValue(func() []pattern {
	var out []pattern
	for format := range jaFiles {
		out = append(out, patternOf(format))
	}
	slices.SortFunc(out, func(a, b pattern) int {
		return cmp.Or(cmp.Compare(b.plain, a.plain), cmp.Compare(a.format, b.format))
	})
	return out
})

// read finds the messages that English from a file was made of; false where a part
// of it is not known.
func (j *japaneseWriter) read(s string) (string, bool) {
	if text, ok := j.readOne(s); ok {
		return text, true
	}
	for _, mark := range []struct{ english, japanese string }{{". ", "。"}, {"; ", "。"}} {
		head, tail, found := strings.Cut(s, mark.english)
		for found {
			first, ok := j.readOne(head)
			if ok {
				if rest, ok := j.read(tail); ok {
					return strings.TrimSuffix(first, "。") + mark.japanese + rest, true
				}
			}
			more, after, again := strings.Cut(tail, mark.english)
			head, tail, found = head+mark.english+more, after, again
		}
	}
	return s, false
}

// readOne matches the whole text with one format.
func (j *japaneseWriter) readOne(s string) (string, bool) {
	bare := strings.TrimSuffix(s, ".")
	for _, p := range patterns() {
		for _, text := range []string{bare, lowered(bare)} {
			for _, text := range []string{text, text + "."} {
				m := p.match.FindStringSubmatch(text)
				if m == nil {
					continue
				}
				args := make([]any, len(m)-1)
				for i, a := range m[1:] {
					args[i] = j.argument(a)
				}
				return j.files.Sprintf(message.Key(p.format, p.format), args...), true
			}
		}
	}
	return s, false
}

// argument is what stands in a sentence: a message again, a list of names, or a name
// or figure.
func (j *japaneseWriter) argument(s string) string {
	if !strings.Contains(s, " ") { // a name, which may be a word that messages have
		return j.Plain(s)
	}
	if text, ok := j.readOne(s); ok {
		return text
	}
	if head, last, found := strings.Cut(s, " and "); found && !strings.Contains(last, " ") {
		names := append(strings.Split(head, ", "), last)
		if !slices.ContainsFunc(names, func(n string) bool { return strings.Contains(n, " ") }) {
			return j.List(names)
		}
	}
	return j.Plain(s)
}

func lowered(s string) string {
	if s == "" {
		return s
	}
	return strings.ToLower(s[:1]) + s[1:]
}
