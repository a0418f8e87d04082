package gram_test

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"gonum.org/v1/gonum/floats"

	"github.com/sharewise/sharewise/analysis/weighting/gram"
)

// solvers are all methods of the package.
var solvers = []struct {
	name  string
	solve func(m *gram.Matrix) []float64
	// signed weights may be negative.
	signed bool
}{
	{"mgda", (*gram.Matrix).MGDA, false},
	{"pcgrad", func(m *gram.Matrix) []float64 { return m.PCGrad(rand.New(rand.NewPCG(1, 2))) }, false},
	{"gradvac", func(m *gram.Matrix) []float64 {
		return m.GradVac(rand.New(rand.NewPCG(1, 2)), make([]float64, m.All*m.All), 0.01)
	}, false},
	{"cagrad", func(m *gram.Matrix) []float64 { return m.CAGrad(0.4) }, false},
	{"imtl-g", (*gram.Matrix).IMTLG, true},
	{"nash", (*gram.Matrix).Nash, false},
	{"fairgrad", func(m *gram.Matrix) []float64 { return m.FairGrad(2) }, false},
	{"upgrad", (*gram.Matrix).UPGrad, false},
	{"dual projection", (*gram.Matrix).DualProjection, false},
	{"aligned", (*gram.Matrix).Aligned, true},
}

// TestDegenerate holds the methods to bounded weights of absolute sum n whatever the
// gradients are.
func TestDegenerate(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	many := jacobian(r, 50, 60, 10)
	thin := jacobian(r, 50, 3, 10)
	scales := jacobian(r, 5, 8, 1)
	for i := range scales {
		floats.Scale(math.Pow(10, float64(4*i-8)), scales[i])
	}
	for _, test := range []struct {
		name string
		j    [][]float64
	}{
		{"one", [][]float64{{3, 4}}},
		{"no gradient at all", [][]float64{{0, 0}, {0, 0}}},
		{"one zero", [][]float64{{1, 2}, {0, 0}, {2, -1}}},
		{"only one not zero", [][]float64{{0, 0}, {1, 2}}},
		{"parallel", [][]float64{{1, 2}, {2, 4}, {3, 6}}},
		{"equal", [][]float64{{1, 2}, {1, 2}}},
		{"opposite", [][]float64{{1, 2}, {-1, -2}}},
		{"opposite of other lengths", [][]float64{{1, 2}, {-10, -20}, {5, 10}}},
		{"rank one", [][]float64{{1}, {-2}, {3}, {-4}}},
		{"scales", scales},
		{"50", many},
		{"50 of rank 3", thin},
		{"tiny", [][]float64{{1e-20, 0}, {-1e-20, 1e-21}}},
		{"large", [][]float64{{1e18, 0}, {-1e18, 1e17}}},
	} {
		m := mustMatrix(t, test.j)
		for _, s := range solvers {
			var solved []float64
			if m.Len() > 0 {
				solved = s.solve(m)
			}
			w := m.Normalize(solved)
			if len(w) != len(test.j) || !(math.Abs(floats.Norm(w, 1)-float64(len(w))) < 1e-6) {
				t.Errorf("%s, %s: weights %v", test.name, s.name, w)
			}
			if !s.signed && floats.Min(w) < 0 {
				t.Errorf("%s, %s: negative weights %v", test.name, s.name, w)
			}
		}
	}
}

// TestOpposite checks what methods do where no step can help both domains: those
// that look for a common descent stand still.
func TestOpposite(t *testing.T) {
	j := [][]float64{{1, 2}, {-10, -20}}
	m := mustMatrix(t, j)
	for name, w := range map[string][]float64{"mgda": m.MGDA(), "nash": m.Nash()} {
		if d := floats.Norm(combine(j, m.Normalize(w)), 2); d > 1e-4 {
			t.Errorf("%s: step of length %g along opposite gradients", name, d)
		}
	}
}

// TestCommonDescent checks the promise of the methods that make one: no loss rises
// along the step, to first order, however gradients conflict.
func TestCommonDescent(t *testing.T) {
	random(t, 1e4, func(_ *rand.Rand, j [][]float64, m *gram.Matrix) {
		for name, w := range map[string][]float64{"mgda": m.MGDA(), "nash": m.Nash(), "fairgrad": m.FairGrad(2), "imtl-g": m.IMTLG()} {
			step := combine(j, w)
			for i := range j {
				if c := floats.Dot(step, j[i]) / floats.Norm(step, 2) / floats.Norm(j[i], 2); c < -1e-6 {
					t.Errorf("%s: cosine %g of the step with gradient %d", name, c, i)
				}
			}
		}
	})
}

// TestOrder checks that weights do not depend on the order of the domains.
func TestOrder(t *testing.T) {
	random(t, 5, func(_ *rand.Rand, j [][]float64, m *gram.Matrix) {
		n := len(j)
		turned := make([][]float64, n)
		for i := range j {
			turned[i] = j[n-1-i]
		}
		other := mustMatrix(t, turned)
		for _, s := range solvers {
			if s.name == "pcgrad" || s.name == "gradvac" {
				continue // take them in random order
			}
			got := other.Normalize(s.solve(other))
			for i := range n / 2 {
				got[i], got[n-1-i] = got[n-1-i], got[i]
			}
			wantClose(t, s.name+" in another order", got, m.Normalize(s.solve(m)), 1e-5)
		}
	})
}

func TestNewErrors(t *testing.T) {
	for _, test := range []struct {
		products []float64
		n        int
	}{
		{nil, 0}, {[]float64{1}, 2}, {[]float64{math.NaN()}, 1}, {[]float64{1, math.Inf(1), 0, 1}, 2}, {[]float64{1, 0, 0, -1}, 2},
	} {
		if _, err := gram.New(test.products, test.n); !errors.Is(err, gram.ErrMatrix) {
			t.Errorf("%v: error %v", test.products, err)
		}
	}
}

func BenchmarkSolvers(b *testing.B) {
	for _, n := range []int{4, 16, 50} {
		j := jacobian(rand.New(rand.NewPCG(1, 2)), n, 2*n, 5)
		g := products(j)
		for _, s := range solvers {
			b.Run(fmt.Sprintf("%s/%d", s.name, n), func(b *testing.B) {
				for b.Loop() {
					m, err := gram.New(g, n)
					if err != nil {
						b.Fatal(err)
					}
					m.Normalize(s.solve(m))
				}
			})
		}
	}
}
