package train

import (
	"github.com/sharewise/sharewise/onnxio"
	"github.com/sharewise/sharewise/onnxio/training"
)

// workPerThread is how many multiply-adds of a step are worth a thread: below, what
// threads wait for each other takes longer than what they share. A core does about
// as many in 100 µs.
const workPerThread = 4_000_000

// threadsFor is the number of threads, at most those wanted, that pay for the steps
// of a program: a step is taken as three times the forward direction over its
// minibatch.
func threadsFor(p *training.Program, batches []int, wanted int) int {
	if wanted <= 1 {
		return wanted
	}
	work := 0.0
	for i, m := range p.Eval {
		types, err := onnxio.InferShapes(m)
		if err != nil || i >= len(batches) {
			return wanted
		}
		for _, c := range onnxio.Costs(m, types, nil) {
			if !c.Exact {
				return wanted
			}
			work += 3 * float64(batches[i]) * float64(c.FLOPs) / 2
		}
	}
	return max(1, int(min(float64(wanted), work/workPerThread)))
}
