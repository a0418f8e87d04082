package effect

import (
	"math"
	"math/rand/v2"
	"testing"

	"gonum.org/v1/gonum/mat"
	"gonum.org/v1/gonum/stat"

	"github.com/sharewise/sharewise/analysis/measures"
)

// Gains of one domain err together as much as their covariance says, with and
// without paired seeds.
func TestCovarianceIsThatOfErrors(t *testing.T) {
	for _, p := range []planted{
		{effect: "null", domains: 4, samples: 200, runs: 3, run: .026},
		{effect: "dense", domains: 4, samples: 200, runs: 4, run: .0065},
		{effect: "null", domains: 4, samples: 200, runs: 3, run: .026, correlation: .7},
	} {
		var errors [2][]float64
		var said, variances float64
		const studies = 120
		for rep := range studies {
			cells := p.draw(rand.New(rand.NewPCG(8, uint64(rep))))
			list := []*Comparison{cells[0].Comparison, cells[1].Comparison, cells[2].Comparison}
			c := Together(list, measures.Correct)
			for i := range 3 {
				g, err := list[i].Gain(measures.Correct)
				if err != nil {
					t.Fatal(err)
				}
				if i < 2 {
					errors[i] = append(errors[i], g.Relative.Value)
				}
				if v := list[i].momentsOn(onCorrect).variance(relativeGain); v.Value > c.Matrix[i][i]+1e-12 || c.Matrix[i][i] > 1.2*v.Value || v.Freedom != c.Freedom[i] {
					t.Fatalf("diagonal %v, %v degrees of freedom, want %v", c.Matrix[i][i], c.Freedom[i], v)
				}
			}
			said += c.Matrix[0][1] / math.Sqrt(c.Matrix[0][0]*c.Matrix[1][1]) / studies
			variances += c.Matrix[0][0] / studies
			m := mat.NewSymDense(3, nil)
			for i := range 3 {
				for k := range i + 1 {
					m.SetSym(i, k, c.Matrix[i][k])
				}
			}
			var e mat.EigenSym
			if e.Factorize(m, false); e.Values(nil)[0] < -1e-12*c.Matrix[0][0] {
				t.Fatalf("eigenvalues %v", e.Values(nil))
			}
		}
		seen := stat.Correlation(errors[0], errors[1], nil)
		t.Logf("%v correlation %.2f, said %.2f; variance %.4f, said %.4f", p, seen, said, stat.Variance(errors[0], nil), variances)
		if math.Abs(seen-said) > .15 {
			t.Errorf("%v: gains correlate by %.2f, the covariance says %.2f", p, seen, said)
		}
	}
}

// The covariance of many gains has no negative eigenvalue where pairs of them
// would give it one: a seed moves all samples, and the arms by very different
// amounts.
func TestCovarianceHasNoNegativeEigenvalue(t *testing.T) {
	const samples, runs = 60, 3
	for rep := range 20 {
		r := rand.New(rand.NewPCG(10, uint64(rep)))
		noise := make([][]float64, runs)
		for k := range noise {
			noise[k] = make([]float64, samples)
			shift := r.NormFloat64()
			for i := range noise[k] {
				noise[k][i] = shift + .5*r.NormFloat64()
			}
		}
		arm := func(scale float64) *Runs {
			out := &Runs{Domain: "d", Seeds: seeds(1, runs), Samples: samples}
			for k := range runs {
				loss := make([]float32, samples)
				for i := range loss {
					loss[i] = float32(math.Exp(scale*noise[k][i] + .3*r.NormFloat64()))
				}
				out.Loss = append(out.Loss, loss)
			}
			return out
		}
		base := arm(.5)
		var list []*Comparison
		for range 8 {
			c, err := Compare(base, arm(2*r.Float64()), Options{Measure: measures.Loss, SharedSeeds: true})
			if err != nil {
				t.Fatal(err)
			}
			list = append(list, c)
		}
		c := Together(list, measures.Loss)
		// Correlations, so that gains without much error count as others do.
		m := mat.NewSymDense(len(list), nil)
		for i := range list {
			for k := range i + 1 {
				m.SetSym(i, k, c.Matrix[i][k]/math.Sqrt(c.Matrix[i][i]*c.Matrix[k][k]))
			}
		}
		var e mat.EigenSym
		if !e.Factorize(m, false) || !(e.Values(nil)[0] > -1e-9) {
			t.Fatalf("study %d: eigenvalues %.3g", rep, e.Values(nil))
		}
	}
}

// A gain without limits has no covariance, and leaves that of others alone.
func TestCovarianceOfUnknown(t *testing.T) {
	r := rand.New(rand.NewPCG(4, 4))
	a, b := randomRuns(r, 100, 3, 3)
	other := b.pick([]int{0})
	var list []*Comparison
	for _, arm := range []*Runs{b, other} {
		c, err := Compare(a, arm, Options{})
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, c)
	}
	c := Together(list, measures.Correct)
	if !(c.Matrix[0][0] > 0) || !math.IsNaN(c.Matrix[0][1]) || !math.IsNaN(c.Matrix[1][1]) || !math.IsNaN(c.Freedom[1]) {
		t.Errorf("%+v", c)
	}
}

// Correlations that cannot be are mended alike whatever the scales of the gains, and
// what varies less than nothing does not vary.
func TestConsistentIsOfNoScale(t *testing.T) {
	mended := func(scale, last float64) *mat.SymDense {
		m := mat.NewSymDense(4, []float64{1, .9, -.9 * scale, 0, .9, 1, .9 * scale, 0, -.9 * scale, .9 * scale, scale * scale, 0, 0, 0, 0, last})
		return consistent(m)
	}
	small, large := mended(1, 1), mended(1000, -1)
	for i := range 3 {
		for k := range 3 {
			a := small.At(i, k)
			b := large.At(i, k) / math.Sqrt(large.At(i, i)*large.At(k, k))
			if math.Abs(a-b) > 1e-9 {
				t.Errorf("correlation %d, %d is %.4f, and %.4f where a gain is 1000 times as large", i, k, a, b)
			}
		}
	}
	if v := large.At(3, 3); v != 0 {
		t.Errorf("a variance of %v", v)
	}
	// As a matrix in raw units the small ones were hardly mended.
	if got := small.At(0, 1); got > .7 || got < .3 {
		t.Errorf("correlation %.3f of what were .9, -.9 and .9", got)
	}
}
