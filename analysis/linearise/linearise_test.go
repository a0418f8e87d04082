package linearise

import (
	"math"
	"math/rand/v2"
	"testing"
)

// TestLinks checks derivatives by differences, and that a loss comes back from its
// number.
func TestLinks(t *testing.T) {
	for _, l := range []Link{Margin, Distance} {
		for _, f := range []float64{-30, -2, -0.3, 0.4, 2, 8} {
			const h = 1e-5
			_, first, second := l.Loss(f)
			above, up, _ := l.Loss(f + h)
			below, down, _ := l.Loss(f - h)
			if d := (above - below) / (2 * h); math.Abs(d-first) > 1e-5*(1+math.Abs(d)) {
				t.Errorf("link %d at %v: slope %v, by differences %v", l, f, first, d)
			}
			if d := (up - down) / (2 * h); math.Abs(d-second) > 1e-5*(1+math.Abs(d)) {
				t.Errorf("link %d at %v: curvature %v, by differences %v", l, f, second, d)
			}
		}
		for _, loss := range []float64{0.01, 0.5, 3, 20} {
			f, factor := l.At(loss)
			back, first, _ := l.Loss(f)
			if math.Abs(back-loss) > 1e-9*(1+loss) || math.Abs(factor*first-1) > 1e-9 {
				t.Errorf("link %d: loss %v comes back as %v, factor %v of slope %v", l, loss, back, factor, first)
			}
		}
		if f, factor := l.At(0); math.IsInf(f, 0) || math.IsInf(factor, 0) || math.IsNaN(f*factor) {
			t.Errorf("link %d: no loss gives %v, %v", l, f, factor)
		}
	}
}

// TestProjection keeps products, and the way back is the transpose, over more than
// one block.
func TestProjection(t *testing.T) {
	const size, d = 2500, 400
	random := rand.New(rand.NewPCG(1, 2))
	vectors := make([]float32, 2*size)
	for k := range size {
		vectors[k] = float32(random.NormFloat64())
		vectors[size+k] = 0.5*vectors[k] + float32(random.NormFloat64())
	}
	p := NewProjection(size, d, 3)
	out := make([]float32, 2*d)
	p.Project(vectors, out)
	product := func(x, y []float32) (sum float64) {
		for k := range x {
			sum += float64(x[k]) * float64(y[k])
		}
		return sum
	}
	// The standard deviation of a projected product is about |a||b|/√d.
	a, b := vectors[:size], vectors[size:]
	for _, c := range [][2][]float32{{a, a}, {a, b}, {b, b}} {
		within := 4 * math.Sqrt(product(c[0], c[0])*product(c[1], c[1])/d)
		x, y := out[:d], out[d:]
		px, py := x, x
		if &c[0][0] == &b[0] {
			px = y
		}
		if &c[1][0] == &b[0] {
			py = y
		}
		if got, want := product(px, py), product(c[0], c[1]); math.Abs(got-want) > within {
			t.Errorf("a product of %v becomes %v", want, got)
		}
	}
	w, narrow := make([]float64, d), make([]float32, d)
	for k := range w {
		narrow[k] = float32(random.NormFloat64())
		w[k] = float64(narrow[k])
	}
	back := make([]float32, size)
	p.Back(w, back)
	if got, want := product(a, back), product(out[:d], narrow); math.Abs(got-want) > 1e-3*(1+math.Abs(want)) {
		t.Errorf("(Pᵀa)·w is %v, a·(Pw) %v", want, got)
	}
	again := make([]float32, d)
	NewProjection(size, d, 3).Project(a, again)
	for k := range again {
		if again[k] != out[k] {
			t.Fatalf("another projection from the same seed")
		}
	}
}

// TestFit finds what the normal equations give for squares, and a point without
// slope for margins.
func TestFit(t *testing.T) {
	random := rand.New(rand.NewPCG(4, 5))
	make2 := func(link Link) *part {
		p := &part{link: link, d: 2}
		for range 40 {
			x, y := random.NormFloat64(), random.NormFloat64()
			p.x = append(p.x, float32(x), float32(y))
			p.f = append(p.f, x-2*y+0.3*random.NormFloat64())
		}
		return p
	}
	squares := make2(Distance)
	const penalty = 0.7
	w := fit([]*part{squares}, penalty)
	// (2XᵀX/n + λ) w = −2Xᵀf/n by Cramer's rule.
	var xx, xy, yy, xf, yf float64
	for i, f := range squares.f {
		x, y := float64(squares.x[2*i]), float64(squares.x[2*i+1])
		n := 2 / float64(len(squares.f))
		xx, xy, yy, xf, yf = xx+n*x*x, xy+n*x*y, yy+n*y*y, xf-n*x*f, yf-n*y*f
	}
	xx, yy = xx+penalty, yy+penalty
	det := xx*yy - xy*xy
	if want := []float64{(xf*yy - yf*xy) / det, (yf*xx - xf*xy) / det}; math.Abs(w[0]-want[0]) > 1e-6 || math.Abs(w[1]-want[1]) > 1e-6 {
		t.Errorf("squares: %v, want %v", w, want)
	}
	parts := []*part{make2(Margin), make2(Margin), squares}
	w = fit(parts, 0.01)
	gradient := make([]float64, 2)
	objective(parts, 0.01, w, gradient, nil)
	if math.Hypot(gradient[0], gradient[1]) > 1e-4 || w[0] == 0 {
		t.Errorf("at %v the slope is %v", w, gradient)
	}
}
