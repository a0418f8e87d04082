package dataset

import (
	"bytes"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// delimiters are the names that a study uses, with 0 for runs of spaces.
var delimiters = map[string]rune{"comma": ',', "semicolon": ';', "tab": '\t', "pipe": '|', "space": 0}

// delimiterOf turns the study's word or character into a rune.
func delimiterOf(word string) rune {
	if d, ok := delimiters[word]; ok {
		return d
	}
	return []rune(word)[0]
}

// sniffDelimiter guesses the delimiter: by the ending of the name, or the one
// that cuts the first lines into the same number of fields, the more the
// better. head is the beginning of the file.
func sniffDelimiter(name string, head []byte) rune {
	switch filepath.Ext(strings.TrimSuffix(strings.ToLower(name), ".gz")) {
	case ".tsv", ".tab":
		return '\t'
	}
	lines := firstLines(head, 20)
	best, most := ',', 0
	for _, d := range []rune{',', ';', '\t', '|'} {
		counts := make([]int, len(lines))
		for i, l := range lines {
			counts[i] = countOutsideQuotes(l, d)
		}
		if len(counts) == 0 {
			continue
		}
		// Most lines must agree; a bad one is found when it is read.
		sorted := slices.Sorted(slices.Values(counts))
		middle := sorted[len(sorted)/2]
		agree := 0
		for _, c := range counts {
			if c == middle {
				agree++
			}
		}
		if middle > most && 3*agree >= 2*len(counts) {
			best, most = d, middle
		}
	}
	if most == 0 && len(lines) > 0 && len(strings.Fields(lines[0])) > 1 {
		return 0
	}
	return best
}

// firstLines returns the whole, not empty lines at the beginning of a file.
func firstLines(head []byte, n int) []string {
	head = bytes.TrimPrefix(head, []byte("\ufeff"))
	if end := bytes.LastIndexByte(head, '\n'); end >= 0 {
		head = head[:end+1]
	}
	var out []string
	for line := range strings.Lines(string(head)) {
		if line = strings.TrimRight(line, "\r\n"); strings.TrimSpace(line) != "" {
			out = append(out, line)
		}
		if len(out) == n {
			break
		}
	}
	return out
}

func countOutsideQuotes(line string, d rune) int {
	n, quoted := 0, false
	for _, c := range line {
		switch {
		case c == '"':
			quoted = !quoted
		case c == d && !quoted:
			n++
		}
	}
	return n
}

// countNumbers counts the fields that are numbers.
func countNumbers(fields []string) int {
	n := 0
	for _, f := range fields {
		if _, err := strconv.ParseFloat(strings.TrimSpace(f), 64); err == nil {
			n++
		}
	}
	return n
}

// looksLikeData reports whether a first row is no header: it has numbers, and
// at least half as many as the row after it.
func looksLikeData(first, second []string) bool {
	n := countNumbers(first)
	return n > 0 && 2*n >= countNumbers(second)
}
