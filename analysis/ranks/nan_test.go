package ranks

import (
	"math"
	"slices"
	"testing"
)

// TestNaN ends, and puts what is no number first.
func TestNaN(t *testing.T) {
	if got := Of([]float64{2, math.NaN(), 1, 2, math.NaN()}); !slices.Equal(got[:1], []float64{3.5}) || got[2] != 2 || got[1]+got[4] != 1 {
		t.Errorf("places %v", got)
	}
}
