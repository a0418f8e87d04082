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
	// piloted is the part of the budget that a pilot may take, and withProposed the part
	// that it may take together with the pools that are proposed after it.
	piloted, withProposed = 0.5, 0.75
	// tried is the part of the budget that it takes at most to measure the speed.
	tried = 0.05
	// atOnce is a time in which a run hardly does more than begin and end.
	atOnce = 2 * time.Second
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
		most := piloted
		if adaptive.Proposes(draft.Study) {
			most = withProposed / (1 + adaptive.ProposedWork)
		}
		switch {
		case pilot <= most*budget.Seconds():
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
	seconds, err = d.time(ctx, p, plan)
	return seconds, seeds, err
}

// time estimates how many seconds the runs of a plan take, by the speed of this machine,
// which it measures the first time.
func (d *decision) time(ctx context.Context, p *project.Project, plan *study.Plan) (float64, error) {
	if d.rate == 0 {
		var err error
		if d.rate, err = d.measure(ctx, p.Study); err != nil {
			return 0, err
		}
	}
	return plan.Total.FLOPs / (d.rate * float64(p.SideBySide(d.Adaptive.Jobs))), nil
}

// measure returns the speed of training in floating-point operations per second. It
// trains one epoch of one model; where that is over at once, the most of it was
// beginning and end of a run, and a run of all epochs says how fast one is on
// average. Both together take a small part of the budget.
func (d *decision) measure(ctx context.Context, s *study.Study) (float64, error) {
	most := time.Duration(tried * float64(d.Adaptive.Budget.Time))
	rate, took, err := d.try(ctx, s, 1, most)
	if err != nil || took > atOnce || s.Training.Epochs == 1 {
		return rate, err
	}
	whole, _, err := d.try(ctx, s, s.Training.Epochs, min(most-took, 3*atOnce))
	if errors.Is(err, errNoStep) {
		return rate, nil
	}
	return whole, err
}

// try trains one model of so many epochs, as far as it gets in some time.
func (d *decision) try(ctx context.Context, s *study.Study, epochs int, most time.Duration) (rate float64, took time.Duration, err error) {
	if most <= 0 {
		return 0, 0, errNoStep
	}
	s = s.Only(nil)
	s.Training.Epochs, s.Baseline, s.Seeds = epochs, study.NoBaseline, 1
	p, err := project.Open(ctx, s, d.Open)
	if err != nil {
		return 0, 0, err
	}
	first := p.Plan.Runs[0]
	p.Plan = p.Plan.Choose([]string{first.ID})
	folder, err := os.MkdirTemp("", "sharewise-speed-*")
	if err != nil {
		return 0, 0, err
	}
	defer func() { _ = os.RemoveAll(folder) }()
	var start time.Time
	share := 0.0
	_, err = p.Train(ctx, d.backend, layout.Folder(folder), project.TrainOptions{
		Jobs: 1, MaxTime: most,
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
		return 0, 0, err
	}
	took = time.Since(start)
	if start.IsZero() || share == 0 {
		return 0, 0, fmt.Errorf("%w in %s", errNoStep, most)
	}
	return max(1, first.FLOPs*share/took.Seconds()), took, nil
}

// errNoStep is returned where the time was over before the first step.
var errNoStep = fmt.Errorf("%w for these data: not one step of training was taken", adaptive.ErrBudget)
