package adaptive

import (
	"context"
	"errors"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
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
	"github.com/sharewise/sharewise/grouping/decisions"
	"github.com/sharewise/sharewise/onnxio/reference"
)

// planted is a study of three small tables that the reference evaluator trains in
// a moment. a and b follow one rule, of which 60 training samples are few; c has
// another rule on other columns.
func planted(t *testing.T) *project.Project {
	t.Helper()
	s, samples := study.New("planted"), map[string]*dataset.Samples{}
	s.Training.Epochs, s.Training.Batch, s.Training.Rate = 8, 8, 0.03
	s.Model.Widths = []float64{0.05}
	s.Baseline, s.Randomness = study.NoBaseline, study.Separate
	random := rand.New(rand.NewPCG(1, 2))
	rules := map[string][]float64{"a": {1, -1, 1, 0, 0, 0}, "b": {1, -1, 1, 0, 0, 0}, "c": {0, 0, 0, 1, 1, -1}}
	for _, name := range []string{"a", "b", "c"} {
		d := study.NewDomain(name)
		d.Format = study.InMemory
		d.Split.Val, d.Split.Test, d.Limit.Train = 0.02, 0.9, 60
		s.Domains = append(s.Domains, d)
		x := new(dataset.Samples)
		for range 1800 {
			row := make([]float32, 6)
			sum := 0.0
			for i := range row {
				v := random.NormFloat64()
				row[i] = float32(v)
				sum += v * rules[name][i]
			}
			label := "low"
			if random.Float64() < 1/(1+math.Exp(-3*sum)) {
				label = "high"
			}
			x.X, x.Labels = append(x.X, row), append(x.Labels, label)
		}
		samples[name] = x
	}
	p, err := project.Open(t.Context(), s, project.Options{Samples: samples})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// written reads the files that must be the same however they came about.
func written(t *testing.T, folder layout.Folder) map[string]string {
	t.Helper()
	out := map[string]string{}
	for _, file := range []string{folder.Decisions(), folder.Plan(), folder.Results(), folder.Groups()} {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		out[filepath.Base(file)] = string(data)
	}
	return out
}

// compare reports which files differ.
func compare(t *testing.T, how string, got, want map[string]string) {
	t.Helper()
	for name := range want {
		if got[name] != want[name] {
			t.Errorf("%s: %s differs", how, name)
		}
	}
}

// TestRun settles a planted study with fewer runs than a plan of five seeds;
// interrupted and replayed, it takes the same decisions.
func TestRun(t *testing.T) {
	o := Options{Step: 2, Jobs: 2}
	p := planted(t)
	folder := layout.Folder(filepath.Join(t.TempDir(), "out"))
	told := 0
	o.Decided = func(r *decisions.Record) {
		told++
		t.Log(r.Last())
	}
	r, err := Run(t.Context(), p, reference.Backend(), folder, o)
	o.Decided = nil
	if err != nil {
		t.Fatal(err)
	}
	t.Log(r.End.Words)
	if told != len(r.Decisions) || len(r.Decisions) < 2 {
		t.Errorf("%d of %d decisions were told", told, len(r.Decisions))
	}
	saw := r.End.Saw
	if r.End.Reason != decisions.Settled || saw.Regret > r.Settings.Tolerance || len(saw.Groups) > 2 || !strings.Contains(r.End.Words, "settled") {
		t.Errorf("it ends with %+v, %+v", r.End, saw)
	}
	// Five seeds of three domains, of their three pairs and of all together.
	if n := len(r.Runs()); n >= 35 || n != saw.Runs {
		t.Errorf("%d runs, of which %d were seen; a plan of five seeds has 35", n, saw.Runs)
	}
	if got := ids(p.Plan); !slices.Equal(sorted(got), sorted(r.Runs())) || p.Plan.Adaptive == nil {
		t.Error("the plan has other runs than were chosen")
	}
	results, err := analysis.ReadResults(folder.Results())
	if err != nil || results.Runs.Missing > 0 || results.Runs.Done != saw.Runs {
		t.Errorf("results count %+v, %v", results.Runs, err)
	}
	want := written(t, folder)
	t.Run("interrupted", func(t *testing.T) { interrupted(t, o, want) })
	t.Run("replayed", func(t *testing.T) { replayed(t, folder, o, want) })
}

func ids(p *study.Plan) (out []string) {
	for _, r := range p.Runs {
		out = append(out, r.ID)
	}
	return out
}

func sorted(v []string) []string { return slices.Sorted(slices.Values(v)) }

// interrupted stops after every few runs, and goes on with a project that is
// opened again.
func interrupted(t *testing.T, o Options, want map[string]string) {
	folder := layout.Folder(filepath.Join(t.TempDir(), "out"))
	for stops := 0; ; stops++ {
		ctx, cancel := context.WithCancel(t.Context())
		ended := 0
		o.Observe = func(e train.Event) {
			if e.Kind == train.Ended && !e.Reused {
				if ended++; ended == 4 {
					cancel()
				}
			}
		}
		_, err := Run(ctx, planted(t), reference.Backend(), folder, o)
		cancel()
		if err == nil {
			if stops < 2 {
				t.Errorf("interrupted %d times only", stops)
			}
			break
		}
		if !errors.Is(err, train.ErrInterrupted) || stops > 100 {
			t.Fatal(err)
		}
	}
	compare(t, "interrupted", written(t, folder), want)
}

// replayed takes the decisions again from the runs that there are.
func replayed(t *testing.T, folder layout.Folder, o Options, want map[string]string) {
	if err := os.Remove(folder.Decisions()); err != nil {
		t.Fatal(err)
	}
	o.Jobs = 1
	o.Observe = func(e train.Event) {
		if e.Kind == train.Started {
			t.Errorf("%s is trained again", e.ID)
		}
	}
	for _, how := range []string{"replayed", "called again"} {
		if _, err := Run(t.Context(), planted(t), reference.Backend(), folder, o); err != nil {
			t.Fatal(err)
		}
		compare(t, how, written(t, folder), want)
	}
}

// TestOptions refuses what makes no sense.
func TestOptions(t *testing.T) {
	for _, o := range []Options{{Pilot: 1}, {Most: 1}, {Step: -1}, {Budget: Budget{Runs: -1}}, {Rung: "none"}} {
		if _, err := Run(t.Context(), planted(t), reference.Backend(), layout.Folder(t.TempDir()), o); err == nil {
			t.Errorf("%+v is taken", o)
		}
	}
	for text, want := range map[string]Budget{"40runs": {Runs: 40}, "1run": {Runs: 1}, "90m": {Time: 90 * time.Minute}, "1h30m": {Time: 90 * time.Minute}} {
		b, err := ParseBudget(text)
		if err != nil || b != want {
			t.Errorf("%s: %+v, %v", text, b, err)
		}
		if again, err := ParseBudget(b.String()); err != nil || again != b {
			t.Errorf("%s is written %s", text, b)
		}
	}
	for _, text := range []string{"", "0runs", "-2h", "2", "many"} {
		if _, err := ParseBudget(text); err == nil {
			t.Errorf("budget %q is taken", text)
		}
	}
}

// TestFoldsRefused: a study with folds is refused by the line to change.
func TestFoldsRefused(t *testing.T) {
	p := planted(t)
	s := *p.Study
	p.Study, s.Domains, s.File = &s, slices.Clone(s.Domains), filepath.Join(t.TempDir(), "study.yaml")
	for i := range s.Domains {
		s.Domains[i].Split.Folds = 5
	}
	if err := os.WriteFile(s.File, []byte("version: 1\ndefaults:\n  split:\n    folds: 5\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	_, err := Run(t.Context(), p, reference.Backend(), layout.Folder(t.TempDir()), Options{})
	if !errors.Is(err, ErrFolds) || !strings.Contains(err.Error(), "in line 4 of "+s.File+" put 'folds: 0'") {
		t.Errorf("refused by %v", err)
	}
}
