package tokenizer

import (
	"bytes"
	"encoding/binary"
	"strings"
	"unicode/utf8"

	"github.com/clipperhouse/uax29/v2/graphemes"
)

// charsMap is what SentencePiece compiles its rules of normalisation to: a double
// array of what is to be replaced (Aoe: An Efficient Digital Search Algorithm by
// Using a Double-Array Structure, 1989, in the layout of darts-clone), whose values
// are places among texts that end in 0.
type charsMap struct {
	units []uint32
	texts []byte
	// longest is how long what is put in is at most.
	longest int
}

func (m *charsMap) grows() growth { return growth{each: max(utf8.UTFMax, m.longest)} }

func parseCharsMap(data []byte) (*charsMap, error) {
	if len(data) == 0 {
		return &charsMap{}, nil
	}
	if len(data) < 4 {
		return nil, formatError("normalizer: precompiled_charsmap is too short")
	}
	n := binary.LittleEndian.Uint32(data)
	data = data[4:]
	if n%4 != 0 || int64(n) > int64(len(data)) {
		return nil, formatError("normalizer: precompiled_charsmap says that %d bytes follow, and has %d", n, len(data))
	}
	m := &charsMap{units: make([]uint32, n/4), texts: data[n:], longest: longestText(data[n:])}
	if m.longest > longestContent {
		return nil, formatError("normalizer: precompiled_charsmap puts %d bytes in; %d are possible", m.longest, longestContent)
	}
	for i := range m.units {
		m.units[i] = binary.LittleEndian.Uint32(data[4*i:])
	}
	return m, nil
}

// replacement is what stands for the shortest beginning of a text that has one.
func (m *charsMap) replacement(text string) (string, bool) {
	if len(m.units) == 0 {
		return "", false
	}
	offset := func(unit uint32) uint32 { return (unit >> 10) << ((unit & (1 << 9)) >> 6) }
	at := offset(m.units[0])
	for i := range len(text) {
		c := uint32(text[i])
		if c == 0 {
			return "", false
		}
		if at ^= c; int64(at) >= int64(len(m.units)) {
			return "", false
		}
		unit := m.units[at]
		if unit&(1<<31|0xff) != c {
			return "", false
		}
		at ^= offset(unit)
		if unit>>8&1 == 0 {
			continue
		}
		if int64(at) >= int64(len(m.units)) {
			return "", false
		}
		place := m.units[at] &^ (1 << 31)
		if int64(place) >= int64(len(m.texts)) {
			return "", false
		}
		out, _, _ := bytes.Cut(m.texts[place:], []byte{0})
		return string(out), utf8.Valid(out)
	}
	return "", false
}

// apply replaces grapheme clusters, and in longer ones, or where none is to be
// replaced whole, their characters.
func (m *charsMap) apply(text string) string {
	const short = 6 // bytes
	var out strings.Builder
	clusters := graphemes.FromString(text)
	for clusters.Next() {
		cluster := clusters.Value()
		if len(cluster) < short {
			if r, ok := m.replacement(cluster); ok {
				out.WriteString(r)
				continue
			}
		}
		for _, c := range cluster {
			if r, ok := m.replacement(string(c)); ok {
				out.WriteString(r)
			} else {
				out.WriteRune(c)
			}
		}
	}
	return out.String()
}
