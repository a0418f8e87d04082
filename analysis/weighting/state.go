package weighting

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
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
