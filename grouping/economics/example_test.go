package economics_test

import (
	"fmt"

	"github.com/sharewise/sharewise/grouping/economics"
)

// Two plants may share a model that makes half a point less errors in one of them,
// give or take, and saves running a second model.
func Example() {
	c := &economics.Case{
		Prices:  economics.Prices{Currency: "EUR", Horizon: 36, Operation: 200, Setup: 1000},
		Domains: []economics.Domain{{Name: "north", Value: 500}, {Name: "south", Value: 300}},
		Options: []economics.Option{
			{Name: "apart", Models: []economics.Model{{Members: []int{0}}, {Members: []int{1}}}},
			{Name: "together", Models: []economics.Model{{Members: []int{0, 1}, Terms: []economics.Term{{Domain: 0, Cell: 0, Weight: 1}, {Domain: 1, Cell: 1, Weight: 1}}}}},
		},
		Centre: []float64{0.5, -1},
		Draws:  [][]float64{{0.2, -1}, {0.5, -1}, {0.8, -1}}, // many more in earnest
	}
	r, err := economics.Appraise(c)
	if err != nil {
		fmt.Println(err)
		return
	}
	together := r.Options[1]
	fmt.Printf("Together brings %.0f %s a month, and is worth %.0f more than apart in three years.\n", together.Benefit.Value, c.Prices.Currency, together.Gain.Value)
	breakEvens, err := economics.BreakEvens(c)
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, b := range breakEvens {
		if b.Input == "operation" {
			fmt.Printf("It pays %s %.2f %s.\n", b.Expected.Side, b.Expected.At, b.Unit)
		}
	}
	// Output:
	// Together brings -50 EUR a month, and is worth 6400 more than apart in three years.
	// It pays from 22.22 EUR per model and month.
}
