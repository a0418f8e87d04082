package effect

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// agree reports whether two figures are the same but for rounding.
func agree(x, y, scale float64) bool {
	return math.Abs(x-y) <= 1e-12*max(scale, math.Abs(x), math.Abs(y))
}

// Kinds of samples say what patterns say, one by one.
func TestKinds(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 5))
	for _, c := range []struct{ ka, kb, shared int }{
		{2, 2, 0}, {3, 4, 0}, {5, 5, 5}, {4, 6, 3}, {3, 7, 3}, {6, 3, 0}, {2, 3, 2}, {12, 11, 9}, {64, 64, 0}, {64, 63, 40},
	} {
		ones := func(n int) uint64 { return 1<<n - 1 }
		l := arrangement{ones(c.ka), ones(c.kb), ones(c.shared)}
		n := partRows + 300
		if c.ka > 10 {
			n = 150
		}
		a, b := make([]uint64, n), make([]uint64, n)
		for i := range a {
			p := math.Pow(r.Float64(), 0.3)
			for k := range c.ka {
				if r.Float64() < p {
					a[i] |= 1 << k
				}
			}
			for k := range c.kb {
				if r.Float64() < p {
					b[i] |= 1 << k
				}
			}
		}
		list, kinds := clusters(a, b, nil), kindsOf(a, b, l)
		if want, got := counts(list, c.ka, c.kb), kinds.counts(); fmt.Sprint(want) != fmt.Sprint(got) {
			t.Errorf("%+v: counts %v, want %v", c, got, want)
		}
		want, got := momentsOf(list, l), kindMoments(kinds)
		if want.clusters != got.clusters || want.samples != got.samples || want.square != got.square || want.crossfits != got.crossfits || len(want.deleted) != len(got.deleted) {
			t.Fatalf("%+v: %v clusters, %v samples, %d deletions; want %v, %v, %d", c, got.clusters, got.samples, len(got.deleted), want.clusters, want.samples, len(want.deleted))
		}
		same := func(name string, want, got []float64) {
			for x := range want {
				if !agree(want[x], got[x], float64(n)*1e-3) {
					t.Errorf("%+v: %s[%d] is %v, want %v", c, name, x, got[x], want[x])
				}
			}
		}
		same("sum", want.sum, got.sum)
		for x := range want.cross {
			same("cross", want.cross[x], got.cross[x])
			for g := range want.own {
				same(fmt.Sprint("own ", g), want.own[g][x], got.own[g][x])
			}
		}
		for k := range want.deleted {
			same(fmt.Sprint("deleted ", k), want.deleted[k], got.deleted[k])
		}
		for i := range want.watched {
			x, y := want.watched[i], got.watched[i]
			if x.count != y.count {
				t.Errorf("%+v: %v values watched, want %v", c, y.count, x.count)
			}
			same("watched", []float64{x.up, x.down, x.squareUp, x.squareDown}, []float64{y.up, y.down, y.squareUp, y.squareDown})
		}
		old := distancesOf(list, l)
		for row, line := range disagreements(a, b, c.ka, c.kb) {
			for col, d := range line {
				if float64(d)/float64(n) != old.m[row][col] {
					t.Fatalf("%+v: runs %d and %d disagree on %d of %d, want a share of %v", c, row, col, d, n, old.m[row][col])
				}
			}
		}
	}
}

// A settled comparison says the same as one that has its samples.
func TestSettle(t *testing.T) {
	r := rand.New(rand.NewPCG(9, 9))
	equal := []cmp.Option{cmpopts.EquateNaNs(), cmp.Comparer(func(x, y Number) bool { return x == y || x != x && y != y })}
	name := func(row int) string { return fmt.Sprint("sample ", row) }
	for _, measure := range []string{"", "correct", "balanced", "auc", "loss"} {
		for _, groups := range []bool{false, true} {
			var kept, settled []*Comparison
			for d := range 3 {
				a, b := randomRuns(r, 300, 4, 3)
				a.Domain, b.Domain = fmt.Sprint(d), fmt.Sprint(d)
				for _, x := range []*Runs{a, b} {
					x.Label = make([]int32, 300)
					for i := range x.Label {
						x.Label[i] = int32(i % 3 / 2)
					}
					x.Loss, x.Score = nil, nil
					for range x.Seeds {
						loss, score := make([]float32, 300), make([]float32, 300)
						for i := range loss {
							loss[i], score[i] = float32(r.ExpFloat64()), r.Float32()
						}
						x.Loss, x.Score = append(x.Loss, loss), append(x.Score, score)
					}
					if groups {
						for i := range 300 {
							x.Group = append(x.Group, int32(i/7))
						}
					}
				}
				o := Options{Measure: measure, SharedSeeds: d == 1, Exemplars: 3}
				for _, to := range []*[]*Comparison{&kept, &settled} {
					c, err := Compare(a, b, o)
					if err != nil {
						t.Fatal(err)
					}
					*to = append(*to, c)
				}
				settled[d].Settle(name)
			}
			Moderate(kept)
			Moderate(settled)
			for d := range kept {
				want, err := kept[d].Effect()
				if err != nil {
					t.Fatal(err)
				}
				want.nameCalls(name)
				got, err := settled[d].Effect()
				if err != nil {
					t.Fatal(err)
				}
				if d := cmp.Diff(want, got, equal...); d != "" {
					t.Errorf("measure %q: effect (-kept +settled):\n%s", measure, d)
				}
				m := measure
				if m == "" {
					m = want.Measure
				}
				g, err := kept[d].Gain(m)
				if err != nil {
					t.Fatal(err)
				}
				h, err := settled[d].Gain(m)
				if err != nil {
					t.Fatal(err)
				}
				if d := cmp.Diff(g, h, equal...); d != "" {
					t.Errorf("measure %q: gain (-kept +settled):\n%s", measure, d)
				}
				if x, y := kept[d].RelativeGain(m, 0.99), settled[d].RelativeGain(m, 0.99); x != y {
					t.Errorf("measure %q: simultaneous %v, want %v", measure, y, x)
				}
			}
		}
	}
}
