package effect

import (
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/sharewise/sharewise/analysis/measures"
)

// A table compared with itself, or with one that repeats some runs, says so.
func TestIdenticalRunsAreNamed(t *testing.T) {
	r := rand.New(rand.NewPCG(4, 4))
	draw := func(k int, losses bool) *Runs {
		out := &Runs{Domain: "d", Samples: 80, Seeds: seeds(1, k), Correct: make([]uint64, 80)}
		for run := range k {
			row := make([]float32, out.Samples)
			for i := range row {
				row[i] = r.Float32()
				if row[i] < .7 {
					out.Correct[i] |= 1 << run
				}
			}
			if losses {
				out.Loss = append(out.Loss, row)
			}
		}
		return out
	}
	said := func(a, b *Runs) string {
		c, err := Compare(a, b, Options{})
		if err != nil {
			t.Fatal(err)
		}
		e, err := c.Effect()
		if err != nil {
			t.Fatal(err)
		}
		for _, w := range e.Warnings {
			if strings.Contains(w, "very same") {
				return w
			}
		}
		return ""
	}
	for _, losses := range []bool{true, false} {
		a := draw(3, losses)
		if w := said(a, a); !strings.HasPrefix(w, "both sides hold the very same runs") {
			t.Errorf("losses %v, the same table: %q", losses, w)
		}
		if w := said(a, draw(3, losses)); w != "" {
			t.Errorf("losses %v, another table: %q", losses, w)
		}
	}
	a, b := draw(3, true), draw(3, true)
	b.Loss[1] = a.Loss[2]
	if w := said(a, b); !strings.HasPrefix(w, "1 of the arm's runs") {
		t.Errorf("one run is repeated: %q", w)
	}
	// Runs that are all right are no copies.
	for i := range a.Correct {
		a.Correct[i], b.Correct[i] = 7, 7
	}
	a.Loss, b.Loss = nil, nil
	if w := said(a, b); w != "" {
		t.Errorf("runs without errors: %q", w)
	}
}

// Losses that are all zero are no certainty: another sample may have one.
func TestLossesOfZeroHaveLimits(t *testing.T) {
	zero := func() *Runs {
		out := &Runs{Domain: "d", Samples: 100, Seeds: seeds(1, 3)}
		for range 3 {
			out.Loss = append(out.Loss, make([]float32, 100))
		}
		return out
	}
	c, err := Compare(zero(), zero(), Options{Measure: measures.Loss})
	if err != nil {
		t.Fatal(err)
	}
	e, err := c.Effect()
	if err != nil {
		t.Fatal(err)
	}
	if d := e.Delta; d.Value != 0 || d.Hi < .03 || d.Lo > -.03 || d.Hi > .05 {
		t.Errorf("Δ %+v, want limits of about 3.7 losses of 1 in 100 samples", d)
	}
	if !strings.Contains(strings.Join(e.Warnings, "\n"), "no sample has any loss") {
		t.Errorf("warnings %q", e.Warnings)
	}
}
