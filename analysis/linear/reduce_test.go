package linear

import (
	"context"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

// TestReduced: fewer rows than columns give the same penalty and the same scores in
// coordinates of their own, copies of rows and constant columns among them.
func TestReduced(t *testing.T) {
	compared := 0
	for _, test := range []struct {
		loss    Loss
		outputs int
	}{{Softmax, 4}, {Logistic, 1}, {Squared, 1}} {
		rng := rand.New(rand.NewPCG(5, uint64(test.loss)))
		x := normal(rng, 60, 150, 0)
		copy(x[7], x[3])
		copy(x[59], x[58])
		for i := range x {
			x[i][11] = 4
			for j := range 100 { // columns that go together, as neighbouring pixels do
				x[i][j] += 2 * x[i][j+1]
			}
		}
		p := problem(t, rng, test.loss, test.outputs, x, 0.05)
		for i := range p.Target { // what no model tells
			switch {
			case test.loss == Squared:
				p.Target[i] += rng.NormFloat64()
			case i%4 == 0:
				p.Target[i] = float64(rng.IntN(max(2, test.outputs)))
			}
		}
		if p.Rows.reduced() == nil {
			t.Fatal("rows are not reduced")
		}
		part := make([]int, len(x))
		for i := range part {
			part[i] = i % 3
		}
		part[58] = Always
		choose := func(factors [][]float64) (*Choice, []float64) {
			c, err := p.Choose(context.Background(), Search{Part: part, Factors: factors})
			if err != nil || c.Unfinished {
				t.Fatal(c, err)
			}
			var all []float64
			s := make([]float64, test.outputs)
			for _, row := range x {
				c.Model.Scores(row, s)
				all = append(all, s...)
			}
			return c, all
		}
		got, scores := choose(nil)
		want, exact := choose([][]float64{slices.Repeat([]float64{1}, 150)}) // as they are
		// Losses are compared while solutions are rough: neighbours on the path may tie.
		if r := got.Alpha / want.Alpha; r < 0.3 || r > 3.4 || math.Abs(got.Loss-want.Loss) > 5e-3*want.Loss {
			t.Errorf("loss %d: penalty %g with loss %g, without coordinates %g with %g", test.loss, got.Alpha, got.Loss, want.Alpha, want.Loss)
		}
		size := math.Sqrt(inner(exact, exact))
		add(scores, -1, exact)
		if got.Alpha != want.Alpha {
			continue
		}
		compared++
		if far := math.Sqrt(inner(scores, scores)) / size; far > 1e-3 {
			t.Errorf("loss %d: scores are %.1e off", test.loss, far)
		}
	}
	if compared < 2 {
		t.Errorf("only %d models of the same penalty", compared)
	}
}

// TestReducedProducts: coordinates have the rows' inner products.
func TestReducedProducts(t *testing.T) {
	rng := rand.New(rand.NewPCG(6, 6))
	x := normal(rng, 20, 50, 0)
	copy(x[9], x[2])
	r := table(t, x)
	d := r.reduced()
	want := make([]float64, 400)
	r.products(want)
	for i := range 20 {
		for j := range i + 1 {
			a, b := d.row(i), d.row(j)
			if got := inner(a[:j+1], b); math.Abs(got-want[i*20+j]) > 1e-4*math.Sqrt(want[i*21]*want[j*21]) {
				t.Errorf("rows %d and %d: %g, want %g", i, j, got, want[i*20+j])
			}
		}
	}
}
