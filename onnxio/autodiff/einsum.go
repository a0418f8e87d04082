package autodiff

import (
	"slices"
	"strings"

	"github.com/sharewise/sharewise/onnxio"
)

// einsum: the cotangent of one operand is the Einsum of dY with the other
// operands. Dimensions of the operand that occur nowhere else were summed over,
// so that all their elements get the same; dimensions of 1 that others have
// stretched are summed.
func einsum(c *call, i int) string {
	ranks := make([]int, len(c.Inputs))
	for j := range ranks {
		ranks[j] = len(c.inShape(j))
	}
	equation := c.StringOr("equation", "")
	terms, output, err := onnxio.EinsumTerms(equation, ranks)
	if err != nil {
		failf(ErrOperand, "%v", err)
	}
	from, operands := []string{output}, []string{c.dy}
	sizes := map[rune]int64{}
	note := func(term string, shape []int64) {
		for k, letter := range term {
			sizes[letter] = max(sizes[letter], shape[k])
		}
	}
	note(output, c.yShape())
	for j, term := range terms {
		if j != i {
			from, operands = append(from, term), append(operands, c.in(j))
			note(term, c.inShape(j))
		}
	}
	mine, shape := terms[i], c.inShape(i)
	var to strings.Builder
	var full, stretched []int64 // shape with every letter, axes that were stretched
	lonely := false
	for k, letter := range mine {
		if strings.Count(mine, string(letter)) > 1 {
			lacksf("in equation %q letter %q is repeated in operand %d", equation, letter, i)
		}
		if sizes[letter] == 0 {
			lonely = true
			full = append(full, 1)
			continue
		}
		to.WriteRune(letter)
		full = append(full, sizes[letter])
		if shape[k] == 1 && sizes[letter] > 1 {
			stretched = append(stretched, int64(k))
		}
	}
	dx := c.op("Einsum", operands, onnxio.StringAttr("equation", strings.Join(from, ",")+"->"+to.String()))
	if lonely {
		dx = c.reshape(dx, full...)
	}
	dx = c.sum(dx, true, stretched...)
	for _, a := range stretched {
		full[a] = 1
	}
	if !slices.Equal(full, shape) {
		dx = c.expand(dx, shape...)
	}
	return dx
}
