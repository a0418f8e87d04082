package refit

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/sharewise/sharewise/analysis/dataset"
	"github.com/sharewise/sharewise/analysis/layout"
	"github.com/sharewise/sharewise/analysis/project"
	"github.com/sharewise/sharewise/analysis/study"
	"github.com/sharewise/sharewise/analysis/train"
	"github.com/sharewise/sharewise/grouping"
	"github.com/sharewise/sharewise/onnxio/exec"
)

var (
	// ErrNoFolds is returned for a study without folds, whose models have learned all
	// that is meant for training.
	ErrNoFolds = errors.New("the study has no folds")
	// ErrMissing is returned where a run diverged.
	ErrMissing = errors.New("a model is missing")
)

// Options are as for project.TrainOptions, and Planned, which may be nil, is told
// before training what is to be trained.
type Options struct {
	Jobs    int
	Observe func(train.Event)
	Planned func([]study.PlannedRun)
}

// Run trains a model on all samples for every pool that the folder's groups.json
// recommends, in folder.Refit(); p is the study that the folder was made from. It fails
// with ErrNoFolds, with project.ErrChanged where the study is another by now, and with
// train.ErrInterrupted when ctx ends; called again, it goes on.
func Run(ctx context.Context, p *project.Project, b exec.Backend, folder layout.Folder, o Options) error {
	groups, err := grouping.ReadFile(folder.Groups())
	if err != nil {
		return err
	}
	plan, err := folder.ReadPlan()
	if err != nil {
		return err
	}
	if p.Study.Folds() == 0 {
		return fmt.Errorf("refit: %w: the models of its seeds are those to deploy", ErrNoFolds)
	}
	var pools [][]string
	for _, names := range groups.Names() {
		if len(names) > 1 {
			pools = append(pools, names)
		}
	}
	now, err := p.Candidates(1, pools)
	if err != nil {
		return err
	}
	if err := project.Same(plan, now, slices.Concat(groups.Names()...)); err != nil {
		return fmt.Errorf("refit: %w", err)
	}
	whole, err := open(ctx, p)
	if err != nil {
		return err
	}
	if err := whole.choose(groups, pools); err != nil {
		return err
	}
	if o.Planned != nil {
		o.Planned(whole.Plan.Runs)
	}
	out, err := whole.Train(ctx, b, folder.Refit(), project.TrainOptions{Jobs: o.Jobs, Observe: o.Observe})
	if err == nil && out.Diverged > 0 {
		err = fmt.Errorf("refit: %w: of %d runs %d diverged; the runs that the choice rests on did not, so that another training.rate or fewer passes will do", ErrMissing, len(whole.Plan.Runs), out.Diverged)
	}
	return err
}

// refitted is the study with all samples for training.
type refitted struct{ *project.Project }

func open(ctx context.Context, p *project.Project) (*refitted, error) {
	s := p.Study.Only(nil)
	s.Warnings = nil
	var domains []*dataset.Domain
	for i, d := range p.Tested()[0] {
		whole, err := d.Whole(s.Training.Select == "best")
		if err != nil {
			return nil, fmt.Errorf("refit: %w", err)
		}
		domains = append(domains, whole)
		s.Domains[i].Split.Folds = 0
	}
	out, err := project.Open(ctx, s, project.Options{Domains: domains})
	if err != nil {
		return nil, err
	}
	return &refitted{out}, nil
}

// choose plans one run of every pool.
func (w *refitted) choose(groups *grouping.Recommendation, pools [][]string) error {
	all, err := w.Candidates(1, pools)
	if err != nil {
		return err
	}
	var ids []string
	for _, names := range groups.Names() {
		for _, r := range all.Runs {
			if slices.Equal(r.Domains, names) && r.Rung.Name == groups.Rung && (len(names) == 1 || r.Weighting.Name == groups.Weighting) {
				ids = append(ids, r.ID)
				break
			}
		}
	}
	if len(ids) != len(groups.Groups) {
		return fmt.Errorf("refit: %w: its size %s, weighting %s or pools are not those of the recommendation; train and group it again", project.ErrChanged, groups.Rung, groups.Weighting)
	}
	w.Plan = all.Choose(ids)
	w.Plan.Domains = slices.Clone(w.Plan.Domains)
	for i := range w.Plan.Domains {
		w.Plan.Domains[i].Baseline = "" // nothing is held against linear models here
	}
	return nil
}
