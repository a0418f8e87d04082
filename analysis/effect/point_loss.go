package effect

import (
	"math"
	"math/bits"
)

// lossPoint computes the values of one sample from its losses, with all runs
// and with every deletion of a layout. Its cost is that of the K·K' pairs of
// runs; where arms share seeds, K times that.
type lossPoint struct {
	arrangement arrangement
	deletions   []deletion
	a, b        []float64 // the losses, in the order of the arrangement

	// Sums over all pairs that a run is part of.
	up, down       armSums // max(a-b, 0) and max(b-a, 0), without pairs of one seed
	spread         armSums // |a_k-a_l| and |b_k-b_l|
	spreadA        float64 // over all pairs
	spreadB        float64
	ascendA        []int // runs in the order of their losses
	ascendB        []int
	centre         float64
	sumA, sumB     float64 // of losses less centre
	sqA, sqB       float64
	seeds          []float64 // (a-b)² of the runs of one seed
	sumSeeds       float64
	squaredCross   float64 // mean of (a-b)² over pairs
	fullA, fullB   float64 // exact sums, for ties
	sharedCrossfit bool
	paired         *pairedCrossfit // where all runs of both arms share seeds
}

// armSums are sums over pairs by run of each arm, and over all.
type armSums struct {
	a, b []float64
	all  float64
}

// deletion names the run of each arm that is left out, -1 for none.
type deletion struct{ a, b int }

// deletionsOf finds what the layouts of deletions leave out of l.
func deletionsOf(l arrangement, list []arrangement) []deletion {
	gone := func(all, left uint64) int {
		if all == left {
			return -1
		}
		return bits.TrailingZeros64(all &^ left)
	}
	out := make([]deletion, len(list))
	for i, d := range list {
		out[i] = deletion{gone(l.a, d.a), gone(l.b, d.b)}
	}
	return out
}

func newLossPoint(l arrangement, deletions []arrangement) *lossPoint {
	ka, kb := l.runs()
	sums := func() armSums { return armSums{a: make([]float64, ka), b: make([]float64, kb)} }
	p := &lossPoint{
		arrangement: l, deletions: deletionsOf(l, deletions),
		a: make([]float64, ka), b: make([]float64, kb), up: sums(), down: sums(), spread: sums(),
		ascendA: make([]int, ka), ascendB: make([]int, kb), seeds: make([]float64, bits.OnesCount64(l.shared)),
		sharedCrossfit: l.shared != 0,
	}
	if l.shared != 0 && l.a == l.shared && l.b == l.shared && ka > 2 {
		p.paired = newPairedCrossfit(ka)
	}
	return p
}

// load takes the losses of sample i, run by run in the order of the layout.
func (p *lossPoint) load(a, b [][]float32, i int) {
	for k := range a {
		p.a[k] = float64(a[k][i])
	}
	for k := range b {
		p.b[k] = float64(b[k][i])
	}
	p.fullA, p.fullB = sum(p.a), sum(p.b)
	p.centre = (p.fullA + p.fullB) / float64(len(p.a)+len(p.b))
	p.sumA, p.sqA = centredSums(p.a, p.centre)
	p.sumB, p.sqB = centredSums(p.b, p.centre)
	p.pairs()
	switch {
	case p.paired != nil:
		p.paired.load(p.a, p.b)
	case !p.sharedCrossfit:
		ascending(p.ascendA, p.a)
		ascending(p.ascendB, p.b)
	}
}

func sum(v []float64) float64 {
	total := 0.0
	for _, x := range v {
		total += x
	}
	return total
}

func centredSums(v []float64, centre float64) (sum, square float64) {
	for _, x := range v {
		x -= centre
		sum += x
		square += x * x
	}
	return sum, square
}

// ascending fills order with the indices of v, by its values. There are few.
func ascending(order []int, v []float64) {
	for i := range v {
		at := i
		for at > 0 && v[order[at-1]] > v[i] {
			order[at] = order[at-1]
			at--
		}
		order[at] = i
	}
}

// pairs sums over pairs of runs, by run. Half of |d|+d is max(d, 0) to the last bit,
// without a branch that no processor could foresee.
func (p *lossPoint) pairs() {
	for _, s := range []*armSums{&p.up, &p.down} {
		clear(s.b)
	}
	shared := len(p.seeds)
	p.sumSeeds = 0
	upB, downB := p.up.b, p.down.b[:len(p.up.b)]
	for k, x := range p.a {
		up, down := 0.0, 0.0
		count := func(from, to int) {
			upB, downB := upB[from:to], downB[from:to]
			for m, y := range p.b[from:to] {
				d := x - y
				size := math.Abs(d)
				up += size + d
				down += size - d
				upB[m] += size + d
				downB[m] += size - d
			}
		}
		if k < shared {
			d := x - p.b[k]
			p.seeds[k] = d * d
			p.sumSeeds += d * d
			count(0, k)
			count(k+1, len(p.b))
		} else {
			count(0, len(p.b))
		}
		p.up.a[k], p.down.a[k] = up/2, down/2
	}
	for m := range upB {
		upB[m] /= 2
		downB[m] /= 2
	}
	p.up.all, p.down.all = sum(p.up.a), sum(p.down.a)
	p.spreadA, p.spreadB = spreads(p.spread.a, p.a), spreads(p.spread.b, p.b)
}

// spreads fills by with the sums of |v_k - v_l| over l, and returns that over pairs.
func spreads(by, v []float64) float64 {
	clear(by)
	total := 0.0
	for k, x := range v {
		sum, by := 0.0, by[:k+1]
		for l, y := range v[:k] {
			d := math.Abs(x - y)
			sum += d
			by[l] += d
		}
		by[k] += sum
		total += sum
	}
	return total
}

// at returns the values without the runs of a deletion; deletion{-1, -1} leaves
// out none. At least two runs of each arm must be left.
func (p *lossPoint) at(d deletion) values {
	ka, kb, shared := len(p.a), len(p.b), len(p.seeds)
	sumA, sqA, sumB, sqB, seeds := p.sumA, p.sqA, p.sumB, p.sqB, p.sumSeeds
	up, down := p.up.all, p.down.all
	spreadA, spreadB := p.spreadA, p.spreadB
	totalA, totalB := p.fullA, p.fullB
	if k := d.a; k >= 0 {
		x := p.a[k] - p.centre
		sumA, sqA, totalA, ka = sumA-x, sqA-x*x, totalA-p.a[k], ka-1
		up, down, spreadA = up-p.up.a[k], down-p.down.a[k], spreadA-p.spread.a[k]
	}
	if k := d.b; k >= 0 {
		x := p.b[k] - p.centre
		sumB, sqB, totalB, kb = sumB-x, sqB-x*x, totalB-p.b[k], kb-1
		up, down, spreadB = up-p.up.b[k], down-p.down.b[k], spreadB-p.spread.b[k]
	}
	if max(d.a, d.b) >= 0 && max(d.a, d.b) < len(p.seeds) {
		// A seed leaves both arms; its own pair was never counted.
		seeds -= p.seeds[d.a]
		shared--
	}
	// Where denominators are the same, one division does.
	na, nb := float64(ka), float64(kb)
	ofA, ofB, ofPairs := 1/na, 1/nb, 1/float64(ka*kb-shared)
	varA, varB := (sqA-sumA*sumA*ofA)/(na-1), (sqB-sumB*sumB*ofB)/(nb-1)
	squared := (nb*sqA + na*sqB - 2*sumA*sumB - seeds) * ofPairs
	var v values
	v[vA], v[vB] = totalA/na, totalB/nb
	v[vRawT], v[vRawI] = up*ofPairs, down*ofPairs
	v[vFloor] = (spreadA*ofA/(na-1) + spreadB*ofB/(nb-1)) / 2
	v[vS] = squared - varA - varB
	switch {
	case p.paired != nil:
		v[vCrossfitT], v[vCrossfitI] = p.paired.at(d.a)
	case p.sharedCrossfit:
		v[vCrossfitT], v[vCrossfitI] = p.crossfitShared(d)
	default:
		v[vCrossfitT], v[vCrossfitI] = p.crossfit(d, totalA, totalB)
	}
	p.squaredCross = squared
	return v
}

// crossfit is the cross-fitted bound. A left-out pair (a, b) is decided by the
// means of the others, (A-a)/(K-1) and (B-b)/(K'-1). The larger a, the larger b
// must be for the others to say that the arm is better, so that two walks
// through the sorted losses do for all pairs.
func (p *lossPoint) crossfit(d deletion, totalA, totalB float64) (t, i float64) {
	ka, kb := len(p.a), len(p.b)
	if d.a >= 0 {
		ka--
	}
	if d.b >= 0 {
		kb--
	}
	fa, fb := float64(kb-1), float64(ka-1)
	// Downwards: those b for which the others say helped.
	n, total, at := 0.0, 0.0, len(p.ascendB)-1
	for x := len(p.ascendA) - 1; x >= 0; x-- {
		k := p.ascendA[x]
		if k == d.a {
			continue
		}
		left := (totalA - p.a[k]) * fa
		for ; at >= 0; at-- {
			m := p.ascendB[at]
			if m == d.b {
				continue
			}
			if left <= (totalB-p.b[m])*fb {
				break
			}
			n++
			total += p.b[m]
		}
		t += n*p.a[k] - total
	}
	// Upwards: those for which they say harmed.
	n, total, at = 0, 0, 0
	for _, k := range p.ascendA {
		if k == d.a {
			continue
		}
		left := (totalA - p.a[k]) * fa
		for ; at < len(p.ascendB); at++ {
			m := p.ascendB[at]
			if m == d.b {
				continue
			}
			if left >= (totalB-p.b[m])*fb {
				break
			}
			n++
			total += p.b[m]
		}
		i += total - n*p.a[k]
	}
	pairs := float64(ka * kb)
	return t / pairs, i / pairs
}

// crossfitShared is the same where arms share seeds: the pair is not of two
// different shared seeds, and the runs that decide have neither of its seeds.
func (p *lossPoint) crossfitShared(d deletion) (t, i float64) {
	shared := len(p.seeds)
	totalA, na, totalB, nb := p.fullA, len(p.a), p.fullB, len(p.b)
	drop := func(v []float64, k int, total *float64, n *int) {
		*total -= v[k]
		*n--
	}
	if d.a >= 0 {
		drop(p.a, d.a, &totalA, &na)
	}
	if d.b >= 0 {
		drop(p.b, d.b, &totalB, &nb)
	}
	pairs := 0
	measure := func(k, m int) {
		if m == d.b {
			return
		}
		pairs++
		x, y := p.a[k], p.b[m]
		othersA, ka, othersB, kb := totalA, na, totalB, nb
		drop(p.a, k, &othersA, &ka)
		drop(p.b, m, &othersB, &kb)
		if k < shared && k != d.b && k != m {
			drop(p.b, k, &othersB, &kb)
		}
		if m < shared && m != d.a && m != k {
			drop(p.a, m, &othersA, &ka)
		}
		if ka == 0 || kb == 0 {
			return
		}
		switch sign := othersA*float64(kb) - othersB*float64(ka); {
		case sign > 0:
			t += x - y
		case sign < 0:
			i += y - x
		}
	}
	for k := range p.a {
		if k == d.a {
			continue
		}
		first := 0
		if k < shared { // with its own seed's run, and those without a partner
			measure(k, k)
			first = shared
		}
		for m := first; m < len(p.b); m++ {
			measure(k, m)
		}
	}
	return t / float64(pairs), i / float64(pairs)
}
