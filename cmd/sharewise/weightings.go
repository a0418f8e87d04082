package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"github.com/sharewise/sharewise/analysis/contest"
	"github.com/sharewise/sharewise/analysis/effect"
	"github.com/sharewise/sharewise/analysis/layout"
	"github.com/sharewise/sharewise/analysis/weighting"
)

const weightingsLong = `Weightings compares ways of weighting the domains of a study in one model, all at
equal tuning and equal time, and says whether any beats tuned static weights.

The time of a step is measured for each method on this machine: who takes longer
for a step gets fewer epochs. Each method then has the same number of candidates,
its defaults and random settings with other learning rates, which successive
halving tunes on validation samples. The best of each is trained anew with fresh
seeds and judged by test samples that chose nothing. Static weights, tuned with as many
candidates as each other method, and random ones are the controls; so are static
weights tuned with the budget of all methods together (static-long), which doubles
the time: what beats these was not just searched for harder.

It can be stopped and started again, like 'sharewise run'. Runs are kept in
OUT/weightings; the outcome is OUT/weightings.json, which 'sharewise report' shows.

Without a study it lists the methods.

Examples:
  sharewise weightings
  sharewise weightings study.yaml -o out
  sharewise weightings study.yaml -o out --methods dwa,famo,pcgrad,cagrad --seeds 8`

func newWeightingsCommand(a *app) *cobra.Command {
	var (
		o   contest.Options
		how reading
		out string
	)
	cmd := &cobra.Command{
		Use:     "weightings [STUDY]",
		Short:   "Compare ways of weighting domains at equal tuning and equal time",
		Long:    weightingsLong,
		GroupID: "why",
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) == 0 {
				return nil
			}
			return exactArgs("STUDY")(cmd, args)
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) == 0 {
				return a.show(weighting.Methods(), listMethods)
			}
			if err := atLeast([]bound{{"trials", o.Trials, 1}, {"seeds", o.Seeds, 2}, {"jobs", o.Jobs, 0}}); err != nil {
				return err
			}
			if o.MaxTime < 0 {
				return usagef("--max-time %v: must not be negative", o.MaxTime)
			}
			folder, err := resultsFolder(args[0], out)
			if err != nil {
				return err
			}
			return a.weightings(cmd.Context(), args[0], folder, how, o)
		},
	}
	flags := cmd.Flags()
	flags.StringVarP(&out, "output", "o", "", "output `FOLDER` (default: 'out' beside the study file)")
	flags.StringSliceVar(&o.Methods, "methods", nil, "compare these `METHODS`, with static and rlw beside them; all unless given")
	flags.IntVar(&o.Trials, "trials", 9, "tune with `N` candidates of each method")
	flags.IntVar(&o.Seeds, "seeds", 5, "test with `N` fresh seeds")
	flags.BoolVar(&o.NoLong, "no-long-control", false, "leave out static weights with the budget of all methods together")
	flags.StringVar(&o.Rung, "rung", "", "capacity, as `NAME`; the largest unless given")
	flags.IntVar(&o.Jobs, "jobs", 0, "`N` runs side by side; 0: as many as the cores allow")
	flags.DurationVar(&o.MaxTime, "max-time", 0, "stop after this `TIME`, such as 90m; run again to go on")
	how.register(flags)
	return cmd
}

func (a *app) weightings(ctx context.Context, file string, folder layout.Folder, how reading, o contest.Options) error {
	p, err := how.open(ctx, file)
	if err != nil {
		return err
	}
	if err := spareInputs(folder, p.Study); err != nil {
		return err
	}
	backend, err := a.backend()
	if err != nil {
		return err
	}
	o.Observe = byStage(func(stage string, runs int) { a.say("%s: %d runs", strings.ToUpper(stage[:1])+stage[1:], runs) })
	f, err := contest.Run(ctx, backend, p, folder, o)
	if errors.Is(err, contest.ErrUnsuitable) {
		return inputError(err)
	}
	if err != nil {
		return err
	}
	if err := f.Write(folder); err != nil {
		return err
	}
	return a.show(f, func(w io.Writer) error { return printContest(w, f) })
}

// listMethods prints the table of methods.
func listMethods(w io.Writer) error {
	t := newColumns(w)
	fmt.Fprintln(t, "METHOD\tCOST\tWEIGHTS BEFORE THEY ARE NORMALISED\tSOURCE")
	for _, d := range weighting.Methods() {
		fmt.Fprintf(t, "%s\t%s\t%s\t%s\n", d.Name, d.Cost, d.Formula, d.Citation)
	}
	return t.Flush()
}

func printContest(w io.Writer, f *contest.File) error {
	for _, s := range f.Verdict {
		fmt.Fprintln(w, s)
	}
	for _, s := range f.Warnings {
		fmt.Fprintln(w, "Note:", s)
	}
	fmt.Fprintln(w)
	t := newColumns(w)
	fmt.Fprint(t, "RANK\tMETHOD\tLOSS AGAINST STATIC\t")
	long := len(f.Entries) > 0 && f.Entries[0].Loss.AgainstLong != nil
	if long {
		fmt.Fprint(t, "STATIC-LONG\t")
	}
	errs := len(f.Entries) > 0 && f.Entries[0].Error != nil
	if errs {
		fmt.Fprint(t, "ERRORS\t")
	}
	fmt.Fprintln(t, "STEP\tEPOCHS\tTUNED TO")
	for i := range f.Entries {
		e := &f.Entries[i]
		fmt.Fprintf(t, "%d (%d-%d)\t%s\t%s\t", e.Loss.Rank, e.Loss.RankLo, e.Loss.RankHi, e.Method, perCent(e.Loss.Against))
		if long {
			fmt.Fprintf(t, "%s\t", perCent(*e.Loss.AgainstLong))
		}
		if errs {
			fmt.Fprintf(t, "%s\t", perCent(e.Error.Against))
		}
		fmt.Fprintf(t, "%.2fx\t%d\t%s\n", e.Cost.Relative, e.Epochs, e.Tuned())
	}
	return t.Flush()
}

// perCent writes a relative change with its limits.
func perCent(v effect.Interval) string {
	if v.Value == 0 && v.Lo == 0 && v.Hi == 0 {
		return "-"
	}
	if !v.Limited() {
		return fmt.Sprintf("%+.1f %%", 100*v.Value)
	}
	return fmt.Sprintf("%+.1f %% (%+.1f to %+.1f)", 100*v.Value, 100*v.Lo, 100*v.Hi)
}
