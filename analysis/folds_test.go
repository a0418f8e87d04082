package analysis

import (
	"errors"
	"fmt"
	"iter"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"gonum.org/v1/gonum/stat"

	"github.com/sharewise/sharewise/analysis/losses"
)

// foldTable has the rows of seeds that are tested on every n-th sample each.
func foldTable(seeds []int64, samples, folds int, wrong float64) *losses.Table {
	t := &losses.Table{}
	for _, s := range seeds {
		r := rand.New(rand.NewPCG(uint64(s), uint64(1000*wrong)))
		for i := range samples {
			if i%folds != int(s-1)%folds {
				continue
			}
			ok := r.Float64() >= wrong
			l := float32(0.2)
			if !ok {
				l = 2
			}
			t.Domain, t.Seed, t.Sample = append(t.Domain, "a"), append(t.Seed, s), append(t.Sample, losses.SampleID{Number: int64(i)})
			t.Loss, t.Correct = append(t.Loss, l), append(t.Correct, ok)
		}
	}
	return t
}

// TestCompareFolds compares tables of a cross-validation, and refuses splits that
// share test samples and seeds that test other samples on either side.
func TestCompareFolds(t *testing.T) {
	five := []int64{1, 2, 3, 4, 5}
	c, err := Compare(foldTable(five, 100, 5, 0.4), foldTable(five, 100, 5, 0.1), Options{})
	if err != nil {
		t.Fatal(err)
	}
	e, g := c.Effects[0], c.Gains[0]
	if e.Samples != 100 || g.Folds != 5 || !g.Relative.Limited() || e.Delta.Lo <= 0 || e.Transfer.BoundHi.Known() {
		t.Errorf("effect %+v, gain %+v", e, g)
	}
	if !strings.Contains(strings.Join(e.Warnings, " "), "tested in 5 folds") {
		t.Errorf("warnings %q", e.Warnings)
	}
	shifted := foldTable(five, 100, 5, 0.1)
	for i := range shifted.Seed {
		shifted.Seed[i] = shifted.Seed[i]%5 + 1
	}
	if _, err := Compare(foldTable(five, 100, 5, 0.4), shifted, Options{}); !errors.Is(err, ErrSamples) || !strings.Contains(err.Error(), "same fold") {
		t.Errorf("other folds on either side: %v", err)
	}
	overlapping := func(wrong float64) *losses.Table {
		table := &losses.Table{}
		for _, s := range five {
			for i := range 30 {
				table.Domain, table.Seed = append(table.Domain, "a"), append(table.Seed, s)
				table.Sample = append(table.Sample, losses.SampleID{Number: 10*s + int64(i)})
				table.Loss, table.Correct = append(table.Loss, float32(wrong)), append(table.Correct, i%2 == 0)
			}
		}
		return table
	}
	if _, err := Compare(overlapping(0.4), overlapping(0.2), Options{}); !errors.Is(err, ErrSamples) || !strings.Contains(err.Error(), "none in common") {
		t.Errorf("test samples in common: %v", err)
	}
}

// TestAnalyzeFolds measures a study whose seeds are tested on folds, whole and while
// folds wait for their runs.
func TestAnalyzeFolds(t *testing.T) {
	for _, seeds := range []int64{3, 5, 10} {
		s := Study{
			Name: "s", Folds: 5, Rungs: []string{"w1"}, Weightings: []string{"equal"},
			Domains: []DomainInfo{{Name: "a", Task: "classification", Outputs: 2}},
		}
		tables := map[string]*losses.Table{}
		for seed := int64(1); seed <= seeds; seed++ {
			for arm, wrong := range map[string]float64{Independent: 0.3, "joint": 0.15} {
				id := fmt.Sprint(arm, seed)
				tables[id] = foldTable([]int64{seed}, 200, 5, wrong)
				s.Runs = append(s.Runs, Run{ID: id, Arm: arm, Domains: []string{"a"}, Rung: "w1", Weighting: "equal", Seed: seed, Status: Finished})
			}
		}
		s.Open = func(r Run) iter.Seq2[*losses.Table, error] {
			return func(yield func(*losses.Table, error) bool) { yield(tables[r.ID], nil) }
		}
		r, err := Analyze(s)
		if err != nil {
			t.Fatal(err)
		}
		g := r.Gain(Key{"joint", "w1", "equal", "a"})
		tested := min(200, 40*int(seeds))
		if g == nil || g.Samples != tested || !g.Relative.Limited() || g.Relative.Lo >= g.Relative.Value {
			t.Errorf("%d seeds: gain %+v, want of %d samples", seeds, g, tested)
		}
		if e := r.Effect(Key{"joint", "w1", "equal", "a"}); e == nil || e.Transfer.BoundHi.Known() != (seeds == 10) {
			t.Errorf("%d seeds: effect %+v", seeds, e)
		}
		if waits := strings.Contains(strings.Join(r.Warnings, " "), "3 of 5 folds are tested"); waits != (seeds == 3) {
			t.Errorf("%d seeds: warnings %q", seeds, r.Warnings)
		}
	}
}

// driftTable has a run of a seed on the fold of its seed, of targets that rise from fold to
// fold: those of one fold vary little, those of all much.
func driftTable(seed int64, samples, folds int, noise float64) *losses.Table {
	t := &losses.Table{}
	at := rand.New(rand.NewPCG(1, 2))
	r := rand.New(rand.NewPCG(uint64(seed), uint64(1000*noise)))
	for i := range samples {
		fold := i * folds / samples
		y := float64(fold) + 0.5*at.NormFloat64()
		if fold != int(seed-1)%folds {
			continue
		}
		f := y + noise*r.NormFloat64()
		t.Domain, t.Seed, t.Sample = append(t.Domain, "a"), append(t.Seed, seed), append(t.Sample, losses.SampleID{Number: int64(i)})
		t.Loss, t.Target, t.Prediction = append(t.Loss, float32((f-y)*(f-y))), append(t.Target, float32(y)), append(t.Prediction, float32(f))
	}
	return t
}

// pooledR2 is R² of the rows of tables together.
func pooledR2(tables []*losses.Table) float64 {
	var y, f []float64
	for _, t := range tables {
		for i := range t.Target {
			y, f = append(y, float64(t.Target[i])), append(f, float64(t.Prediction[i]))
		}
	}
	return stat.RSquaredFrom(f, y, nil)
}

// TestSpreadOverFolds holds R² of networks and of the linear model against R² of all
// samples, where every fold by itself has targets of another level.
func TestSpreadOverFolds(t *testing.T) {
	const folds = 5
	s := Study{
		Name: "s", Folds: folds, Rungs: []string{"w1"}, Weightings: []string{"equal"},
		Domains: []DomainInfo{{Name: "a", Task: "regression", Outputs: 1, Metric: "r2"}},
	}
	tables := map[string]*losses.Table{}
	var alone, linear []*losses.Table
	for seed := int64(1); seed <= folds; seed++ {
		for arm, noise := range map[string]float64{Independent: 0.7, "joint": 0.6} {
			id := fmt.Sprint(arm, seed)
			tables[id] = driftTable(seed, 200, folds, noise)
			s.Runs = append(s.Runs, Run{ID: id, Arm: arm, Domains: []string{"a"}, Rung: "w1", Weighting: "equal", Seed: seed, Status: Finished})
		}
		alone, linear = append(alone, tables[fmt.Sprint(Independent, seed)]), append(linear, driftTable(seed, 200, folds, 0.4))
	}
	s.Baselines = []BaselineRun{{Domain: "a", Model: "ridge regression", Open: func() iter.Seq2[*losses.Table, error] {
		return func(yield func(*losses.Table, error) bool) {
			for _, l := range linear {
				if !yield(l, nil) {
					return
				}
			}
		}
	}}}
	s.Open = func(r Run) iter.Seq2[*losses.Table, error] {
		return func(yield func(*losses.Table, error) bool) { yield(tables[r.ID], nil) }
	}
	r, err := Analyze(s)
	if err != nil {
		t.Fatal(err)
	}
	networks := r.Score(Key{Independent, "w1", "equal", "a"}).R2.Value
	if want := pooledR2(alone); math.Abs(networks-want) > 1e-9 {
		t.Errorf("networks have R² %v, want %v", networks, want)
	}
	own := r.Baselines[0].Score.R2
	if want := pooledR2(linear); math.Abs(own.Value-want) > 1e-9 || own.Limited() {
		t.Errorf("the linear model has R² %v, want %v without limits", own, want)
	}
	lead := r.Baselines[0].Against[0].Lead
	if math.Abs(own.Value-lead.Value-networks) > 1e-9 || !(lead.Lo < lead.Value && lead.Lo > 0) {
		t.Errorf("lead %+v does not stand between %v and %v", lead, networks, own.Value)
	}
	if text := strings.Join(r.Warnings, " "); strings.Contains(text, "no skill") {
		t.Errorf("warnings %q", text)
	}
}
