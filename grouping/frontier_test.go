package grouping

import (
	"math"
	"math/rand/v2"
	"testing"
)

// TestFrontier compares what numbers of models can bring with all partitions.
func TestFrontier(t *testing.T) {
	points := 0
	for seed := range uint64(60) {
		r := rand.New(rand.NewPCG(seed, 11))
		n := 2 + r.IntN(6)
		p := randomProblem(r, n)
		best, err := Best(p)
		if err != nil {
			t.Fatal(err)
		}
		got, err := newGains(p).frontier(best)
		if err != nil {
			t.Fatal(err)
		}
		most := make([]float64, n+1) // by number of models
		for k := range most {
			most[k] = math.Inf(-1)
		}
		partitions(n, func(assign []int, groups int) {
			if total, ok := worth(p, assign, groups); ok {
				for k := groups; k <= n; k++ {
					most[k] = max(most[k], total)
				}
			}
		})
		models, total := 0, math.Inf(-1)
		for _, f := range got {
			points++
			if f.Models <= models || f.Total <= total || f.Models != len(f.Groups) || !f.Optimal {
				t.Fatalf("seed %d: %+v after %d models and %g", seed, f, models, total)
			}
			for k := models + 1; k < f.Models; k++ {
				if most[k] > total+1e-9 {
					t.Errorf("seed %d: %d models bring %g, the frontier has %g", seed, k, most[k], total)
				}
			}
			models, total = f.Models, f.Total
			if math.Abs(total-most[models]) > 1e-9 {
				t.Errorf("seed %d: %d models bring %g, not %g", seed, models, most[models], total)
			}
		}
		if math.Abs(total-best.Total) > 1e-9 {
			t.Errorf("seed %d: ends at %g, the best is %g", seed, total, best.Total)
		}
	}
	if points < 100 {
		t.Errorf("%d points", points)
	}
}

// TestFrontierSearched is about more domains than can be compared exactly: every block
// by itself is best, and fewer models put blocks together, no worse than putting
// together those of the best at random.
func TestFrontierSearched(t *testing.T) {
	p := blocks(24, 4)
	best, err := Best(p)
	if err != nil {
		t.Fatal(err)
	}
	got, err := newGains(p).frontier(best)
	if err != nil {
		t.Fatal(err)
	}
	if len(got) != 6 || got[5].Models != 6 || math.Abs(got[5].Total-24*0.4) > 1e-9 {
		t.Fatalf("%+v", got)
	}
	for i, f := range got[:5] {
		// One joined pair of blocks: 8 domains at the mean of 3 pairs in and 4 out.
		joined := 8 * (3*0.3 - 4*0.2) / 7
		if f.Models == 5 && math.Abs(f.Total-(16*0.4+joined)) > 1e-9 {
			t.Errorf("five models bring %g, want %g", f.Total, 16*0.4+joined)
		}
		if f.Models != i+1 || f.Total >= got[i+1].Total {
			t.Errorf("point %d: %+v", i, f)
		}
	}
}

// TestFrontierRules keeps to rules.
func TestFrontierRules(t *testing.T) {
	for seed := range uint64(80) {
		r := rand.New(rand.NewPCG(seed, 12))
		p := governed(t, r, 5)
		rec, err := Recommend(p, Context{Seed: 1})
		if err != nil {
			continue
		}
		for _, f := range rec.Frontier {
			for _, group := range f.Groups {
				members, err := p.Indices(group)
				if err != nil {
					t.Fatal(err)
				}
				if !p.Policy.Allows(members) {
					t.Errorf("seed %d: %v is forbidden", seed, group)
				}
			}
		}
	}
}

func BenchmarkFrontier(b *testing.B) {
	for _, n := range []int{14, 50, 100} {
		p := pairsOfClusters(n)
		best, err := Best(p)
		if err != nil {
			b.Fatal(err)
		}
		g := newGains(p)
		b.Run(p.Domains[n-1], func(b *testing.B) {
			for b.Loop() {
				if _, err := g.frontier(best); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
