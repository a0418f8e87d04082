package tokenizer

import (
	"encoding/json"
	"regexp"
	"strings"
	"unicode"
)

// splitter cuts words into smaller ones.
type splitter interface {
	// apply cuts words; first says that they begin the whole text.
	apply(words []string, first bool) []string
	grows() growth
}

func parseSplitters(raw json.RawMessage) ([]splitter, error) {
	out, err := splittersIn(raw, 0)
	if err == nil && len(out) > mostSteps {
		return nil, formatError("pre_tokenizer: %d steps; %d are possible", len(out), mostSteps)
	}
	return out, err
}

func splittersIn(raw json.RawMessage, depth int) ([]splitter, error) {
	if absent(raw) {
		return nil, nil
	}
	var of struct {
		part
		List        []json.RawMessage `json:"pretokenizers"`
		Prefix      *bool             `json:"add_prefix_space"`
		UseRegexp   *bool             `json:"use_regex"`
		Replacement string            `json:"replacement"`
		Scheme      string            `json:"prepend_scheme"`
		Split       *bool             `json:"split"`
		Behavior    string            `json:"behavior"`
		Pattern     pattern           `json:"pattern"`
		Invert      bool              `json:"invert"`
		Individual  bool              `json:"individual_digits"`
		Delimiter   string            `json:"delimiter"`
	}
	if err := decode(raw, "pre_tokenizer: ", &of); err != nil {
		return nil, err
	}
	if err := checkLength(of.Replacement, longestContent, "pre_tokenizer: replacement"); err != nil {
		return nil, err
	}
	prefix := of.Prefix == nil || *of.Prefix
	one := func(s splitter) ([]splitter, error) { return []splitter{s}, nil }
	switch of.Type {
	case "Sequence":
		if depth == deepest {
			return nil, formatError("pre_tokenizer: sequences %d deep", deepest)
		}
		var out []splitter
		for _, r := range of.List {
			list, err := splittersIn(r, depth+1)
			if err != nil {
				return nil, err
			}
			out = append(out, list...)
		}
		return out, nil
	case "BertPreTokenizer":
		return []splitter{cutter{find: spaces, does: removed}, cutter{find: punctuation, does: isolated}}, nil
	case "Whitespace":
		return one(cutter{find: wordsOrOthers, does: removed, invert: true})
	case "WhitespaceSplit":
		return one(cutter{find: spaces, does: removed})
	case "Punctuation":
		does, err := behaviorOf(of.Behavior, isolated)
		if err != nil {
			return nil, err
		}
		return one(cutter{find: punctuation, does: does})
	case "Digits":
		does := contiguous
		if of.Individual {
			does = isolated
		}
		return one(cutter{find: each(unicode.IsNumber), does: does})
	case "CharDelimiterSplit":
		return one(cutter{find: each(func(c rune) bool { return string(c) == of.Delimiter }), does: removed})
	case "ByteLevel":
		return one(byteLevel{prefix: prefix, words: of.UseRegexp == nil || *of.UseRegexp})
	case "Metaspace":
		m := metaspace{blank: of.Replacement, scheme: of.Scheme, split: of.Split == nil || *of.Split}
		if m.blank == "" {
			m.blank = "▁"
		}
		if m.scheme == "" {
			if m.scheme = "always"; !prefix {
				m.scheme = "never"
			}
		}
		if m.scheme != "always" && m.scheme != "first" && m.scheme != "never" {
			return nil, formatError("pre_tokenizer: prepend_scheme %.200q is not supported", m.scheme)
		}
		return one(m)
	case "Split":
		does, err := behaviorOf(of.Behavior, "")
		if err != nil {
			return nil, err
		}
		find, err := of.Pattern.finder("pre_tokenizer")
		if err != nil {
			return nil, err
		}
		return one(cutter{find: find, does: does, invert: of.Invert})
	}
	return nil, formatError("pre_tokenizer %.200q is not supported", of.Type)
}

// behavior is what becomes of what a cutter finds.
type behavior string

const (
	removed      behavior = "Removed"
	isolated     behavior = "Isolated"
	withPrevious behavior = "MergedWithPrevious"
	withNext     behavior = "MergedWithNext"
	contiguous   behavior = "Contiguous"
)

func behaviorOf(name string, unsaid behavior) (behavior, error) {
	switch b := behavior(name); b {
	case removed, isolated, withPrevious, withNext, contiguous:
		return b, nil
	case "":
		if unsaid != "" {
			return unsaid, nil
		}
	}
	return "", formatError("pre_tokenizer: behavior %.200q is not supported", name)
}

// span is a part of a word, and whether it was looked for.
type span struct {
	from, to int
	found    bool
}

// cutter cuts at what it finds.
type cutter struct {
	// find returns the places of what is looked for, in order, without overlap.
	find   func(string) [][2]int
	does   behavior
	invert bool // what is looked for is the rest
}

func (cutter) grows() growth { return growth{each: 1} }

func (c cutter) apply(words []string, _ bool) []string {
	var out []string
	for _, w := range words {
		for _, s := range c.spans(w) {
			out = append(out, w[s.from:s.to])
		}
	}
	return out
}

func (c cutter) spans(w string) []span {
	var all []span
	at := 0
	for _, f := range c.find(w) {
		if f[0] > at {
			all = append(all, span{at, f[0], c.invert})
		}
		if f[1] > f[0] {
			all = append(all, span{f[0], f[1], !c.invert})
		}
		at = f[1]
	}
	if at < len(w) {
		all = append(all, span{at, len(w), c.invert})
	}
	var out []span
	for i, s := range all {
		last := len(out) - 1
		switch {
		case c.does == removed && s.found:
		case c.does == withPrevious && s.found && i > 0 && !all[i-1].found,
			c.does == withNext && !s.found && i > 0 && all[i-1].found,
			c.does == contiguous && i > 0 && all[i-1].found == s.found:
			out[last].to = s.to
		default:
			out = append(out, s)
		}
	}
	return out
}

// each finds characters one by one.
func each(is func(rune) bool) func(string) [][2]int {
	return func(s string) (out [][2]int) {
		for i, c := range s {
			if is(c) {
				out = append(out, [2]int{i, i + len(string(c))})
			}
		}
		return out
	}
}

var (
	spaces      = each(unicode.IsSpace)
	punctuation = each(func(c rune) bool {
		return c < 0x80 && c > ' ' && c != 0x7f && !unicode.IsLetter(c) && !unicode.IsDigit(c) || unicode.IsPunct(c)
	})
)

// wordsOrOthers finds \w+ and [^\w\s]+.
func wordsOrOthers(s string) (out [][2]int) {
	kind := func(c rune) int {
		switch {
		case wordRune(c):
			return 1
		case unicode.IsSpace(c):
			return 0
		}
		return 2
	}
	before := 0
	for i, c := range s {
		k := kind(c)
		end := i + len(string(c))
		switch {
		case k == 0:
		case k == before:
			out[len(out)-1][1] = end
		default:
			out = append(out, [2]int{i, end})
		}
		before = k
	}
	return out
}

func matches(re *regexp.Regexp) func(string) [][2]int {
	return func(s string) (out [][2]int) {
		for _, m := range re.FindAllStringIndex(s, -1) {
			out = append(out, [2]int{m[0], m[1]})
		}
		return out
	}
}

// metaspace writes blanks as a sign, and puts one before the text.
type metaspace struct {
	blank, scheme string
	split         bool
}

func (m metaspace) grows() growth { return growth{each: 2 * (len(m.blank) + 1)} }

func (m metaspace) apply(words []string, first bool) []string {
	var out []string
	for i, w := range words {
		w = strings.ReplaceAll(w, " ", m.blank)
		if (m.scheme == "always" || m.scheme == "first" && first && i == 0) && !strings.HasPrefix(w, m.blank) {
			w = m.blank + w
		}
		if !m.split {
			out = append(out, w)
			continue
		}
		for w != "" {
			end := strings.Index(w[len(m.blank)*btoi(strings.HasPrefix(w, m.blank)):], m.blank)
			if end < 0 {
				out = append(out, w)
				break
			}
			end += len(m.blank) * btoi(strings.HasPrefix(w, m.blank))
			out = append(out, w[:end])
			w = w[end:]
		}
	}
	return out
}

func btoi(b bool) int {
	if b {
		return 1
	}
	return 0
}
