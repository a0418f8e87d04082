package effect

import (
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/sharewise/sharewise/analysis/measures"
)

// lossesOf draws losses of k runs on n samples: exponentials of normals of the
// given deviation, times scale.
func lossesOf(r *rand.Rand, n, k int, deviation, scale float64) *Runs {
	out := &Runs{Domain: "d", Seeds: seeds(1, k), Samples: n}
	base := make([]float64, n)
	for i := range base {
		base[i] = deviation * r.NormFloat64()
	}
	for range k {
		loss := make([]float32, n)
		for i := range loss {
			loss[i] = float32(scale * math.Exp(base[i]+0.2*r.NormFloat64()))
		}
		out.Loss = append(out.Loss, loss)
	}
	return out
}

// One outlier turns a gain of a fifth into a loss of half and more: it is
// counted, and the gain without it stands beside.
func TestOneSampleCarries(t *testing.T) {
	for _, group := range []bool{false, true} {
		a := lossesOf(rand.New(rand.NewPCG(1, 1)), 200, 4, 0.5, 1)
		b := lossesOf(rand.New(rand.NewPCG(1, 1)), 200, 4, 0.5, 0.8)
		for k := range b.Loss {
			b.Loss[k][17] = 400
		}
		if group {
			for i := range 200 {
				a.Group = append(a.Group, int32(i/4))
			}
			b.Group = a.Group
		}
		g, err := gainOf(a, b, measures.Loss, Options{})
		if err != nil {
			t.Fatal(err)
		}
		c := g.Carriers
		if g.Relative.Value > -1 || c == nil || c.Count != 1 || c.Share < 0.9 || !c.Decisive || c.Groups != group ||
			math.Abs(c.Without.Value-0.2) > 0.01 || !(c.Without.Lo > 0.1) {
			t.Fatalf("gain %+v, carriers %+v", g.Relative, c)
		}
		if len(g.Warnings) != 1 || !strings.Contains(g.Warnings[0], map[bool]string{false: "1 of 200 test samples bears", true: "1 of 50 groups of test samples bears"}[group]) {
			t.Errorf("warnings %q", g.Warnings)
		}
	}
}

// One sample that both arms miss by far hides all others: a change of a fiftieth
// in its loss would outweigh a gain of a fifth in theirs.
func TestOneSampleHidesOthers(t *testing.T) {
	a := lossesOf(rand.New(rand.NewPCG(1, 1)), 200, 4, 0.5, 1)
	b := lossesOf(rand.New(rand.NewPCG(1, 1)), 200, 4, 0.5, 0.8)
	mean := a.MeanLoss()
	for k := range a.Loss {
		a.Loss[k][17] = float32(200 * mean * 20)
		b.Loss[k][17] = float32(200 * mean * 20)
	}
	g, err := gainOf(a, b, measures.Loss, Options{})
	if err != nil {
		t.Fatal(err)
	}
	c := g.Carriers
	if g.Relative.Value > 0.02 || c == nil || c.Count != 1 || !c.Decisive || !(c.Without.Value > 0.19) {
		t.Errorf("gain %+v, carriers %+v", g.Relative, c)
	}
	// Where it gains as the others do, it moves nothing, but a gain relative to
	// its loss is what it is: said, and no reason to doubt.
	r := rand.New(rand.NewPCG(2, 2))
	for k := range a.Loss {
		for i := range b.Loss[k] {
			b.Loss[k][i] *= float32(math.Exp(0.3 * r.NormFloat64()))
		}
		a.Loss[k][17] = float32(200 * mean * 1.5)
		b.Loss[k][17] = float32(200 * mean * 1.5 * 0.8 * math.Exp(0.045))
	}
	if g, err = gainOf(a, b, measures.Loss, Options{}); err != nil {
		t.Fatal(err)
	}
	if c = g.Carriers; c == nil || c.Count != 1 || !c.OfLoss || c.Decisive || c.Share < 0.55 || !strings.Contains(g.Warnings[len(g.Warnings)-1], "of the loss that this gain is relative to") {
		t.Errorf("gain %+v, carriers %+v, warnings %q", g.Relative, c, g.Warnings)
	}
}

// Losses without outliers have no carriers, even uneven ones hardly ever.
func TestNoCarriers(t *testing.T) {
	for _, c := range []struct {
		deviation float64
		n         int
		most      float64
	}{{0.3, 50, 0}, {0.7, 200, 0.02}, {1, 200, 0.12}} {
		found, decides := 0.0, 0.0
		const repetitions = 200
		for rep := range repetitions {
			r := rand.New(rand.NewPCG(5, uint64(rep)))
			a := lossesOf(r, c.n, 3, c.deviation, 1)
			b := &Runs{Domain: "d", Seeds: a.Seeds, Samples: a.Samples}
			for _, l := range a.Loss {
				l = slices.Clone(l)
				for i := range l {
					l[i] *= float32(0.9 * math.Exp(0.2*r.NormFloat64()))
				}
				b.Loss = append(b.Loss, l)
			}
			g, err := gainOf(a, b, measures.Loss, Options{})
			if err != nil {
				t.Fatal(err)
			}
			if g.Carriers != nil {
				found += 1.0 / repetitions
				if g.Carriers.Decisive {
					decides += 1.0 / repetitions
				}
			}
		}
		t.Logf("deviation %g, %d samples: carriers in %.3f, decisive in %.3f", c.deviation, c.n, found, decides)
		if found > c.most || decides > c.most/3 {
			t.Errorf("deviation %g, %d samples: carriers in %.3f, want at most %g", c.deviation, c.n, found, c.most)
		}
	}
}
