package grouping

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/sharewise/sharewise/grouping/solve"
)

// TestContenders checks the totals that weights give against those of
// groupings, and that the best partition of every draw is there.
func TestContenders(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	for trial := range 20 {
		p := randomPairs(rng, 5)
		p.Value = []float64{1, 2, 0.5, 1, 3}
		g := newGains(p)
		draws := make([][]float64, 40)
		for d := range draws {
			draws[d] = slices.Clone(g.cell)
			for i := range draws[d] {
				draws[d][i] += 0.2 * rng.NormFloat64()
			}
		}
		found, err := Contenders(p, draws, 1000)
		if err != nil {
			t.Fatal(err)
		}
		best, err := Best(p)
		if err != nil {
			t.Fatal(err)
		}
		if got := total(found[0].Weight, g.cell); math.Abs(got-best.Total) > 1e-12 {
			t.Errorf("trial %d: the first contender is worth %v, the best partition %v", trial, got, best.Total)
		}
		wins := 0
		for _, c := range found {
			wins += c.Wins
		}
		if wins != len(draws) {
			t.Errorf("trial %d: %d wins in %d draws", trial, wins, len(draws))
		}
		for d, draw := range draws {
			want := newScorer(g, draw).total(solveExactly(newScorer(g, draw)))
			got := math.Inf(-1)
			for _, c := range found {
				got = max(got, total(c.Weight, draw))
			}
			if math.Abs(got-want) > 1e-9 {
				t.Errorf("trial %d: the best contender of draw %d is worth %v, the best partition %v", trial, d, got, want)
			}
		}
		if few, err := Contenders(p, draws, 4); err != nil || len(few) > 4 {
			t.Errorf("trial %d: %d of 4, %v", trial, len(few), err)
		}
	}
	if _, err := Contenders(randomPairs(rng, 3), [][]float64{{1}}, 1); err == nil {
		t.Error("a draw of one gain is taken for all")
	}
}

// TestHolding compares with all partitions, one by one.
func TestHolding(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 4))
	p := randomPairs(rng, 5)
	g := newGains(p)
	s := newScorer(g, g.cell)
	best := make([]float64, len(p.Pools))
	for k := range best {
		best[k] = math.Inf(-1)
	}
	eachPartition(5, func(partition []set) {
		for k, pool := range g.sets {
			if slices.Contains(partition, pool) {
				best[k] = max(best[k], s.total(partition))
			}
		}
	})
	found, err := Holding(p)
	if err != nil {
		t.Fatal(err)
	}
	for k, c := range found {
		if got := total(c.Weight, g.cell); math.Abs(got-best[k]) > 1e-9 {
			t.Errorf("with pool %v: %v, want %v", p.Pools[k].Members, got, best[k])
		}
	}
	p.MaxGroups = 2
	if found, err := Holding(p); found != nil || err != nil {
		t.Errorf("with a bound on groups: %v, %v", found, err)
	}
}

// eachPartition goes through all partitions of n domains.
func eachPartition(n int, f func([]set)) {
	var add func(i int, groups []set)
	add = func(i int, groups []set) {
		if i == n {
			f(groups)
			return
		}
		for k := range groups {
			next := slices.Clone(groups)
			next[k] = next[k].With(i)
			add(i+1, next)
		}
		add(i+1, append(slices.Clone(groups), solve.SetOf(i)))
	}
	add(0, nil)
}

// randomPairs is a problem with all pairs and the pool of all measured.
func randomPairs(rng *rand.Rand, n int) *Problem {
	p := &Problem{}
	for i := range n {
		p.Domains = append(p.Domains, string(rune('a'+i)))
	}
	add := func(members ...int) {
		pool := Pool{Members: members}
		for range members {
			pool.Gain = append(pool.Gain, 0.3*rng.NormFloat64())
		}
		p.Pools = append(p.Pools, pool)
	}
	for i := range n {
		for j := i + 1; j < n; j++ {
			add(i, j)
		}
	}
	if n > 2 {
		all := make([]int, n)
		for i := range all {
			all[i] = i
		}
		add(all...)
	}
	return p
}

func total(weight, cell []float64) float64 {
	sum := 0.0
	for i, w := range weight {
		sum += w * cell[i]
	}
	return sum
}
