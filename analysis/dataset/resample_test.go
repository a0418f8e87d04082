package dataset

import (
	"fmt"
	"math"
	"testing"
)

func sine(n int, frequency, rate float64) []float32 {
	out := make([]float32, n)
	for i := range out {
		out[i] = float32(math.Sin(2 * math.Pi * frequency * float64(i) / rate))
	}
	return out
}

func TestResampleSine(t *testing.T) {
	for _, c := range []struct {
		from, to, frequency float64
		pass                bool
	}{
		{12000, 8000, 1000, true},
		{12000, 8000, 3590, true}, // just below 0.9 of 4000 Hz
		{12000, 8000, 4010, false},
		{12000, 8000, 5500, false}, // would appear at 2500 Hz
		{44100, 16000, 440, true},
		{44100, 16000, 12000, false},
		{8000, 12000, 3500, true},
		{1, 2.5, 0.3, true},
		{48000, 6000, 2600, true},
		{48000, 6000, 3100, false},
	} {
		t.Run(fmt.Sprintf("%g Hz from %g to %g", c.frequency, c.from, c.to), func(t *testing.T) {
			r, err := newResampler(c.from, c.to)
			if err != nil {
				t.Fatal(err)
			}
			in := sine(6000, c.frequency, c.from)
			got := r.apply(in)
			if want := r.length(len(in)); len(got) != want || math.Abs(float64(want)-6000*c.to/c.from) > 1+c.to/c.from {
				t.Fatalf("%d samples of %d", len(got), len(in))
			}
			want := sine(len(got), c.frequency, c.to)
			worst := 0.0
			for k := range got {
				// Away from the ends, where the kernel lies on the signal.
				if at := r.source(k); at < r.half || at >= len(in)-r.half {
					continue
				}
				if c.pass {
					worst = max(worst, math.Abs(float64(got[k]-want[k])))
				} else {
					worst = max(worst, math.Abs(float64(got[k])))
				}
			}
			if worst > 3e-4 { // about 70 dB
				t.Errorf("off by up to %g", worst)
			}
		})
	}
}

func TestResampleKeepsConstants(t *testing.T) {
	r, err := newResampler(3, 2)
	if err != nil {
		t.Fatal(err)
	}
	x := make([]float32, 20) // shorter than the kernel
	for i := range x {
		x[i] = 7
	}
	for k, v := range r.apply(x) {
		if math.Abs(float64(v)-7) > 1e-6 {
			t.Errorf("sample %d is %g, want 7", k, v)
		}
	}
}

func TestResampleRefusesOddRatios(t *testing.T) {
	if r, err := newResampler(5, 5); r != nil || err != nil {
		t.Errorf("equal rates: %v, %v", r, err)
	}
	if _, err := newResampler(math.Pi, math.E); err == nil {
		t.Error("π to e was accepted")
	}
	if _, err := newResampler(1e300, 1e-300); err == nil {
		t.Error("1e300 to 1e-300 was accepted")
	}
}
