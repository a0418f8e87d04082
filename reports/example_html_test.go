package reports_test

import (
	"bytes"
	"fmt"
	"strings"

	"github.com/sharewise/sharewise/analysis"
	"github.com/sharewise/sharewise/reports"
)

// Results become one file that needs nothing from outside. Groups, learning
// curves and samples to look at may be there or not.
func ExampleHTML() {
	results := &analysis.Results{
		Study: "parts", Title: "Bolts and screws", Level: 0.95, Rungs: []string{"small"}, Weightings: []string{"equal"},
		Domains: []analysis.DomainInfo{{Name: "bolts"}, {Name: "screws"}},
	}
	var page bytes.Buffer
	if err := reports.HTML(&page, &reports.Input{Results: results}); err != nil {
		fmt.Println(err)
		return
	}
	text := page.String()
	fmt.Println(strings.Contains(text, "Bolts and screws"), strings.Contains(text, "No groups were chosen."), strings.Contains(text, "src=\"http"))
	// Output:
	// true true false
}
