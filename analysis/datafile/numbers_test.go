package datafile_test

import (
	"testing"

	"github.com/sharewise/sharewise/analysis/datafile"
)

// TestHintsOfNumbers holds what is said of texts that are numbers to people and not to programs:
// what a comma means is left open where it may stand before thousands or decimals.
func TestHintsOfNumbers(t *testing.T) {
	const not = "not a number"
	for text, want := range map[string]string{
		"1,071":     not + "; where commas separate thousands set columns.thousands: comma, and for decimal commas columns.decimal: comma",
		"1,071,200": not + "; where commas separate thousands set columns.thousands: comma",
		"1,071.5":   not + "; where commas separate thousands set columns.thousands: comma",
		"1.071,5":   not + "; for decimal commas set columns.decimal: comma, and columns.thousands: point",
		"1,5":       not + "; for decimal commas set columns.decimal: comma",
		"12 kg":     not + "; where all numbers of a column are written so, set its unit under columns.units: kg",
		"twelve":    not,
		"1.5":       "",
	} {
		if _, got := datafile.NewSpelling(nil).Number(text); got != want {
			t.Errorf("%s: %q, want %q", text, got, want)
		}
	}
}
