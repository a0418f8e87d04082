package decide

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/sharewise/sharewise/analysis/layout"
	"github.com/sharewise/sharewise/analysis/project"
	"github.com/sharewise/sharewise/analysis/study"
	"github.com/sharewise/sharewise/analysis/train"
	"github.com/sharewise/sharewise/analysis/wording"
	"github.com/sharewise/sharewise/grouping/adaptive"
)

const (
	// piloted is the part of the budget that a pilot may take.
	piloted = 0.5
	// tried is the part of the budget that it takes at most to measure the speed.
	tried = 0.05
)

// smaller are ways to make a study smaller, one after another.
var smaller = []struct {
	what  string
	apply func(*study.Draft)
}{
	{"12 epochs instead of 20", func(d *study.Draft) { d.Study.Training.Epochs = 12 }},
	{"models of half the width", func(d *study.Draft) { d.Study.Model.Widths = []float64{0.5} }},
	{"at most 2000 training samples of a domain", func(d *study.Draft) { d.Defaults.Limit.Train = 2000 }},
	{"8 epochs instead of 20", func(d *study.Draft) { d.Study.Training.Epochs = 8 }},
	{"no pairs: all together and every domain by itself alone are trained", func(d *study.Draft) { none := false; d.Study.Arms.Pairs = &none }},
	{"at most 500 training samples of a domain", func(d *study.Draft) { d.Defaults.Limit.Train = 500 }},
	{"models of a quarter of the width", func(d *study.Draft) { d.Study.Model.Widths = []float64{0.25} }},
}

// fit makes a drafted study smaller until its pilot fits into half of the time that
// there is, and says what that took, in lines for the study file.
func (d *decision) fit(ctx context.Context, draft *study.Draft) (assumed []string, err error) {
	budget := d.Adaptive.Budget.Time
	if budget == 0 {
		return nil, nil
	}
	dir, err := filepath.Abs(d.Folder)
	if err != nil {
		return nil, err
	}
	for i := 0; ; i++ {
		pilot, seeds, err := d.pilotTime(ctx, draft, dir)
		if err != nil {
			return nil, err
		}
		switch {
		case pilot <= piloted*budget.Seconds():
			return append(assumed, fmt.Sprintf("the pilot, %d seeds of every model, takes about %s of a budget of %s", seeds, wording.Duration(pilot), budget)), nil
		case i == len(smaller):
			return append(assumed, fmt.Sprintf("the pilot, %d seeds of every model, takes about %s, and the budget is %s: it will not be enough", seeds, wording.Duration(pilot), budget)), nil
		}
		smaller[i].apply(draft)
		assumed = append(assumed, fmt.Sprintf("assumed for a budget of %s: %s", budget, smaller[i].what))
	}
}

// pilotTime estimates how many seconds a pilot takes, of how many seeds.
func (d *decision) pilotTime(ctx context.Context, draft *study.Draft, dir string) (seconds float64, seeds int, err error) {
	s, err := draft.Complete(dir)
	if err != nil {
		return 0, 0, err
	}
	p, err := project.Open(ctx, s, d.Open)
	if err != nil {
		return 0, 0, err
	}
	seeds = adaptive.PilotSeeds(p.Plan)
	plan, err := p.Candidates(seeds, nil)
	if err != nil {
		return 0, 0, err
	}
	if d.rate == 0 {
		if d.rate, err = d.measure(ctx, s); err != nil {
			return 0, 0, err
		}
	}
	return plan.Total.FLOPs / (d.rate * float64(p.SideBySide(d.Adaptive.Jobs))), seeds, nil
}

// measure trains one model of one epoch, as far as it gets in a part of the
// budget, and returns the speed in floating-point operations per second.
func (d *decision) measure(ctx context.Context, s *study.Study) (float64, error) {
	s = s.Only(nil)
	s.Training.Epochs, s.Baseline, s.Seeds = 1, study.NoBaseline, 1
	p, err := project.Open(ctx, s, d.Open)
	if err != nil {
		return 0, err
	}
	first := p.Plan.Runs[0]
	p.Plan = p.Plan.Choose([]string{first.ID})
	folder, err := os.MkdirTemp("", "sharewise-speed-*")
	if err != nil {
		return 0, err
	}
	defer func() { _ = os.RemoveAll(folder) }()
	var start time.Time
	share := 0.0
	_, err = p.Train(ctx, d.backend, layout.Folder(folder), project.TrainOptions{
		Jobs: 1, MaxTime: time.Duration(tried * float64(d.Adaptive.Budget.Time)),
		Observe: func(e train.Event) {
			switch e.Kind {
			case train.Started:
				start = time.Now()
			case train.Stepped:
				share = float64(e.Steps) / float64(e.Total)
			}
		},
	})
	if err != nil && !errors.Is(err, train.ErrTimeUp) {
		return 0, err
	}
	seconds := time.Since(start).Seconds()
	if start.IsZero() || share == 0 {
		return 0, fmt.Errorf("decide: not one step of training was taken in %s; the budget is too small for these data", time.Duration(tried*float64(d.Adaptive.Budget.Time)))
	}
	return max(1, first.FLOPs*share/seconds), nil
}
