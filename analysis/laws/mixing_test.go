package laws

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
)

// simplex draws shares: exponentials of normal numbers, as weights of a study are.
func simplex(r *rand.Rand, n int, spread float64) []float64 {
	out, sum := make([]float64, n), 0.0
	for i := range out {
		out[i] = math.Exp(spread * r.NormFloat64())
		sum += out[i]
	}
	for i := range out {
		out[i] /= sum
	}
	return out
}

// plantedMixing is a law with what strays from it.
type plantedMixing struct {
	rest  float64
	t     []float64
	stray float64
}

func (p plantedMixing) at(shares []float64) float64 {
	sum := 0.0
	for j, r := range shares {
		sum += p.t[j] * r
	}
	return p.rest + math.Exp(sum)
}

// measured is the mean of so many runs, and its standard error.
func (p plantedMixing) measured(r *rand.Rand, shares []float64, noise float64, runs int) Blend {
	truth := p.at(shares) * math.Exp(p.stray*r.NormFloat64())
	var v []float64
	mean := 0.0
	for range runs {
		v = append(v, truth*math.Exp(noise*r.NormFloat64()))
		mean += v[len(v)-1] / float64(runs)
	}
	ss := 0.0
	for _, x := range v {
		ss += (x - mean) * (x - mean)
	}
	return Blend{Shares: shares, Value: mean, SE: math.Sqrt(ss / float64(runs-1) / float64(runs)), Freedom: float64(runs - 1)}
}

// TestMixingHolds plants laws of three to five domains, steep and flat, with little and
// with much that no mixture takes away, and counts how often limits hold what a mixture
// measures that was not fitted.
func TestMixingHolds(t *testing.T) {
	r := rand.New(rand.NewPCG(11, 12))
	for _, n := range []int{3, 5} {
		for _, mixtures := range []int{n + 3, 12} {
			for _, stray := range []float64{0, 0.02} {
				const worlds = 60
				held, width := 0, 0.0
				for range worlds {
					p := plantedMixing{rest: math.Pow(r.Float64(), 2), stray: stray}
					level := math.Log(0.3 + r.Float64())
					for range n {
						p.t = append(p.t, level+1.5*r.NormFloat64())
					}
					noise := 0.005 * math.Exp(1.5*r.Float64())
					var blends []Blend
					for range mixtures {
						blends = append(blends, p.measured(r, simplex(r, n, 1), noise, 3))
					}
					m, err := FitMixing(blends, Options{Draws: 400, Seed: r.Uint64()})
					if err != nil {
						t.Fatal(err)
					}
					out := p.measured(r, simplex(r, n, 1), noise, 3)
					e := m.Predict(out.Shares)
					if out.Value >= e.Lo && out.Value <= e.Hi {
						held++
					}
					width += (e.Hi - e.Lo) / out.Value / worlds
				}
				t.Logf("%d domains, %d mixtures, straying by %g: %.3f held, mean width %.3f", n, mixtures, stray, float64(held)/worlds, width)
				if float64(held) < 0.88*worlds {
					t.Errorf("%d domains, %d mixtures, straying by %g: limits hold %d of %d", n, mixtures, stray, held, worlds)
				}
			}
		}
	}
}

// TestMixingFindsThePlanted recovers slopes of a law that is measured without noise.
func TestMixingFindsThePlanted(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 5))
	p := plantedMixing{rest: 0.2, t: []float64{-1.5, 0.3, 0.6}}
	var blends []Blend
	for range 14 {
		blends = append(blends, p.measured(r, simplex(r, 3, 1), 1e-4, 3))
	}
	m, err := FitMixing(blends, Options{Seed: 1})
	if err != nil {
		t.Fatal(err)
	}
	shares := []float64{0.6, 0.2, 0.2}
	if got, want := m.At(shares).Value, p.at(shares); math.Abs(got/want-1) > 0.005 {
		t.Errorf("the law says %g, the truth is %g", got, want)
	}
	level := (p.t[0] + p.t[1] + p.t[2]) / 3
	for j, s := range m.Slopes {
		if want := p.t[j] - level; want < s.Lo || want > s.Hi {
			t.Errorf("slope %d is %+v, the truth %g", j, s, want)
		}
	}
	if m.Slopes[0].Hi > 0 || m.Slopes[2].Lo < 0 {
		t.Errorf("signs of slopes are not told: %+v", m.Slopes)
	}
}

func TestMixingRefuses(t *testing.T) {
	blend := func(v float64, shares ...float64) Blend { return Blend{Shares: shares, Value: v, SE: 0.1, Freedom: 2} }
	many := func(v float64) (out []Blend) {
		for i := range 9 {
			x := 0.1 * float64(i+1)
			out = append(out, blend(v, x, 1-x))
		}
		return out
	}
	for name, test := range map[string]struct {
		blends []Blend
		want   error
	}{
		"none":             {nil, ErrFew},
		"few":              {many(1)[:4], ErrFew},
		"the same":         {append(many(1)[:3], many(1)[:3]...), ErrFew},
		"zero":             {many(0), ErrPoints},
		"infinite":         {many(math.Inf(1)), ErrPoints},
		"not a number":     {many(math.NaN()), ErrPoints},
		"no sum of 1":      {append(many(1), blend(1, 0.5, 0.4)), ErrPoints},
		"negative":         {append(many(1), blend(1, -0.5, 1.5)), ErrPoints},
		"of other domains": {append(many(1), blend(1, 0.5, 0.3, 0.2)), ErrPoints},
	} {
		if _, err := FitMixing(test.blends, Options{Draws: 10}); !errors.Is(err, test.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
	// All losses alike, and known exactly, are a law without slopes.
	var flat []Blend
	for i := range 9 {
		x := 0.1 * float64(i+1)
		flat = append(flat, Blend{Shares: []float64{x, 1 - x}, Value: 0.5})
	}
	m, err := FitMixing(flat, Options{Draws: 500})
	if err != nil {
		t.Fatal(err)
	}
	if e := m.At([]float64{0.55, 0.45}); math.Abs(e.Value-0.5) > 0.01 {
		t.Errorf("%+v", e)
	}
}

func ExampleFitMixing() {
	var blends []Blend
	for _, share := range []float64{0.1, 0.25, 0.4, 0.6, 0.75, 0.9} {
		// A loss of 0.2 stays whatever the mixture, the rest falls with its own share.
		blends = append(blends, Blend{Shares: []float64{share, 1 - share}, Value: 0.2 + math.Exp(-2*share), SE: 0.002, Freedom: 2})
	}
	m, err := FitMixing(blends, Options{Seed: 1})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("%.2f\n", m.Predict([]float64{0.5, 0.5}).Value)
	// Output: 0.57
}
