package decide

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"time"

	"github.com/sharewise/sharewise/analysis/layout"
	"github.com/sharewise/sharewise/analysis/project"
	"github.com/sharewise/sharewise/analysis/study"
	"github.com/sharewise/sharewise/analysis/train"
	"github.com/sharewise/sharewise/analysis/wording"
	"github.com/sharewise/sharewise/grouping"
	"github.com/sharewise/sharewise/grouping/adaptive"
	"github.com/sharewise/sharewise/grouping/decisions"
)

const (
	// folded is the part of the budget that a study in folds may be estimated to take.
	folded = 0.6
	// mostRounds is how often a drafted study tests every sample at most.
	mostRounds = 4
)

// PlanTrained ends a decision whose runs were not chosen step by step: all that were
// planned are trained.
const PlanTrained decisions.Reason = "plan trained"

// draft drafts a study of data, small enough for the budget, and says what it assumed.
//
// Where domains have few test samples, the samples leave gains more uncertain than the
// seeds do, and no choice of further seeds would settle much. The data are then divided
// into folds, so that all samples are tested, and all that is planned is trained, if
// the budget has room for it; else the study is trained step by step.
func (d *decision) draft(ctx context.Context, path string) (*study.Draft, []string, error) {
	how := d.Draft
	how.Folds = true
	draft, err := project.Draft(ctx, path, d.Folder, how)
	if err != nil {
		return nil, nil, inputError(ctx, err)
	}
	if draft.Defaults.Split.Folds > 0 {
		assumed, err := d.fitFolds(ctx, draft)
		if err != nil || assumed != "" {
			return draft, []string{assumed}, err
		}
		if draft, err = project.Draft(ctx, path, d.Folder, d.Draft); err != nil {
			return nil, nil, inputError(ctx, err)
		}
	}
	assumed, err := d.fit(ctx, draft)
	return draft, assumed, err
}

// fitFolds lets a drafted study in folds test every sample as often as the budget has
// room for, and says how often that is; empty where not even once.
func (d *decision) fitFolds(ctx context.Context, draft *study.Draft) (string, error) {
	dir, err := filepath.Abs(d.Folder)
	if err != nil {
		return "", err
	}
	s, err := draft.Complete(dir)
	if err != nil {
		return "", err
	}
	p, err := project.Open(ctx, s, d.Open)
	if err != nil {
		return "", err
	}
	rounds, budget, seconds := mostRounds, d.Adaptive.Budget, 0.0
	if budget.Runs > 0 {
		runs := len(p.Plan.Runs)
		if adaptive.Proposes(p.Study) {
			runs *= 2 // proposed pools are about as many as domains
		}
		rounds = min(rounds, budget.Runs/runs)
	}
	if budget.Time > 0 && rounds > 0 {
		if seconds, err = d.time(ctx, p, p.Plan); err != nil {
			return "", err
		}
		if adaptive.Proposes(p.Study) {
			seconds *= 1 + adaptive.ProposedWork
		}
		rounds = min(rounds, int(folded*budget.Time.Seconds()/seconds))
	}
	if rounds < 1 {
		return "", nil
	}
	draft.Study.Seeds *= rounds
	text := fmt.Sprintf("all samples are tested, by %d seeds of every model", draft.Study.Seeds)
	if seconds > 0 {
		text += fmt.Sprintf(", in about %s of a budget of %s", wording.Duration(seconds*float64(rounds)), budget)
	}
	return text, nil
}

// all trains all runs that are planned, as far as the budget goes, and chooses groups
// by them.
func (d *decision) all(ctx context.Context, p *project.Project, folder layout.Folder) (*decisions.End, error) {
	budget, n := d.Adaptive.Budget, len(p.Plan.Runs)
	if budget.Runs > 0 && budget.Runs < n {
		return nil, &InputError{fmt.Errorf("the study tests its samples in folds (split.folds), so that all of its %d runs are trained, and the budget is %d: give a larger one, or a time", n, budget.Runs)}
	}
	d.tell("All samples are tested in turns: %s to train", wording.Plural(n, "run"))
	if d.Training != nil {
		d.Training()
	}
	start := time.Now()
	_, err := p.Train(ctx, d.backend, folder, project.TrainOptions{Jobs: d.Adaptive.Jobs, MaxTime: budget.Time, Observe: d.Adaptive.Observe})
	if err != nil && !errors.Is(err, train.ErrTimeUp) {
		return nil, err
	}
	progress, looked := folder.Progress()
	if looked != nil {
		return nil, looked
	}
	ended := progress.Done + len(progress.Diverged)
	end := &decisions.End{Reason: PlanTrained, Words: fmt.Sprintf("all %d runs are trained", n)}
	switch {
	case ended == 0:
		return nil, err
	case ended < n:
		end.Reason = decisions.BudgetSpent
		end.Words = fmt.Sprintf("budget spent after %s: %d of %d runs are trained; the same command goes on", time.Since(start).Round(time.Second), ended, n)
	}
	return end, grouping.ConcludeFolder(folder, grouping.Options{Version: project.Version, Seed: 1})
}
