package reference

import (
	"strings"

	"github.com/sharewise/sharewise/onnxio"
)

// einsum sums products over the letters that the output does not name.
func einsum(c *call) *value {
	operands := c.present()
	ranks := make([]int, len(operands))
	for i, v := range operands {
		ranks[i] = v.rank()
	}
	terms, output, err := onnxio.EinsumTerms(c.StringOr("equation", ""), ranks)
	if err != nil {
		failf("%v", err)
	}
	dims := map[rune]int{}
	order := []rune(output)
	for i, term := range terms {
		for j, l := range term {
			d, seen := dims[l]
			if n := operands[i].shape[j]; !seen || d == 1 {
				dims[l] = n
			} else if n != d && n != 1 {
				failf("letter %q has sizes %d and %d", l, d, n)
			}
			if !strings.ContainsRune(string(order), l) {
				order = append(order, l)
			}
		}
	}
	all := make([]int, len(order))
	for i, l := range order {
		all[i] = dims[l]
	}
	// strideOf walks a term in the order of all letters; a letter that occurs
	// twice walks the diagonal, one of size 1 stays.
	strideOf := func(term string, shape []int) []int {
		stride := make([]int, len(order))
		for j, l := range term {
			for i, o := range order {
				if o == l && (shape[j] > 1 || all[i] == 1) {
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
	out := newValue(operands[0].dt, all[:len(output)])
	for p, at := range strided(all, strideOf(output, out.shape), 0) {
		out.f[at] += products[p]
	}
	return out
}
