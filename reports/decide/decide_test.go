package decide

import (
	"bytes"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/sharewise/sharewise/analysis/study"
	"github.com/sharewise/sharewise/grouping/adaptive"
	"github.com/sharewise/sharewise/onnxio/ort/orttest"
	"github.com/sharewise/sharewise/onnxio/reference"
)

// tables writes two small tables whose classes follow one rule.
func tables(t *testing.T, rows int) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "plants")
	if err := os.Mkdir(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	random := rand.New(rand.NewPCG(1, 2))
	for _, name := range []string{"north", "south"} {
		var text strings.Builder
		fmt.Fprintln(&text, "x,z,verdict")
		for range rows {
			x, z := random.NormFloat64(), random.NormFloat64()
			verdict := "good"
			if random.Float64() < 1/(1+math.Exp(3*(x-z))) {
				verdict = "bad"
			}
			fmt.Fprintf(&text, "%.3f,%.3f,%s\n", x, z, verdict)
		}
		if err := os.WriteFile(filepath.Join(dir, name+".csv"), []byte(text.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// TestDecide goes from tables to a report, and goes on with the same study.
func TestDecide(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "decision")
	var lines []string
	o := Options{Folder: folder, Told: func(line string) { lines = append(lines, line) },
		Adaptive: adaptive.Options{Step: 2, Jobs: 2, Budget: adaptive.Budget{Runs: 9}}}
	data := tables(t, 120)
	backend := orttest.Backend(t)
	out, err := Decide(t.Context(), data, backend, o)
	if err != nil {
		t.Fatal(err)
	}
	if out.File != filepath.Join(folder, "study.yaml") || out.Verdict == "" || strings.Contains(out.Verdict, "\n") || out.End == nil || out.Input == nil {
		t.Errorf("%+v", out)
	}
	page, err := os.ReadFile(out.Report)
	if err != nil || !bytes.Contains(page, []byte("north")) {
		t.Errorf("the report does not tell of north: %v", err)
	}
	if told := strings.Join(lines, "\n"); !strings.Contains(told, "Wrote "+out.File) || !strings.Contains(told, "verdict") {
		t.Errorf("told: %s", told)
	}
	again, err := Decide(t.Context(), data, backend, o)
	if err != nil || again.Verdict != out.Verdict || !strings.HasPrefix(lines[len(lines)-1], "Going on with") {
		t.Errorf("again: %+v, %v, %q", again, err, lines)
	}
	o.Folder = ""
	if out, err = Decide(t.Context(), out.File, backend, o); err != nil || out.Output != again.Output {
		t.Errorf("of the study file: %+v, %v", out, err)
	}
}

// TestFit makes a study smaller where time is short, and says so in its file.
func TestFit(t *testing.T) {
	o := Options{Folder: filepath.Join(t.TempDir(), "decision"), Adaptive: adaptive.Options{Step: 2, Jobs: 2, Budget: adaptive.Budget{Time: 4 * time.Second}}}
	out, err := Decide(t.Context(), tables(t, 12000), orttest.Backend(t), o)
	if err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(out.File)
	if err != nil {
		t.Fatal(err)
	}
	s, err := study.Parse(out.File)
	if err != nil {
		t.Fatal(err)
	}
	if len(out.Assumed) < 2 || s.Training.Epochs >= 20 || !bytes.Contains(text, []byte("assumed for a budget of 4s")) {
		t.Errorf("%q, %d epochs", out.Assumed, s.Training.Epochs)
	}
}

// TestSpeedOfSmall makes no study smaller whose runs take no time: that they begin
// and end is not what an epoch takes.
func TestSpeedOfSmall(t *testing.T) {
	o := Options{Folder: filepath.Join(t.TempDir(), "decision"), Adaptive: adaptive.Options{Jobs: 2, Budget: adaptive.Budget{Time: 40 * time.Second}}}
	d := &decision{Options: o, backend: orttest.Backend(t)}
	out := &Outcome{}
	file, err := d.studyFile(t.Context(), tables(t, 1600), out)
	if err != nil {
		t.Fatal(err)
	}
	s, err := study.Parse(file)
	if err != nil || len(out.Assumed) != 1 || s.Training.Epochs != 20 {
		t.Errorf("%q, %d epochs, %v", out.Assumed, s.Training.Epochs, err)
	}
}

// TestFewTestSamples tests all samples in turns where domains have few of them and the
// budget has room for it, goes on with that, and says what a smaller budget lacks.
func TestFewTestSamples(t *testing.T) {
	o := Options{Folder: filepath.Join(t.TempDir(), "decision"), Adaptive: adaptive.Options{Jobs: 2, Budget: adaptive.Budget{Runs: 40}}}
	data, backend := tables(t, 60), orttest.Backend(t)
	trained := 0
	o.Training = func() { trained++ }
	out, err := Decide(t.Context(), data, backend, o)
	if err != nil {
		t.Fatal(err)
	}
	s, err := study.Parse(out.File)
	if err != nil || s.Folds() != 5 || s.Seeds != 10 || len(out.Assumed) != 1 {
		t.Errorf("%d folds, %d seeds, %q, %v", s.Folds(), s.Seeds, out.Assumed, err)
	}
	if out.End == nil || out.End.Reason != PlanTrained || trained != 1 || out.Verdict == "" || out.Input == nil {
		t.Errorf("%+v, training was told of %d times", out, trained)
	}
	for _, d := range out.Input.Results.Domains {
		if d.Test != 60 {
			t.Errorf("%s has %d test samples, want all 60", d.Name, d.Test)
		}
	}
	again, err := Decide(t.Context(), data, backend, o)
	if err != nil || again.Verdict != out.Verdict {
		t.Errorf("again: %+v, %v", again, err)
	}
	o.Adaptive.Budget.Runs = 8
	var input *InputError
	if _, err := Decide(t.Context(), data, backend, o); !errors.As(err, &input) || !strings.Contains(err.Error(), "30 runs") {
		t.Errorf("a budget of 8 runs: %v", err)
	}
	o.Adaptive.Budget = adaptive.Budget{Time: time.Nanosecond}
	if _, err := Decide(t.Context(), data, backend, o); err != nil {
		t.Errorf("all is trained, and a budget of no time: %v", err)
	}
}

// TestBadData says what is wrong with data, and leaves nothing behind.
func TestBadData(t *testing.T) {
	empty := t.TempDir()
	folder := filepath.Join(t.TempDir(), "decision")
	var input *InputError
	if _, err := Decide(t.Context(), empty, reference.Backend(), Options{Folder: folder}); !errors.As(err, &input) {
		t.Errorf("an empty folder: %v", err)
	}
	if _, err := os.Stat(folder); err == nil {
		t.Error("a folder is left behind")
	}
	if _, err := Decide(t.Context(), filepath.Join(empty, "none.yaml"), reference.Backend(), Options{}); !errors.As(err, &input) {
		t.Errorf("a study that is not there: %v", err)
	}
}
