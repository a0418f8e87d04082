package main

import (
	"context"
	"fmt"

	"github.com/spf13/pflag"

	"github.com/sharewise/sharewise/analysis/claim"
	"github.com/sharewise/sharewise/analysis/layout"
	"github.com/sharewise/sharewise/analysis/project"
	"github.com/sharewise/sharewise/analysis/train"
	"github.com/sharewise/sharewise/grouping/adaptive"
	"github.com/sharewise/sharewise/grouping/decisions"
)

// untilOptions say when runs that are chosen step by step are enough.
type untilOptions struct {
	until, budget   string
	rung, weighting string
	seeds           int
}

func (o *untilOptions) register(flags *pflag.FlagSet) {
	flags.StringVar(&o.until, "until", "", "choose runs step by step until the groups are \"settled\", the only `WORD` that there is")
	flags.StringVar(&o.budget, "budget", "", "with --until: the `TIME`, such as 2h, or the number of runs, such as 40runs, after which to end")
	flags.IntVar(&o.seeds, "most-seeds", 0, "with --until: at most `K` seeds of an arm (default 12)")
	flags.StringVar(&o.rung, "rung", "", "with --until: the `NAME` of the size to decide about; the largest unless given")
	flags.StringVar(&o.weighting, "weighting", "", "with --until: the `NAME` of the weighting to decide about; the first unless given")
}

func (o *untilOptions) validate(t trainOptions) error {
	switch {
	case o.until == "" && (o.budget != "" || o.seeds != 0 || o.rung != "" || o.weighting != ""):
		return usagef("--budget, --most-seeds, --rung and --weighting go with --until settled")
	case o.until != "" && o.until != string(decisions.Settled):
		return usagef("--until %s: the only word is settled", o.until)
	case o.until != "" && t.maxTime > 0:
		return usagef("with --until, --budget %s does what --max-time does", t.maxTime)
	case o.seeds < 0:
		return usagef("--most-seeds %d: must be 2 or more, or 0 for 12", o.seeds)
	}
	return nil
}

// options are those of package adaptive.
func (o *untilOptions) options() (adaptive.Options, error) {
	out := adaptive.Options{Rung: o.rung, Weighting: o.weighting, Most: o.seeds}
	if o.budget == "" {
		return out, nil
	}
	var err error
	if out.Budget, err = adaptive.ParseBudget(o.budget); err != nil {
		return out, usagef("--budget %v", err)
	}
	return out, nil
}

// foresee prints what it will take to settle a study.
func (a *app) foresee(ctx context.Context, file string, folder layout.Folder, how reading, steps untilOptions) error {
	o, err := steps.options()
	if err != nil {
		return err
	}
	p, err := how.open(ctx, file)
	if err != nil {
		return err
	}
	f, err := adaptive.Foresee(p, folder, o)
	if err != nil {
		return studyTrainingError(err)
	}
	rules := p.Plan.RefusedWords()
	if a.json {
		return a.writeJSON(struct {
			*adaptive.Forecast
			Rules []string `json:"rules,omitempty"`
		}{f, rules})
	}
	for _, line := range f.Lines() {
		fmt.Fprintln(a.stdout, line)
	}
	printRules(a.stdout, p.Plan, rules)
	return nil
}

// settle trains a study step by step until its groups are settled.
func (t *trainer) settle(ctx context.Context, steps untilOptions) (*decisions.Record, error) {
	o, err := steps.options()
	if err != nil {
		return nil, err
	}
	o.Jobs = t.jobs
	var bar *progress
	o.Decided = func(r *decisions.Record) {
		bar.close()
		t.say("%s", r.Last())
		bar = t.newProgress(t.project.Plan.Runs)
	}
	o.Observe = func(e train.Event) { t.follow(bar)(e) }
	var shared project.TrainOptions
	t.stores.trains(&shared, claim.Options{})
	o.Claims, o.Mirror = shared.Claims, shared.Mirror
	record, err := adaptive.Run(ctx, t.project, t.backend, t.folder, o)
	bar.close()
	if err != nil {
		return nil, studyTrainingError(err)
	}
	t.say("%s", record.End.Words)
	return record, nil
}
