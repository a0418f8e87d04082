package onnxio

import (
	"fmt"
	"slices"
	"strings"
)

// EinsumTerms takes the equation of an Einsum apart, given the ranks of its
// operands: a term of one letter per dimension for every operand, and one for
// the output. An ellipsis becomes letters that the equation does not have,
// aligned at its end; an output that is left out is spelled out: the
// ellipsis, then the letters that occur once, in alphabetical order.
func EinsumTerms(equation string, ranks []int) (terms []string, output string, err error) {
	spaceless := strings.ReplaceAll(equation, " ", "")
	left, output, explicit := strings.Cut(spaceless, "->")
	terms = strings.Split(left, ",")
	if len(terms) != len(ranks) {
		return nil, "", fmt.Errorf("equation %q has %d terms for %d operands", equation, len(terms), len(ranks))
	}
	const ellipsis = "..."
	hidden := 0 // dimensions that the longest ellipsis stands for
	for i, term := range terms {
		named := len(strings.Replace(term, ellipsis, "", 1))
		if strings.Contains(term, ellipsis) {
			hidden = max(hidden, ranks[i]-named)
		} else if named != ranks[i] {
			return nil, "", fmt.Errorf("equation %q: term %q does not fit an operand of rank %d", equation, term, ranks[i])
		}
		if named > ranks[i] {
			return nil, "", fmt.Errorf("equation %q: term %q does not fit an operand of rank %d", equation, term, ranks[i])
		}
	}
	var free []byte
	for letter := byte('A'); letter <= 'z' && len(free) < hidden; letter++ {
		if (letter <= 'Z' || letter >= 'a') && !strings.Contains(spaceless, string(letter)) {
			free = append(free, letter)
		}
	}
	if len(free) < hidden {
		return nil, "", fmt.Errorf("equation %q has more dimensions than there are letters", equation)
	}
	if !explicit {
		if strings.Contains(left, ellipsis) {
			output = ellipsis
		}
		letters := []rune(strings.NewReplacer(".", "", ",", "").Replace(left))
		slices.Sort(letters)
		for _, letter := range letters {
			if strings.Count(left, string(letter)) == 1 {
				output += string(letter)
			}
		}
	}
	for i, term := range terms {
		mine := ranks[i] - len(strings.Replace(term, ellipsis, "", 1))
		terms[i] = strings.Replace(term, ellipsis, string(free[hidden-max(mine, 0):]), 1)
	}
	output = strings.Replace(output, ellipsis, string(free), 1)
	for _, term := range append(slices.Clone(terms), output) {
		for _, letter := range term {
			if letter < 'A' || letter > 'z' || letter > 'Z' && letter < 'a' {
				return nil, "", fmt.Errorf("equation %q: %q is no letter", equation, letter)
			}
		}
	}
	for _, letter := range output {
		if !strings.ContainsRune(strings.Join(terms, ""), letter) || strings.Count(output, string(letter)) > 1 {
			return nil, "", fmt.Errorf("equation %q: %q is in no term, or twice in the output", equation, letter)
		}
	}
	return terms, output, nil
}
