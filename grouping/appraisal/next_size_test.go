package appraisal_test

import (
	"math"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/sharewise/sharewise/analysis"
	"github.com/sharewise/sharewise/analysis/effect"
	"github.com/sharewise/sharewise/analysis/layout"
	"github.com/sharewise/sharewise/analysis/study"
	"github.com/sharewise/sharewise/grouping/appraisal"
	"github.com/sharewise/sharewise/grouping/economics"
)

// plantErrors replaces the errors of every domain and arm by those of a curve of the
// number of parameters, as three runs with some relative noise would measure them.
func plantErrors(t *testing.T, folder layout.Folder, noise float64, random *rand.Rand, curve func(domain string, parameters float64) float64) (largest float64) {
	t.Helper()
	change(t, folder, func(r *analysis.Results) {
		for k, rung := range r.Rungs {
			largest = float64(r.Capacity.Parameters[k])
			for i := range r.Scores {
				s := &r.Scores[i]
				if s.Rung != rung {
					continue
				}
				truth := curve(s.Domain, largest)
				sum, squares := 0.0, 0.0
				for range 3 {
					x := truth * (1 + noise*random.NormFloat64())
					sum, squares = sum+x/3, squares+x*x/3
				}
				const t2 = 4.302652729911275 // Student's t with two degrees of freedom, 97.5 %
				half := t2 * math.Sqrt(max(0, squares-sum*sum)/2)
				s.Seeds, s.Accuracy = 3, effect.Interval{Value: 1 - sum, Lo: 1 - sum - half, Hi: 1 - sum + half}
			}
		}
	})
	return largest
}

// TestNextSizePlanted holds what the next doubling is worth at most against what it is
// worth by the curves that were planted.
func TestNextSizePlanted(t *testing.T) {
	folder := layout.Folder(filepath.Join(t.TempDir(), "out"))
	if err := trained(folder, 0.05, 0.1, 0.2, 0.4); err != nil {
		t.Fatal(err)
	}
	e := study.NewEconomics()
	e.Value.Each, e.Value.Domains = 100, map[string]float64{"south": 30}
	random := rand.New(rand.NewPCG(5, 6))
	value := func() *appraisal.NextSize {
		a, err := appraisal.Folder(folder, appraisal.Options{Prices: e, Draws: 150, Seed: random.Uint64()})
		if err != nil {
			t.Fatal(err)
		}
		return a.NextSize
	}
	law := func(size, rest, power float64) float64 { return rest + (0.4-rest)*math.Pow(size/1000, -power) }
	const studies = 4
	for _, c := range []struct {
		name        string
		rest, power float64
		most        float64 // what would be no limit to stop by, as a multiple of the truth or, of flat curves, in points of each domain
	}{{"steep", 0.02, 0.5, 2.5}, {"flattening", 0.2, 0.6, 8}, {"flat", 0.4, 1, 2}} {
		held, mean := 0, 0.0
		truth := 0.0
		for range studies {
			largest := plantErrors(t, folder, 0.01, random, func(_ string, size float64) float64 { return law(size, c.rest, c.power) })
			less := law(largest, c.rest, c.power) - law(2*largest, c.rest, c.power)
			truth = 130 * 100 * less // of two domains with 100 and 30 a point
			got := value()
			if got.Doubling == nil {
				t.Fatalf("%s: %+v", c.name, got)
			}
			if got.Doubling.AtMost >= truth {
				held++
			}
			mean += got.Doubling.AtMost / studies
		}
		t.Logf("%s: worth %.4g a month, at most %.4g in the mean, held in %d of %d", c.name, truth, mean, held, studies)
		limit := c.most * truth
		if truth == 0 {
			limit = c.most * 130
		}
		if held < studies-1 || mean > limit {
			t.Errorf("%s: worth %v, at most %v in the mean, which held %d times of %d", c.name, truth, mean, held, studies)
		}
	}
	// A price that no doubling can be worth: stop.
	e.Setup = 1e7
	if got := value(); got.Doubling.Advice != economics.Stop {
		t.Errorf("%+v", got.Doubling)
	}
	var sizes []float64
	for _, c := range []struct {
		why   string
		curve func(domain string, size float64) float64
	}{
		{"no law of size fits north: no such law: it rises with size", func(_ string, size float64) float64 { return 0.02 * math.Sqrt(size/100) }},
		{"no law of size fits south: no such law: the curve strays from it", func(domain string, size float64) float64 {
			if !slices.Contains(sizes, size) {
				sizes = append(sizes, size)
			}
			if domain == "south" && len(sizes)%2 == 0 {
				return 0.1
			}
			return 0.4
		}},
	} {
		plantErrors(t, folder, 0.001, random, c.curve)
		if got := value(); got.Doubling != nil || !strings.HasPrefix(got.Why, c.why) {
			t.Errorf("%+v, want %q", got, c.why)
		}
	}
	change(t, folder, func(r *analysis.Results) {
		for i := range r.Scores {
			if s := &r.Scores[i]; s.Rung == r.Rungs[0] {
				s.Accuracy = effect.Interval{Value: 1, Lo: 1, Hi: 1}
			}
		}
	})
	if got := value(); got.Doubling != nil || got.Why != "north has an error above zero with limits at 3 sizes, and a law of size takes 4" {
		t.Errorf("%+v", got)
	}
}

// TestNextSizeFewSizes refuses to say what follows three sizes.
func TestNextSizeFewSizes(t *testing.T) {
	folder := layout.Folder(filepath.Join(t.TempDir(), "out"))
	if err := trained(folder, 0.05, 0.1, 0.2); err != nil {
		t.Fatal(err)
	}
	e := study.NewEconomics()
	e.Value.Each = 1
	a, err := appraisal.Folder(folder, appraisal.Options{Prices: e, Draws: 100})
	if err != nil {
		t.Fatal(err)
	}
	if n := a.NextSize; n.Doubling != nil || n.Option != -1 || n.Why != "the study has 3 sizes, and a law of size takes 4" {
		t.Errorf("%+v", n)
	}
}
