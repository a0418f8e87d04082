package effect

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"gonum.org/v1/gonum/stat"

	"github.com/sharewise/sharewise/analysis/measures"
)

// A foldWorld is three domains with logistic truths, learnt by stochastic gradient
// steps from random weights: real learners, whose training sets overlap between
// folds as those of a study do.
type foldWorld struct {
	n, folds, k int // samples of a domain, folds, seeds
	spread      float64
	null        bool // the arm is the independent model with another seed
	measure     string
}

// foldStudies is the number of studies of a line of the table.
var foldStudies = 100

const (
	foldFeatures = 8
	foldDomains  = 3
)

type foldSample struct {
	x [foldFeatures]float64
	y float64
}

type foldModel [foldFeatures + 1]float64

func (m *foldModel) score(x *[foldFeatures]float64) float64 {
	z := m[foldFeatures]
	for k, v := range x {
		z += m[k] * v
	}
	return z
}

func logistic(z float64) float64 { return 1 / (1 + math.Exp(-z)) }

// weights draws the truths of the domains.
func (w foldWorld) weights(r *rand.Rand) [foldDomains]foldModel {
	var common foldModel
	for k := range foldFeatures {
		common[k] = 0.8 * r.NormFloat64()
	}
	var out [foldDomains]foldModel
	for j := range out {
		out[j] = common
		for k := range foldFeatures {
			out[j][k] += w.spread * r.NormFloat64()
		}
	}
	return out
}

func foldDraw(truth *foldModel, n int, r *rand.Rand) []foldSample {
	out := make([]foldSample, n)
	for i := range out {
		for k := range out[i].x {
			out[i].x[k] = r.NormFloat64()
		}
		if r.Float64() < logistic(truth.score(&out[i].x)) {
			out[i].y = 1
		}
	}
	return out
}

// foldTrain learns from sets in turns, from weights and in an order that follow from
// the seed.
func foldTrain(seed uint64, sets ...[]foldSample) *foldModel {
	r := rand.New(rand.NewPCG(seed, 7))
	m := new(foldModel)
	for k := range m {
		m[k] = 0.5 * r.NormFloat64()
	}
	var all []*foldSample
	for _, s := range sets {
		for i := range s {
			all = append(all, &s[i])
		}
	}
	const epochs = 6
	for e := range epochs {
		r.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
		rate := 0.3 * (1 - float64(e)/epochs)
		for _, s := range all {
			d := rate * (s.y - logistic(m.score(&s.x)))
			for k, v := range s.x {
				m[k] += d * v
			}
			m[foldFeatures] += d
		}
	}
	return m
}

// both trains the independent model of a domain and the arm's by one seed.
func (w foldWorld) both(seed uint64, domain, other []foldSample) (alone, arm *foldModel) {
	if w.null {
		return foldTrain(seed, domain), foldTrain(seed^0x5555, domain)
	}
	return foldTrain(seed, domain), foldTrain(seed, domain, other)
}

// truth is the expected error of both arms over training sets, seeds and test
// samples.
func (w foldWorld) truth(truths [foldDomains]foldModel, j, other int, r *rand.Rand) (ea, eb float64) {
	const trainings, tests = 500, 200
	train := w.n - w.n/w.folds
	for range trainings {
		a, b := w.both(r.Uint64(), foldDraw(&truths[j], train, r), foldDraw(&truths[other], train, r))
		for _, s := range foldDraw(&truths[j], tests, r) {
			p := logistic(truths[j].score(&s.x))
			for _, m := range []struct {
				sum   *float64
				model *foldModel
			}{{&ea, a}, {&eb, b}} {
				z := m.model.score(&s.x)
				right := logistic(z)
				if w.measure == measures.Loss {
					*m.sum += p*-math.Log(max(right, 1e-9)) + (1-p)*-math.Log(max(1-right, 1e-9))
				} else if z > 0 {
					*m.sum += 1 - p
				} else {
					*m.sum += p
				}
			}
		}
	}
	return ea / (trainings * tests), eb / (trainings * tests)
}

// runs records what the models of every seed did on their folds; with fixed, on the
// first fold always.
func (w foldWorld) runs(name string, j int, data [foldDomains][]foldSample, models func(seed, fold int) *foldModel, fixed bool) *Runs {
	n := w.n
	r := &Runs{Domain: name, Samples: n, Correct: make([]uint64, n), Tested: make([]uint64, n)}
	for k := range w.k {
		fold := k % w.folds
		if fixed {
			fold = 0
		}
		m := models(k, fold)
		r.Seeds = append(r.Seeds, int64(k+1))
		loss := make([]float32, n)
		for i := range data[j] {
			loss[i] = float32(math.NaN())
			if i%w.folds != fold {
				continue
			}
			s := &data[j][i]
			p := logistic(m.score(&s.x))
			r.Tested[i] |= 1 << k
			if (p > 0.5) == (s.y > 0.5) {
				r.Correct[i] |= 1 << k
			}
			if s.y < 0.5 {
				p = 1 - p
			}
			loss[i] = float32(-math.Log(max(p, 1e-9)))
		}
		r.Loss = append(r.Loss, loss)
	}
	if !fixed {
		return r
	}
	var rows []int
	for i, t := range r.Tested {
		if t != 0 {
			rows = append(rows, i)
		}
	}
	r = r.Rows(rows)
	r.Tested = nil
	return r
}

// foldCell is the domain that a comparison is of, and its partner.
type foldCell struct{ j, other int }

func foldCells() []foldCell {
	var out []foldCell
	for j := range foldDomains {
		for other := range foldDomains {
			if other != j {
				out = append(out, foldCell{j, other})
			}
		}
	}
	return out
}

// study trains all cells on one draw of the data.
func (w foldWorld) study(truths [foldDomains]foldModel, r *rand.Rand, fixed bool) []*Comparison {
	var data [foldDomains][]foldSample
	for j := range data {
		data[j] = foldDraw(&truths[j], w.n, r)
	}
	base := r.Uint64() >> 1
	learn := func(j, fold int) []foldSample {
		var out []foldSample
		for i, s := range data[j] {
			if i%w.folds != fold {
				out = append(out, s)
			}
		}
		return out
	}
	var alone [foldDomains]*Runs
	for j := range alone {
		alone[j] = w.runs(fmt.Sprint(j), j, data, func(seed, fold int) *foldModel {
			return foldTrain(base+uint64(seed), learn(j, fold))
		}, fixed)
	}
	var list []*Comparison
	for _, c := range foldCells() {
		arm := w.runs(fmt.Sprint(c.j), c.j, data, func(seed, fold int) *foldModel {
			if w.null {
				return foldTrain((base+uint64(seed))^uint64(0x5555+c.other), learn(c.j, fold))
			}
			return foldTrain(base+uint64(seed), learn(c.j, fold), learn(c.other, fold))
		}, fixed)
		cmp, err := Compare(alone[c.j], arm, Options{Measure: w.measure, SharedSeeds: !w.null})
		if err != nil {
			panic(err)
		}
		list = append(list, cmp)
	}
	Moderate(list)
	return list
}

// overSeeds is the interval of the mean of the seeds' differences by Student's t, with
// their variance times 1/K + overlap.
func overSeeds(c *Comparison, measure string, overlap float64) Interval {
	var d []float64
	for k := range c.a.Seeds {
		sum, n := 0.0, 0.0
		for i := range c.a.Tested {
			if c.a.Tested[i]>>k&1 == 0 {
				continue
			}
			if measure == measures.Loss {
				sum += float64(c.a.Loss[k][i] - c.b.Loss[k][i])
			} else {
				sum += float64(c.b.Correct[i]>>k&1) - float64(c.a.Correct[i]>>k&1)
			}
			n++
		}
		d = append(d, sum/n)
	}
	k := float64(len(d))
	return Variance{stat.Variance(d, nil) * (1/k + overlap), k - 1}.Interval(stat.Mean(d, nil), 0.95)
}

// foldShares are the shares of intervals that hold the truth, and mean widths.
type foldShares struct {
	cells                                  float64
	delta, gain, naive, corrected, fixed   float64
	width, widthNaive, widthNB, widthFixed float64
	outside, outsideFixed                  float64
}

func (w foldWorld) simulate(worlds, studies int, seed uint64) foldShares {
	r := rand.New(rand.NewPCG(seed, 3))
	var s foldShares
	hold := func(v Interval, truth float64) float64 {
		if v.Lo <= truth && truth <= v.Hi {
			return 1
		}
		return 0
	}
	zero := func(v Interval) float64 { return 1 - hold(v, 0) }
	for range worlds {
		truths := w.weights(r)
		var delta, gain []float64
		for _, c := range foldCells() {
			ea, eb := 1.0, 1.0
			if !w.null {
				ea, eb = w.truth(truths, c.j, c.other, r)
			}
			delta, gain = append(delta, ea-eb), append(gain, 1-eb/ea)
		}
		for range studies {
			fixed := w.study(truths, r, true)
			for i, c := range w.study(truths, r, false) {
				g, err := c.Gain(w.measure)
				if err != nil {
					panic(err)
				}
				f, err := fixed[i].Gain(w.measure)
				if err != nil {
					panic(err)
				}
				plain, nb := overSeeds(c, w.measure, 0), overSeeds(c, w.measure, 1/float64(w.folds-1))
				s.cells++
				s.delta += hold(g.Absolute, delta[i])
				s.gain += hold(g.Relative, gain[i])
				s.naive += hold(plain, delta[i])
				s.corrected += hold(nb, delta[i])
				s.fixed += hold(f.Absolute, delta[i])
				s.width += g.Absolute.Hi - g.Absolute.Lo
				s.widthNaive += plain.Hi - plain.Lo
				s.widthNB += nb.Hi - nb.Lo
				s.widthFixed += f.Absolute.Hi - f.Absolute.Lo
				s.outside += zero(g.Absolute)
				s.outsideFixed += zero(f.Absolute)
			}
		}
	}
	return s
}

// BenchmarkFoldCoverage prints the table in testdata/folds.md:
//
//	go test ./analysis/effect -run='^$' -bench=FoldCoverage -benchtime=1x
func BenchmarkFoldCoverage(b *testing.B) {
	fmt.Println("| measure | effect | samples | folds | seeds | Δ | gain | naive | Nadeau–Bengio | fixed split | width | naive | Nadeau–Bengio | fixed split | excludes 0 % | fixed split |")
	fmt.Println("|---|---|---|---|---|---|---|---|---|---|---|---|---|---|---|---|")
	for range b.N {
		for _, measure := range []string{measures.Correct, measures.Loss} {
			for _, null := range []bool{true, false} {
				for _, n := range []int{60, 240} {
					for _, k := range [][2]int{{3, 3}, {5, 5}, {10, 10}, {5, 10}} {
						w := foldWorld{n: n, folds: k[0], k: k[1], spread: 0.3, null: null, measure: measure}
						worlds, studies := 4, foldStudies/4
						if null {
							worlds, studies = 1, foldStudies
						}
						s := w.simulate(worlds, studies, 11)
						effect := "pooled"
						if null {
							effect = "null"
						}
						at := func(x float64) string { return fmt.Sprintf("%.3f", x/s.cells) }
						fmt.Printf("| %s | %s | %d | %d | %d | %s | %s | %s | %s | %s | %s | %s | %s | %s | %.0f | %.0f |\n", measure, effect, n, w.folds, w.k,
							at(s.delta), at(s.gain), at(s.naive), at(s.corrected), at(s.fixed), at(s.width), at(s.widthNaive), at(s.widthNB), at(s.widthFixed), 100*s.outside/s.cells, 100*s.outsideFixed/s.cells)
					}
				}
			}
		}
	}
}

// TestFoldsHoldTheTruth: limits over folds hold what is true of training sets and
// test samples, and are narrower than those of as many trainings that all are tested
// on one of the folds.
func TestFoldsHoldTheTruth(t *testing.T) {
	t.Parallel()
	for _, w := range []foldWorld{
		{n: 60, folds: 5, k: 5, spread: 0.3, measure: measures.Correct},
		{n: 60, folds: 3, k: 6, spread: 0.3, measure: measures.Loss},
		{n: 60, folds: 5, k: 10, null: true, measure: measures.Correct},
	} {
		s := w.simulate(1, 40, 5)
		if d, g := s.delta/s.cells, s.gain/s.cells; d < 0.9 || g < 0.9 {
			t.Errorf("%+v: limits of Δ hold the truth in %.3f, of gains in %.3f", w, d, g)
		}
		if s.width > 0.85*s.widthFixed {
			t.Errorf("%+v: width %.3f, with one split %.3f", w, s.width/s.cells, s.widthFixed/s.cells)
		}
	}
}
