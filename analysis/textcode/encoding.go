package textcode

import (
	"encoding/json"
	"fmt"

	"github.com/sharewise/sharewise/analysis/tokenizer"
)

// Property is the metadata key under which a model that takes texts has its
// [Encoding], as JSON.
const Property = "sharewise.text"

// The kinds of encoding.
const (
	NGrams    = "ngrams"
	Words     = "words"
	Tokenizer = "tokenizer"
)

// Encoding says how a text becomes numbers.
type Encoding struct {
	Kind string `json:"encoding"`
	// Buckets is how many there are to hash into, of ngrams and words.
	Buckets int `json:"buckets,omitempty"`
	// Words is the largest n of n-grams of words, 0 for none.
	Words int `json:"words,omitempty"`
	// Characters are the smallest and the largest n of n-grams of characters;
	// empty for none.
	Characters []int `json:"characters,omitempty"`
	// Length is how many numbers a text becomes, of words and tokenizer: longer
	// texts are cut.
	Length int `json:"length,omitempty"`
	// Tokenizer is the content of a tokenizer.json.
	Tokenizer json.RawMessage `json:"tokenizer,omitempty"`
	// Padding is the number of the token that stands behind the end of a text. A
	// model must pay no attention to it.
	Padding int `json:"padding"`
}

// Limits of an Encoding.
const (
	MaxBuckets = 1 << 22
	MaxLength  = 1 << 16
	MaxGram    = 16
)

// Size is how many numbers a text becomes.
func (e *Encoding) Size() int {
	if e.Kind == NGrams {
		return e.Buckets
	}
	return e.Length
}

// Vocabulary is one more than the largest number that a text in order can have;
// 0 for ngrams.
func (e *Encoding) Vocabulary() (int, error) {
	switch e.Kind {
	case Words:
		return e.Buckets, nil
	case Tokenizer:
		t, err := tokenizer.Parse(e.Tokenizer)
		if err != nil {
			return 0, err
		}
		return t.Size(), nil
	}
	return 0, nil
}

// Validate reports what is wrong with e, which may come from anywhere.
func (e *Encoding) Validate() error {
	hashed := e.Kind == NGrams || e.Kind == Words
	switch {
	case e.Kind != NGrams && e.Kind != Words && e.Kind != Tokenizer:
		return fmt.Errorf("encoding %q is not %s, %s or %s", e.Kind, NGrams, Words, Tokenizer)
	case hashed && (e.Buckets < 2 || e.Buckets > MaxBuckets):
		return fmt.Errorf("%d buckets; 2 to %d are possible", e.Buckets, MaxBuckets)
	case e.Kind != NGrams && (e.Length < 1 || e.Length > MaxLength):
		return fmt.Errorf("a length of %d; 1 to %d are possible", e.Length, MaxLength)
	case e.Kind == Tokenizer && len(e.Tokenizer) == 0:
		return fmt.Errorf("the content of tokenizer.json is missing")
	case e.Kind != NGrams:
		return nil
	case e.Words < 0 || e.Words > MaxGram:
		return fmt.Errorf("n-grams of up to %d words; 0 to %d are possible", e.Words, MaxGram)
	case len(e.Characters) != 0 && (len(e.Characters) != 2 || e.Characters[0] < 1 || e.Characters[1] < e.Characters[0] || e.Characters[1] > MaxGram):
		return fmt.Errorf("n-grams of %v characters; give the smallest and the largest n, from 1 to %d", e.Characters, MaxGram)
	case e.Words == 0 && len(e.Characters) == 0:
		return fmt.Errorf("neither n-grams of words nor of characters are asked for")
	}
	return nil
}

// Encoder turns texts into numbers. It may not be used from several goroutines at
// once.
type Encoder struct {
	Encoding
	tokens *tokenizer.Tokenizer
	counts map[int]float32
	gram   []byte
}

// Encoder makes an encoder. Errors are those of Validate and of package
// tokenizer.
func (e *Encoding) Encoder() (*Encoder, error) {
	if err := e.Validate(); err != nil {
		return nil, fmt.Errorf("textcode: %w", err)
	}
	out := &Encoder{Encoding: *e, counts: map[int]float32{}}
	if e.Kind == Tokenizer {
		t, err := tokenizer.Parse(e.Tokenizer)
		if err != nil {
			return nil, err
		}
		out.tokens = t
		out.Padding = t.Padding()
	}
	return out, nil
}

// Another is an encoder like e for another goroutine, without reading the tokenizer again.
func (e *Encoder) Another() *Encoder {
	return &Encoder{Encoding: e.Encoding, tokens: e.tokens, counts: map[int]float32{}}
}

// String describes the encoding in a few words.
func (e *Encoding) String() string {
	switch e.Kind {
	case NGrams:
		out := fmt.Sprintf("n-grams of up to %d words in %d buckets", e.Words, e.Buckets)
		if len(e.Characters) == 2 {
			out += fmt.Sprintf(", and of %d to %d characters", e.Characters[0], e.Characters[1])
		}
		return out
	case Words:
		return fmt.Sprintf("%d words in %d buckets", e.Length, e.Buckets)
	}
	return fmt.Sprintf("%d tokens of a tokenizer", e.Length)
}
