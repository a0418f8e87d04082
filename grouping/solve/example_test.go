package solve_test

import (
	"fmt"

	"github.com/sharewise/sharewise/grouping/solve"
)

func ExampleSolve() {
	alone := func(j int) solve.Pool { return solve.Pool{Train: solve.SetOf(j), Gain: []float64{0}, Cost: 1} }
	p := &solve.Problem{
		Domains: 3,
		Pools: []solve.Pool{
			alone(0), alone(1), alone(2),
			{Train: solve.SetOf(0, 1), Gain: []float64{0.3, -0.1}, Cost: 1},
			{Train: solve.SetOf(1, 2), Gain: []float64{0.1, 0.05}, Cost: 1},
		},
		Helpers: true, // domain 1 helps domain 0, and is served elsewhere
		Budget:  2,
	}
	s, err := solve.Solve(p)
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, c := range s.Chosen {
		fmt.Println("train", c.Train.Members(), "for", c.Serves.Members())
	}
	fmt.Printf("%.2f of %.2f\n", s.Value, s.Bound)
	// Output:
	// train [0 1] for [0]
	// train [1 2] for [1 2]
	// 0.45 of 0.45
}
