package study

import (
	"regexp"
	"strconv"
	"strings"

	"github.com/sharewise/sharewise/analysis/wording"
	"golang.org/x/text/unicode/norm"
)

// Names of studies and domains have letters of any script: they become names of files
// and folders, which no character of them leads out of, and are shown to people.
var nameForm = regexp.MustCompile(`^[\p{L}\p{N}][\p{L}\p{M}\p{N}._-]*$`)

const nameRule = "a name begins with a letter or digit and goes on with letters, digits, '-', '_' and '.'"

// plainName is what names of domains and runs look like in plans.
var plainName = regexp.MustCompile(`^[\p{L}\p{N}][\p{L}\p{M}\p{N}_.+~-]*$`)

// IsName reports whether a text may be the name of a domain or a run in a plan, which
// become names of folders.
func IsName(s string) bool { return plainName.MatchString(s) }

var (
	notInName  = regexp.MustCompile(`[^\p{L}\p{M}\p{N}._-]+`)
	notInSlug  = regexp.MustCompile(`[^\p{L}\p{M}\p{N}_.+~-]`)
	notAtStart = regexp.MustCompile(`^[\p{M}._-]+`)
)

// mostName is the largest number of bytes of names that are made of texts.
const mostName = 64

// NameOf makes a name of a text such as a file's name or a value: its letters, composed
// (Unicode's form C), and digits, with '-' between; "" where nothing is left of it.
func NameOf(s string) string {
	s = notInName.ReplaceAllString(norm.NFC.String(s), "-")
	return wording.Cut(strings.TrimRight(notAtStart.ReplaceAllString(s, ""), "-._"), mostName)
}

// DistinctNames makes a name of each text, with numbers behind those that differ in no
// more than the case of letters; "data" where a text has no letter and no digit.
func DistinctNames(texts []string) []string {
	out := make([]string, len(texts))
	used := map[string]bool{}
	for i, text := range texts {
		clean := NameOf(text)
		if clean == "" {
			clean = "data"
		}
		name := clean
		for n := 2; used[strings.ToLower(name)]; n++ {
			number := "-" + strconv.Itoa(n)
			name = wording.Cut(clean, mostName-len(number)) + number
		}
		used[strings.ToLower(name)] = true
		out[i] = name
	}
	return out
}
