package augment_test

import (
	"fmt"

	"github.com/sharewise/sharewise/analysis/augment"
)

// Windows of a signal are shifted, in the same way whenever a step is taken.
func ExampleAugmenter_Apply() {
	a, err := augment.New(augment.Settings{Shift: 0.5}, []int{1, 6}, 0, 8)
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, step := range []int{0, 1, 0} {
		minibatch := []float32{1, 2, 3, 4, 5, 6}
		a.Apply(step, minibatch)
		fmt.Println("step", step, minibatch)
	}
	// Output:
	// step 0 [4 5 6 1 2 3]
	// step 1 [3 4 5 6 1 2]
	// step 0 [4 5 6 1 2 3]
}
