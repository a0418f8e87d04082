package main

import (
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/sharewise/sharewise/analysis/project"
	"github.com/sharewise/sharewise/analysis/train"
	"github.com/sharewise/sharewise/grouping/adaptive"
	"github.com/sharewise/sharewise/grouping/decisions"
	"github.com/sharewise/sharewise/reports/decide"
)

const decideLong = `Go from data to a decision: which domains should share one model?

DATA is a folder or file as 'init' takes it, or a study file. A study is drafted
of the data, and made small enough that the first trainings of every model fit into half
of the budget; what was assumed stands in the study file, to be looked through and
changed. Then it trains step by step, as 'run --until settled' does, until the
answer is settled, no further training would settle it, or the budget is spent,
and writes the report. The last line is the verdict.

Where domains have few test samples, these leave more in doubt than seeds do. If the
budget has room for it, the study is then one that tests all samples in turns, and
all its runs are trained.

Of more than 16 domains pairs are not trained. After the first trainings, every domain by
itself and all together, a cheap estimate then proposes groups of domains that seem alike,
at several levels, and these are trained and measured like all others.

All goes into one folder, FOLDER: study.yaml, and out with what 'run' writes. The
same command goes on where it was stopped; a larger budget goes on beyond.

Examples:
  sharewise decide data --budget 30m
  sharewise decide patients.csv --domains-by hospital --budget 2h -o hospitals
  sharewise decide study.yaml --budget 60runs`

func newDecideCommand(a *app) *cobra.Command {
	var (
		o      decide.Options
		how    reading
		budget string
	)
	cmd := &cobra.Command{
		Use:     "decide DATA",
		Short:   "Go from data to a decision, within a budget",
		Long:    decideLong,
		GroupID: "study",
		Args:    exactArgs("DATA"),
		RunE: func(cmd *cobra.Command, args []string) error {
			if o.Adaptive.Jobs < 0 {
				return usagef("--jobs %d: must be 1 or more, or 0 for as many as the cores allow", o.Adaptive.Jobs)
			}
			var err error
			if o.Adaptive.Budget, err = adaptive.ParseBudget(budget); err != nil {
				return usagef("--budget %v", err)
			}
			o.Open, o.Draft.Memory = how.options(), int64(how.memory)
			out, err := a.decide(cmd, args[0], o)
			if err != nil {
				return err
			}
			if a.json {
				return a.writeJSON(out)
			}
			a.say("%s", out.End.Words)
			a.say("Report: %s", out.Report)
			fmt.Fprintln(a.stdout, out.Verdict)
			return nil
		},
	}
	flags := cmd.Flags()
	flags.StringVar(&budget, "budget", "30m", "the `TIME`, such as 2h, or the number of runs, such as 40runs, after which to end")
	flags.StringVarP(&o.Folder, "output", "o", "", "`FOLDER` of the decision (default: NAME-decision for data called NAME, that of a study file)")
	flags.IntVar(&o.Adaptive.Jobs, "jobs", 0, "`N` runs side by side; 0: as many as the cores allow")
	flags.StringVar(&o.Draft.Name, "name", "", "`NAME` of the study (default: the name of DATA)")
	flags.StringVar(&o.Draft.Encoding, "encoding", "", "`NAME` of the encoding of tables that are not UTF-8 and do not show what else they are, such as shift_jis")
	flags.StringVar(&o.Draft.DomainsBy, "domains-by", "", "`COLUMN` of a table whose values are the domains (default: chosen by name and values)")
	how.register(flags)
	return cmd
}

// decide takes data to a decision and shows how it goes.
func (a *app) decide(cmd *cobra.Command, path string, o decide.Options) (*decide.Outcome, error) {
	backend, err := a.backend()
	if err != nil {
		return nil, err
	}
	var bar *progress
	var p *project.Project
	o.Told = func(line string) { a.say("%s", line) }
	o.Opened = func(opened *project.Project) { p = opened }
	o.Adaptive.Decided = func(r *decisions.Record) {
		bar.close()
		a.say("%s", r.Last())
		bar = a.newProgress(p.Plan.Runs)
	}
	o.Training = func() { bar = a.newProgress(p.Plan.Runs) }
	o.Adaptive.Observe = func(e train.Event) { a.follow(bar)(e) }
	out, err := decide.Decide(cmd.Context(), path, backend, o)
	bar.close()
	var input *decide.InputError
	if errors.As(err, &input) {
		return nil, inputError(err)
	}
	return out, studyTrainingError(err)
}
