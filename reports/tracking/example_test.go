package tracking_test

import (
	"errors"
	"fmt"

	"github.com/sharewise/sharewise/analysis/layout"
	"github.com/sharewise/sharewise/reports/tracking"
)

// Runs for TensorBoard, of a folder in which no study was planned.
func Example() {
	_, err := tracking.Write("logs", tracking.TensorBoard, "no/such/folder", false)
	fmt.Println(errors.Is(err, layout.ErrNoPlan))
	// Output: true
}
