package effect

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"gonum.org/v1/gonum/stat/distuv"
)

// world is a population of samples and of runs. A sample has a latent
// difficulty z per arm and a run a common shift: the run is right with
// probability Φ(z + σ·η_k), so that marginally over runs p = Φ(z/√(1+σ²)).
type world struct {
	name string
	// run is the standard deviation of a run's accuracy.
	run float64
	// change draws the shift of z that the arm causes.
	change func(*rand.Rand) float64
}

// Latent difficulties are N(0.95, 1.4²): accuracy about 0.71 with p(1-p) of
// about 0.13, as in the example of the documentation.
const (
	latentMean = 0.95
	latentSD   = 1.4
)

var effects = []struct {
	name   string
	change func(*rand.Rand) float64
}{
	{"null", func(*rand.Rand) float64 { return 0 }},
	{"sparse", func(r *rand.Rand) float64 {
		switch u := r.Float64(); {
		case u < 0.03:
			return 2
		case u < 0.05:
			return -2
		}
		return 0
	}},
	{"dense", func(r *rand.Rand) float64 { return 0.1 + 0.4*r.NormFloat64() }},
}

// sigma is the latent spread that gives accuracies the spread w.run.
func (w world) sigma() float64 {
	density := distuv.UnitNormal.Prob(latentMean/math.Sqrt(1+latentSD*latentSD)) / math.Sqrt(1+latentSD*latentSD)
	return w.run / density
}

// truth returns Δ, T, I and the excess ½[mean(q-p)² + Δ] by sampling the
// population.
func (w world) truth() (delta, t, i, excess float64) {
	const n = 100000
	r := rand.New(rand.NewPCG(7, 7))
	s := math.Sqrt(1 + w.sigma()*w.sigma())
	square := 0.0
	for range n {
		z := latentMean + latentSD*r.NormFloat64()
		d := distuv.UnitNormal.CDF((z+w.change(r))/s) - distuv.UnitNormal.CDF(z/s)
		delta += d / n
		t += math.Max(d, 0) / n
		i += math.Max(-d, 0) / n
		square += d * d / n
	}
	return delta, t, i, (square + delta) / 2
}

// draw makes n samples and k runs of each arm. With shared true, runs of the
// same number have the same shift.
func (w world) draw(r *rand.Rand, n, ka, kb int, shared bool) (a, b []uint64) {
	sigma := w.sigma()
	ea, eb := make([]float64, ka), make([]float64, kb)
	for k := range ea {
		ea[k] = sigma * r.NormFloat64()
	}
	for k := range eb {
		eb[k] = sigma * r.NormFloat64()
		if shared {
			eb[k] = ea[k]
		}
	}
	a, b = make([]uint64, n), make([]uint64, n)
	for i := range n {
		z := latentMean + latentSD*r.NormFloat64()
		y := z + w.change(r)
		for k, e := range ea {
			// Φ(z+e) > u is z+e > Φ⁻¹(u): compare with a normal draw.
			noise := r.NormFloat64()
			if z+e > noise {
				a[i] |= 1 << k
			}
			if shared && k < kb {
				// Half of the noise of a sample is common to runs of one seed.
				noise = math.Sqrt(0.5)*noise + math.Sqrt(0.5)*r.NormFloat64()
				if y+eb[k] > noise {
					b[i] |= 1 << k
				}
			}
		}
		if !shared {
			for k, e := range eb {
				if y+e > r.NormFloat64() {
					b[i] |= 1 << k
				}
			}
		}
	}
	return a, b
}

// coverage is what a simulation found, as shares of repetitions.
type coverage struct {
	delta, excess, s float64 // 95 % intervals that hold the truth
	floor, raw       float64
	boundsT, boundsI float64 // [bound_lo, bound_hi] that hold T, I
	crossfit         float64 // lower limits (97.5 %) of the cross-fitted bound above T
	width            float64 // mean width of the bounds of T
	estimate         float64 // mean estimate of T, losses only
	uneven           float64 // warnings of uneven losses
	rejected         float64 // tests of no effect with p ≤ 0.05
	truthT           float64
}

// simulate repeats an experiment and compares with the truth.
func simulate(w world, n, ka, kb, repetitions int, shared bool, seed uint64) coverage {
	delta, t, i, excess := w.truth()
	var c coverage
	c.truthT = t
	l := arrangement{a: 1<<ka - 1, b: 1<<kb - 1}
	if shared {
		l.shared = l.a & l.b
	}
	floor, raw := w.truthFloor()
	within := func(to *float64, v Interval, truth float64) {
		if v.Lo <= truth && truth <= v.Hi {
			*to += 1 / float64(repetitions)
		}
	}
	for rep := range repetitions {
		r := rand.New(rand.NewPCG(seed, uint64(rep)))
		a, b := w.draw(r, n, ka, kb, shared)
		list := clusters(a, b, nil)
		m := momentsOf(list, l)
		within(&c.delta, m.interval(combDelta, .95), delta)
		within(&c.excess, m.interval(combExcessT, .95), excess)
		within(&c.floor, m.interval(combFloor, .95), floor)
		within(&c.raw, m.interval(combRawT, .95), raw)
		// Where the arm changes nothing, T = 0 and the limits are at best equal
		// to it: leave room for the error of truth.
		const slack = 1e-9
		lo, hi := m.bounds(1, .95)
		within(&c.boundsT, Interval{0, lo - slack, hi}, t)
		c.width += (hi - lo) / float64(repetitions)
		lo, hi = m.bounds(-1, .95)
		within(&c.boundsI, Interval{0, lo - slack, hi}, i)
		if m.lower(combCrossfitT, .975) > t+slack {
			c.crossfit += 1 / float64(repetitions)
		}
		if distancesOf(list, l).noEffect(2000, 1).P <= .05 {
			c.rejected += 1 / float64(repetitions)
		}
	}
	return c
}

// meanP is the mean of p, in closed form: z/√(1+σ²) is normal too.
func (w world) meanP() float64 {
	s := w.sigma()
	return distuv.UnitNormal.CDF(latentMean / math.Sqrt(1+s*s+latentSD*latentSD))
}

// truthFloor returns the mean of F and of R_T.
func (w world) truthFloor() (floor, raw float64) {
	const n = 100000
	r := rand.New(rand.NewPCG(7, 7))
	s := math.Sqrt(1 + w.sigma()*w.sigma())
	for range n {
		z := latentMean + latentSD*r.NormFloat64()
		p, q := distuv.UnitNormal.CDF(z/s), distuv.UnitNormal.CDF((z+w.change(r))/s)
		floor += (p*(1-p) + q*(1-q)) / 2 / n
		raw += (1 - p) * q / n
	}
	return floor, raw
}

const coverageHead = "effect  run sd  K   K'  |  Δ     E_T   F     R_T   | T in bounds  I in bounds  width | cf>T   | p≤.05 | true T"

func (c coverage) String() string {
	return fmt.Sprintf("%5.1f %5.1f %5.1f %5.1f | %10.1f %12.1f %7.3f | %5.2f  | %5.1f | %.4f",
		100*c.delta, 100*c.excess, 100*c.floor, 100*c.raw, 100*c.boundsT, 100*c.boundsI, c.width, 100*c.crossfit, 100*c.rejected, c.truthT)
}

// BenchmarkCoverage prints the full simulation behind the promised coverage of
// the documentation: go test -run=^$ -bench=Coverage -benchtime=1x.
func BenchmarkCoverage(b *testing.B) {
	for range b.N {
		for _, shared := range []bool{false, true} {
			fmt.Printf("shared seeds: %v\n%s\n", shared, coverageHead)
			for _, e := range effects {
				for _, run := range []float64{0, 0.0065, 0.026} {
					for _, k := range []int{2, 3, 5, 10} {
						if shared && k < 3 {
							continue
						}
						w := world{e.name, run, e.change}
						c := simulate(w, 1000, k, k, 1000, shared, 11)
						fmt.Printf("%-7s %6.4f  %-3d %-3d |%s\n", e.name, run, k, k, c)
					}
				}
			}
		}
	}
}
