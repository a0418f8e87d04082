package solve

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
)

// instance makes a random problem: values of several kinds, with ties, pools that
// are missing, pools that cannot serve all they train, costs of several kinds,
// bounds and rules.
func instance(r *rand.Rand, n int) *Problem {
	p := &Problem{Domains: n, Helpers: r.IntN(2) == 0}
	kind, costs, share := r.IntN(4), r.IntN(4), 0.3+0.7*r.Float64()
	for k := 1; k < 1<<n; k++ {
		train := Set{uint64(k)}
		if train.Count() > 1 && r.Float64() > share {
			continue
		}
		q := Pool{Train: train, Cost: 1}
		whole := r.Float64() < 0.8
		if !whole {
			q.Serves = []int{}
		}
		for j := range train.All() {
			if !whole {
				if r.Float64() < 0.3 {
					continue
				}
				q.Serves = append(q.Serves, j)
			}
			g := r.NormFloat64()
			switch kind {
			case 0:
				g = math.Round(g)
			case 1:
				g = 0.1*g + 0.05*float64(train.Count())
			case 2:
				g -= 0.5
			}
			if train.Count() == 1 {
				g = 0
			}
			q.Gain = append(q.Gain, g)
		}
		switch costs {
		case 1:
			q.Cost = 0.5 * float64(1+r.IntN(4))
		case 2:
			q.Cost = r.Float64() * 3
		case 3:
			q.Cost = float64(train.Count())
		}
		p.Pools = append(p.Pools, q)
	}
	if r.IntN(2) == 0 {
		p.MaxPools = 1 + r.IntN(n)
	}
	if r.IntN(2) == 0 {
		p.Budget = (0.5 + r.Float64()) * float64(n) * 0.7
	}
	if r.IntN(3) == 0 {
		for range n {
			p.Weight = append(p.Weight, float64(r.IntN(4)))
		}
	}
	if n > 2 && r.IntN(3) == 0 {
		p.Rules = append(p.Rules, MustLink("must", 0, 1+r.IntN(n-1)))
	}
	if n > 2 && r.IntN(3) == 0 {
		p.Rules = append(p.Rules, CannotLink("cannot", r.IntN(n), r.IntN(n)))
	}
	if r.IntN(4) == 0 {
		p.Rules = append(p.Rules, Largest("largest", 1+r.IntN(n)))
	}
	if r.IntN(4) == 0 {
		bad := uint64(1 + r.IntN(1<<n-1))
		p.Rules = append(p.Rules, Rule{Name: "policy", Forbids: func(s Set) bool { return s[0] == bad }})
	}
	return p
}

// brute tries everything: each block of domains in turn is served by each pool.
// It shares no code with the solver but Set and Rule.
func brute(p *Problem) (best float64, ok bool) {
	n := p.Domains
	block := make([]int, n)
	for j := range block {
		block[j] = j
	}
	for _, rule := range p.Rules {
		m := rule.Together.Members()
		for _, j := range m {
			from, to := block[j], block[m[0]]
			for i := range block {
				if block[i] == from {
					block[i] = to
				}
			}
		}
	}
	allowed := make([]bool, len(p.Pools))
	gain := make([][]float64, len(p.Pools))
	for k, q := range p.Pools {
		allowed[k] = true
		for _, rule := range p.Rules {
			if rule.Forbids != nil && rule.Forbids(q.Train) {
				allowed[k] = false
			}
		}
		gain[k] = make([]float64, n)
		for j := range gain[k] {
			gain[k][j] = math.NaN()
		}
		served := q.Serves
		if served == nil {
			served = q.Train.Members()
		}
		for i, j := range served {
			gain[k][j] = q.Gain[i]
		}
		if !p.Helpers && len(served) < q.Train.Count() {
			allowed[k] = false
		}
	}
	server := make([]int, n)
	for j := range server {
		server[j] = -1
	}
	best = math.Inf(-1)
	check := func() {
		used := map[int]int{}
		sum, least, cost := 0.0, math.Inf(1), 0.0
		for j, k := range server {
			used[k]++
			w := 1.0
			if p.Weight != nil {
				w = p.Weight[j]
			}
			sum += w * gain[k][j]
			least = min(least, gain[k][j])
		}
		for k, times := range used {
			cost += p.Pools[k].Cost
			if !p.Helpers && times != p.Pools[k].Train.Count() {
				return
			}
		}
		if p.MaxPools > 0 && len(used) > p.MaxPools || p.Budget > 0 && cost > p.Budget+1e-9 {
			return
		}
		ok = true
		if p.Objective == Worst {
			sum = least
		}
		best = max(best, sum)
	}
	var serve func(j int)
	serve = func(j int) {
		for j < n && server[j] >= 0 {
			j++
		}
		if j == n {
			check()
			return
		}
		for k := range p.Pools {
			if !allowed[k] {
				continue
			}
			var taken []int
			fits := true
			for i := range n {
				if !p.Helpers && p.Pools[k].Train.Has(i) || block[i] == block[j] {
					if server[i] >= 0 || math.IsNaN(gain[k][i]) {
						fits = false
						break
					}
					taken = append(taken, i)
				}
			}
			if !fits || len(taken) == 0 {
				continue
			}
			if !p.Helpers && !p.Pools[k].Train.Has(j) {
				continue
			}
			for _, i := range taken {
				server[i] = k
			}
			serve(j + 1)
			for _, i := range taken {
				server[i] = -1
			}
		}
	}
	serve(0)
	return best, ok
}

// verify checks that a solution keeps to the problem and is worth what it says.
func verify(p *Problem, s *Solution) error {
	var served Set
	sum, cost, least := 0.0, 0.0, math.Inf(1)
	for _, c := range s.Chosen {
		q := p.Pools[c.Pool]
		if c.Train != q.Train || c.Cost != q.Cost || c.Serves.Meets(served) || c.Serves.Empty() {
			return fmt.Errorf("choice %+v", c)
		}
		if name := Forbidden(p.Rules, c.Train); name != "" {
			return fmt.Errorf("%v is forbidden by %s", c.Train.Members(), name)
		}
		if !p.Helpers && c.Serves != c.Train {
			return fmt.Errorf("%v serves %v", c.Train.Members(), c.Serves.Members())
		}
		served = served.Union(c.Serves)
		cost += c.Cost
		got := 0
		for i, j := range q.served() {
			if c.Serves.Has(j) {
				got++
				sum += p.weight(j) * q.Gain[i]
				least = min(least, q.Gain[i])
			}
		}
		if got != c.Serves.Count() {
			return fmt.Errorf("%v cannot serve %v", c.Train.Members(), c.Serves.Members())
		}
		for _, rule := range p.Rules {
			if both := rule.Together.Both(c.Serves); !both.Empty() && both != rule.Together {
				return fmt.Errorf("%s is not kept", rule.Name)
			}
		}
	}
	value := sum
	if p.Objective == Worst {
		value = least
	}
	switch {
	case served != AllOf(p.Domains):
		return errors.New("some domain is not served")
	case p.MaxPools > 0 && len(s.Chosen) > p.MaxPools:
		return fmt.Errorf("%d pools of %d", len(s.Chosen), p.MaxPools)
	case p.Budget > 0 && cost > p.Budget+1e-9:
		return fmt.Errorf("cost %v of %v", cost, p.Budget)
	case math.Abs(sum-s.Sum) > 1e-9 || math.Abs(value-s.Value) > 1e-9 || math.Abs(cost-s.Cost) > 1e-9:
		return fmt.Errorf("sum %v, value %v, cost %v; want %v, %v, %v", s.Sum, s.Value, s.Cost, sum, value, cost)
	case s.Bound < s.Value-1e-9:
		return fmt.Errorf("bound %v below %v", s.Bound, s.Value)
	}
	return nil
}

// TestBruteForce compares both problems with trying everything.
func TestBruteForce(t *testing.T) {
	count := map[int]int{1: 50, 2: 400, 3: 1200, 4: 1200, 5: 120}
	infeasible := 0
	for n := 1; n <= 5; n++ {
		for seed := range count[n] {
			p := instance(rand.New(rand.NewPCG(uint64(seed), uint64(n))), n)
			if seed%4 == 0 {
				p.Objective = Worst
			}
			compare(t, p, n, seed, &infeasible)
		}
	}
	if infeasible == 0 {
		t.Error("no instance was infeasible")
	}
}

// TestBruteForceLarger goes on to 8 domains: all partitions, and covers by all sets
// of at most 13 pools.
func TestBruteForceLarger(t *testing.T) {
	infeasible := 0
	for n := 6; n <= 8; n++ {
		for seed := range 500 {
			r := rand.New(rand.NewPCG(uint64(seed), uint64(n)))
			p := instance(r, n)
			if seed%4 == 0 {
				p.Objective = Worst
			}
			if p.Helpers {
				r.Shuffle(len(p.Pools), func(i, j int) { p.Pools[i], p.Pools[j] = p.Pools[j], p.Pools[i] })
				p.Pools = p.Pools[:13]
				compareWith(t, p, bruteCover, n, seed, &infeasible)
			} else if seed%20 < 2 {
				compareWith(t, p, brute, n, seed, &infeasible)
			}
		}
	}
}

// bruteCover tries all sets of pools of a cover.
func bruteCover(p *Problem) (best float64, ok bool) {
	blocks := Blocks(p.Domains, p.Rules) // compared with another way in brute
	best = math.Inf(-1)
	worth := make([][]float64, len(p.Pools)) // by block; NaN: cannot serve it
	for k, q := range p.Pools {
		for _, b := range blocks {
			sum, least, count := 0.0, math.Inf(1), 0
			for i, j := range q.served() {
				if b.Has(j) {
					w := 1.0
					if p.Weight != nil {
						w = p.Weight[j]
					}
					count++
					sum += w * q.Gain[i]
					least = min(least, q.Gain[i])
				}
			}
			if p.Objective == Worst {
				sum = least
			}
			if count < b.Count() || Forbidden(p.Rules, q.Train) != "" {
				sum = math.NaN()
			}
			worth[k] = append(worth[k], sum)
		}
	}
sets:
	for set := 1; set < 1<<len(p.Pools); set++ {
		chosen := Set{uint64(set)}
		cost := 0.0
		for k := range chosen.All() {
			cost += p.Pools[k].Cost
		}
		if p.MaxPools > 0 && chosen.Count() > p.MaxPools || p.Budget > 0 && cost > p.Budget+1e-9 {
			continue
		}
		sum, least := 0.0, math.Inf(1)
		for b := range blocks {
			top := math.Inf(-1)
			for k := range chosen.All() {
				if worth[k][b] > top {
					top = worth[k][b]
				}
			}
			if math.IsInf(top, -1) {
				continue sets
			}
			sum += top
			least = min(least, top)
		}
		if p.Objective == Worst {
			sum = least
		}
		ok, best = true, max(best, sum)
	}
	return best, ok
}

func compare(t *testing.T, p *Problem, n, seed int, infeasible *int) {
	t.Helper()
	compareWith(t, p, brute, n, seed, infeasible)
}

func compareWith(t *testing.T, p *Problem, brute func(*Problem) (float64, bool), n, seed int, infeasible *int) {
	t.Helper()
	s, err := Solve(p)
	want, ok := brute(p)
	switch {
	case !ok:
		*infeasible++
		if !errors.Is(err, ErrInfeasible) && !errors.Is(err, ErrContradiction) {
			t.Errorf("%d domains, seed %d: error %v, solution %+v, where nothing is possible", n, seed, err, s)
		}
	case err != nil:
		t.Errorf("%d domains, seed %d: %v; want %v", n, seed, err, want)
	default:
		if err := verify(p, s); err != nil {
			t.Errorf("%d domains, seed %d: %v", n, seed, err)
		}
		if !s.Optimal || math.Abs(s.Value-want) > 1e-9 {
			t.Errorf("%d domains, seed %d (helpers %v): value %v, bound %v, optimal %v; want %v", n, seed, p.Helpers, s.Value, s.Bound, s.Optimal, want)
		}
	}
}
