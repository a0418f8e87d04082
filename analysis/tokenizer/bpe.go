package tokenizer

import (
	"container/heap"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"
)

// merge is a pair of tokens that become one: "a b", or ["a", "b"].
type merge [2]string

// UnmarshalJSON reads both forms.
func (m *merge) UnmarshalJSON(data []byte) error {
	var text string
	if json.Unmarshal(data, &text) == nil {
		a, b, ok := strings.Cut(text, " ")
		if !ok || a == "" || b == "" || strings.Contains(b, " ") {
			return fmt.Errorf("merge %q is not two tokens", text)
		}
		*m = merge{a, b}
		return nil
	}
	var list []string
	if err := json.Unmarshal(data, &list); err != nil || len(list) != 2 {
		return fmt.Errorf("a merge is not two tokens")
	}
	*m = merge{list[0], list[1]}
	return nil
}

// bpe starts with the characters of a word and merges pairs, those first that come
// first in the list.
type bpe struct {
	vocabulary
	unk            int
	rank           map[[2]int]rank
	prefix, suffix string
	fuse, whole    bool
	bytes          [256]int // tokens of single bytes, where unknown characters fall back to them
	fallback       bool
}

// rank is the place of a merge in the list, and the token that it makes.
type rank struct{ place, token int }

func newBPE(f *modelFile, v vocabulary, unknown int) (*bpe, error) {
	if f.Dropout != nil && *f.Dropout > 0 {
		return nil, formatError("model: dropout %v makes tokens by chance", *f.Dropout)
	}
	m := &bpe{vocabulary: v, unk: unknown, rank: make(map[[2]int]rank, len(f.Merges)), fuse: f.Fuse, whole: f.Ignore}
	if f.Prefix != nil {
		m.prefix = *f.Prefix
	}
	if f.Suffix != nil {
		m.suffix = *f.Suffix
	}
	m.bytes, m.fallback = fallbackBytes(v, f.Fallback)
	if err := errors.Join(checkLength(m.prefix, longestToken, "model: continuing_subword_prefix"), checkLength(m.suffix, longestToken, "model: end_of_word_suffix")); err != nil {
		return nil, err
	}
	for i, p := range f.Merges {
		joined := p[0] + strings.TrimPrefix(p[1], m.prefix)
		a, b, ab := v.id(p[0]), v.id(p[1]), v.id(joined)
		if a < 0 || b < 0 || ab < 0 {
			return nil, formatError("model: merge %d, %.200q and %.200q: the vocabulary lacks one of these or what they become", i+1, p[0], p[1])
		}
		if _, twice := m.rank[[2]int{a, b}]; !twice {
			m.rank[[2]int{a, b}] = rank{i, ab}
		}
	}
	return m, nil
}

// fallbackBytes finds the tokens <0x00> to <0xFF>; ok is false where the file asks
// for none or they are not all there.
func fallbackBytes(v vocabulary, asked bool) (out [256]int, ok bool) {
	for b := range out {
		if out[b] = v.id(fmt.Sprintf("<0x%02X>", b)); out[b] < 0 {
			return out, false
		}
	}
	return out, asked
}

func (m *bpe) unknown() int { return m.unk }

// symbol is a token in a chain; before and after are its neighbours, -1 for none.
type symbol struct {
	token, before, after int
	gone                 bool
}

// candidate is a merge of the symbol at a place with the one behind it, as they
// were.
type candidate struct{ place, at, left, right, token int }

type candidates []candidate

func (c candidates) Len() int { return len(c) }
func (c candidates) Less(i, j int) bool {
	return c[i].place < c[j].place || c[i].place == c[j].place && c[i].at < c[j].at
}
func (c candidates) Swap(i, j int) { c[i], c[j] = c[j], c[i] }
func (c *candidates) Push(x any)   { *c = append(*c, x.(candidate)) }
func (c *candidates) Pop() any {
	last := (*c)[len(*c)-1]
	*c = (*c)[:len(*c)-1]
	return last
}

func (m *bpe) encode(dst []int, word string, most int) []int {
	return inParts(dst, word, most, m.encodePart)
}

func (m *bpe) encodePart(dst []int, word string) []int {
	if m.whole {
		if id := m.id(word); id >= 0 {
			return append(dst, id)
		}
	}
	chain := m.characters(word)
	var open candidates
	offer := func(at int) {
		if at < 0 || chain[at].after < 0 {
			return
		}
		left, right := chain[at].token, chain[chain[at].after].token
		if r, ok := m.rank[[2]int{left, right}]; ok {
			heap.Push(&open, candidate{r.place, at, left, right, r.token})
		}
	}
	for at := range chain {
		offer(at)
	}
	for len(open) > 0 {
		c := heap.Pop(&open).(candidate)
		s := &chain[c.at]
		if s.gone || s.after < 0 || s.token != c.left || chain[s.after].token != c.right {
			continue
		}
		next := &chain[s.after]
		next.gone = true
		s.token, s.after = c.token, next.after
		if s.after >= 0 {
			chain[s.after].before = c.at
		}
		offer(s.before)
		offer(c.at)
	}
	for _, s := range chain {
		if !s.gone {
			dst = append(dst, s.token)
		}
	}
	return dst
}

// characters is the chain of the tokens of a word's characters.
func (m *bpe) characters(word string) []symbol {
	var chain []symbol
	add := func(token int) {
		n := len(chain)
		if n > 0 {
			chain[n-1].after = n
		}
		chain = append(chain, symbol{token: token, before: n - 1, after: -1})
	}
	wasUnknown := false
	for i, c := range word {
		size := utf8.RuneLen(c)
		if c == utf8.RuneError && !strings.HasPrefix(word[i:], string(c)) {
			size = 1
		}
		text := word[i : i+size]
		if i > 0 {
			text = m.prefix + text
		}
		if i+size == len(word) {
			text += m.suffix
		}
		id := m.id(text)
		if id >= 0 {
			add(id)
			wasUnknown = false
			continue
		}
		if m.fallback {
			for _, b := range []byte(word[i : i+size]) {
				add(m.bytes[b])
			}
			wasUnknown = false
			continue
		}
		if m.unk >= 0 && !(m.fuse && wasUnknown) {
			add(m.unk)
		}
		wasUnknown = true
	}
	return chain
}
