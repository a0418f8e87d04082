package dataset

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

func TestExactMomentsAgreeWithTwoPasses(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	for name, draw := range map[string]func() float32{
		"normal":   func() float32 { return float32(rng.NormFloat64()) },
		"offset":   func() float32 { return 1e6 + float32(rng.NormFloat64()) },
		"spread":   func() float32 { return float32(rng.NormFloat64() * math.Exp(20*rng.NormFloat64())) },
		"tiny":     func() float32 { return math.SmallestNonzeroFloat32 * float32(rng.IntN(1000)-300) },
		"enormous": func() float32 { return math.MaxFloat32 * float32(rng.Float64()) },
	} {
		x := make([]float32, 5000)
		sum := 0.0
		for i := range x {
			x[i] = draw()
			sum += float64(x[i])
		}
		mean := sum / float64(len(x))
		square := 0.0
		for _, v := range x {
			square += (float64(v) - mean) * (float64(v) - mean)
		}
		std := math.Sqrt(square / float64(len(x)))
		var e exactMoments
		e.add(x)
		m, s := e.moments()
		const close = 1e-6
		if d := math.Abs(float64(m) - mean); d > close*(math.Abs(mean)+std) && d > math.SmallestNonzeroFloat32 {
			t.Errorf("%s: mean %g, want %g", name, m, mean)
		}
		if d := math.Abs(float64(s) - std); d > close*std && d > math.SmallestNonzeroFloat32 {
			t.Errorf("%s: deviation %g, want %g", name, s, std)
		}
	}
}

func TestExactMomentsDoNotDependOnOrder(t *testing.T) {
	// Added up in float64 from left to right, these give another sum.
	x := []float32{1e30, 3, -1e30, 1e-30, 7, 0.1, -0.1, 1e20, -1e20}
	var a, b exactMoments
	a.add(x)
	mean, std := a.moments()
	if want := float32(10.0 / 9); mean != want {
		t.Errorf("mean %g, want %g", mean, want)
	}
	slices.Reverse(x)
	b.add(x[:4])
	b.add(x[4:])
	if m, s := b.moments(); m != mean || s != std {
		t.Errorf("reversed: %g %g, want %g %g", m, s, mean, std)
	}
}

func TestExactMomentsOfConstants(t *testing.T) {
	var e exactMoments
	e.add([]float32{0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1})
	if m, s := e.moments(); m != 0.1 || s != 0 {
		t.Errorf("mean %g and deviation %g, want 0.1 and 0", m, s)
	}
}
