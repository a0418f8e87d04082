package live_test

import (
	"errors"
	"fmt"

	"github.com/sharewise/sharewise/analysis/layout"
	"github.com/sharewise/sharewise/reports/live"
)

// A look at a folder in which no study was planned yet.
func Example() {
	w := live.New("no/such/folder")
	_, err := w.Look("")
	fmt.Println(errors.Is(err, layout.ErrNoPlan))
	// Output: true
}
