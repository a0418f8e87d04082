package effect

import (
	"math"
	"math/rand/v2"
	"testing"
)

// The test of one sample from its definition: every labelling listed.
func TestLabelsFollowTheirDefinition(t *testing.T) {
	r := rand.New(rand.NewPCG(31, 1))
	for range 400 {
		ka, kb := 2+r.IntN(4), 2+r.IntN(4)
		shared := 0
		if r.IntN(2) == 0 {
			shared = r.IntN(min(ka, kb) + 1)
		}
		a, b := skewedLosses(r, ka), skewedLosses(r, kb)
		l := arrangement{a: 1<<ka - 1, b: 1<<kb - 1, shared: 1<<shared - 1}
		var all []float64
		for choice := range uint64(1) << (ka + kb) {
			n, ok := 0, true
			for k := range ka + kb {
				n += int(choice >> k & 1)
			}
			for s := range shared { // one run of a seed in each arm
				ok = ok && choice>>s&1 != choice>>(ka+s)&1
			}
			if n != kb || !ok {
				continue
			}
			var sa, sb float64
			for k, x := range append(append([]float64{}, a...), b...) {
				if choice>>k&1 == 1 {
					sb += x / float64(kb)
				} else {
					sa += x / float64(ka)
				}
			}
			all = append(all, math.Abs(sa-sb))
		}
		observed := math.Abs(sum(a)/float64(ka) - sum(b)/float64(kb))
		share := func(from float64) float64 {
			n := 0
			for _, d := range all {
				if d >= from-1e-10 {
					n++
				}
			}
			return float64(n) / float64(len(all))
		}
		largest := 0.0
		for _, d := range all {
			largest = max(largest, d)
		}
		test := newLabels(l, 1000, 1)
		p, least := test.p(a, b)
		if math.Abs(p-share(observed)) > 1e-12 || math.Abs(least-share(largest)) > 1e-12 || test.smallest() > least+1e-12 {
			t.Fatalf("a %v, b %v, %d shared: p %v of at least %v, want %v of %v; smallest %v", a, b, shared, p, least, share(observed), share(largest), test.smallest())
		}
	}
}

// TestPairedLabels: listing the labellings of pairs gives the p of counting them by
// halves, with ties and with items that hardly count too.
func TestPairedLabels(t *testing.T) {
	r := rand.New(rand.NewPCG(31, 5))
	listed := 0
	for range 3000 {
		k := 2 + r.IntN(maxListedPairs-1)
		a, b := skewedLosses(r, k), skewedLosses(r, k)
		if r.IntN(4) == 0 {
			a[0] = b[0] + 1e-15
		}
		l := arrangement{a: 1<<k - 1, b: 1<<k - 1, shared: 1<<k - 1}
		test := newLabels(l, 1000, 1)
		p, least := test.p(a, b)
		if _, _, ok := test.pairedP(math.Abs(test.load(a, b))); ok {
			listed++
		}
		half := newLabels(l, 1000, 1)
		observed := math.Abs(half.load(a, b))
		half.halves[0].fill(half.items[:k/2], k, 0)
		half.halves[1].fill(half.items[k/2:], k, 0)
		lo, hi := half.extremes()
		wantP := half.count(observed) / half.labellings
		wantLeast := half.count(max(math.Abs(half.difference(lo)), math.Abs(half.difference(hi)))) / half.labellings
		if p != wantP || least != wantLeast {
			t.Fatalf("a %v, b %v: p %v of at least %v, want %v of %v", a, b, p, least, wantP, wantLeast)
		}
	}
	if listed < 1000 {
		t.Errorf("only %d were listed", listed)
	}
}

// Where labellings are too many to count they are drawn, and agree.
func TestLabelsDrawn(t *testing.T) {
	r := rand.New(rand.NewPCG(32, 1))
	const k = 12
	exact := newLabels(arrangement{a: 1<<k - 1, b: 1<<k - 1}, 4000, 1)
	drawn := newLabels(arrangement{a: 1<<k - 1, b: 1<<k - 1}, 4000, 1)
	for range 3999 {
		drawn.draws = append(drawn.draws, drawn.draw(r))
	}
	for range 20 {
		a, b := skewedLosses(r, k), skewedLosses(r, k)
		for i := range b {
			b[i] *= 2
		}
		p, _ := exact.p(a, b)
		q, least := drawn.p(a, b)
		if math.Abs(p-q) > 4*math.Sqrt(p/4000)+1e-3 || least != 1./4000 {
			t.Errorf("p %v counted, %v drawn, least %v", p, q, least)
		}
	}
	if many := newLabels(arrangement{a: 1<<20 - 1, b: 1<<20 - 1}, 100, 1); len(many.draws) != 99 || many.smallest() != 0.01 {
		t.Errorf("%d labellings drawn, smallest p %v", len(many.draws), many.smallest())
	}
}
