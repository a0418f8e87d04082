package grouping

import (
	"iter"
	"runtime"

	"golang.org/x/sync/errgroup"
)

// solveEach calls f with all numbers below n, from some workers.
func solveEach(n, workers int, f func(i int)) {
	if workers < 2 {
		for i := range n {
			f(i)
		}
		return
	}
	var group errgroup.Group
	for w := range workers {
		group.Go(func() error {
			for i := w; i < n; i += workers {
				f(i)
			}
			return nil
		})
	}
	_ = group.Wait() // solving has no errors
}

// chosenFrom draws gains, one draw after another, and gives each with the partition
// that solve chooses for it, in order. As many are solved at a time as there are
// processors, which changes no result. What draw returns is given back to it to be
// overwritten, nil at first, so that the loop may not keep it.
func chosenFrom(draws int, solve func(cell []float64) []set, draw func(cell []float64) []float64) iter.Seq2[[]float64, []set] {
	return func(yield func([]float64, []set) bool) {
		workers := runtime.GOMAXPROCS(0)
		cells := make([][]float64, min(draws, 4*workers))
		partitions := make([][]set, len(cells))
		for done := 0; done < draws; done += len(cells) {
			some := min(len(cells), draws-done)
			for i := range some {
				cells[i] = draw(cells[i])
			}
			solveEach(some, workers, func(i int) { partitions[i] = solve(cells[i]) })
			for i := range some {
				if !yield(cells[i], partitions[i]) {
					return
				}
			}
		}
	}
}
