package analysis

import (
	"errors"
	"fmt"
	"iter"
	"math/rand/v2"
	"strings"
	"testing"

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
