package engine_test

import (
	"fmt"

	"github.com/sharewise/sharewise/analysis/engine"
)

// Five runs for two workers, and then in parts of about ten seconds.
func Example() {
	work := []engine.Work{{ID: "a", Cost: 8}, {ID: "b", Cost: 5}, {ID: "c", Cost: 4}, {ID: "d", Cost: 3}, {ID: "e", Cost: 2}}
	fmt.Println(engine.Divide(work, 2))
	fmt.Println(engine.Pack(work, 10, 0))
	fmt.Println(engine.Pack(work, 1, 3))
	// Output:
	// [[a d] [b c e]]
	// [[a d] [b c e]]
	// [[a] [b e] [c d]]
}
