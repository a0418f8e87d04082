package mixtures

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/sharewise/sharewise/analysis/effect"
	"github.com/sharewise/sharewise/analysis/laws"
)

// planted is what mixtures measure in a world of three domains and some sizes, by a law of
// competition or by one without.
func planted(r *rand.Rand, sizes []int64, apart bool) *File {
	const noise = 0.01
	world := laws.Competition{Apart: apart, Common: 30, Domains: []laws.Competitor{
		{Room: 3, RoomPower: 0.5, Irreducible: 0.1},
		{Room: 2, RoomPower: 0.4, Irreducible: 0.05},
		{Room: 4, RoomPower: 0.6, Irreducible: 0.2},
	}}
	f := &File{Domains: []string{"a", "b", "c"}, Level: 0.95, Seeds: 3, Mixtures: Draw(3, 10, 2, r.Uint64())}
	for _, size := range sizes {
		s := Size{Rung: "s", Parameters: size}
		for _, m := range f.Mixtures {
			var row []effect.Interval
			for _, l := range world.Losses(laws.Mixture{Weights: m.Shares, Size: float64(size), Data: 1}) {
				var runs []float64
				for range f.Seeds {
					runs = append(runs, l*math.Exp(noise*r.NormFloat64()))
				}
				row = append(row, effect.OverRuns(runs, f.Level))
			}
			s.Losses = append(s.Losses, row)
		}
		f.Sizes = append(f.Sizes, s)
	}
	return f
}

// TestPlanted holds predictions with limits to worlds whose law is another one, competition
// for room: limits hold all the same, and which law of all sizes is right is told.
func TestPlanted(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 9))
	inside, of, told := 0, 0, 0
	const worlds = 4
	for k := range worlds {
		apart := k%2 == 1
		f := planted(r, []int64{100, 300, 900, 2700}, apart)
		if err := f.fit(1); err != nil {
			t.Fatal(err)
		}
		f.conclude()
		for _, l := range f.Laws {
			for _, p := range l.Predictions {
				of++
				if p.Inside {
					inside++
				}
			}
		}
		c := f.Competition
		if c == nil || c.Largest == nil || c.Kept.Losses != 24 || c.Largest.Losses != 30 {
			t.Fatalf("%+v", c)
		}
		if apart && c.Kept.Apart < 0.02 || !apart && c.Kept.Competing < c.Kept.Apart {
			told++
		}
		if least := min(c.Largest.Competing, c.Largest.Apart); least > 0.1 {
			t.Errorf("the largest size is predicted with an error of %g at least", float64(least))
		}
	}
	t.Logf("%d of %d inside, %d of %d told", inside, of, told, worlds)
	if float64(inside) < 0.85*float64(of) || told < worlds-1 {
		t.Errorf("limits hold %d of %d, the law was told %d times of %d", inside, of, told, worlds)
	}
}

// TestRefused says why where losses are zero, and where too few mixtures are left.
func TestRefused(t *testing.T) {
	f := planted(rand.New(rand.NewPCG(1, 1)), []int64{100}, true)
	f.Sizes[0].Losses[2][0] = effect.Interval{}
	for k := range 4 {
		f.Sizes[0].Losses[k][1] = effect.Unknown()
	}
	if err := f.fit(1); err != nil {
		t.Fatal(err)
	}
	if f.Laws[0].Why != "the loss of mixture 3 is 0, and the law is one of losses above zero" || f.Laws[1].Why != "only 4 mixtures without a run that diverged, and a law takes 6" || f.Laws[2].Why != "" {
		t.Errorf("%q, %q, %q", f.Laws[0].Why, f.Laws[1].Why, f.Laws[2].Why)
	}
	if f.Competition != nil {
		t.Error("a law of competition at one size")
	}
}

// TestDraw checks that shares sum to one, differ, and that the first are what they should be.
func TestDraw(t *testing.T) {
	for n := 2; n < 9; n++ {
		seen := map[string]bool{}
		for k, m := range Draw(n, DefaultMixtures(n), 2, 7) {
			sum := 0.0
			text := ""
			for _, s := range m.Shares {
				sum += s
				text += effect.Point(s).Percent()
				if !(s > 0.001) {
					t.Errorf("a share of %g", s)
				}
			}
			if math.Abs(sum-1) > 1e-9 || m.Held != (k >= DefaultMixtures(n)-2) {
				t.Errorf("%+v", m)
			}
			if k > 0 && k <= n && m.Shares[k-1] < 2/float64(n+3) {
				t.Errorf("mixture %d does not favour its domain: %v", k, m.Shares)
			}
			seen[text] = true
		}
		if n > 2 && len(seen) < DefaultMixtures(n)-1 {
			t.Errorf("only %d different mixtures", len(seen))
		}
	}
}
