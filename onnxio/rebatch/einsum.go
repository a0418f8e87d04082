package rebatch

import (
	"errors"
	"strings"

	"github.com/sharewise/sharewise/onnxio"
)

// einsum has the batch under one letter, or under a letter of its own.
func einsum(c *call) error {
	equation := strings.ReplaceAll(c.StringOr("equation", ""), " ", "")
	left, right, ok := strings.Cut(equation, "->")
	terms := strings.Split(left, ",")
	if !ok || len(terms) != len(c.Inputs) || strings.Contains(equation, ".") {
		return errors.New("its equation has no explicit result, or dots")
	}
	if c.place == apart {
		return c.eachEinsum(terms, right)
	}
	letter := terms[c.lead][c.dim : c.dim+1]
	at := strings.Index(right, letter)
	if at < 0 {
		return mixes(c.dim)
	}
	for i, term := range terms {
		d := strings.Index(term, letter)
		switch {
		case strings.Count(term, letter) > 1:
			return mixes(c.dim)
		case c.varies(i) == nil && d < 0, i == c.lead:
			continue
		case d < 0:
			return errTwo
		}
		if err := c.align(i, d-c.rank(i), c.shapes[c.lead][c.dim]); err != nil {
			return err
		}
	}
	return c.give(place{at, c.outer})
}

func (c *call) eachEinsum(terms []string, right string) error {
	own := ""
	for _, letter := range "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ" {
		if !strings.ContainsRune(strings.Join(terms, ""), letter) {
			own = string(letter)
			break
		}
	}
	for i := range terms {
		if c.varies(i) == nil {
			continue
		}
		if err := c.take(i, apart); err != nil {
			return err
		}
		terms[i] = own + terms[i]
	}
	if own == "" {
		return errors.New("its equation has no letter left")
	}
	c.set(onnxio.StringAttr("equation", strings.Join(terms, ",")+"->"+own+right))
	return c.give(apart)
}
