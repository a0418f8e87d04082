package inspection

import (
	"cmp"
	"math"
	"slices"

	"gonum.org/v1/gonum/stat"
)

// Drift says how a feature differs between training and test data.
type Drift struct {
	// KS is the two-sample Kolmogorov-Smirnov statistic: the largest distance
	// between the two distribution functions, 0 to 1.
	KS float64 `json:"ks"`
	// P is the chance of a distance at least as large where both splits draw
	// independent samples from one continuous distribution (see kolmogorov).
	// Ties make it too large, samples that hang together, as groups do, too
	// small.
	P float64 `json:"p"`
	// Q is P adjusted for the number of features of the domain after Benjamini
	// and Hochberg (1995): calling all features with Q ≤ q makes the expected
	// share of false calls at most q.
	Q float64 `json:"q"`
	// Outside is the share of test values below the smallest or above the
	// largest of training.
	Outside float64 `json:"outside"`
}

// Drifts reports whether a feature surely differs between training and test
// data, by an amount worth a look: Q at most 0.01 and KS at least 0.1.
func (f *Feature) Drifts() bool {
	return f.Drift != nil && f.Drift.Q <= driftRate && f.Drift.KS >= driftDistance
}

// driftOf compares two samples, both sorted.
func driftOf(train, test []float64, lo, hi float64) *Drift {
	if len(train) == 0 || len(test) == 0 {
		return nil
	}
	d := &Drift{KS: stat.KolmogorovSmirnov(train, nil, test, nil)}
	d.P = kolmogorov(d.KS, len(train), len(test))
	out := 0
	for _, v := range test {
		if v < lo || v > hi {
			out++
		}
	}
	d.Outside = float64(out) / float64(len(test))
	return d
}

// kolmogorov is the asymptotic p-value of a two-sample statistic (Kolmogorov
// 1933, Smirnov 1939) with the correction of Stephens (1970) for small samples:
//
//	λ = (√e + 0.12 + 0.11/√e) D,  e = nm/(n+m)
//	P = 2 Σ (-1)^(k-1) exp(-2 k² λ²), k = 1, 2, …
func kolmogorov(ks float64, n, m int) float64 {
	e := math.Sqrt(float64(n) * float64(m) / float64(n+m))
	l := (e + 0.12 + 0.11/e) * ks
	if l < 0.2 {
		return 1 // to within 1e-12; the series converges slowly there
	}
	p, sign := 0.0, 1.0
	for k := 1.0; k <= 100; k++ {
		term := math.Exp(-2 * k * k * l * l)
		p += 2 * sign * term
		if term < 1e-300 || term < 1e-12*p {
			break
		}
		sign = -sign
	}
	return math.Min(1, math.Max(0, p))
}

// adjust fills in Q of all features.
func adjust(features []Feature) {
	var all []*Drift
	for i := range features {
		if d := features[i].Drift; d != nil {
			all = append(all, d)
		}
	}
	slices.SortStableFunc(all, func(a, b *Drift) int { return cmp.Compare(b.P, a.P) })
	q := 1.0
	for i, d := range all {
		q = math.Min(q, d.P*float64(len(all))/float64(len(all)-i))
		d.Q = q
	}
}
