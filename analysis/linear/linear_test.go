package linear

import (
	"context"
	"errors"
	"math"
	"math/rand/v2"
	"runtime"
	"slices"
	"testing"

	"gonum.org/v1/gonum/mat"
)

// table reads rows of numbers.
func table(t *testing.T, x [][]float32) *Rows {
	t.Helper()
	read := func(i int, row []float32) error { copy(row, x[i]); return nil }
	s, err := Look(len(x), len(x[0]), read)
	if err != nil {
		t.Fatal(err)
	}
	r, err := Collect(context.Background(), len(x), s, read)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// normal draws n rows of p numbers with column j around j; a share of them is 0
// instead.
func normal(rng *rand.Rand, n, p int, zeros float64) [][]float32 {
	x := make([][]float32, n)
	for i := range x {
		x[i] = make([]float32, p)
		for j := range x[i] {
			if rng.Float64() >= zeros {
				x[i][j] = float32(rng.NormFloat64() + float64(j%5))
			}
		}
	}
	return x
}

func ones(n int) []float64 { return slices.Repeat([]float64{1}, n) }

// problem draws targets that depend on x by weights of a given size.
func problem(t *testing.T, rng *rand.Rand, l Loss, k int, x [][]float32, size float64) *Problem {
	t.Helper()
	p := &Problem{Rows: table(t, x), Loss: l, Outputs: k, Weight: ones(len(x))}
	w := make([]float64, len(x[0])*max(k, 1))
	for i := range w {
		w[i] = size * rng.NormFloat64()
	}
	for _, row := range x {
		s := make([]float64, k)
		for j, v := range row {
			add(s, float64(v)-float64(j%5), w[j*k:(j+1)*k])
		}
		switch l {
		case Squared:
			p.Target = append(p.Target, 3+s[0]+rng.NormFloat64())
		case Logistic:
			y := 0.0
			if s[0]+rng.NormFloat64() > 0 {
				y = 1
			}
			p.Target = append(p.Target, y)
		case Softmax:
			best := 0
			for o := range s {
				if s[o] += rng.NormFloat64(); s[o] > s[best] {
					best = o
				}
			}
			p.Target = append(p.Target, float64(best))
		}
	}
	return p
}

var losses = []struct {
	name string
	loss Loss
	k    int
}{{"squared", Squared, 1}, {"logistic", Logistic, 1}, {"softmax", Softmax, 4}}

// TestGradients holds gradients, and products of the Hessian, against central
// differences of the objective and of the gradient.
func TestGradients(t *testing.T) {
	for _, c := range losses {
		for _, zeros := range []float64{0, 0.8} {
			rng := rand.New(rand.NewPCG(1, 2))
			p := problem(t, rng, c.loss, c.k, normal(rng, 30, 6, zeros), 1)
			if p.Rows.Sparse() != (zeros > 0) {
				t.Fatalf("%s: sparse %v", c.name, p.Rows.Sparse())
			}
			for i := range p.Weight {
				p.Weight[i] = rng.Float64() * float64(i%3) // some are 0
			}
			f := p.newFit(p.Weight, []float64{1, 2, 0.5, 1, 1, 3})
			f.alpha = 0.7
			set := func(w, b []float64) {
				copy(f.w, w)
				copy(f.b, b)
				p.Rows.times(f.w, f.b, nil, f.scores)
				f.look()
			}
			w, b := make([]float64, len(f.w)), make([]float64, len(f.b))
			for i := range w {
				w[i] = rng.NormFloat64()
			}
			for i := range b {
				b[i] = rng.NormFloat64()
			}
			set(w, b)
			g := slices.Concat(f.gw, f.gb)
			all := slices.Concat(w, b)
			v := make([]float64, len(all))
			for i := range v {
				v[i] = rng.NormFloat64()
			}
			hw, hb := make([]float64, len(w)), make([]float64, len(b))
			f.product(v[:len(w)], v[len(w):], make([]float64, len(f.scores)), hw, hb)
			const h = 1e-5
			at := func(step float64, along func(i int) float64) (float64, []float64) {
				moved := slices.Clone(all)
				for i := range moved {
					moved[i] += step * along(i)
				}
				set(moved[:len(w)], moved[len(w):])
				return f.value, slices.Concat(f.gw, f.gb)
			}
			for j := range all {
				axis := func(i int) float64 {
					if i == j {
						return 1
					}
					return 0
				}
				up, _ := at(h, axis)
				down, _ := at(-h, axis)
				if want := (up - down) / (2 * h); math.Abs(g[j]-want) > 1e-7*max(1, math.Abs(want)) {
					t.Errorf("%s, zeros %g: gradient %d is %g, differences give %g", c.name, zeros, j, g[j], want)
				}
			}
			_, up := at(h, func(i int) float64 { return v[i] })
			_, down := at(-h, func(i int) float64 { return v[i] })
			for i, got := range slices.Concat(hw, hb) {
				if want := (up[i] - down[i]) / (2 * h); math.Abs(got-want) > 1e-6*max(1, math.Abs(want)) {
					t.Errorf("%s, zeros %g: product %d is %g, differences give %g", c.name, zeros, i, got, want)
				}
			}
		}
	}
}

// TestRidge holds solutions against the normal equations, for more rows than
// columns and fewer, dense and sparse, weighted, and with factors of columns.
func TestRidge(t *testing.T) {
	for _, c := range []struct {
		n, p  int
		zeros float64
	}{{200, 7, 0}, {200, 7, 0.9}, {15, 40, 0}, {15, 40, 0.9}} {
		rng := rand.New(rand.NewPCG(3, uint64(c.n)))
		x := normal(rng, c.n, c.p, c.zeros)
		p := problem(t, rng, Squared, 1, x, 1)
		factor := make([]float64, c.p)
		for j := range factor {
			factor[j] = 1 + float64(j%3)
		}
		for i := range p.Weight {
			p.Weight[i] = float64(i % 4)
		}
		const alpha = 2.5
		f := p.newFit(p.Weight, factor)
		if err := f.solve(context.Background(), alpha, 1e-10); err != nil {
			t.Fatal(err)
		}
		// [XᵀDX+αQ, XᵀD1; 1ᵀDX, 1ᵀD1] [w; b] = [XᵀDy; 1ᵀDy]
		a, rhs := mat.NewSymDense(c.p+1, nil), mat.NewVecDense(c.p+1, nil)
		for i, row := range x {
			full := make([]float64, c.p+1)
			for j, v := range row {
				full[j] = float64(v)
			}
			full[c.p] = 1
			for j, u := range full {
				rhs.SetVec(j, rhs.AtVec(j)+p.Weight[i]*u*p.Target[i])
				for l := j; l <= c.p; l++ {
					a.SetSym(j, l, a.At(j, l)+p.Weight[i]*u*full[l])
				}
			}
		}
		for j, q := range factor {
			a.SetSym(j, j, a.At(j, j)+alpha*q)
		}
		var want mat.VecDense
		if err := want.SolveVec(a, rhs); err != nil {
			t.Fatal(err)
		}
		m := f.model()
		for j, got := range append(m.Weights, m.Bias...) {
			if math.Abs(got-want.AtVec(j)) > 1e-6*max(1, math.Abs(want.AtVec(j))) {
				t.Errorf("%d rows of %d, zeros %g: coefficient %d is %g, want %g", c.n, c.p, c.zeros, j, got, want.AtVec(j))
			}
		}
	}
}

// TestMinimum asks that every loss ends where its gradient is 0, with more
// columns than rows too.
func TestMinimum(t *testing.T) {
	for _, c := range losses {
		for _, n := range []int{20, 300} {
			rng := rand.New(rand.NewPCG(4, uint64(n)))
			p := problem(t, rng, c.loss, c.k, normal(rng, n, 50, 0.5), 0.5)
			f := p.newFit(p.Weight, nil)
			for _, alpha := range []float64{1e3, 1, 1e-3} {
				if err := f.solve(context.Background(), alpha, 1e-8); err != nil {
					t.Fatal(err)
				}
				if g := norm(f.gw, f.gb); !(g <= 1e-8*f.first) || f.unfinished {
					t.Errorf("%s, %d rows, alpha %g: gradient %g of %g after %d steps", c.name, n, alpha, g, f.first, f.steps)
				}
			}
		}
	}
}

// TestSeparable asks for finite weights where a plane parts the classes, where
// a column is constant, and where a class has no row at all.
func TestSeparable(t *testing.T) {
	x := [][]float32{{-2, 7, 1}, {-1, 7, 0}, {-3, 7, 0}, {2, 7, 1}, {1, 7, 0}, {3, 7, 1}}
	for _, p := range []*Problem{
		{Loss: Logistic, Outputs: 1, Target: []float64{0, 0, 0, 1, 1, 1}},
		{Loss: Softmax, Outputs: 3, Target: []float64{0, 0, 0, 2, 2, 2}}, // none of class 1
		{Loss: Logistic, Outputs: 1, Target: []float64{1, 1, 1, 1, 1, 1}},
		{Loss: Softmax, Outputs: 2, Target: []float64{1, 1, 1, 1, 1, 1}},
	} {
		p.Rows, p.Weight = table(t, x), ones(6)
		c, err := p.Choose(context.Background(), Search{Part: []int{0, 1, 2, 0, 1, 2}})
		if err != nil {
			t.Fatal(err)
		}
		for _, v := range append(slices.Clone(c.Model.Weights), c.Model.Bias...) {
			if math.IsNaN(v) || math.Abs(v) > 1e3 {
				t.Errorf("%v: weights %v, bias %v", p.Target, c.Model.Weights, c.Model.Bias)
				break
			}
		}
		for o := range p.Outputs { // the constant column
			if v := c.Model.Weights[p.Outputs+o]; math.Abs(v) > 1e-9 {
				t.Errorf("%v: the constant column has weight %g", p.Target, v)
			}
		}
		scores := make([]float64, p.Outputs)
		for i, row := range x {
			c.Model.Scores(row, scores)
			if l := p.Loss.of(scores, p.Target[i], nil, nil); !(l < math.Ln2) {
				t.Errorf("%v: loss %g of row %d", p.Target, l, i)
			}
		}
	}
}

// TestChoose holds the choice against the best of all penalties on the rows
// set aside, and the model against a fit of the others alone.
func TestChoose(t *testing.T) {
	for _, c := range losses {
		rng := rand.New(rand.NewPCG(5, 6))
		p := problem(t, rng, c.loss, c.k, normal(rng, 400, 60, 0), 0.1)
		part := make([]int, 400)
		for i := 150; i < 400; i++ {
			part[i] = Aside
		}
		got, err := p.Choose(context.Background(), Search{Part: part})
		if err != nil {
			t.Fatal(err)
		}
		trained := ones(400)
		clear(trained[150:])
		best, alphaBest := math.Inf(1), 0.0
		var chosen *fit
		for e := -5.0; e <= 4; e += 0.25 {
			f := p.newFit(trained, nil)
			if err := f.solve(context.Background(), math.Pow(10, e), 1e-9); err != nil {
				t.Fatal(err)
			}
			loss := f.judged(split{judges: seq(150, 400)}) / 250
			if loss < best {
				best, alphaBest, chosen = loss, math.Pow(10, e), f
			}
		}
		if math.Abs(math.Log10(got.Alpha/alphaBest)) > 0.01 || math.Abs(got.Loss-best) > 1e-3*best || got.Edge || got.Unfinished {
			t.Errorf("%s: alpha %g with loss %g (edge %v, unfinished %v), want %g with %g", c.name, got.Alpha, got.Loss, got.Edge, got.Unfinished, alphaBest, best)
			continue
		}
		want := chosen.model()
		for i, w := range want.Weights {
			if math.Abs(got.Model.Weights[i]-w) > 1e-4 {
				t.Errorf("%s: weight %d is %g, want %g", c.name, i, got.Model.Weights[i], w)
			}
		}
	}
}

func seq(from, to int) []int {
	var out []int
	for i := from; i < to; i++ {
		out = append(out, i)
	}
	return out
}

// TestFactors lets held-out rows find that one column matters more than fifty
// others of a tenth of its penalty... by its own scale.
func TestFactors(t *testing.T) {
	rng := rand.New(rand.NewPCG(7, 8))
	x := normal(rng, 120, 60, 0)
	p := &Problem{Rows: table(t, x), Loss: Squared, Outputs: 1, Weight: ones(120)}
	part, factor := make([]int, 120), slices.Repeat([]float64{100}, 60)
	factor[0] = 0.01
	for i, row := range x {
		p.Target = append(p.Target, float64(row[0])+0.5*rng.NormFloat64())
		part[i] = i % 5
	}
	got, err := p.Choose(context.Background(), Search{Part: part, Factors: [][]float64{nil, factor}})
	if err != nil {
		t.Fatal(err)
	}
	if got.Factor != 1 || math.Abs(got.Model.Weights[0]-1) > 0.1 {
		t.Errorf("factor %d, weight %g", got.Factor, got.Model.Weights[0])
	}
}

// TestProcessors asks for the same bytes from one processor and from several.
func TestProcessors(t *testing.T) {
	rng := rand.New(rand.NewPCG(9, 10))
	p := problem(t, rng, Softmax, 3, normal(rng, 3000, 10, 0), 0.5)
	part := make([]int, 3000)
	for i := range part {
		part[i] = i % 5
	}
	var want *Choice
	for _, n := range []int{1, 2, 7} {
		before := runtime.GOMAXPROCS(n)
		got, err := p.Choose(context.Background(), Search{Part: part})
		runtime.GOMAXPROCS(before)
		if err != nil {
			t.Fatal(err)
		}
		if want == nil {
			want = got
		}
		if got.Loss != want.Loss || !slices.Equal(got.Model.Weights, want.Model.Weights) {
			t.Errorf("%d processors: loss %v, want %v", n, got.Loss, want.Loss)
		}
	}
	if len(p.Rows.pieces) < 3 {
		t.Errorf("pieces %v", p.Rows.pieces)
	}
}

func TestNothingToFit(t *testing.T) {
	p := &Problem{Rows: table(t, [][]float32{{1}, {2}}), Loss: Squared, Outputs: 1, Target: []float64{1, 2}, Weight: ones(2)}
	if _, err := p.Choose(context.Background(), Search{Part: []int{Aside, Aside}}); !errors.Is(err, ErrNoRows) {
		t.Errorf("error %v", err)
	}
	c, err := p.Choose(context.Background(), Search{Part: []int{0, 0}})
	if err != nil || !math.IsNaN(c.Loss) || c.Alpha != usual {
		t.Errorf("%+v, %v", c, err)
	}
	stopped, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := p.Choose(stopped, Search{Part: []int{0, 1}}); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v", err)
	}
}

// TestOrigins reads columns that mostly hold one number sparsely, whatever that
// number is, and multiplies as for dense ones.
func TestOrigins(t *testing.T) {
	x := [][]float32{{5, -1, 0}, {5, -1, 0}, {6, -1, 0}, {5, -1, 3}, {5, 2, 0}, {5, -1, 0}, {5, -1, 0}, {5, -1, 0}}
	r := table(t, x)
	if !r.Sparse() || !slices.Equal(r.origin, []float32{5, -1, 0}) || len(r.values) != 3 {
		t.Fatalf("sparse %v, origin %v, values %v", r.Sparse(), r.origin, r.values)
	}
	v := []float64{1, 10, 100}
	got := make([]float64, len(x))
	r.times(v, []float64{0.5}, nil, got)
	mean := make([]float64, 3)
	for _, row := range x {
		for j, u := range row {
			mean[j] += float64(u) / float64(len(x))
		}
	}
	for i, row := range x {
		want := 0.5
		for j, u := range row {
			want += v[j] * (float64(u) - mean[j])
		}
		if math.Abs(got[i]-want) > 1e-9 {
			t.Errorf("row %d: %g, want %g", i, got[i], want)
		}
	}
	for j, s := range r.Variances() {
		want := 0.0
		for _, row := range x {
			want += (float64(row[j]) - mean[j]) * (float64(row[j]) - mean[j]) / float64(len(x))
		}
		if math.Abs(s-want) > 1e-9 {
			t.Errorf("variance %d: %g, want %g", j, s, want)
		}
	}
}

// TestProducts sums products of rows, several at a time, as one after another gives
// them, to the last bit.
func TestProducts(t *testing.T) {
	rng := rand.New(rand.NewPCG(7, 7))
	for _, size := range [][3]int{{1, 1, 2}, {7, 5, 2}, {200, 13, 3}, {323, 30, 10}} {
		n, p, k := size[0], size[1], size[2]
		r := &Rows{n: n, p: p, mean: make([]float64, p), dense: make([]float32, n*p)}
		for i := range r.dense {
			if rng.IntN(3) > 0 {
				r.dense[i] = float32(rng.NormFloat64())
			}
		}
		r.divide()
		sparse := &Rows{n: n, p: p, mean: r.mean, starts: []int{0}, pieces: r.pieces}
		for i := range n {
			for j, x := range r.dense[i*p : (i+1)*p] {
				if x != 0 {
					sparse.columns, sparse.values = append(sparse.columns, int32(j)), append(sparse.values, x)
				}
			}
			sparse.starts = append(sparse.starts, len(sparse.values))
		}
		v, a, weight := make([]float64, p*k), make([]float64, n*k), make([]float64, n)
		for i := range v {
			v[i] = rng.NormFloat64()
		}
		for i := range a {
			a[i], weight[i/k] = rng.NormFloat64(), float64(rng.IntN(4))
		}
		scores, sums := make([]float64, n*k), make([]float64, p*k)
		for piece, from := range r.pieces[:len(r.pieces)-1] {
			part := make([]float64, p*k)
			for i := from; i < r.pieces[piece+1]; i++ {
				for j, x := range r.dense[i*p : (i+1)*p] {
					for o := range k {
						scores[i*k+o] += float64(x) * v[j*k+o]
						if weight[i] > 0 {
							part[j*k+o] += float64(x) * a[i*k+o]
						}
					}
				}
			}
			add(sums, 1, part)
		}
		for _, r := range []*Rows{r, sparse} {
			got, back := make([]float64, n*k), make([]float64, p*k)
			r.times(v, make([]float64, k), nil, got)
			r.transposed(a, weight, back, make([]float64, k))
			if !slices.Equal(got, scores) || !slices.Equal(back, sums) {
				t.Errorf("%d rows of %d columns and %d outputs, sparse %v: not the sums of one row after another", n, p, k, r.Sparse())
			}
		}
	}
}
