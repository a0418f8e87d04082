package laws_test

import (
	"fmt"

	"github.com/sharewise/sharewise/analysis/laws"
)

// Errors at four sizes, from three runs each: what would a model of four times the
// parameters measure, and what does it take off at most?
func ExampleFit() {
	l, err := laws.Fit([]laws.Point{
		{Size: 10_000, Value: 0.310, SE: 0.003, Freedom: 2},
		{Size: 40_000, Value: 0.236, SE: 0.002, Freedom: 2},
		{Size: 160_000, Value: 0.194, SE: 0.002, Freedom: 2},
		{Size: 640_000, Value: 0.171, SE: 0.002, Freedom: 2},
	}, laws.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	p := l.Predict(2_560_000)
	fmt.Printf("%.2f, between %.2f and %.2f; at most %.2f less\n", p.Value, p.Lo, p.Hi, l.AtMost(4))
	// Output: 0.15, between 0.13 and 0.17; at most 0.04 less
}

// Sharing harms small models and helps large ones: from which size on?
func ExampleCross() {
	c, err := laws.Cross([]laws.Gain{
		{Size: 10_000, Value: -0.30, Lo: -0.40, Hi: -0.20, Freedom: 4},
		{Size: 40_000, Value: -0.12, Lo: -0.18, Hi: -0.06, Freedom: 4},
		{Size: 160_000, Value: 0.08, Lo: 0.03, Hi: 0.13, Freedom: 4},
	}, nil, laws.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("%s %.0f and %.0f thousand parameters\n", c.Where, c.Lo/1e3, c.Hi/1e3)
	// Output: between 68 and 122 thousand parameters
}
