package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"github.com/sharewise/sharewise/analysis/claim"
	"github.com/sharewise/sharewise/analysis/layout"
	"github.com/sharewise/sharewise/analysis/project"
	"github.com/sharewise/sharewise/analysis/study"
	"github.com/sharewise/sharewise/analysis/train"
	owntrainer "github.com/sharewise/sharewise/analysis/trainer"
	"github.com/sharewise/sharewise/analysis/wording"
	"github.com/sharewise/sharewise/grouping/adaptive"
	"github.com/sharewise/sharewise/onnxio/exec"
)

const runLong = `Train every run of a study that has not ended yet, several side by side, and
write each run's results into a folder of its own under OUT/runs.

It can be stopped at any moment, also by force, and started again: it goes on
from the last checkpoints, and the results are the same to the byte. Several may
train the same study in the same folder, see 'sharewise work --help'. A run whose
numbers stop being finite is recorded as diverged, which is a result, and not repeated.

Before that it fits a linear model to each domain, on the same inputs and rows,
into OUT/baseline: the report says which networks are weaker. 'baseline: none'
in the study leaves that out.

After an edit of the study only the runs that it touches are trained again. Where
all are done, and sizes and times of files are what they were, data are not
read to say so; 'sharewise check' reads all of them.

With --until settled it does not train all seeds of every arm, but two of each to
begin with, then those that the choice of groups gains most from, until it is
settled, no further runs would settle it, or --budget is spent; what it chose and
why stands in OUT/decisions.json. Where the study asks for neither pairs nor pools, it
proposes pools of domains that seem alike after the first trainings. A study of several sizes or weightings is then
decided for the largest and the first of them, see --rung and --weighting. Called
again with a larger budget, it goes on.

Examples:
  sharewise run study.yaml                   # into 'out' beside study.yaml
  sharewise run study.yaml --until settled --budget 2h
  sharewise run study.yaml --until settled --budget 40runs --report
  sharewise run study.yaml -o /data/out --jobs 8 --max-time 2h
  sharewise run study.yaml --on slurm --print # see 'sharewise help engines'
  sharewise run study.yaml --report          # then analyze, group and report`

func newRunCommand(a *app) *cobra.Command {
	var (
		o      trainOptions
		steps  untilOptions
		where  engineOptions
		out    string
		report bool
	)
	cmd := &cobra.Command{
		Use:     "run STUDY",
		Short:   "Train what a study asks for",
		Long:    runLong,
		GroupID: "study",
		Args:    exactArgs("STUDY"),
		RunE: func(cmd *cobra.Command, args []string) error {
			folder, err := resultsFolder(args[0], out)
			if err != nil {
				return err
			}
			if err := steps.validate(o); err != nil {
				return err
			}
			if err := where.validate(o, steps, report); err != nil {
				return err
			}
			if where.on != "" {
				return a.runOn(cmd.Context(), args[0], folder, where, o.reading)
			}
			defer collectSooner()()
			sealed := newSealing(args[0], folder, o.reading)
			if steps.until == "" && !report && a.stores.mirror == nil {
				if runs, ok := sealed.holds(); ok {
					return a.doneBefore(folder, runs)
				}
			}
			t, err := a.prepare(cmd.Context(), args[0], folder, o)
			if err != nil {
				return err
			}
			var summary any
			if steps.until == "" {
				var ended *train.Summary
				if ended, err = t.all(cmd.Context()); err == nil {
					sealed.keep(t.project, ended)
				}
				summary = ended
			} else {
				summary, err = t.settle(cmd.Context(), steps)
			}
			if err != nil {
				return err
			}
			if report {
				return a.conclude(cmd.Context(), folder, t.project.Tested())
			}
			if a.json {
				return a.writeJSON(summary)
			}
			a.say("Next: sharewise analyze %s", a.outName(string(folder)))
			return nil
		},
	}
	flags := cmd.Flags()
	flags.StringVarP(&out, "output", "o", "", "output `FOLDER` (default: 'out' beside the study file)")
	flags.IntVar(&o.jobs, "jobs", 0, "`N` runs side by side; 0: as many as the cores allow")
	flags.DurationVar(&o.maxTime, "max-time", 0, "stop after this `TIME`, such as 90m; run again to go on")
	o.register(flags)
	steps.register(flags)
	where.register(flags)
	flags.BoolVar(&report, "report", false, "go on with analyze, group and report")
	return cmd
}

// doneBefore is run where there is nothing to do, and files are what they were.
func (a *app) doneBefore(folder layout.Folder, runs int) error {
	summary := train.Summary{Reused: runs}
	a.say("%s; the files of data have the sizes and times that they had, and were not read", describe(summary, runs, "trained"))
	if a.json {
		return a.writeJSON(&summary)
	}
	a.say("Next: sharewise analyze %s", a.outName(string(folder)))
	return nil
}

// trainOptions are what the user says about training.
type trainOptions struct {
	jobs    int
	maxTime time.Duration
	reading
}

// trainer is a study that is ready to be trained.
type trainer struct {
	*app
	trainOptions
	project *project.Project
	backend exec.Backend
	folder  layout.Folder
}

// prepare opens a study for training, and says what there is to say about its data
// and models.
func (a *app) prepare(ctx context.Context, file string, folder layout.Folder, o trainOptions) (*trainer, error) {
	if o.jobs < 0 {
		return nil, usagef("--jobs %d: must be 1 or more, or 0 for as many as the cores allow", o.jobs)
	}
	if o.maxTime < 0 {
		return nil, usagef("--max-time %v: must not be negative", o.maxTime)
	}
	p, err := o.open(ctx, file)
	if err != nil {
		return nil, err
	}
	if err := spareInputs(folder, p.Study); err != nil {
		return nil, err
	}
	var backend exec.Backend
	if !p.OwnTrainer() {
		if backend, err = a.backend(); err != nil {
			return nil, err
		}
	}
	notes, err := p.Notes(ctx)
	if err != nil { // of the context: looking at samples fails in no other way
		return nil, errAbandoned
	}
	if !a.json && !a.quiet {
		printNotes(a.stdout, p.Trunks, notes, p.Plan.Warnings)
	}
	return &trainer{a, o, p, backend, folder}, nil
}

// train prepares a study and executes its runs.
func (a *app) train(ctx context.Context, file string, folder layout.Folder, o trainOptions) (*project.Project, *train.Summary, error) {
	t, err := a.prepare(ctx, file, folder, o)
	if err != nil {
		return nil, nil, err
	}
	summary, err := t.all(ctx)
	return t.project, summary, err
}

// all executes the runs of a study that have not ended.
func (t *trainer) all(ctx context.Context) (*train.Summary, error) {
	runs := t.project.Plan.Runs
	bar := t.newProgress(runs)
	o := project.TrainOptions{Jobs: t.jobs, MaxTime: t.maxTime, Observe: t.follow(bar)}
	t.stores.trains(&o, claim.Options{})
	outcome, err := t.project.Train(ctx, t.backend, t.folder, o)
	bar.close()
	for _, n := range outcome.Baselines.Notes {
		t.say("Note: %s", n)
	}
	if n := outcome.Baselines.Fitted; n > 0 {
		t.say("Fitted %s, which the networks are held against", wording.Plural(n, "linear model"))
	}
	if outcome.Summary != (train.Summary{}) {
		t.say("%s", describe(outcome.Summary, len(runs), howMade(t.project.Study)))
	}
	return &outcome.Summary, studyTrainingError(err)
}

// studyTrainingError says to the user what training a study failed with.
func studyTrainingError(err error) error {
	var cannot *project.CompileError
	switch {
	case isOfData(err): // also where training was interrupted besides
		return inputError(err)
	case errors.Is(err, train.ErrInterrupted):
		return errInterrupted
	case errors.Is(err, train.ErrTimeUp):
		return errTimeUp
	case errors.Is(err, adaptive.ErrBudget):
		return usagef("--budget: %w", err)
	case errors.As(err, &cannot), errors.Is(err, adaptive.ErrFolds), errors.Is(err, project.ErrStepByStep), errors.Is(err, project.ErrEdited):
		return inputError(err)
	case errors.As(err, new(*owntrainer.Error)):
		return inputError(err)
	}
	return err
}

// howMade is what is done to the runs of a study.
func howMade(s *study.Study) string {
	if s.Trainer != nil && s.Trainer.Import != "" {
		return "imported"
	}
	return "trained"
}

// describe says what became of runs, of which new ones were made in some way.
func describe(s train.Summary, total int, made string) string {
	text := fmt.Sprintf("%d runs: %d %s", total, s.Trained, made)
	for _, part := range []struct {
		n    int
		what string
	}{{s.Reused, "done before"}, {s.Diverged, "diverged"}, {s.Failed, "failed"}, {s.Left, "left"}} {
		if part.n > 0 {
			text += fmt.Sprintf(", %d %s", part.n, part.what)
		}
	}
	return text
}
