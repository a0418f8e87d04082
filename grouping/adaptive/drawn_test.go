package adaptive

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/sharewise/sharewise/analysis"
	"github.com/sharewise/sharewise/analysis/dataset"
	"github.com/sharewise/sharewise/analysis/layout"
	"github.com/sharewise/sharewise/analysis/project"
	"github.com/sharewise/sharewise/analysis/study"
	"github.com/sharewise/sharewise/analysis/train"
	"github.com/sharewise/sharewise/grouping"
	"github.com/sharewise/sharewise/grouping/affinity"
	"github.com/sharewise/sharewise/grouping/decisions"
)

// drawn is a laboratory whose runs are drawn from a world.
type drawn struct {
	world   *world
	project *project.Project
}

func (d *drawn) train(_ context.Context, o project.TrainOptions) error {
	if o.MaxTime == 1 { // the least there is
		return train.ErrTimeUp
	}
	return nil
}

func (d *drawn) conclude(grouping.Selection) error { return nil }

// alike is a cross-evaluation that tells of pairs what they bring each other, blurred.
// What models lose at home is what they lose on the very samples that gains are measured
// on: worse than validation samples, which are others.
func (d *drawn) alike(context.Context) (affinity.Estimator, error) {
	w := d.world
	random := rand.New(rand.NewPCG(w.seed, 0x616c696b65)) // "alike"
	loss := make([][]float64, len(w.names))
	for i := range loss {
		for j := range loss {
			l := mean(w.outcomes([]int{j}, j, 2))
			if i != j {
				l = w.alone[j] * math.Exp(w.blur*random.NormFloat64()-4*w.brings[j][i])
			}
			loss[i] = append(loss[i], l)
		}
	}
	return affinity.NewCross(loss, false)
}

func (d *drawn) study() (analysis.Study, error) {
	var runs []analysis.Run
	for _, r := range d.project.Plan.Runs {
		runs = append(runs, analysis.Run{ID: r.ID, Arm: r.Arm, Domains: r.Domains, Rung: r.Rung.Name, Weighting: "equal", Seed: int64(r.Seed), Status: analysis.Finished})
	}
	s := d.world.study(runs)
	s.Rungs = d.project.Plan.Rungs
	return s, nil
}

// project is a study of the world's domains, which nobody trains.
func (w *world) project(t testing.TB) *project.Project {
	s, samples := study.New("planted"), map[string]*dataset.Samples{}
	s.Training.Epochs, s.Model.Widths, s.Baseline = 1, []float64{0.02}, study.NoBaseline
	pairs := !w.noPairs
	s.Arms.Pairs, s.Arms.Joint = &pairs, !w.pairsOnly
	if w.correlation == 0 {
		s.Randomness = study.Separate
	}
	random := rand.New(rand.NewPCG(1, 1))
	for _, name := range w.names {
		d := study.NewDomain(name)
		d.Format = study.InMemory
		s.Domains = append(s.Domains, d)
		x := new(dataset.Samples)
		for i := range 60 {
			x.X, x.Labels = append(x.X, []float32{random.Float32()}), append(x.Labels, fmt.Sprint(i%2))
		}
		samples[name] = x
	}
	p, err := project.Open(context.Background(), s, project.Options{Samples: samples})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// course trains a world step by step, as Run does.
func (w *world) course(t testing.TB, o Options) *decisions.Record {
	dir, err := os.MkdirTemp("", "sharewise-course-*")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = os.RemoveAll(dir) }()
	r, err := w.driver(t, layout.Folder(dir), o).run(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// driver is one that goes on in a folder.
func (w *world) driver(t testing.TB, folder layout.Folder, o Options) *driver {
	p := w.project(t)
	return &driver{project: p, folder: folder, lab: &drawn{w, p}, o: o.withDefaults(p), start: time.Now()}
}

// TestBudget ends within a budget of runs or time, and goes on with a larger one to
// the same decisions.
func TestBudget(t *testing.T) {
	w := newWorld(402, weak, 4, pairedBy)
	whole := w.course(t, Options{Step: 4, Most: 30})
	for i := range whole.Decisions {
		t.Log(whole.Line(i))
	}
	if len(whole.Decisions) < 3 || whole.End.Reason != decisions.Settled {
		t.Fatalf("it takes %d decisions: %s", len(whole.Decisions), whole.End.Words)
	}
	folder := layout.Folder(t.TempDir())
	goOn := func(budget Budget) *decisions.Record {
		t.Helper()
		r, err := w.driver(t, folder, Options{Step: 4, Most: 30, Budget: budget}).run(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		return r
	}
	pilot := len(whole.Decisions[0].Runs)
	r := goOn(Budget{Time: time.Nanosecond})
	if r.End.Reason != decisions.BudgetSpent || len(r.End.Left) != pilot || r.End.Saw != nil {
		t.Errorf("without time: %+v", r.End)
	}
	r = goOn(Budget{Runs: pilot + 1})
	if r.End.Reason != decisions.BudgetSpent || r.End.Saw == nil || r.End.Saw.Runs != pilot+1 || len(r.End.Left) == 0 {
		t.Errorf("with a budget of %d runs: %+v", pilot+1, r.End)
	}
	if r = goOn(Budget{Runs: 1000}); !reflect.DeepEqual(r, whole) {
		t.Errorf("with a larger budget: %+v, want %+v", r, whole)
	}
	if _, err := w.driver(t, folder, Options{Budget: Budget{Runs: 3}}).run(t.Context()); err == nil || !strings.Contains(err.Error(), "are 10 runs") {
		t.Errorf("a budget that does not do for the pilot: %v", err)
	}
	folder = layout.Folder(t.TempDir())
	if r = goOn(Budget{Runs: 11}); r.Settings.Pairs || len(r.Decisions[0].Runs) != 10 {
		t.Errorf("a budget without pairs: %+v, %d runs", r.Settings, len(r.Decisions[0].Runs))
	}
}

// TestThird completes a pilot whose two seeds tell too little of how runs vary.
func TestThird(t *testing.T) {
	r := newWorld(1, strong, 2, pairedBy).course(t, Options{Step: 2, Pilot: 2})
	if len(r.Decisions) < 2 || r.Decisions[1].Kind != decisions.Pilot || len(r.Decisions[1].Runs) != 3 || len(r.Decisions[0].Runs) != 6 {
		t.Errorf("%+v", r.Decisions)
	}
	if r = newWorld(1, strong, 2, pairedBy).course(t, Options{Step: 2}); len(r.Decisions[0].Runs) != 9 {
		t.Errorf("a pilot of two domains has %d runs", len(r.Decisions[0].Runs))
	}
	r = newWorld(1, strong, 4, pairedBy).course(t, Options{Step: 2})
	if len(r.Decisions) > 1 && r.Decisions[1].Kind == decisions.Pilot {
		t.Errorf("four domains have a third seed of all: %+v", r.Decisions[1])
	}
}

// TestConfirm trains a pool that is recommended by estimates from its pairs.
func TestConfirm(t *testing.T) {
	w := newWorld(1, none, 3, 0)
	w.pairsOnly = true
	for j := range w.brings {
		for i := range w.brings {
			if i != j {
				w.brings[j][i] = 0.3
			}
		}
	}
	d := w.driver(t, layout.Folder(t.TempDir()), Options{Step: 4})
	r, err := d.run(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for i := range r.Decisions {
		t.Log(r.Line(i))
	}
	confirmed := slices.IndexFunc(r.Decisions, func(d decisions.Decision) bool { return d.Kind == decisions.Confirm })
	if confirmed < 0 {
		t.Fatalf("nothing was confirmed: %+v", r.End)
	}
	x := r.Decisions[confirmed]
	if len(x.Pools) != 1 || len(x.Pools[0]) != 3 || len(x.Runs) != r.Settings.Pilot || !slices.Contains(d.project.Plan.Arms(), study.Joint) || r.End.Reason != decisions.Settled {
		t.Errorf("%+v, arms %q, %s", x, d.project.Plan.Arms(), r.End.Words)
	}
	again, err := w.driver(t, d.folder, Options{Step: 4}).run(t.Context())
	if err != nil || !reflect.DeepEqual(again, r) {
		t.Errorf("called again: %v, %+v", err, again)
	}
}
