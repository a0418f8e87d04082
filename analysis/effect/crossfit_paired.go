package effect

import "math"

// pairedCrossfit is the cross-fitted bound of one sample where every run has a
// partner of its seed in the other arm: the pair of a seed measures, d = a - b, and
// the others decide by the sign of the sum of theirs. Without seed l, seed k is decided
// by Σd - d_l - d_k, which does for seed l without k too.
type pairedCrossfit struct {
	d          []float64 // a - b by seed
	t, i       []float64 // the bound times K-1 without a seed
	allT, allI float64   // times K with all seeds
}

func newPairedCrossfit(k int) *pairedCrossfit {
	return &pairedCrossfit{d: make([]float64, k), t: make([]float64, k), i: make([]float64, k)}
}

// load takes the losses of a sample.
func (p *pairedCrossfit) load(a, b []float64) {
	sumA, sumB := 0.0, 0.0
	for k := range p.d {
		p.d[k] = a[k] - b[k]
		sumA += a[k]
		sumB += b[k]
	}
	total := sumA - sumB // exact where losses have few bits, so that ties are seen
	clear(p.t)
	clear(p.i)
	p.allT, p.allI = 0, 0
	for k, x := range p.d {
		left := total - x
		p.allT += where(left, x)
		p.allI -= where(-left, x)
		t, i := 0.0, 0.0
		toT, toI := p.t[:k], p.i[:k]
		for l, y := range p.d[:k] {
			s := left - y
			t += where(s, y)
			i -= where(-s, y)
			toT[l] += where(s, x)
			toI[l] -= where(-s, x)
		}
		p.t[k] += t
		p.i[k] += i
	}
}

// where is x where s is above zero, and else 0, without a branch that no processor
// could foresee.
func where(s, x float64) float64 {
	above := uint64(int64(math.Float64bits(0-s)) >> 63)
	return math.Float64frombits(math.Float64bits(x) & above)
}

// at is the bound without a seed, with all where it is -1.
func (p *pairedCrossfit) at(seed int) (t, i float64) {
	k := float64(len(p.d))
	if seed < 0 {
		return p.allT / k, p.allI / k
	}
	return p.t[seed] / (k - 1), p.i[seed] / (k - 1)
}
