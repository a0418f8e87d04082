package analysis

import (
	"errors"
	"fmt"
	"iter"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/sharewise/sharewise/analysis/losses"
)

// classStudy is a study of two domains with eight classes, from 24 to 250 test samples
// large. In the joint arm class 2 of domain a becomes harder by harm, on the scale of
// logits; every run is a little better or worse at every class. truth holds the change
// of the error of every class of a.
func classStudy(random *rand.Rand, seeds int, harm float64) (s Study, truth map[string]float64) {
	sizes := []int{250, 180, 120, 80, 60, 40, 30, 24}
	type sample struct {
		class int
		logit float64
	}
	var all []sample
	for class, n := range sizes {
		for range n {
			all = append(all, sample{class, 1 + 1.5*random.NormFloat64()})
		}
	}
	right := func(logit float64) float64 { return 1 / (1 + math.Exp(-logit)) }
	const wobble = 0.25
	// The chance to be right over runs, by quadrature over what a run is worth.
	expected := func(logit float64) (mean float64) {
		for k := range 41 {
			z := -3 + 6*(float64(k)+0.5)/41
			mean += right(logit+wobble*z) * math.Exp(-z*z/2) / math.Sqrt(2*math.Pi) * 6 / 41
		}
		return mean
	}
	truth = map[string]float64{}
	for _, x := range all {
		if x.class == 2 {
			truth["class 2"] += (expected(x.logit-harm) - expected(x.logit)) / float64(sizes[2])
		}
	}
	tables := map[string]*losses.Table{}
	table := func(arm string, domains []string, seed int) *losses.Table {
		t := &losses.Table{Correct: []bool{}, Label: []int32{}}
		for _, d := range domains {
			worth := make([]float64, len(sizes))
			for c := range worth {
				worth[c] = wobble * random.NormFloat64()
			}
			for i, x := range all {
				logit := x.logit + worth[x.class]
				if arm != Independent && d == "a" && x.class == 2 {
					logit -= harm
				}
				ok := random.Float64() < right(logit)
				loss := float32(0.1)
				if !ok {
					loss = 2
				}
				t.Domain, t.Seed, t.Sample = append(t.Domain, d), append(t.Seed, int64(seed)), append(t.Sample, losses.SampleID{Number: int64(i)})
				t.Loss, t.Correct, t.Label = append(t.Loss, loss), append(t.Correct, ok), append(t.Label, int32(x.class))
			}
		}
		return t
	}
	s = Study{Name: "classes", Rungs: []string{"w1"}, Weightings: []string{"equal"},
		Domains: []DomainInfo{{Name: "a", Task: "classification", Outputs: 8}, {Name: "b", Task: "classification", Outputs: 8}},
		Open: func(r Run) iter.Seq2[*losses.Table, error] {
			return func(yield func(*losses.Table, error) bool) { yield(tables[r.ID], nil) }
		}}
	for _, arm := range []struct {
		name    string
		domains []string
	}{{Independent, []string{"a"}}, {Independent, []string{"b"}}, {"joint", []string{"a", "b"}}} {
		for seed := 1; seed <= seeds; seed++ {
			id := fmt.Sprint(arm.name, arm.domains, seed)
			s.Runs = append(s.Runs, Run{ID: id, Arm: arm.name, Domains: arm.domains, Rung: "w1", Weighting: "equal", Seed: int64(seed), Status: Finished})
			tables[id] = table(arm.name, arm.domains, seed)
		}
	}
	return s, truth
}

// TestSubgroupCoverage simulates studies: limits hold the truth in small classes as in
// large ones, nothing is found where nothing is, and what was planted is.
func TestSubgroupCoverage(t *testing.T) {
	for _, c := range []struct {
		name  string
		harm  float64
		seeds int
	}{{"nothing", 0, 3}, {"nothing, five seeds", 0, 5}, {"harm in a class", 1.2, 3}} {
		random := rand.New(rand.NewPCG(7, uint64(c.seeds)))
		const studies = 60
		covered, of := map[string]int{}, map[string]int{}
		alarms, found := 0, 0
		for range studies {
			s, truth := classStudy(random, c.seeds, c.harm)
			got, err := MeasureSubgroups(s, SubgroupOptions{})
			if err != nil {
				t.Fatal(err)
			}
			alarm := false
			for _, g := range got.Subgroups {
				want := 0.0
				if g.Domain == "a" {
					want = truth[g.Name]
				}
				size := "small"
				if g.Samples >= 100 {
					size = "large"
				}
				of[size]++
				if g.Gain.Absolute.Lo <= want && want <= g.Gain.Absolute.Hi {
					covered[size]++
				}
				if g.Gain.Discovery && want == 0 {
					alarm = true
				}
				if g.Gain.Discovery && want != 0 {
					found++
				}
			}
			if alarm {
				alarms++
			}
		}
		for size, n := range of {
			if share := float64(covered[size]) / float64(n); share < 0.92 {
				t.Errorf("%s: limits of %s classes hold the truth in %.3f of %d", c.name, size, share, n)
			}
		}
		if share := float64(alarms) / studies; share > 0.12 {
			t.Errorf("%s: %.2f of the studies find what is not there", c.name, share)
		}
		if c.harm > 0 && found < studies/2 {
			t.Errorf("%s: found in %d of %d studies", c.name, found, studies)
		}
	}
}

// TestSubgroups: parts add up to the change, small subgroups are put together, and
// divisions of the caller come beside classes.
func TestSubgroups(t *testing.T) {
	s, _ := classStudy(rand.New(rand.NewPCG(3, 3)), 3, 1.2)
	half := Division{Domain: "a", By: "shift", Of: func(id losses.SampleID) string {
		if id.Number%2 == 0 {
			return "day"
		}
		return "night"
	}}
	got, err := MeasureSubgroups(s, SubgroupOptions{Least: 50, Divisions: []Division{half, {Domain: "b", By: "nothing", Of: func(losses.SampleID) string { return "" }}},
		ClassName: func(_ string, class int) string { return string(rune('A' + class)) }})
	if err != nil {
		t.Fatal(err)
	}
	results, err := Analyze(s)
	if err != nil {
		t.Fatal(err)
	}
	sums, names := map[string]float64{}, map[string]string{}
	for _, g := range got.Subgroups {
		sums[g.Domain+" "+g.By] += float64(g.Part)
		names[g.Domain+" "+g.By] += g.Name + " "
	}
	for of, sum := range sums {
		domain, _, _ := strings.Cut(of, " ")
		if want := results.Effect(Key{"joint", "w1", "equal", domain}).Delta.Value; math.Abs(sum-want) > 1e-9 {
			t.Errorf("%s: parts add up to %v, the change is %v", of, sum, want)
		}
	}
	if names["a class"] != "A B C D E all others " || names["a shift"] != "day night " || names["b nothing"] != "" {
		t.Errorf("subgroups: %v", names)
	}
	if worst := got.Worst(); len(worst) == 0 || worst[0].Name != "C" || worst[0].Domain != "a" {
		t.Errorf("most harmed: %v", worst)
	}
	if _, err := MeasureSubgroups(s, SubgroupOptions{Rung: "w9"}); !errors.Is(err, ErrNoShared) {
		t.Errorf("an unknown rung: %v", err)
	}
}
