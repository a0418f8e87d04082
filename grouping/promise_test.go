package grouping

import (
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"testing"

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

// TestPromises simulates studies from the outcomes of single test samples on, and
// checks of each kind that limits hold the true gains of recommended pools in 93 %,
// that at most 5 % of recommended groupings deliver less than the lower limit of
// their promise, that promised gains lean high less than those measured, and that
// shrinking brings gains nearer to the truth. It runs more and larger studies, and
// prints widths and biases, where SHAREWISE_TESTS is all.
func TestPromises(t *testing.T) {
	sizes, studies := []int{2, 3, 4, 6, 4}, 45.0
	thorough := os.Getenv("SHAREWISE_TESTS") == "all"
	if thorough {
		sizes, studies = []int{2, 3, 4, 6, 8}, 60
	}
	var every outcome
	for _, r := range relations {
		for _, kind := range []struct {
			seeds       int
			correlation float64
		}{{3, 0}, {5, 0.7}, {3, 0.7}, {5, 0}} {
			if !thorough && (kind.seeds == 3) != (kind.correlation == 0) {
				continue
			}
			o := &outcome{}
			for study := 0; o.totals.cells < studies; study++ {
				random := rand.New(rand.NewPCG(uint64(kind.seeds), uint64(study)))
				s := simulate(random, r, sizes[study%len(sizes)], kind.seeds, 200, kind.correlation)
				if thorough || study%4 == 0 {
					o.addAll(t, s)
				}
				o.addSelected(t, s)
			}
			name := fmt.Sprintf("%s, %d seeds, correlation %v", r.name, kind.seeds, kind.correlation)
			t.Logf("%s\n\tall      %v\n\tselected %v\n\t measured%v\n\ttotals   %v", name, &o.all, &o.selected, &o.rawSelected, &o.totals)
			every.all.merge(&o.all)
			every.selected.merge(&o.selected)
			every.rawSelected.merge(&o.rawSelected)
			every.totals.merge(&o.totals)
			if o.all.share() < 0.93 || o.selected.share() < 0.93 {
				t.Errorf("%s: limits hold %.3f of true gains, %.3f of those of recommended pools", name, o.all.share(), o.selected.share())
			}
			if o.totals.below > 0.05*o.totals.cells {
				t.Errorf("%s: %.0f of %.0f promises are broken", name, o.totals.below, o.totals.cells)
			}
			if o.all.squares > o.all.rawSquares {
				t.Errorf("%s: shrunk gains are further from the truth than measured ones", name)
			}
		}
	}
	t.Logf("every kind\n\tall      %v\n\tselected %v\n\t measured%v\n\ttotals   %v", &every.all, &every.selected, &every.rawSelected, &every.totals)
	if s := &every.selected; math.Abs(s.bias) > 0.6*s.rawBias || s.squares > 0.8*s.rawSquares {
		t.Errorf("of recommended pools %v", s)
	}
}
