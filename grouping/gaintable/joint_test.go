package gaintable

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"gonum.org/v1/gonum/stat"

	"github.com/sharewise/sharewise/grouping"
	"github.com/sharewise/sharewise/grouping/solve"
)

// sharing is a study of all pools of n domains in which a domain's gains have errors in
// common.
func sharing(r *rand.Rand, n int) *grouping.Problem {
	p := &grouping.Problem{}
	for j := range n {
		p.Domains = append(p.Domains, fmt.Sprint("d", j))
		p.Value = append(p.Value, 1)
	}
	errs := make([]grouping.Covariance, n)
	for k := 1; k < 1<<n; k++ {
		var pool grouping.Pool
		for j := range n {
			if k>>j&1 == 1 {
				g := 0.05 + 0.1*r.NormFloat64()
				errs[j].Cells = append(errs[j].Cells, grouping.Cell{Pool: len(p.Pools), Member: len(pool.Members)})
				pool.Members, pool.Gain = append(pool.Members, j), append(pool.Gain, g)
				pool.Lo, pool.Hi = append(pool.Lo, g-0.2), append(pool.Hi, g+0.2)
			}
		}
		if len(pool.Members) > 1 {
			p.Pools = append(p.Pools, pool)
		} else {
			errs[pool.Members[0]].Cells = errs[pool.Members[0]].Cells[:len(errs[pool.Members[0]].Cells)-1]
		}
	}
	for j := range errs {
		m := len(errs[j].Cells)
		for a := range m {
			errs[j].Matrix = append(errs[j].Matrix, make([]float64, m))
			for b := range m {
				errs[j].Matrix[a][b] = 0.009
				if a == b {
					errs[j].Matrix[a][b] = 0.01
				}
			}
		}
	}
	p.Covariances = errs
	return p
}

// worth is what a choice is worth by the draws of a table.
func worth(t *Table, o Options, server []int) float64 {
	total := make([]float64, len(t.draws))
	fine := 0
	for x, draw := range t.draws {
		harmed := false
		for d, k := range server {
			p := &t.Pools[k]
			for i, j := range p.Serves {
				if j != d {
					continue
				}
				gain := 0.0
				for _, of := range p.terms[i] {
					gain += of.weight * draw[of.cell]
				}
				harmed = harmed || gain < 0
				total[x] += gain / float64(len(server))
			}
		}
		if !harmed {
			fine++
		}
	}
	if o.Objective == NoHarm {
		return float64(fine) / float64(len(t.draws))
	}
	mean, sd := stat.MeanStdDev(total, nil)
	return mean - o.aversion()*sd
}

// bruteJoint tries all choices of who serves whom.
func bruteJoint(t *Table, o Options) float64 {
	n := len(t.Domains)
	best := math.Inf(-1)
	server := make([]int, n)
	var try func(d int)
	try = func(d int) {
		if d == n {
			cost, serves := 0.0, map[int]solve.Set{}
			for j, k := range server {
				if _, open := serves[k]; !open {
					cost += t.Pools[k].Cost
				}
				serves[k] = serves[k].With(j)
			}
			if o.Budget != nil && cost > *o.Budget+1e-9 || o.MaxModels > 0 && len(serves) > o.MaxModels {
				return
			}
			for k, served := range serves {
				if !o.Helpers && served != t.Pools[k].Train {
					return
				}
			}
			best = max(best, worth(t, o, server))
			return
		}
		for k := range t.Pools {
			if t.Pools[k].Train.Has(d) {
				server[d] = k
				try(d + 1)
			}
		}
	}
	try(0)
	return best
}

// TestJoint compares choices by joint draws with trying everything.
func TestJoint(t *testing.T) {
	differ := 0
	for seed := range 24 {
		r := rand.New(rand.NewPCG(uint64(seed), 9))
		n := 3
		p := sharing(r, n)
		stated := &grouping.Stated{Problem: p}
		table, o, err := OfStudy(stated)
		if err != nil {
			t.Fatal(err)
		}
		if len(table.draws) != jointDraws {
			t.Fatalf("%d draws", len(table.draws))
		}
		table.draws = table.draws[:200] // to be quick
		o.Objective, o.Helpers = NoHarm, seed%4 > 1
		if seed%2 == 0 {
			o.Objective = Risk
		}
		o.MaxModels = 1 + r.IntN(n-1) // alone nobody is harmed
		budget := 2.0
		if seed%3 == 0 {
			o.Budget = &budget
		}
		want := bruteJoint(table, o)
		plan, err := table.Choose(o)
		if errors.Is(err, solve.ErrInfeasible) && math.IsInf(want, -1) {
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		if !plan.Optimal() || math.Abs(float64(plan.Objective)-want) > 1e-9 {
			t.Errorf("seed %d, %s, helpers %v: %v (%s), want %v", seed, o.Objective, o.Helpers, plan.Objective, plan.Certificate, want)
		}
		apart := *table
		apart.draws = nil
		alone, err := apart.Choose(o)
		if err != nil {
			t.Fatal(err)
		}
		if alone.Notes[0] == plan.Notes[0] {
			t.Errorf("notes %q and %q", alone.Notes, plan.Notes)
		}
		if math.Abs(float64(alone.Objective-plan.Objective)) > 0.01 {
			differ++
		}
	}
	if differ < 5 {
		t.Errorf("joint draws make a difference in %d of 24 studies", differ)
	}
}
