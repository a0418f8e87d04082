package inspection

import (
	"fmt"
	"regexp"
)

// Note is what there is to say about the data of a domain.
type Note struct{ Domain, Text string }

// manyAlike is the number of domains from which on notes that differ in their
// numbers only are told once.
const manyAlike = 4

var numbers = regexp.MustCompile(`[0-9]+([.,][0-9]+)*`)

// GatherNotes words notes in their order. Of notes that differ in numbers only,
// where they are of many domains, it gives the first and counts the others.
func GatherNotes(notes []Note) []string {
	kind := func(n Note) string { return numbers.ReplaceAllString(n.Text, "0") }
	count := map[string]int{}
	for _, n := range notes {
		count[kind(n)]++
	}
	var out []string
	told := map[string]bool{}
	for _, n := range notes {
		k := kind(n)
		switch {
		case count[k] < manyAlike:
			out = append(out, n.Domain+": "+n.Text)
		case !told[k]:
			told[k] = true
			out = append(out, fmt.Sprintf("%s and %d others: %s", n.Domain, count[k]-1, n.Text))
		}
	}
	return out
}
