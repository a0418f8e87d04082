package tokenizer

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"
)

// ErrFormat is what all errors about a tokenizer.json match.
var ErrFormat = errors.New("tokenizer.json")

// Tokenizer turns texts into numbers of tokens. It may be used from several
// goroutines at once.
type Tokenizer struct {
	added     []addedToken
	asTheyAre finding // added ones, in the text as it is
	inNormal  finding // added ones, in the normalised text
	normalize []normalizer
	split     []splitter
	model     model
	before    []int // special tokens around a text
	after     []int
	padding   int
	size      int
}

// model cuts a word into tokens.
type model interface {
	// encode appends the tokens of a word until there are most, which may be
	// passed by the tokens of one piece.
	encode(dst []int, word string, most int) []int
	// id is the number of a token, -1 where there is none.
	id(token string) int
	unknown() int
	largest() int
	count() int
}

// part is any part of the file that says its kind.
type part struct {
	Type string `json:"type"`
}

func formatError(format string, args ...any) error {
	return fmt.Errorf("%w: %w", ErrFormat, fmt.Errorf(format, args...))
}

// Parse reads the content of a tokenizer.json. Errors match ErrFormat and name the
// part that is wrong or not supported.
func Parse(data []byte) (*Tokenizer, error) {
	if !utf8.Valid(data) {
		return nil, formatError("is not UTF-8")
	}
	var file struct {
		Added     []addedToken    `json:"added_tokens"`
		Normalize json.RawMessage `json:"normalizer"`
		Split     json.RawMessage `json:"pre_tokenizer"`
		Model     json.RawMessage `json:"model"`
		Post      json.RawMessage `json:"post_processor"`
		Padding   *struct {
			ID int `json:"pad_id"`
		} `json:"padding"`
	}
	if err := decode(data, "", &file); err != nil {
		return nil, err
	}
	if absent(file.Model) {
		return nil, formatError("has no model; is it the tokenizer.json beside a model, and not tokenizer_config.json?")
	}
	t := &Tokenizer{}
	var err error
	if t.model, err = parseModel(file.Model); err != nil {
		return nil, err
	}
	if t.normalize, err = parseNormalizers(file.Normalize); err != nil {
		return nil, err
	}
	if t.split, err = parseSplitters(file.Split); err != nil {
		return nil, err
	}
	t.size = t.model.largest() + 1
	if t.added, err = checkAdded(file.Added); err != nil {
		return nil, err
	}
	for _, a := range t.added {
		t.size = max(t.size, a.ID+1)
	}
	t.asTheyAre, t.inNormal = t.findings()
	if t.before, t.after, err = t.template(file.Post); err != nil {
		return nil, err
	}
	for _, id := range append(t.before, t.after...) {
		t.size = max(t.size, id+1)
	}
	t.padding = t.paddingToken()
	if file.Padding != nil {
		t.padding = file.Padding.ID
	}
	if err := checkNumber(t.padding, "padding.pad_id"); err != nil {
		return nil, err
	}
	t.size = max(t.size, t.padding+1)
	return t, checkSize(t.size, t.model.count()+len(t.added))
}

// absent reports whether a part is not there.
func absent(raw json.RawMessage) bool {
	return len(raw) == 0 || bytes.Equal(bytes.TrimSpace(raw), []byte("null"))
}

// paddingToken finds the token for padding by its usual names; 0 where there is
// none.
func (t *Tokenizer) paddingToken() int {
	for _, name := range []string{"[PAD]", "<pad>", "<|pad|>", "<|padding|>"} {
		if id := t.ID(name); id >= 0 {
			return id
		}
	}
	return 0
}

// Size is one more than the largest number of a token.
func (t *Tokenizer) Size() int { return t.size }

// Padding is the number of the token that fills up short texts.
func (t *Tokenizer) Padding() int { return t.padding }

// Unknown is the number of the token for what the vocabulary lacks, -1 where there
// is none.
func (t *Tokenizer) Unknown() int { return t.model.unknown() }

// ID is the number of a token, -1 where there is none.
func (t *Tokenizer) ID(token string) int {
	for _, a := range t.added {
		if a.Content == token {
			return a.ID
		}
	}
	return t.model.id(token)
}

// Encode returns the tokens of a text, with the special ones around it. A text of
// more than length tokens, with these, is cut at its end; 0 cuts nothing. Bytes
// that are no UTF-8 are read as U+FFFD.
func (t *Tokenizer) Encode(text string, length int) []int {
	const all = int(^uint(0) >> 1)
	most := all
	if length > 0 {
		most = max(0, length-len(t.before)-len(t.after))
	}
	text = strings.ToValidUTF8(text, string(utf8.RuneError))
	grown := room(len(text))
	ids := append([]int(nil), t.before...)
	most += len(t.before)
	if most < 0 {
		most = all
	}
	take := func(p piece) bool {
		if p.id >= 0 {
			ids = append(ids, p.id)
			return len(ids) < most
		}
		for _, w := range t.words(p.text, p.first, grown) {
			if len(ids) >= most {
				return false
			}
			if w != "" {
				ids = t.model.encode(ids, w, most)
			}
		}
		return len(ids) < most
	}
	t.asTheyAre.pieces(text, true, func(p piece) bool {
		if p.id >= 0 {
			return take(p)
		}
		return t.inNormal.pieces(t.normalised(p.text, grown), p.first, take)
	})
	ids = append(ids[:min(len(ids), most)], t.after...)
	if length > 0 && len(ids) > length {
		ids = ids[:length]
	}
	return ids
}
