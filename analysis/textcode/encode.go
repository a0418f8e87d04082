package textcode

import (
	"hash/crc32"
	"slices"
	"unicode/utf8"
)

// A Number is one that is not 0, and where it stands among those of a text.
type Number struct {
	Index int
	Value float32
}

// Append appends the numbers of a text that are not 0, in the order of their
// places. Others are 0.
func (e *Encoder) Append(dst []Number, text string) []Number {
	switch e.Kind {
	case NGrams:
		return e.appendCounts(dst, text)
	case Words:
		i := 0
		EachWord(text, func(word []byte) bool {
			dst = append(dst, Number{i, float32(1 + crc32.ChecksumIEEE(word)%uint32(e.Buckets-1))})
			i++
			return i < e.Length
		})
		return dst
	}
	ids := e.tokens.Encode(text, e.Length)
	for i := range e.Length {
		id := e.Padding
		if i < len(ids) {
			id = ids[i]
		}
		if id != 0 {
			dst = append(dst, Number{i, float32(id)})
		}
	}
	return dst
}

// Tokens returns the tokens of a whole text, and how many of them stand for what
// the tokenizer does not know. It is for encodings of kind Tokenizer.
func (e *Encoder) Tokens(text string) (ids []int, unknown int) {
	ids = e.tokens.Encode(text, 0)
	for _, id := range ids {
		if id == e.tokens.Unknown() {
			unknown++
		}
	}
	return ids, unknown
}

func (e *Encoder) appendCounts(dst []Number, text string) []Number {
	clear(e.counts)
	count := func(gram []byte) { e.counts[int(crc32.ChecksumIEEE(gram)%uint32(e.Buckets))]++ }
	var last [][]byte // the words before, at most e.Words-1
	EachWord(text, func(word []byte) bool {
		if e.Words > 0 {
			e.gram = append(e.gram[:0], word...)
			count(e.gram)
			for k := len(last) - 1; k >= 0; k-- {
				e.gram = slices.Insert(e.gram, 0, ' ')
				e.gram = slices.Insert(e.gram, 0, last[k]...)
				count(e.gram)
			}
			if e.Words > 1 {
				if len(last) == e.Words-1 {
					last = append(last[1:], append(last[0][:0], word...))
				} else {
					last = append(last, slices.Clone(word))
				}
			}
		}
		if len(e.Characters) == 2 {
			e.characters(word, count)
		}
		return true
	})
	start := len(dst)
	for at, n := range e.counts {
		dst = append(dst, Number{at, n})
	}
	slices.SortFunc(dst[start:], func(a, b Number) int { return a.Index - b.Index })
	return dst
}

// characters counts the n-grams of characters of one word.
func (e *Encoder) characters(word []byte, count func([]byte)) {
	padded := append(append([]byte{' '}, word...), ' ')
	size := func(at int) int { _, n := utf8.DecodeRune(padded[at:]); return n }
	for n := e.Characters[0]; n <= e.Characters[1]; n++ {
		from, to, between := 0, 0, 0
		for to < len(padded) {
			to += size(to)
			if between++; between < n {
				continue
			}
			e.gram = append(append(e.gram[:0], '#'), padded[from:to]...)
			count(e.gram)
			from += size(from)
			between--
		}
	}
}
