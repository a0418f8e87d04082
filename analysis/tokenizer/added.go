package tokenizer

import (
	"cmp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// addedToken stands in a text by itself, whatever the model knows.
type addedToken struct {
	ID      int    `json:"id"`
	Content string `json:"content"`
	// SingleWord wants no letter on either side; LStrip and RStrip take the blanks
	// on a side with it.
	SingleWord bool `json:"single_word"`
	LStrip     bool `json:"lstrip"`
	RStrip     bool `json:"rstrip"`
	// Normalized is looked for in the normalised text, and is normalised itself.
	Normalized bool `json:"normalized"`
}

// finding is added tokens by their first bytes, the longest first.
type finding map[byte][]addedToken

// findings are the added tokens to look for in texts before and after these are normalised.
func (t *Tokenizer) findings() (before, after finding) {
	before, after = finding{}, finding{}
	for _, a := range t.added {
		of := before
		if a.Normalized {
			of = after
			if a.Content = t.normalised(a.Content, longestContent); a.Content == "" {
				continue
			}
		}
		of[a.Content[0]] = append(of[a.Content[0]], a)
	}
	for _, same := range after {
		sortLongest(same)
	}
	return before, after
}

// sortLongest sorts the longest first.
func sortLongest(list []addedToken) {
	slices.SortStableFunc(list, func(a, b addedToken) int { return cmp.Compare(len(b.Content), len(a.Content)) })
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
	sortLongest(list)
	return list, nil
}

// piece is an added token, or a text between such.
type piece struct {
	id    int // -1: text
	text  string
	first bool // at the beginning of the whole text
}

// pieces cuts a text at added tokens, the first in the text and the longest of
// these, until take returns false; it returns what take returned last. first says
// that the text begins the whole.
func (f finding) pieces(text string, first bool, take func(piece) bool) bool {
	start := 0
	for at := 0; at < len(text); {
		found := slices.IndexFunc(f[text[at]], func(a addedToken) bool {
			return strings.HasPrefix(text[at:], a.Content) && !(a.SingleWord && inWord(text, at, at+len(a.Content)))
		})
		if found < 0 {
			at++
			continue
		}
		a := f[text[at]][found]
		before, end := text[start:at], at+len(a.Content)
		if a.LStrip {
			before = strings.TrimRightFunc(before, unicode.IsSpace)
		}
		if a.RStrip {
			end = len(text) - len(strings.TrimLeftFunc(text[end:], unicode.IsSpace))
		}
		if before != "" && !take(piece{-1, before, first && start == 0}) || !take(piece{id: a.ID}) {
			return false
		}
		start, at = end, end
	}
	return start == len(text) || take(piece{-1, text[start:], first && start == 0})
}

// inWord reports whether a letter stands beside a part of a text.
func inWord(text string, from, to int) bool {
	before, _ := utf8.DecodeLastRuneInString(text[:from])
	after, _ := utf8.DecodeRuneInString(text[to:])
	return from > 0 && wordRune(before) || to < len(text) && wordRune(after)
}

// wordRune is \w of regular expressions over Unicode: letters in a wide sense, marks, digits,
// underlines, and what joins letters.
func wordRune(c rune) bool {
	return unicode.In(c, unicode.L, unicode.M, unicode.Nd, unicode.Nl, unicode.Pc, unicode.Other_Alphabetic, unicode.Join_Control)
}
