package gaintable

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"

	"gonum.org/v1/gonum/stat/distuv"

	"github.com/sharewise/sharewise/grouping/solve"
)

// random is a table of n domains with limits, as text and read.
func random(t *testing.T, r *rand.Rand, n int) *Table {
	t.Helper()
	var b strings.Builder
	b.WriteString("pool,target,gain,lo,hi,cost\n")
	for k := 1; k < 1<<n; k++ {
		var names []string
		for j := range n {
			if k>>j&1 == 1 {
				names = append(names, fmt.Sprint("d", j))
			}
		}
		if len(names) < 2 || r.IntN(4) == 0 {
			continue
		}
		cost := 0.5 * float64(1+r.IntN(4))
		for _, target := range names {
			if r.IntN(8) == 0 {
				continue
			}
			g, half := 0.1*r.NormFloat64(), 0.2*r.Float64()
			fmt.Fprintf(&b, "%s,%s,%g,%g,%g,%g\n", strings.Join(names, "+"), target, g, g-half, g+half, cost)
		}
	}
	for j := range n {
		fmt.Fprintf(&b, "d%d,d%d,0,,,1\n", j, j)
	}
	table, err := readText("t.csv", strings.NewReader(b.String()), Reading{})
	if err != nil {
		t.Fatal(err)
	}
	return table
}

// brute tries every assignment of domains to pools.
func brute(t *Table, o *Options, value []float64) float64 {
	n := len(t.Domains)
	best := math.Inf(-1)
	serve := make([]int, n)
	at := make([]int, n)
	var try func(j int)
	try = func(j int) {
		if j < n {
			for k := range t.Pools {
				if i := slices.Index(t.Pools[k].Serves, j); i >= 0 {
					serve[j], at[j] = k, i
					try(j + 1)
				}
			}
			return
		}
		count := map[int]int{}
		for _, k := range serve {
			count[k]++
		}
		cost := 0.0
		for k, times := range count {
			cost += t.Pools[k].Cost
			if !o.Helpers && times != t.Pools[k].Train.Count() {
				return
			}
		}
		if o.MaxModels > 0 && len(count) > o.MaxModels || o.Budget != nil && cost > *o.Budget+1e-9 {
			return
		}
		total, mean, variance, worst, chance := 0.0, 0.0, 0.0, math.Inf(1), 1.0
		for _, v := range value {
			total += v
		}
		for j, k := range serve {
			p := &t.Pools[k]
			g := p.Gain[at[j]]
			se := (p.Hi[at[j]] - p.Lo[at[j]]) / 2 / 1.959963984540054
			mean += value[j] / total * g
			worst = min(worst, g)
			if se > 0 {
				variance += math.Pow(value[j]/total*se, 2)
				chance *= distuv.UnitNormal.CDF(g / se)
			} else if g < 0 {
				chance *= 1e-12
			}
		}
		switch o.objective() {
		case Worst:
			best = max(best, worst)
		case NoHarm:
			best = max(best, chance)
		case Risk:
			best = max(best, mean-o.aversion()*math.Sqrt(variance))
		default:
			best = max(best, mean)
		}
	}
	try(0)
	return best
}

// TestObjectives compares every objective with trying everything.
func TestObjectives(t *testing.T) {
	for seed := range uint64(60) {
		r := rand.New(rand.NewPCG(seed, 1))
		n := 2 + r.IntN(3)
		table := random(t, r, n)
		o := Options{Helpers: r.IntN(2) == 0, Draws: -1}
		if r.IntN(2) == 0 {
			o.MaxModels = 1 + r.IntN(n)
		}
		if r.IntN(2) == 0 {
			budget := 0.7 * float64(n) * (0.6 + r.Float64())
			o.Budget = &budget
		}
		for _, objective := range Objectives {
			o.Objective, o.Values, o.Aversion = objective, nil, nil
			value := make([]float64, n)
			for j := range value {
				value[j] = 1
			}
			if objective == Value || objective == Risk {
				aversion := []float64{0, 0.5, 3}[r.IntN(3)]
				o.Values, o.Aversion = map[string]float64{"d0": 3}, &aversion
				value[slices.Index(table.Domains, "d0")] = 3
			}
			if !table.limited() && (objective == NoHarm || objective == Risk) {
				continue
			}
			want := brute(table, &o, value)
			p, err := table.Choose(o)
			switch {
			case math.IsInf(want, -1):
				if !errors.Is(err, solve.ErrInfeasible) {
					t.Errorf("seed %d, %s: error %v where nothing is possible", seed, objective, err)
				}
			case err != nil:
				t.Errorf("seed %d, %s: %v", seed, objective, err)
			case math.Abs(float64(p.Objective)-want) > 1e-6 && objective == NoHarm || math.Abs(float64(p.Objective)-want) > 1e-8 && objective != NoHarm:
				t.Errorf("seed %d, %s: %v, want %v", seed, objective, p.Objective, want)
			case !p.Optimal() || float64(p.Bound) < want-1e-6:
				t.Errorf("seed %d, %s: certificate %s, bound %v, best %v", seed, objective, p.Certificate, p.Bound, want)
			}
		}
	}
}

func readTable(t *testing.T, text string) *Table {
	t.Helper()
	table, err := readText("t.csv", strings.NewReader(text), Reading{})
	if err != nil {
		t.Fatal(err)
	}
	return table
}

// pools lists what a plan trains, and whom each pool serves.
func pools(p *Plan) string {
	var out []string
	for _, pool := range p.Pools {
		out = append(out, strings.Join(pool.Train, "+")+":"+strings.Join(pool.Serves, "+"))
	}
	return strings.Join(out, " ")
}

func TestChoose(t *testing.T) {
	const text = "pool,target,gain\na+b,a,0.3\na+b,b,-0.1\nb+c,b,0.1\nb+c,c,0.05\na+b+c,a,0.05\na+b+c,b,0.05\na+b+c,c,0.05\n"
	two, half := 2.0, 0.5
	for _, c := range []struct {
		name string
		o    Options
		want string
		err  error
	}{
		{"partition", Options{}, "a+b:a+b c:c", nil},
		{"one model", Options{MaxModels: 1}, "a+b+c:a+b+c", nil},
		{"helpers", Options{Helpers: true, Budget: &two}, "a+b:a b+c:b+c", nil},
		{"worst", Options{Objective: Worst}, "a+b+c:a+b+c", nil},
		{"values", Options{Values: map[string]float64{"b": 10, "c": 10}}, "a:a b+c:b+c", nil},
		{"together", Options{Constraints: solve.Constraints{MustLink: [][]string{{"b", "c"}}}}, "a+b+c:a+b+c", nil},
		{"apart", Options{Constraints: solve.Constraints{CannotLink: [][]string{{"a", "b"}}}}, "a:a b+c:b+c", nil},
		{"small pools", Options{Constraints: solve.Constraints{LargestPool: 1}}, "a:a b:b c:c", nil},
		{"contradiction", Options{Constraints: solve.Constraints{MustLink: [][]string{{"a", "b"}}, CannotLink: [][]string{{"b", "a"}}}}, "", solve.ErrContradiction},
		{"too small", Options{Constraints: solve.Constraints{MustLink: [][]string{{"a", "b"}}, LargestPool: 1}}, "", solve.ErrContradiction},
		{"missing pool", Options{Constraints: solve.Constraints{MustLink: [][]string{{"a", "c"}}, LargestPool: 2}}, "", solve.ErrInfeasible},
		{"no money", Options{Budget: &half}, "", solve.ErrInfeasible},
	} {
		p, err := readTable(t, text).Choose(c.o)
		switch {
		case c.err != nil:
			if !errors.Is(err, c.err) {
				t.Errorf("%s: error %v, want %v", c.name, err, c.err)
			}
		case err != nil:
			t.Errorf("%s: %v", c.name, err)
		case pools(p) != c.want || !p.Optimal():
			t.Errorf("%s: %s (%s), want %s", c.name, pools(p), p.Certificate, c.want)
		}
	}
	p, err := readTable(t, text).Choose(Options{Constraints: solve.Constraints{CannotLink: [][]string{{"a", "b"}}}})
	if err != nil || len(p.Rules) != 1 || math.Abs(*p.Rules[0].Cost-0.05/3) > 1e-12 {
		t.Errorf("rules %+v, error %v", p.Rules, err)
	}
	if _, err := readTable(t, text).Choose(Options{Constraints: solve.Constraints{MustLink: [][]string{{"a", "x"}}}}); err == nil {
		t.Error("an unknown domain is taken")
	}
	for _, o := range []Options{{Objective: "most"}, {MaxModels: -1}, {Objective: Risk}, {Objective: Mean, Values: map[string]float64{"a": 1}}, {Values: map[string]float64{"a": 0, "b": 0, "c": 0}}} {
		if _, err := readTable(t, text).Choose(o); err == nil {
			t.Errorf("options %+v are taken", o)
		}
	}
}

func TestExtrapolate(t *testing.T) {
	const text = "pool,target,gain\na+b,a,0.3\na+b,b,0.1\na+c,a,0.1\na+c,c,0.1\nb+c,b,0.2\nb+c,c,0.3\n"
	if _, err := readTable(t, text).Choose(Options{MaxModels: 1}); !errors.Is(err, solve.ErrInfeasible) {
		t.Errorf("a pool that is not listed was a candidate: %v", err)
	}
	p, err := readTable(t, text).Choose(Options{MaxModels: 1, Extrapolate: true})
	if err != nil {
		t.Fatal(err)
	}
	var gains []float64
	for _, g := range p.Pools[0].Gains {
		gains = append(gains, math.Round(1e9*g.Gain)/1e9)
	}
	if p.Pools[0].Source != Extrapolated || !reflect.DeepEqual(gains, []float64{0.2, 0.15, 0.2}) {
		t.Errorf("pools %+v", p.Pools)
	}
}

// TestStability plants one pool that is surely best, and one that may be.
func TestStability(t *testing.T) {
	table := readTable(t, "pool,target,gain,lo,hi\na+b,a,0.3,0.2,0.4\na+b,b,0.3,0.2,0.4\nc+d,c,0,-0.2,0.2\nc+d,d,0,-0.2,0.2\n")
	p, err := table.Choose(Options{Seed: 1})
	if err != nil {
		t.Fatal(err)
	}
	again, err := table.Choose(Options{Seed: 1})
	if err != nil || !reflect.DeepEqual(p.Stability, again.Stability) {
		t.Errorf("draws differ: %v", err)
	}
	if p.Stability.Draws != 200 || *p.Pools[0].Share != 1 || p.Stability.Share < 0.3 || p.Stability.Share > 0.7 {
		t.Errorf("%+v, pool %v", p.Stability, *p.Pools[0].Share)
	}
	if len(p.Stability.Together) != 2 || p.Stability.Together[0].Share != 1 {
		t.Errorf("%+v", p.Stability.Together)
	}
}

// TestExtrapolatedRuleCost prices a rule by the pools that it forbids, though these
// stand in no table.
func TestExtrapolatedRuleCost(t *testing.T) {
	table := readTable(t, "pool,target,gain\na+b,a,0.1\na+b,b,0.1\na+c,a,0.1\na+c,c,0.1\nb+c,b,0.1\nb+c,c,0.1\n")
	for _, with := range []solve.Constraints{{LargestPool: 2}, {CannotLink: [][]string{{"a", "b"}}}} {
		p, err := table.Choose(Options{Extrapolate: true, Constraints: with})
		if err != nil {
			t.Fatal(err)
		}
		if len(p.Rules) != 1 || p.Rules[0].Cost == nil || math.Abs(*p.Rules[0].Cost-0.1/3) > 1e-12 {
			t.Errorf("%+v: rules %+v, want a cost of 1/30", with, p.Rules)
		}
	}
}

// TestDrawsOfUnprovedChoice spends less on draws where the choice itself was not
// proved; where that is enough for the draws they say the same.
func TestDrawsOfUnprovedChoice(t *testing.T) {
	table := readTable(t, "pool,target,gain,lo,hi\na+b,a,0.1,-0.1,0.3\na+b,b,0.1,0,0.2\nb+c,b,0.08,0,0.16\nb+c,c,0.1,-0.1,0.3\n")
	c := &chooser{table: table, options: &Options{Seed: 1}, weights: []float64{1. / 3, 1. / 3, 1. / 3}}
	s, err := c.solve(nil)
	if err != nil {
		t.Fatal(err)
	}
	want, err := c.stability(c.planOf(table, s), s, nil)
	if err != nil {
		t.Fatal(err)
	}
	unproved := *s
	unproved.Optimal = false
	got, err := c.stability(c.planOf(table, s), &unproved, nil)
	if err != nil || got.Share != want.Share || !slices.Equal(got.Together, want.Together) || want.Share == 0 || want.Share == 1 {
		t.Errorf("%+v, %v, want %+v", got, err, want)
	}
	if c.effort != 0 {
		t.Errorf("effort %v is left behind", c.effort)
	}
}
