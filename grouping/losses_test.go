package grouping

import (
	"iter"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/sharewise/sharewise/analysis"
	"github.com/sharewise/sharewise/analysis/losses"
	"github.com/sharewise/sharewise/analysis/measures"
)

// From tables of losses to groups: north and south halve each other's squared
// errors, faults are measured by right and wrong answers and only harmed.
func TestGroupsFromLosses(t *testing.T) {
	arms := map[string][]string{"pool{north,south}": {"north", "south"}, "pool{north,faults}": {"north", "faults"}, "pool{south,faults}": {"south", "faults"}}
	s := analysis.Study{
		Name: "mixed", Rungs: []string{"w1"}, Weightings: []string{"equal"},
		Domains: []analysis.DomainInfo{{Name: "north", Task: "regression"}, {Name: "south", Task: "multilabel"}, {Name: "faults", Task: "classification"}},
	}
	add := func(arm string, domains ...string) {
		for seed := range 3 {
			s.Runs = append(s.Runs, analysis.Run{
				ID: arm + strings.Join(domains, "-") + string(rune('1'+seed)), Arm: arm, Domains: domains, Rung: "w1", Weighting: "equal", Seed: int64(seed), Status: analysis.Finished,
			})
		}
	}
	for _, d := range s.Domains {
		add(analysis.Independent, d.Name)
	}
	for _, arm := range []string{"pool{north,south}", "pool{north,faults}", "pool{south,faults}"} {
		add(arm, arms[arm]...)
	}
	s.Open = func(r analysis.Run) iter.Seq2[*losses.Table, error] {
		return func(yield func(*losses.Table, error) bool) {
			table := &losses.Table{}
			rng := rand.New(rand.NewPCG(uint64(r.Seed), uint64(len(r.ID))))
			for _, d := range r.Domains {
				size := 1.0
				switch {
				case r.Arm == "pool{north,south}":
					size = 0.5
				case r.Arm != analysis.Independent:
					size = 1.3
				}
				for i := range 150 {
					wrong := rng.Float64() < 0.3*size
					target := float32(math.NaN())
					if d == "north" {
						target = float32(i)
					}
					table.Domain = append(table.Domain, d)
					table.Seed = append(table.Seed, r.Seed)
					table.Sample = append(table.Sample, losses.SampleID{Number: int64(i)})
					table.Loss = append(table.Loss, float32(size*(1+float64(i%7))*math.Exp(0.1*rng.NormFloat64())))
					table.Correct = append(table.Correct, !wrong)
					table.Target = append(table.Target, target)
				}
			}
			yield(table, nil)
		}
	}
	r, err := analysis.Analyze(s)
	if err != nil {
		t.Fatal(err)
	}
	metrics := map[string]string{}
	for _, g := range r.Gains {
		metrics[g.Domain] = g.Metric
	}
	if metrics["north"] != measures.SquaredError.Name || metrics["south"] != "loss" || metrics["faults"] != "error" {
		t.Errorf("metrics %v", metrics)
	}
	p, selection, warnings, err := FromResults(r, Selection{})
	if err != nil || len(warnings) > 0 {
		t.Fatal(err, warnings)
	}
	got, err := Recommend(p, Context{Study: r.Study, Selection: selection, Draws: 200, Seed: 1})
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for i := range got.Groups {
		names = append(names, strings.Join(got.Groups[i].Names(), "+"))
	}
	if s := strings.Join(names, " "); s != "north+south faults" {
		t.Errorf("groups %s", s)
	}
	if pool := got.Groups[0]; pool.Verdict != Share || math.Abs(pool.Members[0].Gain-0.5) > 0.03 || math.Abs(pool.Members[1].Gain-0.5) > 0.03 {
		t.Errorf("north and south: %+v", pool)
	}
}
