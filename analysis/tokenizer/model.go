package tokenizer

import (
	"encoding/json"
	"unicode/utf8"
)

// vocabulary is the numbers of tokens.
type vocabulary map[string]int

func (v vocabulary) id(token string) int {
	if id, ok := v[token]; ok {
		return id
	}
	return -1
}

func (v vocabulary) count() int { return len(v) }

func (v vocabulary) largest() int {
	most := -1
	for _, id := range v {
		most = max(most, id)
	}
	return most
}

// check refuses tokens that are longer than most bytes, and what is no number of one.
func (v vocabulary) check(most int) error {
	if len(v) == 0 {
		return formatError("model: vocab is empty")
	}
	for token, id := range v {
		if err := checkNumber(id, "model: token %.200q", token); err != nil {
			return err
		}
		if err := checkLength(token, most, "model: a token"); err != nil {
			return err
		}
	}
	return nil
}

// modelFile is what models have in common in the file.
type modelFile struct {
	part
	Vocab      json.RawMessage `json:"vocab"`
	Unknown    *string         `json:"unk_token"`
	UnknownID  *int            `json:"unk_id"`
	Prefix     *string         `json:"continuing_subword_prefix"`
	Suffix     *string         `json:"end_of_word_suffix"`
	LongestOne *int            `json:"max_input_chars_per_word"`
	Merges     []merge         `json:"merges"`
	Fuse       bool            `json:"fuse_unk"`
	Fallback   bool            `json:"byte_fallback"`
	Ignore     bool            `json:"ignore_merges"`
	Dropout    *float64        `json:"dropout"`
}

func parseModel(raw json.RawMessage) (model, error) {
	var f modelFile
	if err := decode(raw, "model: ", &f); err != nil {
		return nil, err
	}
	if f.Type == "" { // older files
		switch {
		case f.Merges != nil:
			f.Type = "BPE"
		case f.Prefix != nil && f.LongestOne != nil:
			f.Type = "WordPiece"
		}
	}
	if f.Type == "Unigram" {
		return newUnigram(&f)
	}
	var v vocabulary
	if err := decode(f.Vocab, "model: vocab: ", &v); err != nil {
		return nil, err
	}
	most := longestContent // of models that look up a token once
	if f.Type == "WordPiece" {
		most = longestToken
	}
	if err := v.check(most); err != nil {
		return nil, err
	}
	unknown := -1
	if f.Unknown != nil {
		if unknown = v.id(*f.Unknown); unknown < 0 && f.Type != "BPE" {
			return nil, formatError("model: vocab lacks the unk_token %.200q", *f.Unknown)
		}
	}
	switch f.Type {
	case "WordPiece":
		return newWordPiece(&f, v, unknown)
	case "BPE":
		return newBPE(&f, v, unknown)
	case "WordLevel":
		if unknown < 0 {
			return nil, formatError("model: WordLevel needs an unk_token")
		}
		return wordLevel{v, unknown}, nil
	}
	return nil, formatError("model %.200q is not supported", f.Type)
}

// wordLevel has whole words for tokens.
type wordLevel struct {
	vocabulary
	unk int
}

func (w wordLevel) unknown() int { return w.unk }

func (w wordLevel) encode(dst []int, word string, _ int) []int {
	if id := w.id(word); id >= 0 {
		return append(dst, id)
	}
	return append(dst, w.unk)
}

// wordPiece takes the longest token that a word begins with, then the longest that
// the rest begins with behind a prefix, and so on; a word of which a rest is left
// is unknown.
type wordPiece struct {
	vocabulary
	unk     int
	prefix  string
	longest int // characters of a word
	bytes   int // of the longest token
}

func newWordPiece(f *modelFile, v vocabulary, unknown int) (*wordPiece, error) {
	if unknown < 0 {
		return nil, formatError("model: WordPiece needs an unk_token")
	}
	w := &wordPiece{vocabulary: v, unk: unknown, prefix: "##", longest: 100}
	if f.Prefix != nil {
		w.prefix = *f.Prefix
	}
	if f.LongestOne != nil {
		w.longest = *f.LongestOne
	}
	for token := range v {
		w.bytes = max(w.bytes, len(token))
	}
	return w, nil
}

func (w *wordPiece) unknown() int { return w.unk }

func (w *wordPiece) encode(dst []int, word string, _ int) []int {
	if len(word) > w.longest && utf8.RuneCountInString(word) > w.longest {
		return append(dst, w.unk)
	}
	start := len(dst)
	for at := 0; at < len(word); {
		prefix := ""
		if at > 0 {
			prefix = w.prefix
		}
		end := min(len(word), at+w.bytes)
		for ; end > at; end-- {
			if end < len(word) && !utf8.RuneStart(word[end]) {
				continue
			}
			if id := w.id(prefix + word[at:end]); id >= 0 {
				dst = append(dst, id)
				break
			}
		}
		if end == at {
			return append(dst[:start], w.unk)
		}
		at = end
	}
	return dst
}
