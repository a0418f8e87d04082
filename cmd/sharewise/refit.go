package main

import (
	"cmp"
	"context"
	"errors"

	"github.com/spf13/pflag"

	"github.com/sharewise/sharewise/analysis/layout"
	"github.com/sharewise/sharewise/analysis/project"
	"github.com/sharewise/sharewise/analysis/study"
	"github.com/sharewise/sharewise/analysis/train"
	"github.com/sharewise/sharewise/grouping/refit"
)

// refitOptions are what the user says about training on all samples.
type refitOptions struct {
	study string
	trainOptions
}

func (o *refitOptions) register(flags *pflag.FlagSet) {
	flags.StringVar(&o.study, "study", "", "with --refit: study `FILE` (default: the one that OUT was made from)")
	flags.IntVar(&o.jobs, "jobs", 0, "with --refit: `N` runs side by side; 0: as many as the cores allow")
	o.reading.register(flags)
}

// refit trains the recommended pools on all samples.
func (a *app) refit(ctx context.Context, folder layout.Folder, o refitOptions) error {
	plan, err := folder.ReadPlan()
	if err != nil {
		return inputError(err)
	}
	file := cmp.Or(o.study, plan.File)
	if file == "" {
		return usagef("export: %s names no study file; say which with --study", folder.Plan())
	}
	t, err := a.prepare(ctx, file, folder, o.trainOptions)
	if err != nil {
		return err
	}
	var bar *progress
	err = refit.Run(ctx, t.project, t.backend, folder, refit.Options{
		Jobs:    o.jobs,
		Planned: func(runs []study.PlannedRun) { bar = t.newProgress(runs) },
		Observe: func(e train.Event) { t.follow(bar)(e) },
	})
	bar.close()
	switch {
	case err == nil:
		return nil
	case errors.Is(err, refit.ErrNoFolds), errors.Is(err, refit.ErrMissing), errors.Is(err, project.ErrChanged):
		return inputError(err)
	}
	return studyTrainingError(err)
}
