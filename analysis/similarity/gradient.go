package similarity

import "math"

// Fisher is the cosine of two diagonals of Fisher information at the same parameters,
// first made to add up to 1 each, then by parameter a share of their sum:
//
//	cos(a/(a+b), b/(a+b)).
//
// Parameters that neither domain needs count nothing. NaN where a domain needs none.
//
// Achille et al.: Task2Vec: Task Embedding for Meta-Learning, ICCV 2019, section 4
// (symmetric distance). That both add up to 1 is ours: how large a diagonal is tells how
// well a domain is fitted, and not what it needs.
func Fisher(a, b []float32) float64 {
	sumA, sumB := 0.0, 0.0
	for k := range a {
		sumA, sumB = sumA+float64(a[k]), sumB+float64(b[k])
	}
	var aa, bb, ab float64
	for k := range a {
		x, y := float64(a[k])/sumA, float64(b[k])/sumB
		if !(x+y > 0) {
			continue
		}
		x, y = x/(x+y), y/(x+y)
		aa, bb, ab = aa+x*x, bb+y*y, ab+x*y
	}
	return ab / math.Sqrt(aa*bb)
}

// Cosine is that of the angle between two gradients; NaN where one has no length.
func Cosine(a, b []float32) float64 {
	var aa, bb, ab float64
	for k := range a {
		x, y := float64(a[k]), float64(b[k])
		aa, bb, ab = aa+x*x, bb+y*y, ab+x*y
	}
	return ab / math.Sqrt(aa*bb)
}
