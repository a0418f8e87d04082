package effect

import "math/bits"

// The per-sample values from which every measure is a linear combination of
// means. In brackets: what they are for correctness, which is a loss of 1 where
// a run is wrong and 0 where it is right.
const (
	vA         = iota // mean loss of the independent runs (1-p̂)
	vB                // mean loss of the arm's runs (1-q̂)
	vRawT             // mean of max(a-b, 0) over pairs of runs ((1-p̂)q̂, flips from wrong to right)
	vRawI             // mean of max(b-a, 0) over pairs of runs (p̂(1-q̂), flips from right to wrong)
	vFloor            // what both would be if sharing did nothing (½[K/(K-1) p̂(1-p̂) + K'/(K'-1) q̂(1-q̂)])
	vS                // unbiased for the square of the change ((q-p)²)
	vCrossfitT        // the cross-fitted bound
	vCrossfitI
	numValues
)

// values are the values of one sample, or sums of them.
type values [numValues]float64

// combination is a linear combination of values.
type combination [numValues]float64

// The measures of section "Measures" of the package documentation.
var (
	combDelta     = combination{vA: 1, vB: -1}
	combRawT      = combination{vRawT: 1}
	combRawI      = combination{vRawI: 1}
	combFloor     = combination{vFloor: 1}
	combExcessT   = combination{vRawT: 1, vFloor: -1}
	combExcessI   = combination{vRawI: 1, vFloor: -1}
	combS         = combination{vS: 1}
	combCrossfitT = combination{vCrossfitT: 1}
	combCrossfitI = combination{vCrossfitI: 1}
)

// plus returns c + f·d.
func (c combination) plus(f float64, d combination) combination {
	for i := range c {
		c[i] += f * d[i]
	}
	return c
}

func (c combination) times(f float64) combination { return combination{}.plus(f, c) }

// arrangement says which runs take part: the bits of both masks, of which those in
// shared are runs of the same seed in both arms. Pairs of such runs are left
// out wherever a run of one arm meets a run of the other.
type arrangement struct{ a, b, shared uint64 }

// runs returns K and K'.
func (l arrangement) runs() (ka, kb int) { return bits.OnesCount64(l.a), bits.OnesCount64(l.b) }

// without returns the arrangement without the runs of the given bits.
func (l arrangement) without(a, b uint64) arrangement {
	l.a &^= a
	l.b &^= b
	l.shared &= l.a & l.b
	return l
}

// at returns the values of a sample's correctness. It needs at least two runs in each arm.
func (l arrangement) at(p pattern) values {
	p.a &= l.a
	p.b &= l.b
	ka, kb := l.runs()
	a, b := bits.OnesCount64(p.a), bits.OnesCount64(p.b)
	as, bs := bits.OnesCount64(p.a&l.shared), bits.OnesCount64(p.b&l.shared)
	both := bits.OnesCount64(p.a & p.b & l.shared)
	// Pairs (k, k') of runs, without those of one seed.
	pairs := float64(ka*kb - bits.OnesCount64(l.shared))
	var v values
	v[vA] = float64(ka-a) / float64(ka)
	v[vB] = float64(kb-b) / float64(kb)
	v[vRawT] = float64((ka-a)*b-(bs-both)) / pairs
	v[vRawI] = float64(a*(kb-b)-(as-both)) / pairs
	v[vFloor] = 0.5 * (discord(a, ka) + discord(b, kb))
	v[vS] = v[vRawT] + v[vRawI] - 2*v[vFloor]
	if l.shared == 0 {
		v[vCrossfitT], v[vCrossfitI] = crossfit(a, ka, b, kb)
	} else {
		v[vCrossfitT], v[vCrossfitI] = l.crossfitShared(p)
	}
	return v
}

// discord is K/(K-1) p̂(1-p̂), the unbiased estimate of p(1-p): half the chance
// that two different runs disagree.
func discord(a, k int) float64 {
	return float64(a*(k-a)) / float64(k*(k-1))
}

// crossfit is the closed form of the cross-fitted bound on counts. A left-out
// pair (x, y) measures y-x, so only the pairs (0, 1) and (1, 0) count, and the
// counts of the others, a-x of K-1 and b-y of K'-1, decide the sign.
func crossfit(a, ka, b, kb int) (t, i float64) {
	pairs := float64(ka * kb)
	up := float64((ka - a) * b)   // pairs (0, 1): +1
	down := float64(a * (kb - b)) // pairs (1, 0): -1
	switch sign := (b-1)*(ka-1) - a*(kb-1); {
	case sign > 0:
		t += up
	case sign < 0:
		i -= up
	}
	switch sign := b*(ka-1) - (a-1)*(kb-1); {
	case sign > 0:
		t -= down
	case sign < 0:
		i += down
	}
	return t / pairs, i / pairs
}

// crossfitShared is the cross-fitted bound where arms share seeds. The pair that
// measures may be of one seed, since its mean is q-p whatever its runs have in
// common; the runs that decide have neither of its seeds, so that they are
// independent of it. A pair of two different shared seeds would leave two seeds
// fewer to decide and is left out. Where nobody is left to decide, the sample
// counts 0.
func (l arrangement) crossfitShared(p pattern) (t, i float64) {
	pairs := 0
	for as := l.a; as != 0; as &= as - 1 {
		k := as & -as
		for bs := l.b; bs != 0; bs &= bs - 1 {
			m := bs & -bs
			if k != m && k&l.shared != 0 && m&l.shared != 0 {
				continue
			}
			pairs++
			y := 0
			if p.b&m != 0 {
				y++
			}
			if p.a&k != 0 {
				y--
			}
			if y == 0 {
				continue
			}
			out := k | m
			othersA := l.a &^ k &^ (out & l.shared)
			othersB := l.b &^ m &^ (out & l.shared)
			na, nb := bits.OnesCount64(othersA), bits.OnesCount64(othersB)
			switch sign := bits.OnesCount64(p.b&othersB)*na - bits.OnesCount64(p.a&othersA)*nb; {
			case sign > 0:
				t += float64(y)
			case sign < 0:
				i -= float64(y)
			}
		}
	}
	return t / float64(pairs), i / float64(pairs)
}
