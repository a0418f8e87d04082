package refit_test

import (
	"errors"
	"os"
	"strings"
	"testing"

	"github.com/sharewise/sharewise/analysis/dataset"
	"github.com/sharewise/sharewise/analysis/project"
	"github.com/sharewise/sharewise/analysis/train"
	"github.com/sharewise/sharewise/grouping/refit"
	"github.com/sharewise/sharewise/onnxio/reference"
)

// TestRun trains once, and refuses a study that is another by now or has no folds.
func TestRun(t *testing.T) {
	p, folder, err := folded(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	trained := 0
	o := refit.Options{Observe: func(e train.Event) {
		if e.Kind == train.Ended && !e.Reused {
			trained++
		}
	}}
	for range 2 {
		if err := refit.Run(t.Context(), p, reference.Backend(), folder, o); err != nil {
			t.Fatal(err)
		}
	}
	plan, err := folder.Refit().ReadPlan()
	if err != nil {
		t.Fatal(err)
	}
	if trained == 0 || trained != len(plan.Runs) {
		t.Errorf("trained %d, planned %d", trained, len(plan.Runs))
	}
	text, err := os.ReadFile(p.Study.File)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		old, now string
		want     error
	}{
		{"epochs: 4", "epochs: 5", project.ErrChanged},
		{"folds: 3", "test: 0.3", refit.ErrNoFolds},
	} {
		if err := os.WriteFile(p.Study.File, []byte(strings.Replace(string(text), c.old, c.now, 1)), 0o644); err != nil {
			t.Fatal(err)
		}
		s, err := dataset.ParseStudy(p.Study.File)
		if err != nil {
			t.Fatal(err)
		}
		other, err := project.Open(t.Context(), s, project.Options{})
		if err != nil {
			t.Fatal(err)
		}
		if err := refit.Run(t.Context(), other, reference.Backend(), folder, o); !errors.Is(err, c.want) {
			t.Errorf("%s: %v", c.now, err)
		}
	}
}
