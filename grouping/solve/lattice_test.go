package solve

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
)

// lattices are kinds of values of all sets of n domains.
var lattices = []struct {
	name  string
	value func(r *rand.Rand, n int) []float64
}{
	{"clusters", clusters},
	{"noise", func(r *rand.Rand, n int) []float64 {
		return each(n, func(k uint64) float64 { return r.NormFloat64() })
	}},
	{"concave", func(r *rand.Rand, n int) []float64 {
		return each(n, func(k uint64) float64 { return r.NormFloat64() * math.Sqrt(float64(Set{k}.Count())) })
	}},
	{"per member", func(r *rand.Rand, n int) []float64 {
		return each(n, func(k uint64) float64 { return r.NormFloat64() * 0.1 * float64(Set{k}.Count()) })
	}},
	{"rounded", func(r *rand.Rand, n int) []float64 {
		return each(n, func(k uint64) float64 { return math.Round(3 * r.Float64()) })
	}},
}

func each(n int, value func(k uint64) float64) []float64 {
	out := make([]float64, 1<<n)
	for k := range out {
		if k&(k-1) != 0 {
			out[k] = value(uint64(k))
		}
	}
	return out
}

// clusters are values as pools of related domains have them: a domain gains from
// members of its own cluster, less the more there are, and loses by others; one
// domain harms everybody; and all is seen through noise.
func clusters(r *rand.Rand, n int) []float64 {
	const clusters = 4
	return each(n, func(k uint64) float64 {
		sum := 0.0
		for j := range (Set{k}).All() {
			own, other := 0, 0
			for i := range (Set{k}).All() {
				switch {
				case i == j:
				case i%clusters == j%clusters && i != 0:
					own++
				default:
					other++
				}
			}
			sum += 0.1*(1-math.Pow(0.5, float64(own))) - 0.03*float64(other) + 0.03*r.NormFloat64()
		}
		return sum
	})
}

// subsets is the best partition by dynamic programming over all subsets, for each
// number of pools.
func subsets(value []float64, most int) float64 {
	all := len(value) - 1
	rest := make([]float64, all+1)
	for k := 1; k <= all; k++ {
		rest[k] = math.Inf(-1)
	}
	best := math.Inf(-1)
	for range most {
		next := make([]float64, all+1)
		next[0] = math.Inf(-1)
		for m := 1; m <= all; m++ {
			low := m & -m
			others := m ^ low
			top := math.Inf(-1)
			for sub := others; ; sub = (sub - 1) & others {
				if v := value[sub|low] + rest[m^(sub|low)]; v > top {
					top = v
				}
				if sub == 0 {
					break
				}
			}
			next[m] = top
		}
		best = max(best, next[all])
		rest = next
	}
	return best
}

func TestLattice(t *testing.T) {
	for _, kind := range lattices {
		for n := 1; n <= 10; n++ {
			for seed := range 4 {
				r := rand.New(rand.NewPCG(uint64(seed), uint64(n)))
				p := &Problem{Domains: n, Lattice: kind.value(r, n)}
				if seed%2 == 1 {
					p.MaxPools = 1 + r.IntN(n)
				}
				s, err := Solve(p)
				if err != nil {
					t.Fatalf("%s, %d domains, seed %d: %v", kind.name, n, seed, err)
				}
				most := p.MaxPools
				if most == 0 {
					most = n
				}
				want := subsets(p.Lattice, most)
				if !s.Optimal || math.Abs(s.Value-want) > 1e-9 || len(s.Chosen) > most {
					t.Errorf("%s, %d domains, seed %d, at most %d pools: %v of %v, optimal %v, %d pools", kind.name, n, seed, p.MaxPools, s.Value, want, s.Optimal, len(s.Chosen))
				}
			}
		}
	}
}

// TestLatticeBudget bounds the pools of a lattice by a budget and leaves sets out, down
// to where no partition is left.
func TestLatticeBudget(t *testing.T) {
	for n := 1; n <= 7; n++ {
		for seed := range 6 {
			r := rand.New(rand.NewPCG(uint64(seed), uint64(n)))
			value := lattices[4].value(r, n)
			for k := range value {
				if k > 0 && r.Float64() < 0.5 {
					value[k] = math.NaN()
				}
			}
			for _, budget := range []float64{0.5, 1, 1.5, 2, 3, float64(n)} {
				most := int(budget)
				want := math.Inf(-1)
				if most > 0 {
					want = subsets(value, most)
				}
				s, err := Solve(&Problem{Domains: n, Lattice: value, Budget: budget})
				switch {
				case math.IsInf(want, -1):
					if !errors.Is(err, ErrInfeasible) {
						t.Errorf("%d domains, seed %d, budget %g: %v, %v, want none", n, seed, budget, s, err)
					}
				case err != nil:
					t.Errorf("%d domains, seed %d, budget %g: %v, want %v", n, seed, budget, err, want)
				case !s.Optimal || s.Value != want || s.Bound != want || s.Cost > budget:
					t.Errorf("%d domains, seed %d, budget %g: %+v, want %v", n, seed, budget, s, want)
				}
			}
		}
	}
}

// TestSubsets compares dynamic programming with branch and bound, and with another
// dynamic program.
func TestSubsets(t *testing.T) {
	for _, kind := range lattices {
		for n := 1; n <= 9; n++ {
			for most := 1; most <= n; most++ {
				value := kind.value(rand.New(rand.NewPCG(9, uint64(n))), n)
				m := newModel(&Problem{Domains: n, Lattice: value, MaxPools: most}, negative)
				found := m.source.(*lattice).subsets()
				if got, want := sumOfColumns(found), subsets(value, most); math.Abs(got-want) > 1e-9 || len(found) > most {
					t.Errorf("%s, %d domains, at most %d pools: %v in %d, want %v", kind.name, n, most, got, len(found), want)
				}
			}
		}
	}
}

func BenchmarkPartition(b *testing.B) {
	for _, n := range []int{10, 15, 20} {
		for _, kind := range lattices {
			for _, most := range []int{0, 4} {
				b.Run(fmt.Sprintf("domains=%d/values=%s/most=%d", n, kind.name, most), func(b *testing.B) {
					p := &Problem{Domains: n, Lattice: kind.value(rand.New(rand.NewPCG(1, uint64(n))), n), MaxPools: most}
					for b.Loop() {
						s, err := Solve(p)
						if err != nil {
							b.Fatal(err)
						}
						if !s.Optimal {
							b.Fatalf("value %v, bound %v", s.Value, s.Bound)
						}
					}
				})
			}
		}
	}
}
