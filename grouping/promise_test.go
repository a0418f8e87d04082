package grouping

import (
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"testing"

	"gonum.org/v1/gonum/stat/distuv"

	"github.com/sharewise/sharewise/grouping/solve"
)

// kept counts how often limits hold the truth, and sums up how far figures are from
// it.
type kept struct {
	cells, below, above        float64
	width, squares, rawSquares float64
	bias, rawBias              float64
}

func (k *kept) add(x Shrunk, raw, truth float64) {
	k.cells++
	switch {
	case truth < x.Lo:
		k.below++
	case truth > x.Hi:
		k.above++
	}
	k.width += x.Hi - x.Lo
	k.squares += (x.Gain - truth) * (x.Gain - truth)
	k.rawSquares += (raw - truth) * (raw - truth)
	k.bias += x.Gain - truth
	k.rawBias += raw - truth
}

func (k *kept) merge(o *kept) {
	k.cells, k.below, k.above, k.width = k.cells+o.cells, k.below+o.below, k.above+o.above, k.width+o.width
	k.squares, k.rawSquares = k.squares+o.squares, k.rawSquares+o.rawSquares
	k.bias, k.rawBias = k.bias+o.bias, k.rawBias+o.rawBias
}

func (k *kept) share() float64 { return 1 - (k.below+k.above)/k.cells }

func (k *kept) String() string {
	n := k.cells
	return fmt.Sprintf("%5.0f: within limits %.3f (below %.3f, above %.3f), width %.3f; rmse %.3f, measured %.3f; bias %+.3f, measured %+.3f",
		n, k.share(), k.below/n, k.above/n, k.width/n, math.Sqrt(k.squares/n), math.Sqrt(k.rawSquares/n), k.bias/n, k.rawBias/n)
}

// outcome is what simulated studies of one kind found: of all measured gains, of
// those of recommended pools, and of their total.
type outcome struct {
	all, selected, rawSelected, totals kept
}

func (o *outcome) addAll(t *testing.T, s *simulated) {
	t.Helper()
	posterior, err := Shrink(s.problem)
	if err != nil {
		t.Fatal(err)
	}
	for k, pool := range s.problem.Pools {
		for i, j := range pool.Members {
			o.all.add(posterior.Gains[k][i], pool.Gain[i], s.truth(j, solve.SetOf(pool.Members...)))
		}
	}
}

func (o *outcome) addSelected(t *testing.T, s *simulated) {
	t.Helper()
	best, err := Best(s.problem)
	if err != nil {
		t.Fatal(err)
	}
	partition := mustSets(t, s.problem, best)
	if len(partition) == len(s.problem.Domains) {
		return // nothing is promised
	}
	promise, err := PromiseOf(s.problem, best)
	if err != nil {
		t.Fatal(err)
	}
	o.totals.add(promise.Total, best.Total, s.total(partition))
	for k, pool := range partition {
		members := pool.Members()
		if len(members) < 2 {
			continue
		}
		for i, j := range members {
			m := best.Groups[k].Members[i]
			o.selected.add(promise.Groups[k].Members[i].Gain, m.Gain, s.truth(j, pool))
			o.rawSelected.add(Shrunk{m.Gain, m.Lo, m.Hi}, m.Gain, s.truth(j, pool))
		}
	}
}

// promiseKind is a kind of studies that promises are held against.
type promiseKind struct {
	relation    relation
	seeds       int
	correlation float64
}

func (k promiseKind) String() string {
	return fmt.Sprintf("%s, %d seeds, correlation %v", k.relation.name, k.seeds, k.correlation)
}

// simulate gathers studies of a kind until so many have something to promise.
func (k promiseKind) simulate(t *testing.T, sizes []int, studies, every int, seed uint64) *outcome {
	o := &outcome{}
	for study := 0; o.totals.cells < float64(studies); study++ {
		random := rand.New(rand.NewPCG(seed+uint64(k.seeds), uint64(study)))
		s := simulate(random, k.relation, sizes[study%len(sizes)], k.seeds, 200, k.correlation)
		if study%every == 0 {
			o.addAll(t, s)
		}
		o.addSelected(t, s)
	}
	return o
}

// mostBroken is how many of n promises may be broken where each is with a
// probability of 5 %: no more are in 97.5 %.
func mostBroken(n float64) float64 {
	binomial := distuv.Binomial{N: n, P: 0.05}
	k := 0.0
	for binomial.CDF(k) < 0.975 {
		k++
	}
	return k
}

// TestPromises simulates studies from the outcomes of single test samples on, and
// checks that limits hold the true gains of recommended pools, that recommended
// groupings rarely deliver less than the lower limit of their promise, that promised
// gains lean high less than those measured, and that shrinking brings gains nearer to
// the truth. SHAREWISE_SIMULATE=promises prints the table in testdata/promises.md, by
// draws that the constants of shrink.go were not chosen on.
func TestPromises(t *testing.T) {
	if os.Getenv("SHAREWISE_SIMULATE") == "promises" {
		printPromises(t)
		return
	}
	var every outcome
	for _, r := range relations[:6] {
		for _, kind := range []promiseKind{{r, 3, 0}, {r, 5, 0.7}} {
			o := kind.simulate(t, []int{2, 3, 4, 6, 4}, 24, 4, 0)
			t.Logf("%v\n\tall      %v\n\tselected %v\n\t measured%v\n\ttotals   %v", kind, &o.all, &o.selected, &o.rawSelected, &o.totals)
			every.all.merge(&o.all)
			every.selected.merge(&o.selected)
			every.rawSelected.merge(&o.rawSelected)
			every.totals.merge(&o.totals)
			if o.selected.share() < 0.91 {
				t.Errorf("%v: limits hold %.3f of the gains of recommended pools", kind, o.selected.share())
			}
			if o.totals.below > mostBroken(o.totals.cells) {
				t.Errorf("%v: %.0f of %.0f promises are broken", kind, o.totals.below, o.totals.cells)
			}
		}
	}
	t.Logf("every kind\n\tall      %v\n\tselected %v\n\t measured%v\n\ttotals   %v", &every.all, &every.selected, &every.rawSelected, &every.totals)
	if every.all.share() < 0.94 || every.selected.share() < 0.94 || every.totals.below > 0.05*every.totals.cells {
		t.Errorf("limits hold %.3f of true gains, %.3f of those of recommended pools; %.0f of %.0f promises are broken", every.all.share(), every.selected.share(), every.totals.below, every.totals.cells)
	}
	if every.all.squares > every.all.rawSquares {
		t.Error("shrunk gains are further from the truth than measured ones")
	}
	if s := &every.selected; math.Abs(s.bias) > 0.6*s.rawBias || s.squares > 0.8*s.rawSquares {
		t.Errorf("of recommended pools %v", s)
	}
}

// printPromises prints, for every kind, how often promised totals are broken, with
// the limits of Clopper and Pearson, and how far they and measured ones lean, in
// points of a domain's own error over all pooled domains.
func printPromises(t *testing.T) {
	fmt.Println("| relation | K | paired | promises | broken % | broken, limits % | above limits % | gains in pools within limits | measured leans | promised leans | measured rmse | promised rmse |")
	fmt.Println("|---|---|---|---|---|---|---|---|---|---|---|---|")
	for _, r := range relations {
		for _, kind := range []promiseKind{{r, 3, 0}, {r, 5, 0.7}} {
			o := kind.simulate(t, []int{2, 3, 4, 5, 6}, 100, 1000, 7_310_587)
			n, broken := o.totals.cells, o.totals.below
			low, high := 0.0, 1.0
			if broken > 0 {
				low = distuv.Beta{Alpha: broken, Beta: n - broken + 1}.Quantile(0.025)
			}
			if broken < n {
				high = distuv.Beta{Alpha: broken + 1, Beta: n - broken}.Quantile(0.975)
			}
			fmt.Printf("| %s | %d | %.1f | %.0f | %.1f | %.1f to %.1f | %.1f | %.3f | %+.1f | %+.1f | %.1f | %.1f |\n", r.name, kind.seeds, kind.correlation, n,
				100*broken/n, 100*low, 100*high, 100*o.totals.above/n, o.selected.share(),
				100*o.totals.rawBias/n, 100*o.totals.bias/n, 100*math.Sqrt(o.totals.rawSquares/n), 100*math.Sqrt(o.totals.squares/n))
		}
	}
}
