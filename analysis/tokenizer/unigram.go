package tokenizer

import (
	"encoding/json"
	"fmt"
	"math"
	"unicode/utf8"
)

// unigram cuts a word into the tokens whose logarithms of probabilities have the
// largest sum (Viterbi).
type unigram struct {
	vocabulary
	score    []float64
	unk      int
	missing  float64 // score of a character that no token has
	bytes    [256]int
	fallback bool
	longest  int // bytes of a token
}

// scored is a token with its logarithm of probability: ["▁the", -3.5].
type scored struct {
	Token string
	Score float64
}

// UnmarshalJSON reads a list of two.
func (s *scored) UnmarshalJSON(data []byte) error {
	var list []json.RawMessage
	if err := json.Unmarshal(data, &list); err != nil || len(list) != 2 {
		return fmt.Errorf("an entry of vocab is not [TOKEN, SCORE]")
	}
	if err := json.Unmarshal(list[0], &s.Token); err != nil {
		return err
	}
	return json.Unmarshal(list[1], &s.Score)
}

func newUnigram(f *modelFile) (*unigram, error) {
	var list []scored
	if err := decode(f.Vocab, "model: vocab: ", &list); err != nil {
		return nil, err
	}
	if len(list) == 0 || len(list) > maxID {
		return nil, formatError("model: vocab has %d tokens", len(list))
	}
	m := &unigram{vocabulary: make(vocabulary, len(list)), unk: -1, missing: math.Inf(1)}
	for id, s := range list {
		m.vocabulary[s.Token] = id
		m.score = append(m.score, s.Score)
		m.missing = min(m.missing, s.Score)
		m.longest = max(m.longest, len(s.Token))
		if err := checkLength(s.Token, longestToken, "model: a token"); err != nil {
			return nil, err
		}
	}
	const penalty = 10 // SentencePiece's
	m.missing -= penalty
	if f.UnknownID != nil {
		if m.unk = *f.UnknownID; m.unk < 0 || m.unk >= len(list) {
			return nil, formatError("model: unk_id is %d of %d tokens", m.unk, len(list))
		}
	}
	m.bytes, m.fallback = fallbackBytes(m.vocabulary, f.Fallback)
	return m, nil
}

func (m *unigram) unknown() int { return m.unk }

// step is the best way to a place in a word.
type step struct {
	score float64
	from  int
	token int // -1: an unknown character
}

func (m *unigram) encode(dst []int, word string, most int) []int {
	return inParts(dst, word, most, m.encodePart)
}

func (m *unigram) encodePart(dst []int, word string) []int {
	best := make([]step, len(word)+1)
	for i := range best {
		best[i] = step{math.Inf(-1), -1, -1}
	}
	best[0].score = 0
	for at := 0; at < len(word); {
		_, size := utf8.DecodeRuneInString(word[at:])
		whole := false // a token covers the character
		for end := at + 1; end <= min(len(word), at+m.longest); end++ {
			if end < len(word) && !utf8.RuneStart(word[end]) {
				continue
			}
			id, ok := m.vocabulary[word[at:end]]
			if !ok {
				continue
			}
			whole = whole || end == at+size
			if s := best[at].score + m.score[id]; s > best[end].score || best[end].from < 0 {
				best[end] = step{s, at, id}
			}
		}
		if end := at + size; !whole {
			if s := best[at].score + m.missing; s > best[end].score || best[end].from < 0 {
				best[end] = step{s, at, -1}
			}
		}
		at += size
	}
	var back []int // places, from the end
	for at := len(word); at > 0; at = best[at].from {
		back = append(back, at)
	}
	wasUnknown := false
	for i := len(back) - 1; i >= 0; i-- {
		s := best[back[i]]
		switch {
		case s.token >= 0 && s.token != m.unk:
			dst = append(dst, s.token)
			wasUnknown = false
		case m.fallback:
			for _, b := range []byte(word[s.from:back[i]]) {
				dst = append(dst, m.bytes[b])
			}
			wasUnknown = false
		default:
			if m.unk >= 0 && !wasUnknown {
				dst = append(dst, m.unk)
			}
			wasUnknown = true
		}
	}
	return dst
}
