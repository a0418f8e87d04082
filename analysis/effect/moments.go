package effect

import "math/bits"

// moments are the means of the per-sample values of a pair of arms, with their
// jackknife.
type moments struct {
	*jackknife
	crossfits bool // the jackknife covers the cross-fitted bounds
	// excess says that E_T and E_I bound T and I from below, which holds for
	// correctness.
	excess bool
}

// newMoments prepares the jackknife of an arrangement of runs. With two runs on a side no run
// can be left out: the jackknife then knows the variance between samples only.
func newMoments(l arrangement) (m moments, deletions []arrangement) {
	deletions, strata, fixed := l.deletions(3)
	j := newJackknife(numValues, strata)
	j.fixed = fixed
	j.watch(combDelta, combRawT, combRawI, combFloor, combExcessT, combExcessI, combCrossfitT, combCrossfitI)
	return moments{j, len(deletions) > 0 && l.crossfits(), false}, deletions
}

// crossfits reports whether some run of each arm is left to decide for every pair
// that measures, with any run left out.
func (l arrangement) crossfits() bool {
	ka, kb := l.runs()
	return l.shared == 0 || l.a == l.shared || l.b == l.shared || min(ka, kb) >= 4
}

// momentsOf sums up the clusters of correctness.
func momentsOf(list []cluster, l arrangement) moments {
	m, deletions := newMoments(l)
	m.excess = true
	deleted := make([][]float64, len(deletions))
	for _, c := range list {
		full := sumOver(l, c.cells)
		for k, d := range deletions {
			v := sumOver(d, c.cells)
			deleted[k] = v[:]
		}
		m.add(c.times, c.size(), full[:], deleted)
	}
	return m
}

func sumOver(l arrangement, cells []cell) values {
	var sum values
	for _, c := range cells {
		v := l.at(c.pattern)
		for x := range sum {
			sum[x] += float64(c.n) * v[x]
		}
	}
	return sum
}

// deletions lists the layouts with one run left out, or, where arms share
// seeds, with one seed left out of both arms, and the strata they form.
//
// Where only some of the seeds are shared, a shared seed is left out of both
// arms and the others by themselves, each deviation from the full estimate
// counted with its own weight and the degrees of freedom of the smaller arm.
//
// There are none where a side has fewer runs than the least.
func (l arrangement) deletions(least int) (list []arrangement, strata []stratum, fixed bool) {
	ka, kb := l.runs()
	if min(ka, kb) < least {
		return nil, nil, false
	}
	of := func(a, b uint64, k int) {
		n := 0
		for rest := a | b; rest != 0; rest &= rest - 1 {
			bit := rest & -rest
			list = append(list, l.without(a&bit, b&bit))
			n++
		}
		if n > 0 {
			strata = append(strata, stratum{runs: n, weight: float64(k-1) / float64(k), df: float64(k - 1), arm: b != 0})
		}
	}
	of(l.a&^l.shared, 0, ka)
	of(0, l.b&^l.shared, kb)
	of(l.shared, l.shared, min(ka, kb))
	partial := l.shared != 0 && (l.a != l.shared || l.b != l.shared)
	return list, strata, partial
}

// arrangementOf arranges the runs of both arms as bits: first those of shared
// seeds, at the same place in both arms, then the rest. It returns the places
// by run.
func arrangementOf(a, b *Runs, shared []int64) (l arrangement, placeA, placeB []int) {
	place := func(seeds []int64) []int {
		to := make([]int, len(seeds))
		next := len(shared)
		for k, s := range seeds {
			to[k] = -1
			for i, x := range shared {
				if x == s {
					to[k] = i
				}
			}
			if to[k] < 0 {
				to[k] = next
				next++
			}
		}
		return to
	}
	ones := func(n int) uint64 { return 1<<n - 1 }
	return arrangement{ones(a.K()), ones(b.K()), ones(len(shared))}, place(a.Seeds), place(b.Seeds)
}

// rearrange moves bit k of every word to place[k].
func rearrange(words []uint64, place []int) []uint64 {
	same := true
	for k, to := range place {
		same = same && k == to
	}
	if same {
		return words
	}
	out := make([]uint64, len(words))
	for i, w := range words {
		for ; w != 0; w &= w - 1 {
			out[i] |= 1 << place[bits.TrailingZeros64(w)]
		}
	}
	return out
}

// estimate returns the mean of a combination.
func (m moments) estimate(c combination) float64 { return dot(c[:], m.mean()) }

// interval returns the two-sided interval of a combination.
func (m moments) interval(c combination, level float64) Interval {
	return m.limits(figureOf(c), level)
}

// lower is the one-sided lower limit of a combination.
func (m moments) lower(c combination, confidence float64) float64 {
	return m.variance(figureOf(c)).lower(m.estimate(c), confidence)
}
