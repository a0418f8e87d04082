package deploy

import (
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/sharewise/sharewise/analysis"
	"github.com/sharewise/sharewise/analysis/layout"
	"github.com/sharewise/sharewise/analysis/policy"
	"github.com/sharewise/sharewise/analysis/study"
	"github.com/sharewise/sharewise/grouping"
)

// TestChoose gives the runs of a pool of two domains, of which one is worth three
// times the other, histories with known validation losses.
func TestChoose(t *testing.T) {
	for _, c := range []struct {
		name   string
		losses [][2]float64 // of each seed, at the epoch that was kept
		fold   bool
		seed   int
		scores []float64
	}{
		{"the domain of more value decides", [][2]float64{{0.4, 1}, {0.2, 3}, {0.3, 2}}, false, 2, []float64{0.75*4/3 + 0.25*0.5, 0.75*2/3 + 0.25*1.5, 1}},
		{"equal", [][2]float64{{0.5, 1}, {0.5, 1}, {0.5, 1}}, false, 1, []float64{1, 1, 1}},
		{"no errors at all", [][2]float64{{0, 1}, {0, 0.5}, {0, 1.5}}, false, 2, []float64{1, 0.75 + 0.25*0.5, 0.75 + 0.25*1.5}},
		{"not validated", [][2]float64{{math.NaN(), 1}, {0.1, 1}, {0.1, 1}}, false, 1, nil},
		{"other folds", [][2]float64{{0.3, 1}, {0.2, 1}, {0.1, 1}}, true, 1, nil},
	} {
		folder := layout.Folder(t.TempDir())
		g := &gatherer{folder: folder, plan: &study.Plan{Domains: []study.PlanDomain{
			{DomainSize: study.DomainSize{Name: "a"}, Value: 3}, {DomainSize: study.DomainSize{Name: "b"}, Value: 1},
		}}}
		var runs []run
		for i, loss := range c.losses {
			r := study.Run{ID: string(rune('p' + i)), Domains: []string{"a", "b"}, Seed: i + 1}
			if c.fold {
				r.Fold = i + 1
			}
			path := folder.Run(r.ID).History()
			writeHistory(t, path, r, loss)
			runs = append(runs, run{PlannedRun: study.PlannedRun{Run: r}, done: &layout.Done{Epoch: 2}, score: math.NaN()})
		}
		best, err := g.choose(runs, []string{"a", "b"})
		if err != nil {
			t.Fatal(err)
		}
		if best.Seed != c.seed {
			t.Errorf("%s: seed %d, want %d", c.name, best.Seed, c.seed)
		}
		for i, r := range runs {
			if c.scores == nil && !math.IsNaN(r.score) || c.scores != nil && math.Abs(r.score-c.scores[i]) > 1e-12 {
				t.Errorf("%s: seed %d scores %v, want %v", c.name, r.Seed, r.score, c.scores)
			}
		}
	}
}

// writeHistory writes what a run of two epochs would: the first has other losses.
func writeHistory(t *testing.T, path string, r study.Run, loss [2]float64) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	nan := math.NaN()
	var rows []layout.HistoryRow
	for epoch := int32(1); epoch <= 2; epoch++ {
		for i, domain := range r.Domains {
			x := loss[i]
			if epoch == 1 {
				x = float64(r.Seed) // would choose the first
			}
			rows = append(rows, layout.HistoryRow{Epoch: epoch, Domain: domain, Split: layout.ValSplit, Loss: x, Weight: nan, Cosine: nan, Norm: nan, OtherNorm: nan, Accuracy: nan})
		}
	}
	if err := layout.WriteHistory(path, r, rows); err != nil {
		t.Fatal(err)
	}
}

// TestEstimatesAreMissing asks for a pool that no run trained.
func TestEstimatesAreMissing(t *testing.T) {
	g := &gatherer{
		folder: "out", plan: &study.Plan{File: "lines.yaml"}, results: &analysis.Results{}, groups: &grouping.Recommendation{Rung: "w1", Weighting: "equal"},
	}
	_, err := g.runsOf([]string{"a", "b", "c"})
	if want := "runs are missing: the pool of a, b, c was recommended by an estimate and never trained; list [a, b, c] under arms.pools of the study file and run 'sharewise run lines.yaml -o out'"; !errors.Is(err, ErrMissing) || err.Error() != want {
		t.Errorf("%v", err)
	}
}

// TestFolds asks for the model of a pool whose runs were trained without other parts of
// the data each.
func TestFolds(t *testing.T) {
	of := func(folds ...int) (runs []run) {
		for i, fold := range folds {
			runs = append(runs, run{PlannedRun: study.PlannedRun{Run: study.Run{Seed: i + 1, Fold: fold}}})
		}
		return runs
	}
	seeds := func(runs []run) (out []int) {
		for _, r := range runs {
			out = append(out, r.Seed)
		}
		return out
	}
	g := &gatherer{}
	if _, err := g.oneFold(of(1, 2, 3), []string{"a", "b"}); !errors.Is(err, ErrFolds) || !strings.Contains(err.Error(), "runs of a, b was") || !strings.Contains(err.Error(), "refit") || !strings.Contains(err.Error(), "allow any fold") {
		t.Errorf("%v", err)
	}
	if runs, err := g.oneFold(of(0, 0, 0), []string{"a"}); err != nil || len(runs) != 3 {
		t.Errorf("without folds: %v, %v", runs, err)
	}
	g.o.AnyFold = true
	for _, c := range []struct{ folds, want []int }{{[]int{1, 2, 3}, []int{1}}, {[]int{1, 2, 1, 2, 3}, []int{1, 3}}, {[]int{3, 2, 1, 2}, []int{2, 4}}} {
		if runs, err := g.oneFold(of(c.folds...), nil); err != nil || !slices.Equal(seeds(runs), c.want) {
			t.Errorf("folds %v: seeds %v, want %v, %v", c.folds, seeds(runs), c.want, err)
		}
	}
}

// TestLabels gathers what a model has learned.
func TestLabels(t *testing.T) {
	g := &gatherer{plan: &study.Plan{Domains: []study.PlanDomain{
		{DomainSize: study.DomainSize{Name: "a"}, Labels: policy.Labels{"owner": {"east"}, "licence": {"CC-BY-4.0"}}},
		{DomainSize: study.DomainSize{Name: "b"}, Labels: policy.Labels{"owner": {"north", "east"}}},
		{DomainSize: study.DomainSize{Name: "c"}},
	}}}
	if got := fmt.Sprint(g.labelsOf([]string{"a", "b", "c"})); got != "map[licence:[CC-BY-4.0] owner:[east north]]" {
		t.Error(got)
	}
	if g.labelsOf([]string{"c"}) != nil {
		t.Error("labels of a domain without")
	}
}
