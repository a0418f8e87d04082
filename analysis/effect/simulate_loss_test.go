package effect

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"gonum.org/v1/gonum/stat"

	"github.com/sharewise/sharewise/analysis/measures"
)

// lossWorld is a population of samples and of runs with losses. Sample i has
// the mean loss θ_i alone and θ_i·exp(c_i) under the arm; run k multiplies all
// of its losses with a common factor of mean 1, and every loss has noise of
// mean 1 of its own.
type lossWorld struct {
	name  string
	theta func(*rand.Rand) float64
	noise func(r *rand.Rand) float64
	// change draws c.
	change func(*rand.Rand) float64
	// run is the standard deviation of the logarithm of a run's factor.
	run float64
	// group is the number of samples that share θ, c and, under every run, a
	// further factor; 0 or 1: none.
	group int
	// shared makes runs of the same number share their factor and, in half of
	// the samples, their noise.
	shared bool
	// rank makes losses squares of an error ±√θ plus a random function of the
	// run: so many coefficients of the run times features of the sample, with
	// standard deviation 0.3 in all. Few coefficients move all samples together,
	// as runs of small models do. 0: losses as above.
	rank int
}

func logNormal(sd float64) func(*rand.Rand) float64 {
	return func(r *rand.Rand) float64 { return math.Exp(sd*r.NormFloat64() - sd*sd/2) }
}

// lossFamilies are populations of losses, from nearly even to heavy tails.
var lossFamilies = []lossWorld{
	// Of a classifier: log-normal, the largest 1 % of samples bear 10 % of the loss.
	{name: "lognormal", theta: logNormal(1), noise: logNormal(0.5)},
	// Squared errors: θ is exponential, the noise gamma with shape 2.
	{name: "gamma", theta: func(r *rand.Rand) float64 { return r.ExpFloat64() },
		noise: func(r *rand.Rand) float64 { return (r.ExpFloat64() + r.ExpFloat64()) / 2 }},
	// Squared errors of small models: θ is that of a normal error.
	{name: "functions", theta: func(r *rand.Rand) float64 { return squared(r.NormFloat64()) }, rank: 3},
	// A few samples bear most of the loss, and seeds move it by its own size.
	{name: "heavy", theta: logNormal(1.5), noise: logNormal(1)},
}

var lossEffects = []struct {
	name   string
	change func(*rand.Rand) float64
}{
	{"null", func(*rand.Rand) float64 { return 0 }},
	{"sparse", func(r *rand.Rand) float64 {
		switch u := r.Float64(); {
		case u < 0.03:
			return -1
		case u < 0.05:
			return 0.7
		}
		return 0
	}},
	{"dense", func(r *rand.Rand) float64 { return -0.05 + 0.2*r.NormFloat64() }},
}

// lossWorlds are those of the quick tests.
var lossWorlds = []lossWorld{
	lossFamilies[0].with(0, 0.02), lossFamilies[0].with(1, 0.02), lossFamilies[1].with(2, 0.1),
}

func (w lossWorld) with(effect int, run float64) lossWorld {
	w.change, w.run = lossEffects[effect].change, run
	return w
}

// lossTruth holds what a world's measures are estimates of.
type lossTruth struct{ delta, t, i, s, floor, raw float64 }

// truth samples the population. T and I follow from θ and c; the floor and the
// raw figure need losses too.
func (w lossWorld) truth() lossTruth {
	const n = 500_000
	r := rand.New(rand.NewPCG(7, 7))
	var v lossTruth
	factor := logNormal(w.run)
	for range n {
		theta, change := w.theta(r), w.change(r)
		// The group's further factor is part of the noise of a pair of runs.
		features := w.features(r)
		loss := func(c float64) float64 {
			if w.rank > 0 {
				return squared(math.Sqrt(theta*math.Exp(c)) + dot(features, w.coefficients(r)))
			}
			x := theta * math.Exp(c) * factor(r) * w.noise(r)
			if w.group > 1 {
				x *= groupFactor(r)
			}
			return x
		}
		d := theta * (1 - math.Exp(change))
		v.delta += d / n
		v.t += max(d, 0) / n
		v.i += max(-d, 0) / n
		v.s += d * d / n
		a, b := loss(0), loss(change)
		v.raw += max(a-b, 0) / n
		v.floor += (math.Abs(a-loss(0)) + math.Abs(b-loss(change))) / 4 / n
	}
	return v
}

var groupFactor = logNormal(0.3)

func squared(x float64) float64 { return x * x }

// features are those of a sample, coefficients those of a run.
func (w lossWorld) features(r *rand.Rand) []float64 {
	u := make([]float64, w.rank)
	for j := range u {
		u[j] = r.NormFloat64() / math.Sqrt(float64(w.rank))
	}
	return u
}

func (w lossWorld) coefficients(r *rand.Rand) []float64 {
	c := make([]float64, w.rank)
	for j := range c {
		c[j] = 0.3 * r.NormFloat64()
	}
	return c
}

// lossRuns draws runs of both arms on n samples.
func lossRuns(r *rand.Rand, w lossWorld, n, ka, kb int) (a, b *Runs) {
	a = &Runs{Domain: "d", Seeds: seeds(1, ka), Samples: n, Loss: make([][]float32, ka)}
	b = &Runs{Domain: "d", Seeds: seeds(100, kb), Samples: a.Samples, Loss: make([][]float32, kb)}
	if w.shared {
		b.Seeds = seeds(1, kb)
	}
	size := max(1, w.group)
	if size > 1 {
		a.Group = make([]int32, n)
		for i := range a.Group {
			a.Group[i] = int32(i / size)
		}
		b.Group = a.Group
	}
	factor := logNormal(w.run)
	theta, change, features := make([]float64, n), make([]float64, n), make([][]float64, n)
	for i := range n {
		if i%size != 0 {
			theta[i], change[i], features[i] = theta[i-1], change[i-1], features[i-1]
			continue
		}
		theta[i], change[i], features[i] = w.theta(r), w.change(r), w.features(r)
	}
	for k := range max(ka, kb) {
		fa, fb := factor(r), factor(r)
		if w.shared {
			fb = fa
		}
		la, lb := make([]float32, n), make([]float32, n)
		ca, cb := w.coefficients(r), w.coefficients(r)
		ga, gb := 1.0, 1.0
		for i := range n {
			if size > 1 && i%size == 0 {
				ga, gb = groupFactor(r), groupFactor(r)
			}
			if w.rank > 0 {
				la[i] = float32(squared(math.Sqrt(theta[i]) + dot(features[i], ca)))
				lb[i] = float32(squared(math.Sqrt(theta[i]*math.Exp(change[i])) + dot(features[i], cb)))
				continue
			}
			na, nb := w.noise(r), w.noise(r)
			if w.shared && r.IntN(2) == 0 {
				nb = na
			}
			la[i] = float32(theta[i] * fa * ga * na)
			lb[i] = float32(theta[i] * math.Exp(change[i]) * fb * gb * nb)
		}
		if k < ka {
			a.Loss[k] = la
		}
		if k < kb {
			b.Loss[k] = lb
		}
	}
	return a, b
}

// simulateLosses repeats an experiment and compares with the truth.
func simulateLosses(w lossWorld, n, ka, kb, repetitions int, seed uint64) coverage {
	truth := w.truth()
	var c coverage
	c.truthT = truth.t
	part := 1 / float64(repetitions)
	within := func(to *float64, v Interval, truth float64) {
		if v.Lo <= truth && truth <= v.Hi {
			*to += part
		}
	}
	for rep := range repetitions {
		r := rand.New(rand.NewPCG(seed, uint64(rep)))
		a, b := lossRuns(r, w, n, ka, kb)
		x, err := Compare(a, b, Options{SharedSeeds: w.shared, Measure: measures.Loss})
		if err != nil {
			panic(err)
		}
		what := newLossBasis(x)
		m := what.moments()
		if len(what.warnings(m)) > 0 {
			c.uneven += part
		}
		within(&c.delta, m.interval(combDelta, .95), truth.delta)
		within(&c.excess, m.interval(combExcessT, .95), truth.raw-truth.floor)
		within(&c.s, m.interval(combS, .95), truth.s)
		within(&c.floor, m.interval(combFloor, .95), truth.floor)
		within(&c.raw, m.interval(combRawT, .95), truth.raw)
		const slack = 1e-9
		lo, hi := m.bounds(1, .95)
		within(&c.boundsT, Interval{0, lo - slack, hi}, truth.t)
		c.width += (hi - lo) * part
		c.estimate += min(max(m.estimate(combCrossfitT), lo), hi) * part
		lo, hi = m.bounds(-1, .95)
		within(&c.boundsI, Interval{0, lo - slack, hi}, truth.i)
		if m.crossfits && m.lower(combCrossfitT, .975) > truth.t+slack {
			c.crossfit += part
		}
		if what.distances().noEffect(2000, 1).P <= .05 {
			c.rejected += part
		}
	}
	return c
}

// TestLossCoverage is the reduced simulation; BenchmarkLossCoverage prints the
// full table. With 200 repetitions a true 95 % reads between 91 and 98 %; raw
// and floor fall short of it where groups are few.
func TestLossCoverage(t *testing.T) {
	const repetitions = 200
	shared, grouped, few := lossFamilies[0].with(2, 0.02), lossFamilies[0].with(1, 0.02), lossFamilies[2].with(2, 0)
	shared.shared, grouped.group, few.group = true, 5, 25
	var delta, excess []float64
	for _, c := range []struct {
		world lossWorld
		k, kb int
		null  bool
	}{
		{lossFamilies[0].with(0, 0.02), 3, 3, true}, {lossFamilies[1].with(0, 0.1), 5, 5, true}, {lossFamilies[0].with(1, 0), 5, 3, false},
		{lossFamilies[1].with(2, 0.1), 3, 3, false}, {lossFamilies[0].with(2, 0.02), 5, 5, false}, {shared, 5, 5, false}, {grouped, 5, 5, false}, {few, 4, 4, false},
	} {
		got := simulateLosses(c.world, 400, c.k, c.kb, repetitions, 3)
		t.Logf("%-9s %5.2f  %-3d %-3d |%s", c.world.name, c.world.run, c.k, c.kb, got)
		for _, x := range []struct {
			what   string
			share  float64
			lo, hi float64
		}{
			{"interval of Δ", got.delta, .9, 1}, {"interval of E_T", got.excess, .9, 1},
			{"interval of F", got.floor, .82, 1}, {"interval of R_T", got.raw, .82, 1},
			{"bounds of T", got.boundsT, .94, 1}, {"bounds of I", got.boundsI, .94, 1},
			{"cross-fitted limit above T", got.crossfit, 0, .045},
		} {
			if x.share < x.lo || x.share > x.hi+1e-9 {
				t.Errorf("%s, run sd %g, K %d and %d: %s %.3f, want %.2f to %.2f", c.world.name, c.world.run, c.k, c.kb, x.what, x.share, x.lo, x.hi)
			}
		}
		if c.null && got.rejected > 0.11 {
			t.Errorf("%s, K %d: no-effect test rejects in %.3f", c.world.name, c.k, got.rejected)
		}
		delta, excess = append(delta, got.delta), append(excess, got.excess)
	}
	// Over all worlds the share has a standard error of half a point: intervals
	// that are always too wide are no better than those that are too narrow.
	for what, shares := range map[string][]float64{"Δ": delta, "E_T": excess} {
		if mean := stat.Mean(shares, nil); mean < .935 || mean > .985 {
			t.Errorf("intervals of %s hold the truth in %.3f of all cases, promised are .93 to .98", what, mean)
		}
	}
}

// BenchmarkLossCoverage prints the full simulation behind what the
// documentation says about losses:
// go test -run=^$ -bench=LossCoverage -benchtime=1x.
func BenchmarkLossCoverage(b *testing.B) {
	const n, repetitions = 1000, 1000
	for range b.N {
		fmt.Println("losses     effect  run   K   K'  |" + lossCoverageHead)
		for _, family := range lossFamilies {
			for e, effect := range lossEffects {
				for _, run := range []float64{0, 0.02, 0.1} {
					if family.rank > 0 && run > 0 {
						continue // its runs differ by their functions
					}
					for _, k := range []int{3, 5, 10} {
						printLosses(family.with(e, run), effect.name, n, k, repetitions)
					}
				}
			}
		}
		for _, variant := range []struct {
			name    string
			group   int
			shared  bool
			samples int
		}{{"groups of 5", 5, false, n}, {"16 groups of 25", 25, false, 400}, {"shared seeds", 0, true, n}} {
			fmt.Println(variant.name)
			for _, family := range lossFamilies[:3] {
				if variant.shared && family.rank > 0 {
					continue
				}
				for e, effect := range lossEffects {
					for _, k := range []int{3, 5, 10} {
						w := family.with(e, 0.02)
						w.group, w.shared = variant.group, variant.shared
						printLosses(w, effect.name, variant.samples, k, repetitions)
					}
				}
			}
		}
	}
}

const lossCoverageHead = "  Δ     E_T   S     F     R_T  | T in bounds  I in bounds | cf>T  | p≤.05 | true T  width  estimate | warned"

func printLosses(w lossWorld, effect string, n, k, repetitions int) {
	c := simulateLosses(w, n, k, k, repetitions, 11)
	fmt.Printf("%-10s %-7s %4.2f  %-3d %-3d |%5.1f %5.1f %5.1f %5.1f %5.1f | %10.1f %12.1f | %5.2f | %5.1f | %.4f %.4f %.4f | %5.1f\n",
		w.name, effect, w.run, k, k, 100*c.delta, 100*c.excess, 100*c.s, 100*c.floor, 100*c.raw, 100*c.boundsT, 100*c.boundsI,
		100*c.crossfit, 100*c.rejected, c.truthT, c.width, c.estimate, 100*c.uneven)
}

// What the families' comment says of them.
func TestLossFamilies(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 1))
	for _, w := range lossFamilies {
		var theta, noise []float64
		for range 200000 {
			theta = append(theta, w.theta(r))
			if w.noise != nil {
				noise = append(noise, w.noise(r))
			}
		}
		if m := stat.Mean(theta, nil); math.Abs(m-1) > 0.03 {
			t.Errorf("%s: mean loss %v, want 1", w.name, m)
		}
		if m := stat.Mean(noise, nil); w.noise != nil && math.Abs(m-1) > 0.02 {
			t.Errorf("%s: mean noise %v, want 1", w.name, m)
		}
	}
}
