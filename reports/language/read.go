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
	plain  int    // characters of the format that are no verb
	most   string // the longest part of these
	quoted []bool // by argument: a name in quotation marks
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
			p.add(&b, rest)
			break
		}
		p.add(&b, rest[:at[0]])
		switch rest[at[1]-1] {
		case '%':
			b.WriteString("%")
		case 'q':
			p.quoted = append(p.quoted, true)
			b.WriteString(`"(.*?)"`)
		case 'd', 'f', 'g', 'e':
			p.quoted = append(p.quoted, false)
			b.WriteString(`([+\-−]?[\d.,e+\-]*\d|NaN)`)
		default:
			p.quoted = append(p.quoted, false)
			b.WriteString(`(.+?)`)
		}
		rest = rest[at[1]:]
	}
	b.WriteString(`$`)
	p.match = regexp.MustCompile(b.String())
	return p
}

// add is a part of the format that is no verb.
func (p *pattern) add(b *strings.Builder, part string) {
	b.WriteString(regexp.QuoteMeta(part))
	p.plain += len(part)
	if len(part) > len(p.most) {
		p.most = part
	}
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

// care is what is asked of what stands in the place of a format's verbs.
type care int

const (
	// whole: a message, a figure or a name. Several messages may stand at the end of a
	// format that has a colon before them.
	whole care = iota
	// several: or messages that follow each other.
	several
	// anything: or what nobody knows.
	anything
)

// read finds the messages that English from a file was made of; false where a part
// of it is not known.
func (j *japaneseWriter) read(s string) (string, bool) {
	if text, ok := j.readOne(s, whole); ok {
		return text, true
	}
	if text, ok := j.readParts(s); ok {
		return text, true
	}
	if text, ok := j.readOne(s, several); ok {
		return text, true
	}
	return j.readOne(s, anything)
}

// readParts reads sentences and clauses that follow each other.
func (j *japaneseWriter) readParts(s string) (string, bool) {
	for _, mark := range []string{". ", "; "} {
		head, tail, found := strings.Cut(s, mark)
		for found {
			if first, ok := j.readOne(head, whole); ok {
				if rest, ok := j.read(tail); ok {
					return strings.TrimSuffix(first, "。") + "。" + rest, true
				}
			}
			more, after, again := strings.Cut(tail, mark)
			head, tail, found = head+mark+more, after, again
		}
	}
	return s, false
}

// readOne matches the whole text with one format.
func (j *japaneseWriter) readOne(s string, how care) (string, bool) {
	bare := strings.TrimSuffix(s, ".")
	for _, p := range patterns() {
		if !strings.Contains(s, p.most) && !strings.Contains(lowered(s), p.most) && !strings.Contains(bare+".", p.most) {
			continue
		}
		for _, text := range []string{bare, lowered(bare)} {
			for _, text := range []string{text, text + "."} {
				m := p.match.FindStringSubmatch(text)
				if m == nil {
					continue
				}
				args, known := make([]any, len(m)-1), true
				for i, a := range m[1:] {
					if p.quoted[i] {
						args[i] = a
						continue
					}
					last := i == len(m)-2 && strings.HasSuffix(p.format, ": %s")
					var ok bool
					args[i], ok = j.argument(a, last || how >= several)
					known = known && ok
				}
				if known || how == anything && p.plain >= mostly {
					return j.files.Sprintf(message.Key(p.format, p.format), args...), true
				}
			}
		}
	}
	return s, false
}

// argument is what stands in a sentence: a message again, several of them where that
// may be, a list of names, or a name or figure. It is false for what reads like a
// sentence that nobody knows.
func (j *japaneseWriter) argument(s string, many bool) (string, bool) {
	if !strings.Contains(s, " ") { // a name, which may be a word that messages have
		if estimators[s] {
			return j.readOne(s, whole)
		}
		return j.Plain(s), true
	}
	if text, ok := j.readOne(s, whole); ok {
		return text, true
	}
	if text, ok := j.list(s); ok {
		return text, true
	}
	if name, rest, found := strings.Cut(s, ": "); found && !strings.Contains(name, " ") {
		if text, ok := j.readOne(rest, whole); ok {
			return name + "：" + text, true
		}
	}
	for _, mark := range []struct{ english, japanese string }{{"; ", "；"}, {", ", "、"}, {" and ", "、"}} {
		if parts := strings.Split(s, mark.english); len(parts) > 1 && (many || mark.english != "; ") {
			read, ok := parts, true
			for i, p := range parts {
				var known bool
				read[i], known = j.readOne(p, whole)
				ok = ok && known
			}
			if ok {
				return strings.Join(read, mark.japanese), true
			}
		}
	}
	shown := bracketed.ReplaceAllString(limits.ReplaceAllString(s, "（$1〜$2）"), "（$1）")
	return j.Plain(shown), !words.MatchString(s) && (many || !strings.Contains(s, "; "))
}

// list is names that follow each other.
func (j *japaneseWriter) list(s string) (string, bool) {
	names := strings.Split(s, ", ")
	if head, last, found := strings.Cut(names[len(names)-1], " and "); found {
		names = append(names[:len(names)-1], head, last)
	}
	if slices.ContainsFunc(names, func(n string) bool { return strings.ContainsAny(n, " :;") }) {
		return s, false
	}
	return j.List(names), true
}

// mostly is how many characters of a format are enough to know it by, whatever stands
// in it.
const mostly = 16

// estimators are of one word, which no domain is likely to be called.
var estimators = map[string]bool{"cross-evaluation": true, "linearised": true}

var (
	// limits are those of a figure.
	limits = regexp.MustCompile(` \(([+\-−]?[\d.,]+ ?%?) to ([+\-−]?[\d.,]+ ?%?)\)`)
	// bracketed is what follows a name.
	bracketed = regexp.MustCompile(` \(([^()]*)\)`)
	// words are so many of them in a row that they are hardly a name.
	words = regexp.MustCompile(`[a-z]{2,} [a-z]{2,} [a-z]{2,}`)
)

func lowered(s string) string {
	if s == "" {
		return s
	}
	return strings.ToLower(s[:1]) + s[1:]
}
