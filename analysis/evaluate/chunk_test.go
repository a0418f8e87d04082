package evaluate

import (
	"context"
	"errors"
	"math/rand/v2"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"github.com/sharewise/sharewise/onnxio"
	"github.com/sharewise/sharewise/onnxio/zoo"
)

// TestInOrder judges chunks in their order, however long each runs, several at a time,
// and stops at the first error of either, and when the context ends.
func TestInOrder(t *testing.T) {
	const n, rows = 103, 4
	broken := errors.New("broken")
	for _, threads := range []int{1, 2, 5} {
		m := &Model{threads: threads}
		var most, now atomic.Int32
		run := func(chunk []int) ([]float32, error) {
			most.Store(max(most.Load(), now.Add(1)))
			defer now.Add(-1)
			time.Sleep(time.Duration(rand.IntN(300)) * time.Microsecond)
			return []float32{float32(chunk[0])}, nil
		}
		var seen []int
		judge := func(chunk []int, scores []float32) error {
			if scores[0] != float32(chunk[0]) {
				t.Errorf("chunk from %d has the scores of that from %g", chunk[0], scores[0])
			}
			seen = append(seen, chunk...)
			return nil
		}
		if err := m.inOrder(t.Context(), n, rows, run, judge); err != nil {
			t.Fatal(err)
		}
		if len(seen) != n || !slices.IsSorted(seen) {
			t.Errorf("%d threads: judged %v", threads, seen)
		}
		if got := int(most.Load()); got > threads || threads > 1 && got < 2 {
			t.Errorf("%d threads: %d chunks at a time", threads, got)
		}
		failing := func(chunk []int) ([]float32, error) {
			if chunk[0] == 40 {
				return nil, broken
			}
			return run(chunk)
		}
		seen = nil
		if err := m.inOrder(t.Context(), n, rows, failing, judge); !errors.Is(err, broken) || len(seen) != 40 {
			t.Errorf("%d threads: %v after %d samples", threads, err, len(seen))
		}
		if err := m.inOrder(t.Context(), n, rows, run, func([]int, []float32) error { return broken }); !errors.Is(err, broken) {
			t.Errorf("%d threads: %v", threads, err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		stop := func(chunk []int, scores []float32) error { cancel(); return nil }
		if err := m.inOrder(ctx, n, rows, run, stop); !errors.Is(err, context.Canceled) {
			t.Errorf("%d threads: %v", threads, err)
		}
	}
}

// TestChunkRows takes few samples of what makes large values.
func TestChunkRows(t *testing.T) {
	for _, c := range []struct {
		trunk string
		input []int
		want  int
	}{
		{"mlp", []int{10}, 256},
		{"mlp", []int{784}, 256},
		{"cnn", []int{1, 28, 28}, 32},
		{"cnn", []int{3, 224, 224}, leastRows},
	} {
		m, err := zoo.Build(c.trunk, zoo.Config{Input: c.input, Width: 1})
		if err != nil {
			t.Fatal(err)
		}
		if got := ChunkRows(m); got != c.want {
			t.Errorf("%s of %v: %d rows, want %d", c.trunk, c.input, got, c.want)
		}
	}
	// A first size that is known is no batch.
	m := &onnxio.Model{Graph: &onnxio.Graph{Inputs: []*onnxio.Value{{Name: "x", Type: onnxio.Float32, Shape: onnxio.Static(1 << 20)}}}}
	if got := ChunkRows(m); got != mostRows {
		t.Errorf("%d rows of a model without samples", got)
	}
}
