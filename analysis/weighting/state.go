package weighting

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"slices"
)

// unmarshal reads state strictly into v, a pointer.
func unmarshal(state []byte, v any) error {
	d := json.NewDecoder(bytes.NewReader(state))
	d.DisallowUnknownFields()
	if err := d.Decode(v); err != nil {
		return fmt.Errorf("weighting: %w: %w", ErrState, err)
	}
	return nil
}

// checkLength verifies that a vector of the state has one finite element per
// domain.
func checkLength(what string, v []float64, domains int) error {
	if len(v) != domains {
		return fmt.Errorf("weighting: %w: %d %s for %d domains", ErrState, len(v), what, domains)
	}
	for _, x := range v {
		if math.IsNaN(x) || math.IsInf(x, 0) {
			return fmt.Errorf("weighting: %w: %s %g", ErrState, what, x)
		}
	}
	return nil
}

// normalize scales v, which is not negative and not all zero, to sum to its
// length.
func normalize(v []float64) {
	sum := 0.0
	for _, x := range v {
		sum += x
	}
	for i := range v {
		v[i] *= float64(len(v)) / sum
	}
}

func fill(dst []float32, v []float64) {
	for i := range dst {
		dst[i] = float32(v[i])
	}
}

// missing is the error for state that lacks something.
func missing(what string) error {
	return fmt.Errorf("weighting: %w: the %s is missing", ErrState, what)
}

func widen(v []float32) []float64 {
	out := make([]float64, len(v))
	for i, x := range v {
		out[i] = float64(x)
	}
	return out
}

func equalWeights(n int) []float64 {
	out := make([]float64, n)
	for i := range out {
		out[i] = 1
	}
	return out
}

// softmax is n times the exponentials' shares of their sum.
func softmax(exponents []float64) []float64 {
	highest := slices.Max(exponents)
	out := make([]float64, len(exponents))
	for i, x := range exponents {
		out[i] = math.Exp(x - highest)
	}
	normalize(out)
	return out
}

// bounded normalizes weights that are not negative; where they are all zero, or one
// of them is no finite number, it returns equal ones.
func bounded(w []float64) []float64 {
	highest := slices.Max(w)
	if !(highest > 0) || math.IsInf(highest, 1) || slices.ContainsFunc(w, math.IsNaN) {
		return equalWeights(len(w))
	}
	for i := range w {
		w[i] /= highest // sums of these do not overflow
	}
	normalize(w)
	return w
}
