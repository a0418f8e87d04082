package nextruns

import (
	"math"
	"math/rand/v2"
	"testing"

	"gonum.org/v1/gonum/mat"

	"github.com/sharewise/sharewise/grouping"
)

// two is a belief about two domains and their pool, whose gains are uncertain by
// seeds alone.
func two(gain, run float64, paired bool) *Belief {
	b := &Belief{Problem: &grouping.Problem{Domains: []string{"a", "b"}, Pools: []grouping.Pool{{Members: []int{0, 1}, Gain: []float64{gain, gain}}}}}
	for range 2 {
		t := Target{Pools: []int{0}, Load: []float64{1}, Run: mat.NewSymDense(2, []float64{run, 0, 0, run}), Sample: mat.NewSymDense(1, nil), Paired: paired}
		if paired {
			t.Run.SetSym(0, 1, 0.8*run)
		}
		b.Targets = append(b.Targets, t)
	}
	return b
}

func limits(most, domains, pools int) Limits {
	return Limits{Most: most, Costs: Costs{ones(domains), ones(pools)}}
}

// TestCovarianceBySimulation compares with the covariance of gains of simulated
// runs.
func TestCovarianceBySimulation(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 1))
	run := mat.NewSymDense(3, []float64{4, 1, 2, 1, 3, 0.5, 2, 0.5, 5})
	for _, paired := range []bool{false, true} {
		x := Target{Pools: []int{0, 1}, Load: []float64{1, 0.5}, Run: run, Sample: mat.NewSymDense(2, nil), Paired: paired}
		alone, pools := 5, []int{2, 3}
		want := x.covariance(alone, pools, 1)
		l := factor(run)
		sum := mat.NewSymDense(2, nil)
		const trials = 40000
		for range trials {
			outcomes := make([][]float64, 5)
			for k := range outcomes {
				outcomes[k] = times(l, normals(random, 1, 3)[0])
			}
			mean := func(arm, runs int) float64 {
				s := 0.0
				for _, o := range outcomes[:runs] {
					s += o[arm] / float64(runs)
				}
				return s
			}
			gain := make([]float64, 2)
			for a := range gain {
				independent := alone
				if paired {
					independent = pools[a]
				}
				gain[a] = x.Load[a]*mean(0, independent) - mean(a+1, pools[a])
			}
			for i := range 2 {
				for j := i; j < 2; j++ {
					sum.SetSym(i, j, sum.At(i, j)+gain[i]*gain[j]/trials)
				}
			}
		}
		for i := range 2 {
			for j := i; j < 2; j++ {
				if math.Abs(sum.At(i, j)-want.At(i, j)) > 0.05*math.Sqrt(want.At(i, i)*want.At(j, j)) {
					t.Errorf("paired %v: covariance %d, %d is %.3f, simulated %.3f", paired, i, j, want.At(i, j), sum.At(i, j))
				}
			}
		}
	}
}

// TestStanding knows the regret of two domains in closed form: the total of the
// pool is normal around 2·gain, and the regret is what it falls below zero.
func TestStanding(t *testing.T) {
	b := two(0.05, 0.01, false)
	runs := Runs{Alone: []int{4, 4}, Pools: []int{4}}
	o, err := NewOutlook(b, runs, Rule{Tolerance: 0.04, Seed: 1})
	if err != nil {
		t.Fatal(err)
	}
	sd := math.Sqrt(2 * (0.01/4 + 0.01/4))
	s := o.Standing(runs)
	if want := 1.645*sd - 0.1; math.Abs(s.Regret-want) > 0.15*sd {
		t.Errorf("regret %.3f, want about %.3f", s.Regret, want)
	}
	if want := 0.5 * math.Erfc(-(0.1+0.04)/sd/math.Sqrt2); math.Abs(s.Within-want) > 0.05 {
		t.Errorf("within the tolerance with probability %.3f, want about %.3f", s.Within, want)
	}
	many := Runs{Alone: []int{400, 400}, Pools: []int{400}}
	if s := o.Standing(many); s.Regret != 0 || s.Within != 1 {
		t.Errorf("with many runs: %+v", s)
	}
	if c := o.CouldSettle(runs, many); c < 0.9 {
		t.Errorf("many runs settle it with probability %.2f", c)
	}
	if c := o.CouldSettle(runs, runs); c != 0 {
		t.Errorf("no further runs settle it with probability %.2f", c)
	}
}

// TestFreedom widens the bound by Student's t where variances rest on few runs: of
// four degrees of freedom, 2.13 standard errors instead of 1.64.
func TestFreedom(t *testing.T) {
	runs := Runs{Alone: []int{4, 4}, Pools: []int{4}}
	regret := map[float64]float64{}
	for _, freedom := range []float64{0, 4, 1000} {
		b := two(0, 0.01, false)
		b.Freedom = freedom
		o, err := NewOutlook(b, runs, Rule{Seed: 1})
		if err != nil {
			t.Fatal(err)
		}
		regret[freedom] = o.Standing(runs).Regret
	}
	if ratio := regret[4] / regret[0]; math.Abs(ratio-2.132/1.645) > 0.12 {
		t.Errorf("with four degrees of freedom the bound is %.2f times as large", ratio)
	}
	if ratio := regret[1000] / regret[0]; math.Abs(ratio-1) > 0.02 {
		t.Errorf("with a thousand, %.2f times", ratio)
	}
}

// TestOptions spends where the noise is, and nothing where there is none.
func TestOptions(t *testing.T) {
	runs := Runs{Alone: []int{2, 2}, Pools: []int{2}}
	b := two(0.03, 0.01, false)
	b.Targets[0].Run.SetSym(0, 0, 0.2) // a alone varies most
	b.Targets[1].Run.SetSym(0, 0, 1e-6)
	o, err := NewOutlook(b, runs, Rule{Tolerance: 0.01, Seed: 1})
	if err != nil {
		t.Fatal(err)
	}
	options := o.Options(runs, limits(10, 2, 1))
	if len(options) == 0 || options[0].Domain != 0 {
		t.Fatalf("options %+v", options)
	}
	for _, x := range options {
		if x.Domain == 1 && x.Fall > options[0].Fall/100 {
			t.Errorf("runs of b alone, which do not vary, are worth %v", x.Fall)
		}
	}
	then, picks := o.Choose(runs, limits(4, 2, 1), 100, math.MaxInt)
	if then.Alone[0] != 4 || len(picks) > 6 {
		t.Errorf("up to four seeds: %+v in %d picks", then, len(picks))
	}
	if _, picks := o.Choose(runs, limits(10, 2, 1), 5, 3); len(picks) != 3 {
		t.Errorf("%d picks, with room for three", len(picks))
	}
	if options := o.Options(runs, limits(2, 2, 1)); len(options) != 0 {
		t.Errorf("at the limit: %+v", options)
	}
	l := limits(10, 2, 1)
	l.Closed = []bool{true}
	for _, x := range o.Options(runs, l) {
		if x.Pool >= 0 {
			t.Error("a closed pool is an option")
		}
	}
	l = limits(10, 2, 1)
	l.Alone[0] = 1000
	if options := o.Options(runs, l); options[0].Domain == 0 {
		t.Error("a run at a thousand times the cost is the first option")
	}
}

// TestPaired takes independent runs along with a pool's, since the gain rests on
// runs of equal number.
func TestPaired(t *testing.T) {
	runs := Runs{Alone: []int{2, 2}, Pools: []int{2}}
	o, err := NewOutlook(two(0.03, 0.05, true), runs, Rule{Tolerance: 0.01, Seed: 1})
	if err != nil {
		t.Fatal(err)
	}
	options := o.Options(runs, limits(10, 2, 1))
	if len(options) != 1 || options[0].Pool != 0 {
		t.Fatalf("options %+v, want the pool with its independent runs alone", options)
	}
	if r := options[0].Runs; r.Alone[0] != 3 || r.Alone[1] != 3 || r.Pools[0] != 3 || options[0].Cost != 3 {
		t.Errorf("it adds %+v at a cost of %v", r, options[0].Cost)
	}
}

// TestHopeless drops the pool that is far behind, and no other.
func TestHopeless(t *testing.T) {
	b := &Belief{Problem: &grouping.Problem{Domains: []string{"a", "b", "c"}, Pools: []grouping.Pool{
		{Members: []int{0, 1}, Gain: []float64{0.2, 0.2}},
		{Members: []int{0, 2}, Gain: []float64{-0.3, -0.3}},
		{Members: []int{1, 2}, Gain: []float64{0.15, 0.2}},
	}}}
	for j, pools := range [][]int{{0, 1}, {0, 2}, {1, 2}} {
		run := mat.NewSymDense(3, nil)
		for i := range 3 {
			run.SetSym(i, i, 0.01)
		}
		_ = j
		b.Targets = append(b.Targets, Target{Pools: pools, Load: []float64{1, 1}, Run: run, Sample: mat.NewSymDense(2, nil)})
	}
	runs := Runs{Alone: []int{2, 2, 2}, Pools: []int{2, 2, 2}}
	o, err := NewOutlook(b, runs, Rule{Tolerance: 0.02, Seed: 1})
	if err != nil {
		t.Fatal(err)
	}
	closed, err := o.Hopeless(runs)
	if err != nil {
		t.Fatal(err)
	}
	if !closed[1] || closed[0] || closed[2] {
		t.Errorf("dropped: %v", closed)
	}
}

// TestForesee says that runs would do where seeds are the noise, and that samples
// would where they are.
func TestForesee(t *testing.T) {
	runs := Runs{Alone: []int{2, 2}, Pools: []int{2}}
	rule := Rule{Tolerance: 0.04, Seed: 1}
	f, err := Foresee(two(0.04, 0.01, false), runs, rule, limits(12, 2, 1), limits(12, 2, 1).Costs, 2, 20)
	if err != nil {
		t.Fatal(err)
	}
	if f.Settled < 0.5 || f.Runs < 1 || f.Runs > 24 || f.MostRuns < f.Runs || f.Samples != 0 {
		t.Errorf("where seeds are the noise: %+v", f)
	}
	b := two(0.01, 1e-6, false)
	for j := range b.Targets {
		b.Targets[j].Sample.SetSym(0, 0, 0.0025)
	}
	if f, err = Foresee(b, runs, rule, limits(12, 2, 1), limits(12, 2, 1).Costs, 2, 10); err != nil {
		t.Fatal(err)
	}
	// The total's standard error of √2·0.05/√N is to fall to (0.04+0.02)/1.645.
	if want := 2 * 0.0025 * 1.645 * 1.645 / (0.06 * 0.06); f.Settled > 0.3 || math.Abs(f.Samples-want) > 0.3*want {
		t.Errorf("where samples are the noise: %+v, want %.1f times the samples", f, want)
	}
}

// TestRefuses names what is wrong.
func TestRefuses(t *testing.T) {
	runs := Runs{Alone: []int{2, 2}, Pools: []int{2}}
	b := two(0.1, 0.1, false)
	for _, rule := range []Rule{{Tolerance: -1}, {Tolerance: math.NaN()}, {Level: 2}} {
		if _, err := NewOutlook(b, runs, rule); err == nil {
			t.Errorf("rule %+v is taken", rule)
		}
	}
	b.Targets[1].Load = nil
	if _, err := NewOutlook(b, runs, Rule{}); err == nil {
		t.Error("a target without loads is taken")
	}
	b.Targets = b.Targets[:1]
	if _, err := NewOutlook(b, runs, Rule{}); err == nil {
		t.Error("a belief without one of its targets is taken")
	}
}

func TestQuantile(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 1))
	for n := 1; n < 40; n++ {
		v := make([]float64, n)
		for i, x := range random.Perm(n) {
			v[i] = float64(x / 2)
		}
		for k := range n {
			if got := quantile(v, (float64(k)+0.5)/float64(n)); got != float64(k/2) {
				t.Fatalf("%d values: the %d-th is %v", n, k, got)
			}
		}
	}
}
