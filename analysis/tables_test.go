package analysis

import (
	"errors"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/sharewise/sharewise/analysis/effect"
	"github.com/sharewise/sharewise/analysis/losses"
	"github.com/sharewise/sharewise/analysis/measures"
)

// randomRuns draws correct runs of two arms with an effect on every fourth
// sample.
func randomRuns(r *rand.Rand, n, ka, kb int) (a, b *effect.Runs) {
	draw := func(from, k int) *effect.Runs {
		out := &effect.Runs{Domain: "d", Samples: n, Correct: make([]uint64, n)}
		for run := range k {
			out.Seeds = append(out.Seeds, int64(from+run))
		}
		return out
	}
	a, b = draw(1, ka), draw(50, kb)
	for i := range n {
		p := r.Float64()
		q := p
		if i%4 == 0 {
			q = r.Float64()
		}
		for run := range ka {
			if r.Float64() < p {
				a.Correct[i] |= 1 << run
			}
		}
		for run := range kb {
			if r.Float64() < q {
				b.Correct[i] |= 1 << run
			}
		}
	}
	return a, b
}

// equateUnknown takes figures that are not known for equal.
var equateUnknown = cmp.Options{
	cmpopts.EquateNaNs(),
	cmp.Comparer(func(x, y effect.Number) bool { return x == y || !x.Known() && !y.Known() }),
}

func near(a, b float64) bool { return math.Abs(a-b) <= 1e-9*(1+math.Abs(b)) }

// tableOf lists runs as rows of a table.
func tableOf(all ...*effect.Runs) *losses.Table {
	t := &losses.Table{Correct: []bool{}}
	for _, r := range all {
		for k, seed := range r.Seeds {
			for i := range r.Samples {
				t.Domain = append(t.Domain, r.Domain)
				t.Seed = append(t.Seed, seed)
				t.Sample = append(t.Sample, losses.SampleID{Number: int64(i)})
				ok := r.Correct[i]>>k&1 == 1
				t.Correct = append(t.Correct, ok)
				l := float32(0.25 + float64(i)/1000)
				if !ok {
					l += 1
				}
				t.Loss = append(t.Loss, l)
			}
		}
	}
	return t
}

// filter keeps the rows for which keep is true.
func filter(t *losses.Table, keep func(i int) bool) *losses.Table {
	out := &losses.Table{Correct: []bool{}}
	for i := range t.Len() {
		if keep(i) {
			out.Domain = append(out.Domain, t.Domain[i])
			out.Seed = append(out.Seed, t.Seed[i])
			out.Sample = append(out.Sample, t.Sample[i])
			out.Loss = append(out.Loss, t.Loss[i])
			out.Correct = append(out.Correct, t.Correct[i])
		}
	}
	return out
}

func shuffled(t *losses.Table, seed uint64) *losses.Table {
	perm := rand.New(rand.NewPCG(seed, 1)).Perm(t.Len())
	out := &losses.Table{Correct: []bool{}}
	for _, i := range perm {
		out.Domain = append(out.Domain, t.Domain[i])
		out.Seed = append(out.Seed, t.Seed[i])
		out.Sample = append(out.Sample, t.Sample[i])
		out.Loss = append(out.Loss, t.Loss[i])
		out.Correct = append(out.Correct, t.Correct[i])
	}
	return out
}

func twoDomains(t *testing.T) (a, b *losses.Table) {
	t.Helper()
	r := rand.New(rand.NewPCG(4, 4))
	ax, bx := randomRuns(r, 80, 3, 4)
	ay, by := randomRuns(r, 60, 3, 4)
	ay.Domain, by.Domain = "e", "e"
	return tableOf(ax, ay), tableOf(bx, by)
}

func TestCompareDoesNotDependOnOrder(t *testing.T) {
	a, b := twoDomains(t)
	want, err := Compare(a, b, Options{})
	if err != nil {
		t.Fatal(err)
	}
	got, err := Compare(shuffled(a, 1), shuffled(b, 2), Options{})
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(want, got, equateUnknown); d != "" {
		t.Error(d)
	}
	if got := got.Effects; len(got) != 2 || got[0].Domain != "d" || got[0].Samples != 80 || got[1].Seeds.Arm != 4 {
		t.Errorf("effects of %d domains: %+v", len(got), got[0])
	}
}

func TestCompareMatchesRuns(t *testing.T) {
	a, b := randomRuns(rand.New(rand.NewPCG(5, 5)), 70, 3, 3)
	found, err := Compare(tableOf(a), tableOf(b), Options{})
	if err != nil {
		t.Fatal(err)
	}
	c, err := effect.Compare(a, b, effect.Options{})
	if err != nil {
		t.Fatal(err)
	}
	e, err := c.Effect()
	if err != nil {
		t.Fatal(err)
	}
	got := found.Effects[0]
	if !got.LossReduction.Known() || cmp.Diff(got.Transfer, e.Transfer, equateUnknown) != "" || got.Delta != e.Delta {
		t.Errorf("from tables %+v, from runs %+v", got, e)
	}
}

func TestCompareRefuses(t *testing.T) {
	a, b := twoDomains(t)
	lacks := func(t *losses.Table, seed int64, sample int64) *losses.Table {
		return filter(t, func(i int) bool {
			return !(t.Domain[i] == "d" && (seed == 0 || t.Seed[i] == seed) && t.Sample[i].Number == sample)
		})
	}
	oneSeed := filter(a, func(i int) bool { return a.Seed[i] == 1 })
	without := *b
	without.Correct = nil
	oneDomain := filter(b, func(i int) bool { return b.Domain[i] == "e" })
	for name, c := range map[string]struct {
		a, b *losses.Table
		want error
		text string
	}{
		"one seed":      {oneSeed, b, effect.ErrOneRun, "domain d: at least two seeds per arm are needed: seed noise cannot be told from an effect (independent 1, arm 4)"},
		"no correct":    {a, &without, effect.ErrNoCorrect, "arm: no column correct"},
		"other domains": {a, oneDomain, ErrDomains, `independent has ["d" "e"], arm has ["e"]`},
		"other samples": {a, lacks(b, 0, 17), ErrSamples, "domain d: samples differ: only in independent: 17"},
		"hole":          {lacks(a, 2, 33), b, ErrSamples, "domain d: samples differ: only in seed 1 of independent: 33"},
		"empty":         {a, &losses.Table{Correct: []bool{}}, ErrSamples, "no rows"},
	} {
		_, err := Compare(c.a, c.b, Options{})
		if !errors.Is(err, c.want) || !strings.Contains(err.Error(), c.text) {
			t.Errorf("%s: error %v, want …%s…", name, err, c.text)
		}
	}
	if _, err := Compare(a, b, Options{Options: effect.Options{Level: 2}}); err == nil {
		t.Error("level 2 accepted")
	}
}

func TestIntersect(t *testing.T) {
	a, b := twoDomains(t)
	drop := func(t *losses.Table, seed, sample int64) *losses.Table {
		return filter(t, func(i int) bool {
			return !(t.Domain[i] == "d" && t.Seed[i] == seed && t.Sample[i].Number == sample)
		})
	}
	got, err := Compare(drop(drop(a, 1, 5), 2, 6), drop(b, 51, 7), Options{Intersect: true})
	if err != nil {
		t.Fatal(err)
	}
	gone := func(t *losses.Table) *losses.Table {
		return filter(t, func(i int) bool {
			n := t.Sample[i].Number
			return t.Domain[i] != "d" || n != 5 && n != 6 && n != 7
		})
	}
	want, err := Compare(gone(a), gone(b), Options{})
	if err != nil {
		t.Fatal(err)
	}
	if got.Effects[0].Samples != 77 || !strings.Contains(strings.Join(got.Effects[0].Warnings, ";"), "3 samples are not in every run") {
		t.Errorf("%d samples, warnings %q", got.Effects[0].Samples, got.Effects[0].Warnings)
	}
	got.Effects[0].Warnings = want.Effects[0].Warnings
	if d := cmp.Diff(want, got, equateUnknown); d != "" {
		t.Error(d)
	}
	oneDomain := filter(b, func(i int) bool { return b.Domain[i] == "e" })
	if got, err = Compare(a, oneDomain, Options{Intersect: true}); err != nil || len(got.Effects) != 1 || got.Effects[0].Domain != "e" {
		t.Errorf("one domain in common: %v, %v", got, err)
	}
}

func TestCompareRegression(t *testing.T) {
	a, b := twoDomains(t)
	for _, x := range []*losses.Table{a, b} {
		for i := range x.Len() {
			target := float32(math.NaN())
			if x.Domain[i] == "e" {
				target = 3
			}
			x.Target = append(x.Target, target)
		}
	}
	got, err := Compare(a, b, Options{})
	if err != nil {
		t.Fatal(err)
	}
	if got.Effects[0].Measure != measures.Correct || got.Effects[1].Measure != measures.Loss {
		t.Errorf("measures %s, %s", got.Effects[0].Measure, got.Effects[1].Measure)
	}
	if e := got.Effects[1]; e.Delta != e.LossReduction || !e.Delta.Limited() || !near(e.Delta.Value, float64(e.Loss.Independent-e.Loss.Arm)) || e.Accuracy.Independent.Known() || e.Changed.Known() {
		t.Errorf("regression: %+v", e)
	}
}

func TestGroupOption(t *testing.T) {
	a, b := twoDomains(t)
	got, err := Compare(a, b, Options{Group: func(_ string, s losses.SampleID) string { return s.String()[:1] }})
	if err != nil {
		t.Fatal(err)
	}
	if got.Effects[0].Groups != 10 || got.Effects[1].Groups != 10 {
		t.Errorf("%d and %d groups, want 10", got.Effects[0].Groups, got.Effects[1].Groups)
	}
}

// TestOneSample compares domains with a single test sample, and with a single
// group of samples: there are figures, and nothing limits them.
func TestOneSample(t *testing.T) {
	a, b := twoDomains(t)
	first := a.Sample[0]
	only := func(x *losses.Table) *losses.Table {
		return filter(x, func(i int) bool { return x.Sample[i] == first })
	}
	one := func(string, losses.SampleID) string { return "all" }
	for name, c := range map[string]struct {
		a, b *losses.Table
		o    Options
	}{"one sample": {only(a), only(b), Options{}}, "one group": {a, b, Options{Group: one}}} {
		for _, m := range []string{measures.Correct, measures.Loss} {
			c.o.Measure = m
			effects, err := Compare(c.a, c.b, c.o)
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			for _, e := range effects.Effects {
				if d := e.Delta; math.IsNaN(d.Value) || !math.IsNaN(d.Lo) || !math.IsNaN(d.Hi) {
					t.Errorf("%s, %s: change %+v, want one without limits", name, m, d)
				}
			}
		}
	}
}
