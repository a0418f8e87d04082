package affinity

import (
	"errors"
	"math"
	"math/rand/v2"
	"testing"

	"gonum.org/v1/gonum/mat"

	"github.com/sharewise/sharewise/grouping"
)

// TestRidge compares predictions of the linear kernel with ridge regression by its
// normal equations, with features and observations centred.
func TestRidge(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 1))
	const rows, features = 20, 4
	x, y := make([][]float64, rows), make([]float64, rows)
	for r := range x {
		for range features {
			x[r] = append(x[r], float64(random.IntN(2)))
		}
		y[r] = 3 + x[r][0] - 2*x[r][1] + 0.3*random.NormFloat64()
	}
	p, err := FitProcess(Linear, x, y)
	if err != nil {
		t.Fatal(err)
	}
	a, b := mat.NewDense(features, features, nil), mat.NewVecDense(features, nil)
	means, mean := make([]float64, features), 0.0
	for r := range x {
		mean += y[r] / rows
		for i := range features {
			means[i] += x[r][i] / rows
		}
	}
	for r := range x {
		for i := range features {
			b.SetVec(i, b.AtVec(i)+(x[r][i]-means[i])*(y[r]-mean))
			for j := range features {
				a.Set(i, j, a.At(i, j)+(x[r][i]-means[i])*(x[r][j]-means[j]))
			}
		}
	}
	for i := range features {
		a.Set(i, i, a.At(i, i)+p.lambda)
	}
	var w mat.VecDense
	if err := w.SolveVec(a, b); err != nil {
		t.Fatal(err)
	}
	for _, at := range [][]float64{{0, 0, 0, 0}, {1, 0, 1, 0}, {1, 1, 1, 1}} {
		want := mean
		for i := range features {
			want += w.AtVec(i) * (at[i] - means[i])
		}
		if got, _ := p.Predict(at); math.Abs(got-want) > 1e-8 {
			t.Errorf("at %v: %g, by the normal equations %g", at, got, want)
		}
	}
	if n := p.Noise(); n < 0.15 || n > 0.6 {
		t.Errorf("noise %g, 0.3 was drawn", n)
	}
}

// TestPairKernel compares the closed form with the sum over pairs.
func TestPairKernel(t *testing.T) {
	random := rand.New(rand.NewPCG(2, 1))
	for range 20 {
		x, y := make([]float64, 5), make([]float64, 5)
		for i := range x {
			x[i], y[i] = random.NormFloat64(), random.NormFloat64()
		}
		want := 0.0
		for i := range x {
			want += x[i] * y[i]
			for k := range i {
				want += 0.25 * x[i] * x[k] * y[i] * y[k]
			}
		}
		if got := LinearPairs.of(0.25, x, y); math.Abs(got-want) > 1e-12 {
			t.Errorf("kernel %g, sum %g", got, want)
		}
	}
}

// TestDeviation checks by simulation that observations lie within two standard
// deviations, of what is not known and of noise together, as often as normal
// values do.
func TestDeviation(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 1))
	inside, all := 0, 0
	for range 60 {
		f := func(x []float64) float64 { return x[0] - x[1] + 0.5*x[2]*x[3] }
		var x [][]float64
		var y []float64
		row := func() []float64 {
			r := make([]float64, 6)
			for i := range r {
				r[i] = float64(random.IntN(2))
			}
			return r
		}
		for range 30 {
			r := row()
			x, y = append(x, r), append(y, f(r)+0.4*random.NormFloat64())
		}
		p, err := FitProcess(Radial, x, y)
		if err != nil {
			t.Fatal(err)
		}
		for range 20 {
			r := row()
			value, deviation := p.Predict(r)
			all++
			if math.Abs(f(r)+0.4*random.NormFloat64()-value) < 1.96*math.Hypot(deviation, p.Noise()) {
				inside++
			}
		}
	}
	if share := float64(inside) / float64(all); share < 0.9 || share > 0.985 {
		t.Errorf("%.3f of observations lie within their limits, 0.95 should", share)
	}
}

// TestFitProcessRefuses fits too little.
func TestFitProcessRefuses(t *testing.T) {
	if _, err := FitProcess(Radial, [][]float64{{0}, {1}}, []float64{1, 2}); !errors.Is(err, ErrTooFew) {
		t.Errorf("two rows: %v", err)
	}
	if _, err := FitProcess(Linear, [][]float64{{0}, {1}}, []float64{1}); err == nil {
		t.Error("more rows than observations were fitted")
	}
}

// TestSurrogate recovers gains that add up over partners, from pools drawn at
// random, and has none for a domain that is in no pool.
func TestSurrogate(t *testing.T) {
	random := rand.New(rand.NewPCG(4, 1))
	const n = 7 // the last is in no pool
	gain := func(pool []int) []float64 {
		var out []float64
		for _, j := range pool {
			sum := 0.0
			for _, i := range pool {
				if i != j {
					sum += float64(i-j) / 10
				}
			}
			out = append(out, sum)
		}
		return out
	}
	var pools []grouping.Pool
	for range 30 {
		var members []int
		for i := range n - 1 {
			if random.IntN(2) == 0 {
				members = append(members, i)
			}
		}
		if len(members) > 1 {
			pools = append(pools, grouping.Pool{Members: members, Gain: gain(members)})
		}
	}
	for _, k := range []Kernel{Linear, LinearPairs, Radial} {
		e, err := NewSurrogate(k, n, pools)
		if err != nil {
			t.Fatal(err)
		}
		want := gain([]int{1, 4, 5})
		for i, s := range e.Score([]int{1, 4, 5}) {
			if math.Abs(s.Value-want[i]) > 0.1 || !(s.Deviation >= 0) {
				t.Errorf("%s: score %+v, want %g", k, s, want[i])
			}
		}
		if s := e.Score([]int{1, 6}); !math.IsNaN(s[1].Value) {
			t.Errorf("%s scores a domain that was in no pool: %+v", k, s)
		}
		if m := e.Method(); m.Pools != len(pools) || m.Source == "" {
			t.Errorf("method %+v", m)
		}
	}
}
