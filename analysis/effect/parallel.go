package effect

import (
	"runtime"
	"sync"
	"sync/atomic"
)

// partRows is the number of rows that one goroutine takes at a time. It is part of
// the definition of sums that are made in parts, whose last bits depend on it: they
// do not depend on the number of processors.
const partRows = 1 << 15

// inParts calls f with all parts of n rows, from as many goroutines as there are
// processors, and returns what it made of each, in order.
func inParts[T any](n int, f func(from, to int) T) []T {
	parts := make([]T, (n+partRows-1)/partRows)
	atOnce(len(parts), func(i int) { parts[i] = f(i*partRows, min(n, (i+1)*partRows)) })
	return parts
}

// atOnce calls f with all numbers below n, from as many goroutines as there are
// processors.
func atOnce(n int, f func(i int)) {
	workers := min(n, runtime.GOMAXPROCS(0))
	if workers < 2 {
		for i := range n {
			f(i)
		}
		return
	}
	var next atomic.Int64
	var wait sync.WaitGroup
	for range workers {
		wait.Go(func() {
			for {
				i := int(next.Add(1)) - 1
				if i >= n {
					return
				}
				f(i)
			}
		})
	}
	wait.Wait()
}
