package influence_test

import (
	"fmt"

	"github.com/sharewise/sharewise/analysis/influence"
)

// A folder in which nobody looked for influence has none.
func ExampleRead() {
	f, err := influence.Read("no/such/folder")
	fmt.Println(f == nil, err)
	// Output: true <nil>
}
