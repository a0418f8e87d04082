package appraisal_test

import (
	"fmt"
	"os"

	"github.com/sharewise/sharewise/analysis/layout"
	"github.com/sharewise/sharewise/analysis/study"
	"github.com/sharewise/sharewise/grouping/appraisal"
)

// A study of two lines is valued by what less error is worth and what operating a
// model costs.
func ExampleFolder() {
	out, err := os.MkdirTemp("", "sharewise-example-*")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer func() { _ = os.RemoveAll(out) }()
	if err := trained(layout.Folder(out), 0.05); err != nil { // a study
		fmt.Println(err)
		return
	}
	prices := study.NewEconomics()
	prices.Value.Each, prices.Operation = 1, 400
	worth, err := appraisal.Folder(layout.Folder(out), appraisal.Options{Prices: prices})
	if err != nil {
		fmt.Println(err)
		return
	}
	best := worth.Options[worth.Best]
	fmt.Println(best.Groups, "one model less saves", worth.Options[0].Costs.Monthly-best.Costs.Monthly, prices.Currency, "a month")
	// Output:
	// [[north south]] one model less saves 400 EUR a month
}
