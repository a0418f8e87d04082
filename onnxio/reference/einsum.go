package reference

import "strings"

// einsum sums products over the letters that the output does not name. Without
// an output, letters that occur once are the output, in alphabetical order.
// Ellipses are not supported.
func einsum(c *call) *value {
	equation := strings.ReplaceAll(c.StringOr("equation", ""), " ", "")
	if strings.Contains(equation, "...") {
		unsupportedf("an ellipsis in %q", equation)
	}
	left, right, explicit := strings.Cut(equation, "->")
	terms := strings.Split(left, ",")
	operands := c.present()
	if len(terms) != len(operands) {
		failf("equation %q for %d operands", equation, len(operands))
	}
	if !explicit {
		for l := 'A'; l <= 'z'; l++ {
			if strings.Count(left, string(l)) == 1 && l != ',' {
				right += string(l)
			}
		}
	}
	dims := map[rune]int{}
	order := []rune(right)
	for i, term := range terms {
		if len([]rune(term)) != operands[i].rank() {
			failf("term %q for shape %v", term, operands[i].shape)
		}
		for j, l := range []rune(term) {
			d, seen := dims[l]
			if seen && d != operands[i].shape[j] {
				failf("letter %q has sizes %d and %d", l, d, operands[i].shape[j])
			}
			dims[l] = operands[i].shape[j]
			if !strings.ContainsRune(string(order), l) {
				order = append(order, l)
			}
		}
	}
	all := make([]int, len(order))
	for i, l := range order {
		d, ok := dims[l]
		if !ok {
			failf("letter %q of the output is in no term", l)
		}
		all[i] = d
	}
	// strideOf walks a term in the order of all letters; a letter that occurs
	// twice walks the diagonal.
	strideOf := func(term string, shape []int) []int {
		stride := make([]int, len(order))
		for j, l := range []rune(term) {
			for i, o := range order {
				if o == l {
					stride[i] += strides(shape)[j]
				}
			}
		}
		return stride
	}
	products := make([]float64, size(all))
	for i := range products {
		products[i] = 1
	}
	for i, term := range terms {
		for p, at := range strided(all, strideOf(term, operands[i].shape), 0) {
			products[p] *= operands[i].floats()[at]
		}
	}
	out := newValue(operands[0].dt, all[:len([]rune(right))])
	for p, at := range strided(all, strideOf(right, out.shape), 0) {
		out.f[at] += products[p]
	}
	return out
}
