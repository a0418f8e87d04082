package analysis

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/sharewise/sharewise/analysis/effect"
	"github.com/sharewise/sharewise/analysis/laws"
	"github.com/sharewise/sharewise/analysis/measures"
)

// ladderOf builds an analyzer of one domain at several sizes, with the squared errors of
// samples that all sizes share. Errors alone follow alone(k), in the arm arm(k).
func ladderOf(t *testing.T, random *rand.Rand, rungs []string, parameters []int64, alone, arm func(k int) float64) (*analyzer, []*effect.Comparison) {
	t.Helper()
	const samples, runs = 200, 5
	a := &analyzer{
		Study:   Study{Rungs: rungs, Parameters: parameters, Domains: []DomainInfo{{Name: "d", Task: "regression", Measure: measures.Loss}}, Options: Options{Options: effect.Options{Level: 0.95}}},
		results: &Results{Rungs: rungs},
	}
	a.Options.Options = a.Options.WithDefaults()
	sample := make([]float64, samples)
	for i := range sample {
		sample[i] = random.NormFloat64()
	}
	var comparisons []*effect.Comparison
	for k, rung := range rungs {
		side := func(name string, scale float64) *effect.Runs {
			out := &effect.Runs{Domain: "d", Samples: samples}
			means := make([]float64, runs)
			for seed := range runs {
				run := 1 + 0.02*random.NormFloat64()
				row := make([]float32, samples)
				for i, x := range sample {
					row[i] = float32(scale * run * (x*x + 0.05*math.Abs(random.NormFloat64())))
					means[seed] += float64(row[i]) / samples
				}
				out.Seeds, out.Loss = append(out.Seeds, int64(seed+1)), append(out.Loss, row)
			}
			s := NewScore(Key{Arm: name, Rung: rung, Domain: "d"})
			s.Seeds, s.Loss = runs, effect.OverRuns(means, 0.95)
			a.results.Scores = append(a.results.Scores, s)
			return out
		}
		c, err := effect.Compare(side(Independent, alone(k)), side("joint", arm(k)), a.Options.Options)
		if err != nil {
			t.Fatal(err)
		}
		g, err := c.Gain(measures.Loss)
		if err != nil {
			t.Fatal(err)
		}
		a.results.Gains = append(a.results.Gains, Gain{Key{Arm: "joint", Rung: rung, Domain: "d"}, []string{"d", "e"}, *g})
		comparisons = append(comparisons, c)
	}
	return a, comparisons
}

func TestCapacity(t *testing.T) {
	rungs, parameters := []string{"w1", "w2", "w4", "w8"}, []int64{100, 400, 1600, 6400}
	alone := func(k int) float64 { return 0.2 + 0.8*math.Pow(4, -0.5*float64(k)) }
	arm := func(k int) float64 { return alone(k) * []float64{1.3, 1.1, 0.9, 0.8}[k] }
	a, comparisons := ladderOf(t, rand.New(rand.NewPCG(2, 2)), rungs, parameters, alone, arm)
	if err := a.capacity(comparisons); err != nil {
		t.Fatal(err)
	}
	c := a.results.Capacity
	x := c.Crossing("joint", "", "d")
	if x == nil || x.Where != laws.Between || x.Lo < 400 || x.Hi > 1600 || x.At < x.Lo || x.At > x.Hi {
		t.Errorf("crossing %+v, want one between 400 and 1600", x)
	}
	// One domain is alone among all.
	if x.Settled() != (CapacitySettled{x.Where, x.Lo, x.Hi, 1}) || x.Among == nil {
		t.Errorf("among all: %+v", x.Among)
	}
	curve := c.Curve(Independent, "equal", "d")
	if curve == nil || curve.Law == nil {
		t.Fatalf("curve %+v", curve)
	}
	// Samples have a mean of x² near 1, which all sizes share.
	scale := curve.Error[0].Value
	if next := curve.Law.Next; next.Parameters != 25600 || !(next.Error.Lo < scale*alone(4) && scale*alone(4) < next.Error.Hi) {
		t.Errorf("next %+v, want %v", next, scale*alone(4))
	}
	if most := curve.Law.Next.AtMost; most.Absolute < scale*(alone(3)-alone(4)) || most.Absolute < curve.Law.Doubling.Absolute/2 {
		t.Errorf("at most %+v, want no less than %v", most, scale*(alone(3)-alone(4)))
	}
	// Three sizes have a crossing and no law.
	few, comparisons := ladderOf(t, rand.New(rand.NewPCG(2, 3)), rungs[:3], parameters[:3], alone, arm)
	if err := few.capacity(comparisons); err != nil {
		t.Fatal(err)
	}
	if curve := few.results.Capacity.Curve("joint", "", "d"); curve.Law != nil || curve.Why == "" {
		t.Errorf("a law of three sizes: %+v", curve)
	}
	if len(few.results.Capacity.Crossings) != 1 {
		t.Errorf("crossings %+v", few.results.Capacity.Crossings)
	}
	// Sizes that do not grow are no ladder.
	odd, comparisons := ladderOf(t, rand.New(rand.NewPCG(2, 4)), rungs[:2], []int64{100, 100}, alone, arm)
	if err := odd.capacity(comparisons); err != nil || odd.results.Capacity != nil || len(odd.results.Warnings) != 1 {
		t.Errorf("equal sizes: %v, %+v, %v", err, odd.results.Capacity, odd.results.Warnings)
	}
}

// TestGainsOfSizesShareSamples checks the correlation of gains at two sizes against
// that of the same gains over many draws of the samples.
func TestGainsOfSizesShareSamples(t *testing.T) {
	const samples, runs, draws = 150, 3, 150
	random := rand.New(rand.NewPCG(8, 8))
	var first, second, said []float64
	for range draws {
		sample := make([]float64, samples)
		for i := range sample {
			sample[i] = random.NormFloat64()
		}
		var list []*effect.Comparison
		for range 2 {
			side := func(shift float64) *effect.Runs {
				out := &effect.Runs{Domain: "d", Samples: samples}
				for seed := range runs {
					row := make([]float32, samples)
					for i, x := range sample {
						row[i] = float32(2 + shift*x + 0.3*random.NormFloat64())
					}
					out.Seeds, out.Loss = append(out.Seeds, int64(seed+1)), append(out.Loss, row)
				}
				return out
			}
			c, err := effect.Compare(side(0), side(0.5), effect.Options{Choices: 1})
			if err != nil {
				t.Fatal(err)
			}
			list = append(list, c)
		}
		a, _ := list[0].Gain(measures.Loss)
		b, _ := list[1].Gain(measures.Loss)
		first, second = append(first, a.Relative.Value), append(second, b.Relative.Value)
		said = append(said, effect.AcrossSizes(list, measures.Loss)[0][1])
	}
	want, got := correlation(first, second), mean(said)
	if math.Abs(want-got) > 0.2 || got < 0.4 {
		t.Errorf("gains of two sizes correlate by %.2f, and are said to by %.2f", want, got)
	}
}

func mean(x []float64) float64 {
	sum := 0.0
	for _, v := range x {
		sum += v / float64(len(x))
	}
	return sum
}

func correlation(x, y []float64) float64 {
	mx, my := mean(x), mean(y)
	xx, yy, xy := 0.0, 0.0, 0.0
	for i := range x {
		xx, yy, xy = xx+(x[i]-mx)*(x[i]-mx), yy+(y[i]-my)*(y[i]-my), xy+(x[i]-mx)*(y[i]-my)
	}
	return xy / math.Sqrt(xx*yy)
}
