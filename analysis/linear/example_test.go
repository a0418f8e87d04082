package linear_test

import (
	"context"
	"fmt"

	"github.com/sharewise/sharewise/analysis/linear"
)

// A line is fitted to points with noise. Folds of the rows, left out in turn,
// choose the penalty.
func Example() {
	const n = 40
	x, y, fold := make([]float32, n), make([]float64, n), make([]int, n)
	weight := make([]float64, n)
	for i := range n {
		x[i] = float32(i) / 10
		y[i] = 3*float64(x[i]) - 1 + 0.01*float64(i%3-1)
		fold[i], weight[i] = i%5, 1
	}
	read := func(row int, dst []float32) error {
		dst[0] = x[row]
		return nil
	}
	survey, err := linear.Look(n, 1, read)
	if err != nil {
		fmt.Println(err)
		return
	}
	rows, err := linear.Collect(context.Background(), n, survey, read)
	if err != nil {
		fmt.Println(err)
		return
	}
	p := linear.Problem{Rows: rows, Loss: linear.Squared, Outputs: 1, Target: y, Weight: weight}
	c, err := p.Choose(context.Background(), linear.Search{Part: fold})
	if err != nil {
		fmt.Println(err)
		return
	}
	score := make([]float64, 1)
	c.Model.Scores([]float32{2}, score)
	fmt.Printf("y = %.2f x %+.2f, at 2: %.2f\n", c.Model.Weights[0], c.Model.Bias[0], score[0])
	// Output:
	// y = 3.00 x -1.00, at 2: 5.00
}
