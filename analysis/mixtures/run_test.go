package mixtures_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/sharewise/sharewise/analysis/dataset"
	"github.com/sharewise/sharewise/analysis/layout"
	"github.com/sharewise/sharewise/analysis/mixtures"
	"github.com/sharewise/sharewise/analysis/project"
	"github.com/sharewise/sharewise/analysis/study"
	"github.com/sharewise/sharewise/analysis/versioned/schematest"
	"github.com/sharewise/sharewise/onnxio"
	"github.com/sharewise/sharewise/onnxio/exec"
	"github.com/sharewise/sharewise/onnxio/reference"
)

// plants are two domains that follow opposite rules.
func plants(ctx context.Context) (*project.Project, error) {
	s, held := study.New("plants"), map[string]*dataset.Samples{}
	s.Training.Epochs, s.Training.Batch, s.Training.Rate, s.Model.Widths = 4, 8, 0.02, []float64{0.02, 0.04, 0.08}
	for k, name := range []string{"east", "west"} {
		d := study.NewDomain(name)
		d.Format = study.InMemory
		s.Domains = append(s.Domains, d)
		held[name] = new(dataset.Samples)
		for i := range 60 {
			x, y := float32((i+k)%20)-9.5, float32(i%7)-3
			label := "low"
			if (x+y > 0) != (k == 1) {
				label = "high"
			}
			held[name].X = append(held[name].X, []float32{x, y})
			held[name].Labels = append(held[name].Labels, label)
		}
	}
	return project.Open(ctx, s, project.Options{Samples: held})
}

// failing trains nothing.
type failing struct{ exec.Backend }

// TestRun trains mixtures at three sizes, checks the outcome against its schema and the
// ledger against the runs; called again, it comes to the same without training.
func TestRun(t *testing.T) {
	p, err := plants(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	folder := layout.Folder(t.TempDir())
	o := mixtures.Options{Mixtures: 7, Seeds: 2, Rungs: []string{"all"}}
	f, err := mixtures.Run(t.Context(), reference.Backend(), p, folder, o)
	if err != nil {
		t.Fatal(err)
	}
	if err := f.Write(folder); err != nil {
		t.Fatal(err)
	}
	if len(f.Mixtures) != 7 || len(f.Sizes) != 3 || len(f.Laws) != 6 || f.Competition == nil || len(f.Verdict) < 2 {
		t.Fatalf("%+v", f)
	}
	for _, l := range f.Laws {
		if l.Why != "" || len(l.Predictions) != 2 || len(l.Slopes) != 2 {
			t.Errorf("%+v", l)
		}
	}
	if f.Competition.Kept.Losses != 12 || f.Competition.Largest != nil {
		t.Errorf("%+v", f.Competition)
	}
	data, err := os.ReadFile(folder.Mixtures())
	if err != nil {
		t.Fatal(err)
	}
	schematest.Valid(t, mixtures.Schema, data)
	ledger, err := folder.ReadLedger()
	if err != nil {
		t.Fatal(err)
	}
	runs, _, err := folder.MixtureRuns().Runs()
	if err != nil {
		t.Fatal(err)
	}
	if made := ledger.Files["mixtures.json"].From; len(runs) != 42 || len(made) != len(runs)+3 {
		t.Errorf("%d runs, and the outcome was made of %d things", len(runs), len(made))
	}
	again, err := mixtures.Run(t.Context(), failing{reference.Backend()}, p, folder, o)
	if err != nil {
		t.Fatal(err)
	}
	a, _ := json.Marshal(f)
	b, _ := json.Marshal(again)
	if string(a) != string(b) {
		t.Errorf("again:\n%s\nwas\n%s", b, a)
	}
	if read, err := mixtures.Read(folder); err != nil || len(read.Laws) != 6 {
		t.Errorf("%+v, %v", read, err)
	}
}

func (failing) Open(*onnxio.Model, exec.Options) (exec.Session, error) {
	return nil, errors.New("something is trained")
}

func TestUnsuitable(t *testing.T) {
	p, err := plants(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for want, o := range map[string]mixtures.Options{
		"5 mixtures of 2 domains": {Mixtures: 5},
		"one seed":                {Seeds: 1},
		`no rung "w9"`:            {Rungs: []string{"w9"}},
		"twice":                   {Rungs: []string{"w0.02", "w0.02"}},
	} {
		if _, err := mixtures.Run(t.Context(), failing{reference.Backend()}, p, layout.Folder(t.TempDir()), o); !errors.Is(err, mixtures.ErrUnsuitable) || !strings.Contains(err.Error(), want) {
			t.Errorf("want %q: %v", want, err)
		}
	}
}

func ExampleDraw() {
	for _, m := range mixtures.Draw(2, 4, 1, 1) {
		fmt.Printf("%.2f %v\n", m.Shares, m.Held)
	}
	// Output:
	// [0.50 0.50] false
	// [0.80 0.20] false
	// [0.20 0.80] false
	// [0.11 0.89] true
}
