package solve

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"testing"
)

// TestSites compares problems in which domains have sites with the same ones whose
// pools serve no domain that they are too heavy for.
func TestSites(t *testing.T) {
	refused := 0
	for n := 2; n <= 4; n++ {
		for seed := range 200 {
			r := rand.New(rand.NewPCG(uint64(seed), 77+uint64(n)))
			p := instance(r, n)
			need := make(map[Set]float64)
			for k := range p.Pools {
				need[p.Pools[k].Train] = r.Float64()
				if r.IntN(10) == 0 {
					need[p.Pools[k].Train] = math.NaN()
				}
			}
			limit := make([]float64, n)
			plain := *p
			for j := range limit {
				limit[j] = 0.3 + r.Float64()
				p.Rules = append(p.Rules, AtSite("site", j, func(train Set) float64 { return need[train] }, limit[j]))
			}
			plain.Pools = nil
			for _, q := range p.Pools {
				kept := Pool{Train: q.Train, Serves: []int{}, Cost: q.Cost}
				for i, j := range q.served() {
					if need[q.Train] <= limit[j] {
						kept.Serves, kept.Gain = append(kept.Serves, j), append(kept.Gain, q.Gain[i])
					} else {
						refused++
					}
				}
				plain.Pools = append(plain.Pools, kept)
			}
			want, wantErr := Solve(&plain)
			got, err := Solve(p)
			if (err == nil) != (wantErr == nil) {
				t.Fatalf("%d domains, seed %d: error %v, want %v", n, seed, err, wantErr)
			}
			if err == nil && math.Abs(got.Value-want.Value) > 1e-9 {
				t.Errorf("%d domains, seed %d: %v, want %v", n, seed, got.Value, want.Value)
			}
		}
	}
	if refused < 100 {
		t.Errorf("only %d domains were refused", refused)
	}
}

// TestBlame checks that what is named cannot be kept together, and can without any one
// of the named.
func TestBlame(t *testing.T) {
	blamed := 0
	for seed := range 3000 {
		r := rand.New(rand.NewPCG(uint64(seed), 5))
		p := instance(r, 2+r.IntN(3))
		for k := range p.Rules {
			p.Rules[k].Name += string(rune('a' + k))
		}
		_, err := Solve(p)
		if err == nil || !strings.Contains(err.Error(), "allowed") && !strings.Contains(err.Error(), "the budget is") && !strings.Contains(err.Error(), "cannot be put together") && !strings.Contains(err.Error(), "cannot all be kept") {
			continue
		}
		if !errors.Is(err, ErrInfeasible) {
			t.Fatalf("seed %d: %v", seed, err)
		}
		q := *p
		q.Rules, q.MaxPools, q.Budget = nil, 0, 0
		for _, rule := range p.Rules {
			if strings.Contains(err.Error(), "rule "+rule.Name) {
				q.Rules = append(q.Rules, rule)
			}
		}
		if strings.Contains(err.Error(), "allowed") {
			q.MaxPools = p.MaxPools
		}
		if strings.Contains(err.Error(), "the budget is") {
			q.Budget = p.Budget
		}
		if _, ok := brute(&q); ok {
			t.Errorf("seed %d: %v: what is named can be kept", seed, err)
		}
		possible := func(change func(*Problem)) {
			less := q
			change(&less)
			if _, ok := brute(&less); !ok {
				t.Errorf("seed %d: %v: some of what is named is not to blame", seed, err)
			}
		}
		for k := range q.Rules {
			possible(func(p *Problem) { p.Rules = append(append([]Rule(nil), q.Rules[:k]...), q.Rules[k+1:]...) })
		}
		if q.MaxPools > 0 {
			possible(func(p *Problem) { p.MaxPools = 0 })
		}
		if q.Budget > 0 {
			possible(func(p *Problem) { p.Budget = 0 })
		}
		var infeasible *InfeasibleError
		if !errors.As(err, &infeasible) || fmt.Sprint(infeasible.Constraints) != fmt.Sprint(q.constraints()) {
			t.Errorf("seed %d: %v: names %q, want %q", seed, err, infeasible.Constraints, q.constraints())
		}
		if len(q.Rules) > 0 || q.MaxPools > 0 && q.Budget > 0 {
			blamed++
		}
	}
	if blamed < 10 {
		t.Errorf("only %d problems had several constraints to blame", blamed)
	}
}

// TestStart begins with partitions, and with some that break a rule.
func TestStart(t *testing.T) {
	for seed := range 300 {
		r := rand.New(rand.NewPCG(uint64(seed), 6))
		p := instance(r, 4)
		if p.Helpers {
			continue
		}
		want, wantErr := Solve(p)
		p.Start = []Pool{{Train: SetOf(0, 1), Gain: []float64{-1, -1}, Cost: 1}, {Train: SetOf(2, 3), Gain: []float64{-1, -1}, Cost: 1}}
		got, err := Solve(p)
		if err != nil && wantErr != nil {
			continue
		}
		if err != nil || got.Chosen == nil {
			t.Fatalf("seed %d: %v", seed, err)
		}
		// Pools of the start are candidates beside those that are listed.
		if wantErr == nil && got.Value < want.Value-1e-9 {
			t.Errorf("seed %d: %v, without a start %v", seed, got.Value, want.Value)
		}
		if start := -p.weight(0) - p.weight(1) - p.weight(2) - p.weight(3); wantErr != nil && got.Value < start-1e-9 {
			t.Errorf("seed %d: %v is less than the start, %v", seed, got.Value, start)
		}
	}
}
