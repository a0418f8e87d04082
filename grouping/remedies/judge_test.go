package remedies

import (
	"fmt"
	"iter"
	"math"
	"math/rand/v2"
	"os"
	"testing"

	"github.com/sharewise/sharewise/analysis"
	"github.com/sharewise/sharewise/analysis/effect"
	"github.com/sharewise/sharewise/analysis/losses"
)

// shop draws loss tables of two domains: sample losses that all runs have in common, a
// part that runs of one seed have in common, and one that every run has for itself.
type shop struct {
	random  *rand.Rand
	folds   int
	samples [][]float64 // by domain
	seeds   map[int64][]float64
}

const shopSamples = 80

var shopDomains = []string{"a", "b"}

// newShop opens a shop in which a run sees all samples, or one of several folds.
func newShop(seed uint64, folds int) *shop {
	s := &shop{random: rand.New(rand.NewPCG(seed, 5)), folds: folds, seeds: map[int64][]float64{}}
	for range shopDomains {
		v := make([]float64, shopSamples)
		for i := range v {
			v[i] = s.random.ExpFloat64()
		}
		s.samples = append(s.samples, v)
	}
	for k := int64(1); k <= 4; k++ {
		s.seeds[k] = []float64{0.1 * s.random.NormFloat64(), 0.1 * s.random.NormFloat64()}
	}
	return s
}

// runs are four runs of an arm whose losses on the first domain are this times as large.
func (s *shop) runs(name string, factor float64) []tested {
	var out []tested
	for k := int64(1); k <= 4; k++ {
		t := &losses.Table{}
		for d, domain := range shopDomains {
			own, by := 0.08*s.random.NormFloat64(), 1.0
			if d == 0 {
				by = factor
			}
			for i, v := range s.samples[d] {
				if s.folds > 0 && i%s.folds != int(k-1)%s.folds {
					continue
				}
				t.Domain, t.Seed, t.Sample = append(t.Domain, domain), append(t.Seed, k), append(t.Sample, losses.SampleID{Number: int64(i)})
				t.Loss = append(t.Loss, float32(by*v*math.Exp(s.seeds[k][d]+own+0.2*s.random.NormFloat64())))
			}
		}
		out = append(out, tested{id: fmt.Sprint(name, k), domains: shopDomains, seed: k, open: func() iter.Seq2[*losses.Table, error] {
			return func(yield func(*losses.Table, error) bool) { yield(t, nil) }
		}})
	}
	return out
}

// tried judges remedies whose losses on the first domain are these times those of the
// pool, and returns their outcomes.
func tried(t *testing.T, seed uint64, folds int, factors ...float64) *File {
	t.Helper()
	s := newShop(seed, folds)
	f := &File{Level: 0.95, Trial: &Trial{Arm: "joint", Seeds: 4}, Harms: []Harm{{
		Key: analysis.Key{Arm: "joint", Domain: "a"}, Pool: shopDomains, Gain: effect.Interval{Value: -0.3, Lo: -0.4, Hi: -0.2},
	}}}
	study := analysis.Study{Name: "shop", Folds: folds, Domains: []analysis.DomainInfo{{Name: "a", Task: "regression"}, {Name: "b", Task: "regression"}}}
	study.Options.Level, study.Options.SharedSeeds = 0.95, true
	study.Options.Measure = "loss"
	var all []settled
	for i, factor := range factors {
		f.Remedies = append(f.Remedies, Remedy{Name: fmt.Sprintf("remedy %d", i), Kind: Adapters, Arm: "joint", Pool: shopDomains, Harmed: []string{"a"}, Outcome: &Outcome{}})
		all = append(all, settled{seeds: []int{1, 2, 3, 4}, runs: s.runs(fmt.Sprintf("remedy %d, ", i), factor)})
	}
	for i := range all {
		all[i].remedy = &f.Remedies[i]
	}
	own := s.runs("own ", 0.75)
	for i := range all {
		all[i].own = map[string][]tested{"a": own}
	}
	if err := judge(f, study, s.runs("pool ", 1), all); err != nil {
		t.Fatal(err)
	}
	f.conclude("joint")
	return f
}

// TestNull calls nothing helpful or harmful in more than one trial of twenty in which
// remedies do nothing, whether runs test all samples or parts of them in turns.
func TestNull(t *testing.T) {
	trials, most := 28, 10 // 4 of 84 expected at most; more than 10 of a chance of 1 in 200
	if os.Getenv("SHAREWISE_TESTS") == "exhaustive" {
		trials, most = 240, 50 // 36 expected at most; more than 50 of a chance of 1 in 100
	}
	wrong := 0
	for _, folds := range []int{0, 2, 4} {
		before := wrong
		for k := range trials {
			f := tried(t, uint64(k), folds, 1, 1, 1, 1, 1)
			for i := range f.Remedies {
				if f.Remedies[i].Outcome.Verdict != NotSettled {
					wrong++
					break
				}
			}
		}
		t.Logf("%d folds: %d of %d trials", folds, wrong-before, trials)
	}
	if wrong > most {
		t.Errorf("in %d of %d trials something is said to matter where nothing does", wrong, 3*trials)
	}
}

// TestPower finds a remedy that takes off a third of the loss among four that do
// nothing, and says that it cures; and one that adds a third.
func TestPower(t *testing.T) {
	found, cured, harmful := 0, 0, 0
	const trials = 30
	for k := range trials {
		f := tried(t, uint64(1000+k), 4*(k%2), 1, 0.67, 1, 1, 1.5)
		change := f.Remedies[1].Outcome.Domains[0]
		if change.Verdict == Helps {
			found++
		}
		if change.Cured() {
			cured++
		}
		if f.Remedies[4].Outcome.Verdict == Harms {
			harmful++
		}
		if v := change.Against; !v.Limited() || v.Value < 0.1 || v.Value > 0.55 {
			t.Errorf("a third less reads %+v", v)
		}
		if len(f.Remedies[1].Outcome.Others) != 1 || f.Remedies[1].Outcome.Others[0].Domain != "b" {
			t.Errorf("others: %+v", f.Remedies[1].Outcome.Others)
		}
	}
	t.Logf("found %d, cured %d, harmful %d of %d", found, cured, harmful, trials)
	if found < 27 || cured < 27 || harmful < 27 {
		t.Errorf("found %d, cured %d and harmful %d of %d", found, cured, harmful, trials)
	}
}

// TestHolm holds adjusted probabilities against those worked out by hand.
func TestHolm(t *testing.T) {
	changes := []*Change{{P: 0.04}, {P: 0.01}, {P: 0.03}, {P: 0.5}}
	for i, c := range changes {
		c.Domain, c.Against.Value = fmt.Sprint(i), 1
	}
	adjust(changes, 0.95)
	want := map[string]float64{"1": 0.04, "2": 0.09, "0": 0.09, "3": 0.5}
	for _, c := range changes {
		if math.Abs(float64(c.Adjusted)-want[c.Domain]) > 1e-12 || (c.Verdict == Helps) != (c.Domain == "1") {
			t.Errorf("%s: %+v, want %g", c.Domain, c, want[c.Domain])
		}
	}
}
