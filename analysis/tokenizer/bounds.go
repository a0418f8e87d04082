package tokenizer

import (
	"regexp"
	"regexp/syntax"
	"strings"
	"unicode/utf8"

	"github.com/sharewise/sharewise/analysis/filelimit"
	"github.com/sharewise/sharewise/analysis/wording"
)

// Bounds of a file, which may have been written to cost its reader time and memory. Those
// that are used stay far below.
const (
	// maxID is the largest number of a token: those that float32 holds exactly.
	maxID = 1<<24 - 1
	// Numbers may be gapsFew plus gapsMany times as large as there are tokens: a model has a
	// row for each number.
	gapsFew, gapsMany = 1 << 16, 16
	// longestToken is in bytes, of models that try all lengths at every place of a text.
	longestToken = 512
	// longestContent is that of other tokens, and of what stands for something else in a text,
	// in bytes.
	longestContent = 4096
	// mostSteps is how many normalisers, and how many cutters, go through every text.
	mostSteps = 64
	// mostSpecial is how many special tokens stand around a text.
	mostSpecial = 64
	// largestPattern is in instructions of the machine that looks for a pattern, of which any
	// number may be gone through at every character.
	largestPattern = 10000
	// deepest bounds sequences within sequences.
	deepest = 16
)

// decode reads a part of the file.
func decode(raw []byte, where string, v any) error {
	if err := filelimit.DecodeJSON(raw, v); err != nil {
		return formatError("%s%w", where, err)
	}
	return nil
}

// checkNumber refuses numbers of tokens that are out of bounds.
func checkNumber(id int, format string, args ...any) error {
	if id < 0 || id > maxID {
		return formatError(format+" has the number %d; 0 to %d are possible", append(args, id, maxID)...)
	}
	return nil
}

// checkSize refuses a vocabulary that is small and has large numbers.
func checkSize(size, tokens int) error {
	if most := gapsFew + gapsMany*tokens; size > most {
		return formatError("one of %d tokens has the number %d, which asks for a model with a row for every number up to it; at most %d is possible", tokens, size-1, most-1)
	}
	return nil
}

// checkLength refuses tokens and contents that are too long.
func checkLength(text string, most int, what string) error {
	if len(text) > most {
		return formatError("%s is %d bytes long; %d are possible", what, len(text), most)
	}
	return nil
}

// compile compiles a pattern that does not take long to look for.
func compile(where, pattern string) (*regexp.Regexp, error) {
	parsed, err := syntax.Parse(pattern, syntax.Perl)
	if err != nil {
		return nil, formatError("%s: the pattern %.200q is none that is supported: %w", where, pattern, err)
	}
	program, err := syntax.Compile(parsed.Simplify())
	if err != nil {
		return nil, formatError("%s: the pattern %.200q is none that is supported: %w", where, pattern, err)
	}
	if n := len(program.Inst); n > largestPattern {
		return nil, formatError("%s: the pattern %.200q is too large: %d steps at every character; %d are possible", where, pattern, n, largestPattern)
	}
	return regexp.Compile(pattern)
}

// growth bounds what a step makes of a text of n bytes: at most each*n + once bytes.
type growth struct{ each, once int }

// room is how long the steps together may make a text of n bytes. No step of a file that is
// used comes near; what is beyond is cut off before a step that could pass it.
func room(n int) int { return 1<<16 + 64*n }

// most is how long a text may be for a step that may make at most room of it.
func (g growth) most(room int) int { return max(0, (room-g.once)/max(1, g.each)) }

// cutWords is the beginning of words that have at most so many bytes together.
func cutWords(words []string, most int) []string {
	for i, w := range words {
		if len(w) > most {
			return append(words[:i:i], wording.Cut(w, most))
		}
		most -= len(w)
	}
	return words
}

// longestWord is what a model cuts into tokens at once, in bytes: it takes some 80 bytes of
// memory for each. Longer words, of which languages have none, are cut before.
const longestWord = 1 << 20

// inParts encodes a long word part by part, until there are most tokens.
func inParts(dst []int, word string, most int, encode func(dst []int, part string) []int) []int {
	for len(word) > longestWord && len(dst) < most {
		part := wording.Cut(word, longestWord)
		dst, word = encode(dst, part), word[len(part):]
	}
	if len(dst) < most {
		dst = encode(dst, word)
	}
	return dst
}

// normalised takes a text through the normalisers.
func (t *Tokenizer) normalised(text string, room int) string {
	for _, n := range t.normalize {
		text = n.apply(wording.Cut(text, n.grows().most(room)))
	}
	return text
}

// words cuts a text into words.
func (t *Tokenizer) words(text string, first bool, room int) []string {
	words := []string{text}
	for _, s := range t.split {
		words = s.apply(cutWords(words, s.grows().most(room)), first)
	}
	return words
}

// replaces is the growth where every character, and each place between two, may become content.
func replaces(content string) growth {
	return growth{each: max(utf8.UTFMax, len(content)+1), once: len(content)}
}

// longestText is the length of the longest text among some that end in 0.
func longestText(texts []byte) int {
	longest := 0
	for _, text := range strings.Split(string(texts), "\x00") {
		longest = max(longest, len(text))
	}
	return longest
}
