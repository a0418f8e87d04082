package ranks

import (
	"fmt"
	"testing"
)

func TestOf(t *testing.T) {
	got := Of([]float64{3, 1, 3, 2})
	for i, want := range []float64{2.5, 0, 2.5, 1} {
		if got[i] != want {
			t.Errorf("ranks %v", got)
		}
	}
}

// Equal numbers share the mean of their places.
func ExampleOf() {
	fmt.Println(Of([]float64{30, 10, 30, 20}))
	// Output: [2.5 0 2.5 1]
}
