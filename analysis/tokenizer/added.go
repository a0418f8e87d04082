package tokenizer

import (
	"cmp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// addedToken stands in a text as it is, before anything is done to it.
type addedToken struct {
	ID      int    `json:"id"`
	Content string `json:"content"`
	// SingleWord wants no letter on either side; LStrip and RStrip take the blanks
	// on a side with it.
	SingleWord bool `json:"single_word"`
	LStrip     bool `json:"lstrip"`
	RStrip     bool `json:"rstrip"`
}

// checkAdded sorts added tokens, the longest first.
func checkAdded(list []addedToken) ([]addedToken, error) {
	list = slices.DeleteFunc(list, func(a addedToken) bool { return a.Content == "" })
	for _, a := range list {
		if err := checkNumber(a.ID, "added_tokens: %.200q", a.Content); err != nil {
			return nil, err
		}
		if err := checkLength(a.Content, longestToken, "added_tokens: one"); err != nil {
			return nil, err
		}
	}
	slices.SortStableFunc(list, func(a, b addedToken) int { return cmp.Compare(len(b.Content), len(a.Content)) })
	return list, nil
}

// piece is an added token, or a text between such.
type piece struct {
	id    int // -1: text
	text  string
	first bool // at the beginning of the whole text
}

// pieces cuts a text at added tokens, the first in the text and the longest of
// these, until take returns false.
func (t *Tokenizer) pieces(text string, take func(piece) bool) {
	start := 0
	for at := 0; at < len(text); {
		found := slices.IndexFunc(t.begins[text[at]], func(a addedToken) bool {
			return strings.HasPrefix(text[at:], a.Content) && !(a.SingleWord && inWord(text, at, at+len(a.Content)))
		})
		if found < 0 {
			at++
			continue
		}
		a := t.begins[text[at]][found]
		before, end := text[start:at], at+len(a.Content)
		if a.LStrip {
			before = strings.TrimRightFunc(before, unicode.IsSpace)
		}
		if a.RStrip {
			end = len(text) - len(strings.TrimLeftFunc(text[end:], unicode.IsSpace))
		}
		if before != "" && !take(piece{-1, before, start == 0}) || !take(piece{id: a.ID}) {
			return
		}
		start, at = end, end
	}
	if start < len(text) {
		take(piece{-1, text[start:], start == 0})
	}
}

// inWord reports whether a letter stands beside a part of a text.
func inWord(text string, from, to int) bool {
	before, _ := utf8.DecodeLastRuneInString(text[:from])
	after, _ := utf8.DecodeRuneInString(text[to:])
	return from > 0 && wordRune(before) || to < len(text) && wordRune(after)
}

// wordRune is \w of regular expressions over Unicode.
func wordRune(c rune) bool {
	return unicode.In(c, unicode.L, unicode.M, unicode.Nd, unicode.Nl, unicode.Pc)
}
