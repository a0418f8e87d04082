package train

import (
	"testing"

	"github.com/sharewise/sharewise/onnxio/training"
	"github.com/sharewise/sharewise/onnxio/zoo"
)

// TestThreads: what has little to do does it alone.
func TestThreads(t *testing.T) {
	for _, test := range []struct {
		width        float64
		input, batch int
		wanted, want int
	}{
		{0.5, 64, 32, 8, 1}, // 2.5 million multiply-adds a step
		{1, 784, 64, 2, 2},  // 52 million
		{1, 784, 64, 1, 1},
		{1, 784, 64, 64, 12},
	} {
		trunk, err := zoo.Build("mlp", zoo.Config{Input: []int{test.input}, Width: test.width})
		if err != nil {
			t.Fatal(err)
		}
		p, err := training.Compile(training.Config{Trunk: trunk, Domains: []training.Domain{{Name: "a", Batch: test.batch, Loss: training.CrossEntropy, Outputs: 10}}})
		if err != nil {
			t.Fatal(err)
		}
		if got := threadsFor(p, []int{test.batch}, test.wanted); got != test.want {
			t.Errorf("%d of %d threads for a batch of %d, want %d", got, test.wanted, test.batch, test.want)
		}
	}
}
