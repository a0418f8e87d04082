package gram_test

import (
	"math"
	"math/rand/v2"
	"testing"

	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/mat"

	"github.com/sharewise/sharewise/analysis/weighting/gram"
)

// jacobian draws n gradients of p elements whose lengths differ by up to spread.
func jacobian(r *rand.Rand, n, p int, spread float64) [][]float64 {
	j := make([][]float64, n)
	for i := range j {
		size := math.Pow(spread, r.Float64()-0.5)
		j[i] = make([]float64, p)
		for k := range j[i] {
			j[i][k] = size * r.NormFloat64()
		}
	}
	return j
}

func products(j [][]float64) []float64 {
	n := len(j)
	g := make([]float64, n*n)
	for a := range j {
		for b := range j {
			g[a*n+b] = floats.Dot(j[a], j[b])
		}
	}
	return g
}

func mustMatrix(t *testing.T, j [][]float64) *gram.Matrix {
	t.Helper()
	m, err := gram.New(products(j), len(j))
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func combine(j [][]float64, w []float64) []float64 {
	out := make([]float64, len(j[0]))
	for i := range j {
		floats.AddScaled(out, w[i], j[i])
	}
	return out
}

// projected minimises by projected gradients with steps of 1/lipschitz.
func projected(x []float64, lipschitz float64, gradient func([]float64) []float64, project func([]float64)) []float64 {
	momentum, last := 1.0, append([]float64(nil), x...)
	y := append([]float64(nil), x...)
	for range 6000 {
		g := gradient(y)
		next := append([]float64(nil), y...)
		floats.AddScaled(next, -1/lipschitz, g)
		project(next)
		m := (1 + math.Sqrt(1+4*momentum*momentum)) / 2
		for i := range y {
			y[i] = next[i] + (momentum-1)/m*(next[i]-last[i])
		}
		// Start the acceleration anew where it goes uphill.
		uphill := 0.0
		for i := range next {
			uphill += g[i] * (next[i] - last[i])
		}
		if uphill > 0 {
			m = 1
			copy(y, next)
		}
		momentum, last = m, next
	}
	return last
}

// onSimplex is the nearest point with elements of at least 0 and sum 1.
func onSimplex(x []float64) {
	low, high := floats.Min(x)-1, floats.Max(x)
	for range 200 {
		mid, sum := (low+high)/2, 0.0
		for _, v := range x {
			sum += max(0, v-mid)
		}
		if sum > 1 {
			low = mid
		} else {
			high = mid
		}
	}
	for i := range x {
		x[i] = max(0, x[i]-high)
	}
}

func trace(g []float64, n int) float64 {
	sum := 0.0
	for i := range n {
		sum += g[i*n+i]
	}
	return sum
}

func multiply(g, x []float64) []float64 {
	n := len(x)
	out := make([]float64, n)
	for i := range out {
		out[i] = floats.Dot(g[i*n:(i+1)*n], x)
	}
	return out
}

func wantClose(t *testing.T, what string, got, want []float64, tolerance float64) {
	t.Helper()
	scale := floats.Norm(want, math.Inf(1))
	for i := range want {
		if !(math.Abs(got[i]-want[i]) <= tolerance*scale) {
			t.Errorf("%s: %v, want %v", what, got, want)
			return
		}
	}
}

// random gives Jacobians of 2 to 8 gradients in fewer or more dimensions.
func random(t *testing.T, spread float64, check func(r *rand.Rand, j [][]float64, m *gram.Matrix)) {
	t.Helper()
	r := rand.New(rand.NewPCG(7, 11))
	for range 15 {
		n := 2 + r.IntN(7)
		j := jacobian(r, n, n+r.IntN(6), spread)
		check(r, j, mustMatrix(t, j))
	}
}

func TestMGDAAgainstProjectedGradients(t *testing.T) {
	random(t, 3, func(_ *rand.Rand, j [][]float64, m *gram.Matrix) {
		n, g := len(j), products(j)
		want := make([]float64, n)
		want[0] = 1
		want = projected(want, trace(g, n), func(x []float64) []float64 { return multiply(g, x) }, onSimplex)
		got := m.MGDA()
		if math.Abs(floats.Sum(got)-1) > 1e-9 || floats.Min(got) < 0 {
			t.Fatalf("weights %v", got)
		}
		wantClose(t, "shortest combination", combine(j, got), combine(j, want), 1e-4)
	})
}

// TestDualConeAgainstProjectedGradients solves the problems of UPGrad and of the
// dual projection by another method.
func TestDualConeAgainstProjectedGradients(t *testing.T) {
	random(t, 2, func(_ *rand.Rand, j [][]float64, m *gram.Matrix) {
		n, g := len(j), products(j)
		floats.Scale(1/trace(g, n), g)
		for i := range n {
			g[i*n+i] += 1e-4
		}
		above := func(start []float64) []float64 {
			return projected(append([]float64(nil), start...), 1+1e-4, func(x []float64) []float64 { return multiply(g, x) }, func(x []float64) {
				for i := range x {
					x[i] = max(x[i], start[i])
				}
			})
		}
		want := make([]float64, n)
		mean := make([]float64, n)
		for i := range n {
			start := make([]float64, n)
			start[i], mean[i] = 1/float64(n), 1/float64(n)
			floats.Add(want, above(start))
		}
		wantClose(t, "UPGrad", m.UPGrad(), want, 1e-4)
		wantClose(t, "dual projection", m.DualProjection(), above(mean), 1e-4)
	})
}

// TestCAGradAgainstTheBall looks for the direction itself, without weights: within
// the ball it is where the worst domain improves most, by subgradients' smooth
// stand-in of a very steep softmin.
func TestCAGradAgainstTheBall(t *testing.T) {
	random(t, 2, func(_ *rand.Rand, j [][]float64, m *gram.Matrix) {
		const c = 0.4
		n := len(j)
		mean := make([]float64, n)
		for i := range mean {
			mean[i] = 1 / float64(n)
		}
		center := combine(j, mean)
		radius := c * floats.Norm(center, 2)
		worst := func(d []float64) float64 {
			least := math.Inf(1)
			for i := range j {
				least = min(least, floats.Dot(j[i], d))
			}
			return least
		}
		got := combine(j, m.CAGrad(c))
		if away := floats.Distance(got, center, 2); away > radius*(1+1e-6) {
			t.Fatalf("direction is %g from the mean, with a radius of %g", away, radius)
		}
		// No other point of the ball may be better: try the best of the dual on a
		// fine set of weights, which bounds the worst improvement from above.
		g := products(j)
		b := multiply(g, mean)
		dual := func(x []float64) float64 {
			return floats.Dot(b, x) + radius*math.Sqrt(max(0, floats.Dot(x, multiply(g, x))))
		}
		x := append([]float64(nil), mean...)
		x = projected(x, 50*trace(g, n), func(x []float64) []float64 {
			length := math.Sqrt(max(1e-30, floats.Dot(x, multiply(g, x))))
			out := append([]float64(nil), b...)
			floats.AddScaled(out, radius/length, multiply(g, x))
			return out
		}, onSimplex)
		if bound := dual(x); worst(got) < bound-1e-4*math.Abs(bound) || worst(got) > bound+1e-3*math.Abs(bound) {
			t.Errorf("the worst domain improves by %g, and could by %g", worst(got), bound)
		}
	})
	j := [][]float64{{1, 0}, {0, 3}}
	wantClose(t, "without a ball", mustMatrix(t, j).CAGrad(0), []float64{0.5, 0.5}, 1e-12)
}

// TestBargainsSolveTheirEquations checks Gα = 1/α and Gw = w^(−1/a), which have one
// positive solution.
func TestBargainsSolveTheirEquations(t *testing.T) {
	random(t, 100, func(_ *rand.Rand, j [][]float64, m *gram.Matrix) {
		g := products(j)
		alpha := m.Nash()
		for i, x := range multiply(g, alpha) {
			if alpha[i] <= 0 || math.Abs(x*alpha[i]-1) > 1e-6 {
				t.Errorf("Nash: %v, G·α = %v", alpha, multiply(g, alpha))
				break
			}
		}
		for _, a := range []float64{0.5, 1, 2, 5} {
			w := m.FairGrad(a)
			// Ours is the solution in another unit of length: compare ratios.
			x := multiply(g, w)
			ratio := x[0] * math.Pow(w[0], 1/a)
			for i := range x {
				if w[i] <= 0 || math.Abs(x[i]*math.Pow(w[i], 1/a)/ratio-1) > 1e-5 {
					t.Errorf("a = %g: w = %v, G·w = %v", a, w, x)
					break
				}
			}
		}
	})
}

// TestSurgeryOnVectors performs PCGrad and GradVac on the gradients themselves.
func TestSurgeryOnVectors(t *testing.T) {
	random(t, 5, func(_ *rand.Rand, j [][]float64, m *gram.Matrix) {
		n := len(j)
		surgery := func(change func(i, k int, g []float64)) []float64 {
			r := rand.New(rand.NewPCG(3, 4))
			total := make([]float64, len(j[0]))
			for i := range n {
				g := append([]float64(nil), j[i]...)
				for _, k := range r.Perm(n) {
					if k != i {
						change(i, k, g)
					}
				}
				floats.Add(total, g)
			}
			return total
		}
		want := surgery(func(_, k int, g []float64) {
			if p := floats.Dot(g, j[k]); p < 0 {
				floats.AddScaled(g, -p/floats.Dot(j[k], j[k]), j[k])
			}
		})
		wantClose(t, "PCGrad", combine(j, m.PCGrad(rand.New(rand.NewPCG(3, 4)))), want, 1e-9)

		const beta = 0.1
		phi, target := make([]float64, n*n), make([]float64, n*n)
		for i := range phi {
			phi[i], target[i] = 0.2, 0.2
		}
		want = surgery(func(i, k int, g []float64) {
			cosine := floats.Dot(g, j[k]) / floats.Norm(g, 2) / floats.Norm(j[k], 2)
			at := &phi[i*n+k]
			if cosine < *at {
				// The gradient whose cosine with j[k] is φ, and which differs from g
				// by a multiple of j[k]: its angle is given, its side is that of g.
				unit := append([]float64(nil), j[k]...)
				floats.Scale(1/floats.Norm(j[k], 2), unit)
				before := floats.Dot(g, unit)
				side := append([]float64(nil), g...)
				floats.AddScaled(side, -before, unit)
				after := floats.Norm(side, 2) / math.Tan(math.Acos(*at))
				floats.AddScaled(g, after-before, unit)
			}
			*at = (1-beta)**at + beta*cosine
		})
		wantClose(t, "GradVac", combine(j, m.GradVac(rand.New(rand.NewPCG(3, 4)), target, beta)), want, 1e-8)
		wantClose(t, "targets of GradVac", target, phi, 1e-8)
	})
}

// TestAlignedThroughTheJacobian aligns by the singular values of J itself: the
// direction of equal components U·Vᵀ, scaled to the smallest.
func TestAlignedThroughTheJacobian(t *testing.T) {
	random(t, 3, func(_ *rand.Rand, j [][]float64, m *gram.Matrix) {
		n, p := len(j), len(j[0])
		a := mat.NewDense(n, p, nil)
		for i := range j {
			a.SetRow(i, j[i])
		}
		var svd mat.SVD
		svd.Factorize(a, mat.SVDThin)
		values := svd.Values(nil)
		var u, v mat.Dense
		svd.UTo(&u)
		svd.VTo(&v)
		var aligned mat.Dense
		aligned.Mul(&u, v.T())
		want := make([]float64, p)
		for i := range n {
			floats.AddScaled(want, values[n-1]/float64(n), mat.Row(nil, i, &aligned))
		}
		wantClose(t, "aligned", combine(j, m.Aligned()), want, 1e-6)
	})
}

// TestIMTLGByThePaper solves the system of the paper, and checks equal cosines.
func TestIMTLGByThePaper(t *testing.T) {
	random(t, 3, func(_ *rand.Rand, j [][]float64, m *gram.Matrix) {
		n, p := len(j), len(j[0])
		unit := func(i int) []float64 {
			u := append([]float64(nil), j[i]...)
			floats.Scale(1/floats.Norm(u, 2), u)
			return u
		}
		u, d := mat.NewDense(n-1, p, nil), mat.NewDense(n-1, p, nil)
		for i := 1; i < n; i++ {
			for k := range p {
				u.Set(i-1, k, unit(0)[k]-unit(i)[k])
				d.Set(i-1, k, j[0][k]-j[i][k])
			}
		}
		var system, inverse mat.Dense
		system.Mul(d, u.T())
		if err := inverse.Inverse(&system); err != nil {
			t.Fatal(err)
		}
		var left, alpha mat.Dense
		left.Mul(mat.NewDense(1, p, j[0]), u.T())
		alpha.Mul(&left, &inverse)
		want := append([]float64{1}, alpha.RawRowView(0)...)
		want[0] -= floats.Sum(want[1:])
		if direction := combine(j, want); floats.Dot(direction, j[0]) < 0 {
			floats.Scale(-1, want) // see IMTLG
		}
		floats.Scale(1/floats.Norm(want, 1), want)
		got := m.IMTLG()
		wantClose(t, "IMTL-G", got, want, 1e-5)
		direction := combine(j, got)
		for i := range n {
			if got, first := floats.Dot(direction, unit(i)), floats.Dot(direction, unit(0)); !(got > 0) || math.Abs(got/first-1) > 1e-5 {
				t.Errorf("projections on unit gradients differ: %g and %g", got, first)
			}
		}
	})
}
