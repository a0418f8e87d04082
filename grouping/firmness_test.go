package grouping

import (
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/sharewise/sharewise/analysis"
)

// TestRecommendDecides checks that what Recommend returns, and so groups.json,
// says how far to trust it.
func TestRecommendDecides(t *testing.T) {
	p := &Problem{
		Domains: []string{"a", "b", "c"},
		Pools: []Pool{
			{Members: []int{0, 1}, Gain: []float64{0.3, 0.25}, Lo: []float64{0.28, 0.23}, Hi: []float64{0.32, 0.27}},
			{Members: []int{0, 2}, Gain: []float64{-0.2, -0.3}, Lo: []float64{-0.22, -0.32}, Hi: []float64{-0.18, -0.28}},
			{Members: []int{1, 2}, Gain: []float64{-0.2, -0.3}, Lo: []float64{-0.22, -0.32}, Hi: []float64{-0.18, -0.28}},
		},
	}
	r, err := Recommend(p, Context{Seed: 1})
	if err != nil {
		t.Fatal(err)
	}
	if r.Firmness != Clear || len(r.Lasting) != 1 || !slices.Equal(r.Lasting[0], []string{"a", "b"}) || !r.Guess() || !r.StandsOut() {
		t.Errorf("%s, lasting %v, stability %+v", r.Firmness, r.Lasting, r.Stability)
	}
	doubt := analysis.Doubt{Kind: analysis.Undertrained, Domains: []string{"a"}, Text: "models of a were still learning"}
	if r, err = Recommend(p, Context{Seed: 1, Doubts: []analysis.Doubt{doubt}}); err != nil || r.Firmness != Doubtful || r.Measured() != Clear {
		t.Errorf("with a doubt: %s, measured %s, %v", r.Firmness, r.Measured(), err)
	}
	if r.OutOfDoubt != nil || r.Groups[0].Firmness != Doubtful {
		t.Errorf("the only pool is in doubt: %+v, %s", r.OutOfDoubt, r.Groups[0].Firmness)
	}
	// Models of c that learned nothing have no bearing on a pool of others.
	doubt = analysis.Doubt{Kind: analysis.NoSkill, Domains: []string{"c"}}
	if r, err = Recommend(p, Context{Seed: 1, Doubts: []analysis.Doubt{doubt}}); err != nil || r.Firmness != Clear {
		t.Errorf("with a doubt of c: %s, %v", r.Firmness, err)
	}
	for i := range p.Pools {
		p.Pools[i].Lo, p.Pools[i].Hi = nil, nil
	}
	if r, err = Recommend(p, Context{Seed: 1}); err != nil || r.Firmness != Unknown || r.Lasting == nil || len(r.Lasting) != 0 {
		t.Errorf("without limits: %s, %v, %v", r.Firmness, r.Lasting, err)
	}
}

// A doubt about one domain of six leaves the groups without it to act on, and is
// about the whole where it touches most of the value.
func TestDoubtInPart(t *testing.T) {
	t.Parallel() // takes seconds
	p := &Problem{Domains: []string{"a", "b", "c", "d", "e", "f"}, Value: []float64{1, 1, 1, 1, 1, 1}}
	for i := range 6 {
		for j := i + 1; j < 6; j++ {
			gain, half := -0.2, 0.02
			if i%2 == 0 && j == i+1 {
				gain = 0.3
			}
			if j >= 4 && i < 4 { // what e and f gain and give is hardly known
				gain, half = 0.05, 0.6
			}
			p.Pools = append(p.Pools, Pool{Members: []int{i, j}, Gain: []float64{gain, gain}, Lo: []float64{gain - half, gain - half}, Hi: []float64{gain + half, gain + half}})
		}
	}
	p.Across = &Across{Pool: 0.3, Seed: 0.1, Seeds: 3} // what runs move together goes with the pools
	for range p.Pools {
		p.Across.Runs = append(p.Across.Runs, []float64{1e-5, 1e-5})
	}
	recommend := func(kind analysis.DoubtKind, domains ...string) *Recommendation {
		t.Helper()
		r, err := Recommend(p, Context{Seed: 1, Doubts: []analysis.Doubt{{Kind: kind, Domains: domains, Text: "text", Brief: "brief"}}})
		if err != nil {
			t.Fatal(err)
		}
		return r
	}
	r := recommend(analysis.Undertrained, "e")
	if r.Measured() == Clear || r.OutOfDoubt == nil || r.Firmness != Clear || r.OfRest().Measured() != Clear {
		t.Fatalf("measured %s, firmness %s, out of doubt %+v", r.Measured(), r.Firmness, r.OutOfDoubt)
	}
	if want := []string{"a", "b", "c", "d"}; !slices.Equal(r.OutOfDoubt.Domains, want) || !slices.Equal(r.Doubted(), []string{"e", "f"}) {
		t.Errorf("out of doubt %v, in doubt %v", r.OutOfDoubt.Domains, r.Doubted())
	}
	for _, g := range r.Groups {
		want := Clear
		if slices.Contains(g.Names(), "e") {
			want = Doubtful
		}
		if g.Firmness != want {
			t.Errorf("group %v: %s, want %s", g.Names(), g.Firmness, want)
		}
	}
	if n := len(r.OfRest().Groups); n != 2 || r.OfRest().Total > 1.3 {
		t.Errorf("%d groups out of doubt, of a total of %v", n, r.OfRest().Total)
	}
	if r := recommend(analysis.Undertrained, "a", "c"); r.Firmness != Doubtful || r.OutOfDoubt != nil {
		t.Errorf("doubts about most: %s, %+v", r.Firmness, r.OutOfDoubt)
	}
	if r := recommend(analysis.Leaked); r.Firmness != Doubtful || r.OutOfDoubt != nil {
		t.Errorf("a doubt about all: %s, %+v", r.Firmness, r.OutOfDoubt)
	}
	p.Value[4], p.Value[5] = 5, 5
	if r := recommend(analysis.Undertrained, "e"); r.Firmness != Doubtful || r.OutOfDoubt != nil {
		t.Errorf("a doubt about most of the value: %s, %+v", r.Firmness, r.OutOfDoubt)
	}
	// A bound on the number of groups ties all domains together.
	p.Value, p.MaxGroups = nil, 3
	if r := recommend(analysis.Undertrained, "e"); r.Firmness != Doubtful || r.OutOfDoubt != nil {
		t.Errorf("with three models at most: %s, %+v", r.Firmness, r.OutOfDoubt)
	}
}

// TestSupportIsRare counts studies in which sharing makes no difference at all
// and draws still support a verdict on some group.
func TestSupportIsRare(t *testing.T) {
	t.Parallel() // takes seconds
	const studies = 100
	for _, c := range []struct{ noise, df float64 }{{0.07, 4}, {0.07, 0}} {
		random := rand.New(rand.NewPCG(21, 22))
		apart, share := 0, 0
		for range studies {
			p, _ := planted(random, 0, c.noise, c.df)
			r, err := Recommend(p, Context{Draws: 200, Seed: 1})
			if err != nil {
				t.Fatal(err)
			}
			var kept, shared bool
			for _, g := range r.Groups {
				kept = kept || len(g.Members) == 1 && g.Verdict == Apart
				shared = shared || len(g.Members) > 1 && g.Verdict == Share
			}
			if kept {
				apart++
			}
			if shared {
				share++
			}
		}
		t.Logf("noise %v, %v degrees of freedom: kept apart in %d, shared in %d of %d studies", c.noise, c.df, apart, share, studies)
		if apart+share > studies/10 {
			t.Errorf("noise %v, %v degrees of freedom: a verdict in %d of %d studies without any effect", c.noise, c.df, apart+share, studies)
		}
	}
}
