package laws

import (
	"errors"
	"math"
	"math/rand/v2"
	"strings"
	"testing"
)

// TestFitFindsTheLaw checks that exact points of a law are told with little doubt.
func TestFitFindsTheLaw(t *testing.T) {
	var points []Point
	law := func(n float64) float64 { return 0.2 + 3*math.Pow(n, -0.4) }
	for _, n := range []float64{1, 4, 16, 64, 256, 1024, 4096} {
		points = append(points, Point{Size: 100 * n, Value: law(n), SE: 1e-4 * law(n)})
	}
	l, err := Fit(points, Options{})
	if err != nil {
		t.Fatal(err)
	}
	if math.Abs(l.Irreducible.Value-0.2) > 0.02 || math.Abs(l.Alpha.Value-0.4) > 0.05 {
		t.Errorf("E %+v and alpha %+v, want 0.2 and 0.4", l.Irreducible, l.Alpha)
	}
	want := law(16384)
	if p := l.Predict(1638400); math.Abs(p.Value-want) > 0.01*want || p.Lo > want || p.Hi < want || p.Hi-p.Lo > 0.1*want {
		t.Errorf("prediction %+v, want %v", p, want)
	}
	if at := l.At(6400); math.Abs(at.Value-law(64)) > 0.02*law(64) {
		t.Errorf("law at a measured size %+v, want %v", at, law(64))
	}
	less, _ := l.Less(4)
	step := law(4096) - law(16384)
	if most := l.AtMost(4); most < step || most > 3*step || less.Value > most {
		t.Errorf("a step takes off %+v, at most %v; the truth is %v", less, most, step)
	}
}

// TestFlat checks that of a flat curve little is expected from another step.
func TestFlat(t *testing.T) {
	var points []Point
	for k := range 5 {
		points = append(points, Point{Size: math.Pow(4, float64(k)), Value: 0.5, SE: 0.002, Freedom: 4})
	}
	l, err := Fit(points, Options{})
	if err != nil {
		t.Fatal(err)
	}
	if most := l.AtMost(2); most > 0.02 {
		t.Errorf("a doubling of a flat curve takes off up to %v of 0.5", most)
	}
	rising := append([]Point(nil), points...)
	rising[4].Value = 0.6
	if l, err := Fit(rising, Options{}); err != nil || !l.Rises || l.AtMost(2) < 0.02 {
		t.Errorf("a curve that rises at its end: %+v, %v", l, err)
	}
}

func TestRefused(t *testing.T) {
	at := func(sizes ...float64) (out []Point) {
		for _, s := range sizes {
			out = append(out, Point{Size: s, Value: 1, SE: 0.1})
		}
		return out
	}
	bad := at(1, 2, 3, 4)
	bad[2].Value = 0
	for _, c := range []struct {
		points []Point
		want   error
	}{{at(1, 2, 3), ErrFew}, {nil, ErrFew}, {at(1, 2, 2, 3), ErrPoints}, {at(0, 1, 2, 3), ErrPoints}, {bad, ErrPoints}} {
		if _, err := Fit(c.points, Options{}); !errors.Is(err, c.want) {
			t.Errorf("%v: %v, want %v", c.points, err, c.want)
		}
	}
}

func gains(half float64, values ...float64) (out []Gain) {
	for k, v := range values {
		out = append(out, Gain{Size: math.Pow(4, float64(k)), Value: v, Lo: v - half, Hi: v + half})
	}
	return out
}

func TestCrossAnswers(t *testing.T) {
	for _, c := range []struct {
		name  string
		gains []Gain
		want  Where
		at    float64
	}{
		{"clear", gains(0.01, -0.2, -0.1, 0.1, 0.2), Between, 8},
		{"helps everywhere", gains(0.01, 0.1, 0.2, 0.2), Below, 0},
		{"harms everywhere", gains(0.01, -0.3, -0.2, -0.1), Beyond, math.Inf(1)},
		{"noise", gains(0.3, -0.1, 0.05, 0.1), Unsettled, 4 * math.Pow(4, -1+2.0/3)},
		{"falls", gains(0.01, 0.2, 0.1, -0.1), Beyond, math.Inf(1)},
		{"open at the top", gains(0.1, -0.5, -0.3, 0.02), Unsettled, 4 * math.Pow(4, 0.3/0.32)},
	} {
		got, err := Cross(c.gains, nil, Options{})
		if err != nil {
			t.Fatal(err)
		}
		if got.Where != c.want || math.Abs(got.At-c.at) > 1e-9*c.at || got.Lo > got.At || got.Hi < got.At {
			t.Errorf("%s: %+v, want %s at %v", c.name, got, c.want, c.at)
		}
		if s := got.All + got.Once + got.Not + got.Others; math.Abs(s-1) > 1e-6 {
			t.Errorf("%s: shares add up to %v", c.name, s)
		}
	}
	if _, err := Cross(gains(0.1, 1), nil, Options{}); !errors.Is(err, ErrFew) {
		t.Errorf("one gain: %v", err)
	}
	if _, err := Cross(gains(0.1, 1, 2), [][]float64{{1, 0}, {math.NaN(), 1}}, Options{}); !errors.Is(err, ErrPoints) {
		t.Errorf("unknown correlations: %v", err)
	}
}

// TestCrossHolds checks that limits of a crossing hold the planted one, with errors of
// gains that are independent and that share most, and of few degrees of freedom.
func TestCrossHolds(t *testing.T) {
	random := rand.New(rand.NewPCG(5, 5))
	for _, c := range []struct {
		slope, noise, shared float64
		sizes                int
	}{{0.1, 0.05, 0, 4}, {0.1, 0.05, 0.8, 4}, {0.02, 0.05, 0.5, 4}, {0.3, 0.02, 0.5, 5}, {0.05, 0.1, 0.9, 6}} {
		const studies = 300
		held, settled, wrong := 0, 0, 0
		for range studies {
			truth := random.Float64() * float64(c.sizes-1) // where the line crosses
			correlation := make([][]float64, c.sizes)
			var list []Gain
			common := random.NormFloat64()
			for k := range c.sizes {
				correlation[k] = make([]float64, c.sizes)
				for j := range c.sizes {
					correlation[k][j] = c.shared
				}
				correlation[k][k] = 1
				v := c.slope*(float64(k)-truth) + c.noise*(math.Sqrt(c.shared)*common+math.Sqrt(1-c.shared)*random.NormFloat64())
				list = append(list, Gain{Size: math.Pow(2, float64(k)), Value: v, Lo: v - 1.96*c.noise, Hi: v + 1.96*c.noise})
			}
			got, err := Cross(list, correlation, Options{Draws: 800, Seed: random.Uint64()})
			if err != nil {
				t.Fatal(err)
			}
			at := math.Pow(2, truth)
			if got.Lo <= at && at <= got.Hi {
				held++
			}
			if got.Where != Unsettled {
				settled++
				if got.Where != Between {
					wrong++
				}
			}
		}
		t.Logf("%+v: limits hold %.3f, settled %.3f, of all wrongly %.3f", c, float64(held)/studies, float64(settled)/studies, float64(wrong)/studies)
		if held < studies*92/100 || wrong > studies*4/100 {
			t.Errorf("%+v: limits hold %d of %d, %d answers are wrong", c, held, studies, wrong)
		}
	}
}

// TestAllocate checks the conditions of Karush, Kuhn and Tucker on random competitions.
func TestAllocate(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 3))
	for range 200 {
		n := 2 + random.IntN(5)
		c := &Competition{Common: random.Float64() * 0.5}
		weights, sum := make([]float64, n), 0.0
		for i := range n {
			c.Domains = append(c.Domains, Competitor{Room: 0.1 + random.Float64(), RoomPower: 0.1 + random.Float64()})
			weights[i] = 0.05 + random.Float64()
			sum += weights[i]
		}
		for i := range weights {
			weights[i] /= sum
		}
		size := 0.6 + 3*random.Float64()
		room := c.Allocate(weights, size)
		total, worth := 0.0, 0.0
		for i, x := range room {
			total += x
			if d := c.Domains[i]; x > c.Common*(1+1e-9) {
				worth = max(worth, weights[i]*d.Room*d.RoomPower*math.Pow(x, -d.RoomPower-1))
			}
		}
		if want := size + float64(n-1)*c.Common; math.Abs(total-want) > 1e-6*want {
			t.Fatalf("rooms %v add up to %v, want %v", room, total, want)
		}
		for i, x := range room {
			d := c.Domains[i]
			own := weights[i] * d.Room * d.RoomPower * math.Pow(x, -d.RoomPower-1)
			if x < c.Common*(1-1e-9) || own > worth*(1+1e-6) || x > c.Common*(1+1e-9) && own < worth*(1-1e-6) {
				t.Fatalf("room %d of %v with common %v: more is worth %v, elsewhere %v", i, room, c.Common, own, worth)
			}
		}
	}
}

// TestCompetitionFindsThePlanted checks that a planted competition, or none, is told by
// what it says of a size that was not seen.
func TestCompetitionFindsThePlanted(t *testing.T) {
	random := rand.New(rand.NewPCG(9, 9))
	for _, apart := range []bool{false, true} {
		truth := &Competition{Common: 0.3, Apart: apart, Domains: []Competitor{{0.5, 0.5, 0.3, 0.3, 1}, {0.8, 0.3, 0.2, 0.4, 0.5}, {0.3, 0.7, 0.5, 0.2, 2}}}
		var all, ahead []Observation
		for _, size := range []float64{1, 2, 4, 8, 16} {
			for range 15 {
				a, b := 0.1+0.8*random.Float64(), random.Float64()
				o := Observation{Mixture: Mixture{Weights: []float64{a, (1 - a) * (0.1 + 0.8*b), (1 - a) * (0.9 - 0.8*b)}, Size: size, Data: 1 + 3*random.Float64()}}
				for _, l := range truth.Losses(o.Mixture) {
					o.Losses = append(o.Losses, l*(1+0.002*random.NormFloat64()))
				}
				if size == 16 {
					ahead = append(ahead, o)
				} else {
					all = append(all, o)
				}
			}
		}
		competition, err := FitCompetition(all)
		if err != nil {
			t.Fatal(err)
		}
		alone, err := FitApart(all)
		if err != nil {
			t.Fatal(err)
		}
		of, _ := relativeError(competition, ahead)
		without, _ := relativeError(alone, ahead)
		t.Logf("apart %v: off by %.4f with competition, %.4f without", apart, of, without)
		if apart && without > 0.005 || !apart && of > 0.005 || apart == (of < without) {
			t.Errorf("apart %v: off by %.4f with competition, %.4f without", apart, of, without)
		}
	}
	if _, err := FitCompetition([]Observation{{Mixture{[]float64{1, 0}, 1, 1}, []float64{1, 1}}}); !errors.Is(err, ErrPoints) {
		t.Errorf("a domain without weight: %v", err)
	}
}

// TestFits refuses curves that no law of size describes, and no others.
func TestFits(t *testing.T) {
	for _, c := range []struct {
		name   string
		values []float64
		why    string
	}{
		{"law", []float64{0.4, 0.3, 0.23, 0.18}, ""},
		{"flat", []float64{0.4, 0.399, 0.401, 0.4}, ""},
		{"all but flat", []float64{0.4, 0.41, 0.4, 0.408}, ""},
		{"strays", []float64{0.4, 0.31, 0.23, 0.185}, ""},
		{"rises", []float64{0.2, 0.22, 0.25, 0.3}, "rises with size, from 0.2 at the smallest to 0.3"},
		{"zigzag", []float64{0.4, 0.1, 0.4, 0.1}, "strays from it by"},
		{"pit", []float64{0.4, 0.05, 0.06, 0.35}, "strays from it by"},
	} {
		var points []Point
		for k, v := range c.values {
			points = append(points, Point{Size: math.Pow(2, float64(k)), Value: v, SE: 0.005 * v, Freedom: 4})
		}
		l, err := Fit(points, Options{})
		if err != nil {
			t.Fatal(err)
		}
		switch err := l.Fits(); {
		case c.why == "" && err != nil, c.why != "" && (!errors.Is(err, ErrMisfit) || !strings.Contains(err.Error(), c.why)):
			t.Errorf("%s: %v, strays %+v", c.name, err, l.Strays)
		}
	}
}
