package grouping

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

// randomProblem draws gains of all pairs and of some larger pools.
func randomProblem(r *rand.Rand, n int) *Problem {
	p := &Problem{Value: make([]float64, n)}
	for i := range n {
		p.Domains = append(p.Domains, fmt.Sprintf("d%d", i))
		p.Value[i] = float64(r.IntN(3)) / 2
	}
	for m := uint64(1); m < 1<<n; m++ {
		list := set{m}.Members()
		if len(list) < 2 || len(list) > 2 && r.IntN(5) > 0 || len(list) == 2 && r.IntN(8) == 0 {
			continue
		}
		pool := Pool{Members: list}
		for range list {
			// Few distinct gains, so that ties occur.
			pool.Gain = append(pool.Gain, float64(r.IntN(9)-4)/16)
		}
		p.Pools = append(p.Pools, pool)
	}
	return p
}

// partitions calls f with every partition of n domains, as group numbers.
func partitions(n int, f func(assign []int, groups int)) {
	assign := make([]int, n)
	var place func(i, groups int)
	place = func(i, groups int) {
		if i == n {
			f(assign, groups)
			return
		}
		for g := range groups + 1 {
			assign[i] = g
			place(i+1, max(groups, g+1))
		}
	}
	place(0, 0)
}

// worth is the total of a partition, written without the package's own
// tables; ok is false where a pool cannot be valued.
func worth(p *Problem, assign []int, groups int) (total float64, ok bool) {
	for g := range groups {
		var pool []int
		for d, a := range assign {
			if a == g {
				pool = append(pool, d)
			}
		}
		if len(pool) == 1 {
			continue
		}
		if k := slices.IndexFunc(p.Pools, func(q Pool) bool { return slices.Equal(q.Members, pool) }); k >= 0 {
			for i, m := range pool {
				total += p.value(m) * p.Pools[k].Gain[i]
			}
			continue
		}
		for _, j := range pool {
			sum := 0.0
			for _, i := range pool {
				if i == j {
					continue
				}
				pair := []int{min(i, j), max(i, j)}
				k := slices.IndexFunc(p.Pools, func(q Pool) bool { return slices.Equal(q.Members, pair) })
				if k < 0 {
					return 0, false
				}
				sum += p.Pools[k].Gain[slices.Index(pair, j)]
			}
			total += p.value(j) * sum / float64(len(pool)-1)
		}
	}
	return total, true
}

func TestBestAgainstEnumeration(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for trial := range 400 {
		n := 1 + r.IntN(6)
		p := randomProblem(r, n)
		p.MaxGroups = r.IntN(n + 1)
		type candidate struct {
			total  float64
			groups int
		}
		var all []candidate
		partitions(n, func(assign []int, groups int) {
			if total, ok := worth(p, assign, groups); ok && groups <= p.maxGroups() {
				all = append(all, candidate{total, groups})
			}
		})
		slices.SortFunc(all, func(a, b candidate) int {
			switch {
			case a.total > b.total+1e-9:
				return -1
			case b.total > a.total+1e-9:
				return 1
			}
			return b.groups - a.groups
		})
		got, err := Best(p)
		if len(all) == 0 {
			if !errors.Is(err, ErrNoPartition) {
				t.Fatalf("trial %d: error %v, want ErrNoPartition", trial, err)
			}
			continue
		}
		if err != nil {
			t.Fatalf("trial %d: %v", trial, err)
		}
		check := func(what string, g *Grouping, want candidate) {
			if math.Abs(g.Total-want.total) > 1e-9 || len(g.Groups) != want.groups || !g.Optimal {
				t.Fatalf("trial %d, %d domains, at most %d groups: %s has total %v in %d groups, optimal %v; enumeration finds %v in %d",
					trial, n, p.MaxGroups, what, g.Total, len(g.Groups), g.Optimal, want.total, want.groups)
			}
		}
		check("best", got, all[0])
		if (got.RunnerUp == nil) != (len(all) == 1) {
			t.Fatalf("trial %d: runner-up %v among %d partitions", trial, got.RunnerUp, len(all))
		}
		if got.RunnerUp != nil {
			check("runner-up", got.RunnerUp, all[1])
			if got.RunnerUp.Same(got.Names()) {
				t.Fatalf("trial %d: the runner-up is the best itself", trial)
			}
		}
		checkPartition(t, p, got)
	}
}

func checkPartition(t *testing.T, p *Problem, g *Grouping) {
	t.Helper()
	n := len(p.Domains)
	var all []int
	first := -1
	for _, names := range g.Names() {
		members, err := p.Indices(names)
		if err != nil {
			t.Fatal(err)
		}
		if members[0] <= first || !slices.IsSorted(members) {
			t.Fatalf("groups %v are not in order", g.Names())
		}
		first = members[0]
		all = append(all, members...)
	}
	slices.Sort(all)
	for i, m := range all {
		if i != m || len(all) != n {
			t.Fatalf("groups hold domains %v, want 0 to %d once each", all, n-1)
		}
	}
}

func TestTiesKeepDomainsApart(t *testing.T) {
	p := &Problem{
		Domains: []string{"a", "b", "c"},
		Pools: []Pool{
			{Members: []int{0, 1}, Gain: []float64{0.1, -0.1}},
			{Members: []int{0, 2}, Gain: []float64{0, 0}},
			// In binary, 0.1 + 0.2 - 0.3 is not zero.
			{Members: []int{1, 2}, Gain: []float64{0.1 + 0.2, -0.3}},
		},
	}
	got, err := Best(p)
	if err != nil {
		t.Fatal(err)
	}
	if len(got.Groups) != 3 {
		t.Errorf("groups %v: a pool without gain was preferred to domains alone", got.Groups)
	}
}

// TestRelabel checks that the order of domains does not matter to the total,
// nor the unit of value to the partition.
func TestRelabel(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	for trial := range 50 {
		n := 3 + r.IntN(4)
		p := randomProblem(r, n)
		base, err := Best(p)
		if err != nil {
			t.Fatal(err)
		}
		order := r.Perm(n)
		q := &Problem{Domains: make([]string, n), Value: make([]float64, n)}
		for i, o := range order {
			q.Domains[o], q.Value[o] = p.Domains[i], p.Value[i]*1000
		}
		for _, pool := range p.Pools {
			moved := Pool{Gain: make([]float64, len(pool.Gain))}
			for _, m := range pool.Members {
				moved.Members = append(moved.Members, order[m])
			}
			slices.Sort(moved.Members)
			for i, m := range pool.Members {
				moved.Gain[slices.Index(moved.Members, order[m])] = pool.Gain[i]
			}
			q.Pools = append(q.Pools, moved)
		}
		got, err := Best(q)
		if err != nil {
			t.Fatal(err)
		}
		if math.Abs(got.Total-1000*base.Total) > 1e-6 || len(got.Groups) != len(base.Groups) {
			t.Fatalf("trial %d: total %v in %d groups after relabelling, %v in %d before",
				trial, got.Total/1000, len(got.Groups), base.Total, len(base.Groups))
		}
	}
}

func TestMoreGroupsNeverHurt(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	for range 30 {
		p := randomProblem(r, 6)
		last := math.Inf(-1)
		for k := 1; k <= 6; k++ {
			p.MaxGroups = k
			g, err := Best(p)
			if errors.Is(err, ErrNoPartition) {
				continue
			}
			if err != nil {
				t.Fatal(err)
			}
			if len(g.Groups) > k || g.Total < last-1e-9 {
				t.Fatalf("at most %d groups: %d groups with total %v, after %v with fewer", k, len(g.Groups), g.Total, last)
			}
			last = g.Total
		}
	}
}

func TestExactAtItsLimit(t *testing.T) {
	p := blocks(ExactLimit, 4)
	for _, k := range []int{0, 3} {
		p.MaxGroups = k
		got, err := Best(p)
		if err != nil {
			t.Fatal(err)
		}
		checkPartition(t, p, got)
		if !got.Optimal {
			t.Error("not marked optimal")
		}
		if k == 0 {
			checkBlocks(t, p, got, 4)
		}
	}
}

// blocks is a problem whose domains gain within blocks of the given size, more
// in a whole block than in a pair.
func blocks(n, size int) *Problem {
	p := &Problem{}
	for i := range n {
		p.Domains = append(p.Domains, fmt.Sprintf("d%02d", i))
		for j := range i {
			gain := -0.2
			if i/size == j/size {
				gain = 0.3
			}
			p.Pools = append(p.Pools, Pool{Members: []int{j, i}, Gain: []float64{gain, gain}})
		}
		if i%size == size-1 {
			block := Pool{}
			for j := i - size + 1; j <= i; j++ {
				block.Members = append(block.Members, j)
				block.Gain = append(block.Gain, 0.4)
			}
			p.Pools = append(p.Pools, block)
		}
	}
	return p
}

func checkBlocks(t *testing.T, p *Problem, g *Grouping, size int) {
	t.Helper()
	for _, names := range g.Names() {
		members, err := p.Indices(names)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range members {
			if m/size != members[0]/size {
				t.Errorf("%v crosses blocks of %d", names, size)
			}
		}
	}
}

func BenchmarkResample64(b *testing.B) {
	p := blocks(64, 4)
	for i := range p.Pools {
		for _, x := range p.Pools[i].Gain {
			p.Pools[i].Lo = append(p.Pools[i].Lo, x-0.2)
			p.Pools[i].Hi = append(p.Pools[i].Hi, x+0.2)
		}
	}
	best, err := Best(p)
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if _, err := Resample(p, best, 1, 1); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkBest14(b *testing.B) {
	p := blocks(14, 4)
	for b.Loop() {
		if _, err := Best(p); err != nil {
			b.Fatal(err)
		}
	}
}
