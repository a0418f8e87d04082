package measures_test

import (
	"fmt"

	"github.com/sharewise/sharewise/analysis/measures"
)

// Settings of study files say which error gains reduce.
func Example() {
	for _, setting := range measures.Settings() {
		m := measures.Of(setting)
		fmt.Printf("%s: gains reduce %s; columns %s\n", setting, m.Metric.Title, m.Needs.Columns())
	}
	// Output:
	// error: gains reduce errors; columns correct
	// balanced: gains reduce the balanced error; columns label and correct
	// auc: gains reduce 1 − AUC; columns label, 0 or 1, and score, or prediction and confidence
	// loss: gains reduce the mean loss; columns loss
}
