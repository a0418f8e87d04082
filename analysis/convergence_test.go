package analysis

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/sharewise/sharewise/analysis/measures"
)

// decay is a curve that falls from 1 to end within n epochs by the power law
// end + (1-end)/e^rate, so that where it is after the last one depends on rate.
func decay(n int, end, rate float64) []float64 {
	out := make([]float64, n)
	for e := range out {
		out[e] = end + (1-end)/math.Pow(float64(e+1), rate)
	}
	return out
}

// rising falls to a minimum of 1 at an epoch and then rises to end.
func rising(n, at int, end float64) []float64 {
	out := make([]float64, n)
	for e := range out {
		switch {
		case e+1 <= at:
			out[e] = 1 + float64(at-e-1)/float64(at)
		default:
			out[e] = 1 + (end-1)*float64(e+1-at)/float64(n-at)
		}
	}
	return out
}

func TestConvergence(t *testing.T) {
	flat := func(n int, v float64) []float64 { return slices.Repeat([]float64{v}, n) }
	// wrong turns errors into accuracies.
	wrong := func(errors []float64) []float64 {
		out := make([]float64, len(errors))
		for i, e := range errors {
			out[i] = 1 - 0.1*e
		}
		return out
	}
	tests := []struct {
		name           string
		loss, accuracy []float64
		steps, samples int
		tested         int
		measure        string
		under          bool
		best           int
	}{
		{name: "settled", loss: decay(30, 0.2, 2), accuracy: flat(30, 0.9), steps: 900, samples: 1000, tested: 30, measure: measures.Correct},
		{name: "still falling", loss: decay(15, 0.01, 0.6), accuracy: flat(15, 0.9), steps: 900, samples: 1000, tested: 15, measure: measures.Correct, under: true},
		{name: "few updates", loss: decay(12, 0.5, 1), accuracy: flat(12, 0.9), steps: 108, samples: 1000, tested: 12, measure: measures.Correct, under: true},
		{name: "the same with more updates", loss: decay(12, 0.5, 1), accuracy: flat(12, 0.9), steps: 1080, samples: 1000, tested: 12, measure: measures.Correct},
		{name: "one epoch", loss: []float64{1}, accuracy: []float64{0.5}, steps: 10, samples: 100, tested: 1, measure: measures.Loss},
		{name: "loss rises while the error does not", loss: rising(30, 5, 1.5), accuracy: flat(30, 0.9), steps: 900, samples: 1000, tested: 30, measure: measures.Correct},
		{name: "loss rises and counts", loss: rising(30, 5, 1.5), accuracy: flat(30, 0.9), steps: 900, samples: 1000, tested: 30, measure: measures.Loss, best: 5},
		{name: "loss rises on few samples", loss: rising(30, 5, 1.25), accuracy: flat(30, 0.9), steps: 900, samples: 12, tested: 30, measure: measures.Loss},
		{name: "the best epoch was tested", loss: rising(30, 5, 1.5), accuracy: flat(30, 0.9), steps: 900, samples: 1000, tested: 5, measure: measures.Loss},
		{name: "error rises", loss: flat(30, 1), accuracy: wrong(rising(30, 5, 1.5)), steps: 900, samples: 4000, tested: 30, measure: measures.Correct, best: 6}, // of three epochs in the mean
		{name: "error rises by chance", loss: flat(30, 1), accuracy: wrong(rising(30, 5, 1.5)), steps: 900, samples: 100, tested: 30, measure: measures.Correct},
		{name: "accuracy is unknown", loss: flat(30, 1), accuracy: flat(30, math.NaN()), steps: 900, samples: 4000, tested: 30, measure: measures.Correct},
	}
	for _, tt := range tests {
		c := &trainingCourse{domain: "a", loss: tt.loss, accuracy: tt.accuracy, tested: tt.tested, steps: tt.steps, samples: tt.samples}
		if got := c.undertrained(); got != tt.under {
			t.Errorf("%s: undertrained %v, fell by %.2f", tt.name, got, c.fall())
		}
		if got, worse := c.overtrained(tt.measure); got != tt.best {
			t.Errorf("%s: best at epoch %d, want %d; %.2f worse", tt.name, got, tt.best, worse)
		}
	}
}

// TestConvergenceDoubts gives the runs of a study curves and looks at what its
// results say.
func TestConvergenceDoubts(t *testing.T) {
	f := newFakeStudy(3)
	doubts := func(curve func(Run, string) []float64) string {
		t.Helper()
		f.Curves = nil
		for _, r := range f.Runs {
			for _, d := range r.Domains {
				loss := curve(r, d)
				f.Curves = append(f.Curves, Curve{Run: r, Domain: d, Loss: loss, Accuracy: slices.Repeat([]float64{math.NaN()}, len(loss)), Tested: len(loss), Steps: 400, Samples: 50})
			}
		}
		r, err := Analyze(f.Study)
		if err != nil {
			t.Fatal(err)
		}
		var all []string
		for _, d := range r.Doubts {
			if d.Next == "" {
				t.Errorf("doubt %q does not say what to do", d.Text)
			}
			all = append(all, fmt.Sprintf("%s %v: %s. %s", d.Kind, d.Domains, d.Text, d.Next))
		}
		return strings.Join(all, "\n")
	}
	settled := func(Run, string) []float64 { return decay(20, 0.2, 2) }
	if got := doubts(settled); got != "" {
		t.Errorf("settled curves: %s", got)
	}
	// Of the largest rung, the shared models of one domain still learn.
	got := doubts(func(r Run, d string) []float64 {
		if r.Arm != Independent && r.Rung == "w2" && d == "r" {
			return decay(20, 0.01, 0.5)
		}
		return settled(r, d)
	})
	for _, want := range []string{"undertrained [r]: models of r were still learning when training ended after 400 updates (validation loss 28% lower than halfway).", "training.epochs: 40 instead of 20"} {
		if !strings.Contains(got, want) {
			t.Errorf("got %q, want %q in it", got, want)
		}
	}
	// r is a regression, which is measured by its loss.
	got = doubts(func(r Run, d string) []float64 {
		if r.Arm == Independent && d == "r" {
			return rising(20, 4, 1.3)
		}
		return settled(r, d)
	})
	// Of one domain the shared models had learned too long and its own too
	// short: the words do not contradict themselves.
	split := doubts(func(r Run, d string) []float64 {
		switch {
		case r.Rung != "w2" || d != "r":
			return settled(r, d)
		case r.Arm == Independent:
			return decay(20, 0.01, 0.5)
		}
		return rising(20, 4, 1.3)
	})
	for _, want := range []string{"undertrained [r]: models of r alone were still learning when", "overtrained [r]: shared models of r were trained for too long ("} {
		if !strings.Contains(split, want) {
			t.Errorf("got %q, want %q in it", split, want)
		}
	}
	for rise, want := range map[float64]string{0.3: "30% above its best", 8.99: "899% above its best", 3980.28: "3.98e+03 times its best", 11: "12 times its best"} {
		if got := above(rise); got != want {
			t.Errorf("a rise by %g: %q, want %q", rise, got, want)
		}
	}
	// What makes no error has nothing left to learn, though its loss falls on.
	for _, table := range f.tables {
		for i := range table.Correct {
			table.Correct[i] = true
		}
	}
	if got := doubts(func(Run, string) []float64 { return decay(20, 0.01, 0.5) }); strings.Contains(got, "[a") || !strings.Contains(got, "undertrained [r]") {
		t.Errorf("doubts of models without errors: %q", got)
	}
	if want := "overtrained [r]: models of r were trained for too long (validation loss up to 30% above its best, at epoch 4)."; !strings.Contains(got, want) {
		t.Errorf("got %q, want %q in it", got, want)
	}
}
