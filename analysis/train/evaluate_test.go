package train

import (
	"errors"
	"fmt"
	"slices"
	"testing"

	"github.com/sharewise/sharewise/analysis/evaluate"
	"github.com/sharewise/sharewise/onnxio/reference"
)

// TestEvaluateByThreads evaluates with several threads, in chunks of several sizes:
// every sample comes once, in order, with the same numbers, and an error of one chunk
// ends it.
func TestEvaluateByThreads(t *testing.T) {
	job := newJob(t, 0.02, "last")
	seen := func(threads, rows int, fail error) (text []string, err error) {
		job.Training.Threads = threads
		p, err := OpenPoint(reference.Backend(), job)
		if err != nil {
			t.Fatal(err)
		}
		defer p.Close()
		p.Begin()
		for d, domain := range p.Domains() {
			if err := p.engine.openEvaluation(d); err != nil {
				t.Fatal(err)
			}
			p.engine.evalRows[d] = rows
			for range 2 { // the second time with memory that was bound before
				err = p.engine.evaluate(d, domain.Train, func(o evaluate.Outcome) error {
					for i, r := range o.Rows {
						text = append(text, fmt.Sprint(d, r, o.Loss[i]))
					}
					if fail != nil && len(text) > 5 {
						return fail
					}
					return nil
				})
				if err != nil {
					return text, err
				}
			}
		}
		return text, nil
	}
	want, err := seen(1, 256, nil)
	if err != nil || len(want) < 20 {
		t.Fatalf("%d samples, %v", len(want), err)
	}
	for _, threads := range []int{1, 2, 5} {
		for _, rows := range []int{1, 3, 7} {
			got, err := seen(threads, rows, nil)
			if err != nil || !slices.Equal(got, want) {
				t.Errorf("%d threads, %d samples at a time: %v, or other outcomes: %d samples instead of %d", threads, rows, err, len(got), len(want))
			}
		}
		broken := errors.New("broken")
		if got, err := seen(threads, 3, broken); !errors.Is(err, broken) || len(got) != 6 {
			t.Errorf("%d threads go on after an error: %v, %d samples", threads, err, len(got))
		}
	}
}
