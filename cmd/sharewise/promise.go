package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/sharewise/sharewise/analysis/layout"
	"github.com/sharewise/sharewise/analysis/study"
	"github.com/sharewise/sharewise/analysis/train"
	"github.com/sharewise/sharewise/grouping/verification"
	"github.com/sharewise/sharewise/reports"
)

const promiseLong = `Hold what the recommendation promised against what it delivers: train the
recommended pools, and a model of its own for each of their domains, with fresh
seeds, and measure the gains again. Runs go to OUT/verification, and can be stopped
and started again; the record is added to OUT/promises.json, and 'report' shows all
of them.

Fresh seeds alone leave the test samples that the choice rests on. --test names
data that it never saw:

  --test validation   the study's validation samples, which training used for
                      learning curves only
  --test FOLDER       files of the names that the study's test data have, or for
                      each domain a folder or file of its name
  --test STUDY        the test data of another study file with the same domains

A promise is held where surely no more is missing than the tolerance that groups were
chosen by (grouping.tolerance), broken where surely less was delivered than promised,
both by the limits of promise and delivery together; else it is not decided. Few seeds
decide little: what is printed says how much may be missing. More than five hardly help,
since the promise rests on the seeds of the study, whose limits stay: where these are
wide, train the study with more seeds.

Examples:
  sharewise promise out
  sharewise promise out --test audit-2026 --seeds 5
  sharewise group out --verify`

// promiseOptions are what the user says about a verification.
type promiseOptions struct {
	study, test string
	seeds       int
	trainOptions
}

func (o *promiseOptions) register(flags *pflag.FlagSet) {
	flags.StringVar(&o.study, "study", "", "study `FILE` (default: the one that OUT was made from)")
	flags.StringVar(&o.test, "test", "", "fresh test data: `validation|FOLDER|STUDY` (default: the test samples that the choice rests on)")
	flags.IntVar(&o.seeds, "seeds", 0, "`N` fresh seeds of every model (default 3, or as many as the study has folds)")
	flags.IntVar(&o.jobs, "jobs", 0, "`N` runs side by side; 0: as many as the cores allow")
	o.reading.register(flags)
}

func newPromiseCommand(a *app) *cobra.Command {
	var o promiseOptions
	cmd := &cobra.Command{
		Use:     "promise OUT",
		Short:   "Train the recommended groups again and hold them to their promise",
		Long:    promiseLong,
		GroupID: "act",
		Args:    outputArg(),
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.hold(cmd.Context(), layout.Folder(args[0]), o)
		},
	}
	o.register(cmd.Flags())
	return cmd
}

func (a *app) hold(ctx context.Context, folder layout.Folder, o promiseOptions) error {
	if o.seeds != 0 && o.seeds < 2 {
		return usagef("--seeds %d: two or more are needed for limits", o.seeds)
	}
	plan, err := folder.ReadPlan()
	if err != nil {
		return inputError(err)
	}
	if err := a.refresh(ctx, folder, "run", "analyze", "group"); err != nil {
		return err
	}
	file := cmp.Or(o.study, plan.File)
	if file == "" {
		return usagef("promise: %s names no study file; say which with --study", folder.Plan())
	}
	t, err := a.prepare(ctx, file, folder, o.trainOptions)
	if err != nil {
		return err
	}
	if own := t.project.Study.Trainer; own != nil && own.Import != "" {
		return inputError(fmt.Errorf("promise: it trains models with fresh seeds, and the study takes its runs from %s: train further seeds where these come from, raise 'seeds', and go on with 'sharewise run' and 'sharewise group'", own.Import))
	}
	test, err := o.testData(ctx, t)
	if err != nil {
		return inputError(err)
	}
	var bar *progress
	record, err := verification.Run(ctx, t.project, t.backend, folder, verification.Options{
		Seeds: o.seeds, Test: test, Jobs: o.jobs,
		Planned: func(runs []study.PlannedRun) { bar = t.newProgress(runs) },
		Observe: func(e train.Event) { t.follow(bar)(e) },
	})
	bar.close()
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return inputError(fmt.Errorf("%s does not exist; run 'sharewise group %s' first", folder.Groups(), string(folder)))
	case errors.Is(err, verification.ErrNothing), errors.Is(err, verification.ErrChanged), errors.Is(err, verification.ErrNoLimits):
		return inputError(err)
	case err != nil:
		return studyTrainingError(err)
	}
	if a.json {
		return a.writeJSON(record)
	}
	for _, line := range reports.PromiseLines(record) {
		fmt.Fprintln(a.stdout, line)
	}
	for _, w := range record.Warnings {
		fmt.Fprintln(a.stdout, "Note:", w)
	}
	a.say("\nWritten: %s\nNext: sharewise report %s", folder.Promises(), a.outName(string(folder)))
	return nil
}

// testData are the data that --test names; nil for those of the study.
func (o promiseOptions) testData(ctx context.Context, t *trainer) (*verification.Test, error) {
	switch o.test {
	case "":
		return nil, nil
	case "validation":
		return verification.Validation(t.project.Study, t.project.Domains)
	}
	return verification.From(ctx, t.project.Study, t.project.Domains, o.test)
}
