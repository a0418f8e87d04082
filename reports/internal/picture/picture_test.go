package picture

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

// between are the distances of points.
func between(points []Point) [][]float64 {
	d := make([][]float64, len(points))
	for i, p := range points {
		for _, q := range points {
			d[i] = append(d[i], math.Hypot(p.X-q.X, p.Y-q.Y))
		}
	}
	return d
}

// TestEmbed finds points again by their distances, with a fifth of them missing as well,
// whatever stretches the distances.
func TestEmbed(t *testing.T) {
	for seed := range uint64(20) {
		r := rand.New(rand.NewPCG(seed, 1))
		var truth []Point
		for range 12 {
			truth = append(truth, Point{r.NormFloat64(), r.NormFloat64()})
		}
		d := between(truth)
		if _, follows := Embed(d); follows < 0.9 {
			t.Errorf("seed %d: all pairs known, rank correlation %.3f", seed, follows)
		}
		stretched := make([][]float64, len(d))
		for i := range d {
			for _, x := range d[i] {
				stretched[i] = append(stretched[i], math.Exp(3*x))
			}
		}
		a, _ := Embed(d)
		b, _ := Embed(stretched)
		if !slices.Equal(a, b) {
			t.Errorf("seed %d: what keeps the order changes the picture", seed)
		}
		for i := range d {
			for j := range i {
				if r.IntN(5) == 0 {
					d[i][j], d[j][i] = math.NaN(), math.NaN()
				}
			}
		}
		places, follows := Embed(d)
		if follows < 0.85 {
			t.Errorf("seed %d: a fifth missing, rank correlation %.3f", seed, follows)
		}
		far := 0.0
		for _, p := range places {
			far = max(far, math.Hypot(p.X, p.Y))
		}
		if math.Abs(far-1) > 1e-9 {
			t.Errorf("seed %d: reaches to %g", seed, far)
		}
	}
}

// TestEmbedClusters keeps groups together that are near within and far between.
func TestEmbedClusters(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	const n = 15
	d := make([][]float64, n)
	for i := range d {
		d[i] = make([]float64, n)
	}
	for i := range n {
		for j := range i {
			d[i][j] = 0.2 + 0.05*r.Float64()
			if i/5 != j/5 {
				d[i][j] = 1 + 0.2*r.Float64()
			}
			d[j][i] = d[i][j]
		}
	}
	places, _ := Embed(d)
	for i, p := range places {
		nearest := slices.MinFunc(slices.DeleteFunc(slices.Clone(places), func(q Point) bool { return q == p }), func(a, b Point) int {
			return map[bool]int{true: -1, false: 1}[math.Hypot(a.X-p.X, a.Y-p.Y) < math.Hypot(b.X-p.X, b.Y-p.Y)]
		})
		if slices.Index(places, nearest)/5 != i/5 {
			t.Errorf("%d is nearest to %d", i, slices.Index(places, nearest))
		}
	}
}

// TestEmbedOdd has no pairs, few, unknown and equal ones.
func TestEmbedOdd(t *testing.T) {
	nan := math.NaN()
	for _, d := range [][][]float64{
		nil, {{0}}, {{0, 1}, {1, 0}}, {{0, nan}, {nan, 0}},
		{{0, 1, 1}, {1, 0, 1}, {1, 1, 0}}, {{0, nan, nan}, {nan, 0, nan}, {nan, nan, 0}},
		{{0, math.Inf(1), 1}, {math.Inf(1), 0, 1}, {1, 1, 0}},
	} {
		places, follows := Embed(d)
		if len(places) != len(d) || follows > 1 {
			t.Errorf("%v: %v, %g", d, places, follows)
		}
		for i, p := range places {
			if math.IsNaN(p.X+p.Y) || math.IsInf(p.X+p.Y, 0) {
				t.Errorf("%v: place %v", d, p)
			}
			if len(d) > 1 && slices.Index(places, p) != i {
				t.Errorf("%v: two at %v", d, p)
			}
		}
	}
}

// TestOutline holds all points and turns one way.
func TestOutline(t *testing.T) {
	if got := Outline([]Point{{0, 0}, {1, 1}, {0, 0}}); len(got) != 2 {
		t.Errorf("two points: %v", got)
	}
	if got := Outline([]Point{{0, 0}, {2, 0}, {1, 0}}); len(got) != 2 {
		t.Errorf("a line: %v", got)
	}
	r := rand.New(rand.NewPCG(3, 3))
	for range 50 {
		var points []Point
		for range 3 + r.IntN(10) {
			points = append(points, Point{r.Float64(), r.Float64()})
		}
		out := Outline(points)
		for i, a := range out {
			b := out[(i+1)%len(out)]
			for _, p := range points {
				if turn(a, b, p) < -1e-12 {
					t.Fatalf("%v is outside of %v", p, out)
				}
			}
		}
	}
}

// TestPlace keeps labels inside the frame and off each other.
func TestPlace(t *testing.T) {
	in := Frame{0, 200, 0, 100}
	points := []Point{{195, 50}, {100, 2}, {100, 50}, {104, 50}, {100, 54}, {104, 54}, {102, 52}}
	texts := []string{"right edge", "top", "first", "second", "third", "fourth", "nowhere to go"}
	labels := Place(points, texts, 4, 12, in)
	if labels[0].Anchor != End {
		t.Errorf("at the right edge: %+v", labels[0])
	}
	if labels[1].At.Y < 9 {
		t.Errorf("at the top: %+v", labels[1])
	}
	shown := 0
	for _, l := range labels {
		if !l.Hidden {
			shown++
		}
	}
	if shown < 5 || !labels[6].Hidden {
		t.Errorf("%d shown: %+v", shown, labels)
	}
	if a, b := Width("赤い部品", 12), Width("abcd", 12); a < 1.5*b {
		t.Errorf("widths %g and %g", a, b)
	}
}
