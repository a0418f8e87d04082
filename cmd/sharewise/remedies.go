package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"slices"

	"github.com/spf13/cobra"

	"github.com/sharewise/sharewise/analysis/layout"
	"github.com/sharewise/sharewise/analysis/project"
	"github.com/sharewise/sharewise/analysis/wording"
	"github.com/sharewise/sharewise/grouping"
	"github.com/sharewise/sharewise/grouping/remedies"
)

const remediesLong = `Remedies says what may help where sharing harms a domain: for every pool in which a
domain surely loses it lists other weights, layers and normalisation of each domain's
own, the pool without its most suspect source or without doubtful samples, a larger
model, and always a model of its own, each with its reason from what was measured.

--try trains them for one pool, with the seeds of the study, and says what each
brought: the gain before and after against a model of the domain's own, and whether
that is better or worse than the pool as it was by more than chance makes of all that
was tried. Of several settings of a kind, and of more kinds than --budget holds,
validation samples choose by one seed, which then has no part in the test.

It can be stopped and started again, like 'sharewise run'. Runs are kept in
OUT/remedies; the outcome is OUT/remedies.json, which 'sharewise report' shows.

Examples:
  sharewise remedies out
  sharewise remedies out --try --budget 10m && sharewise report out`

// remedyFlags are what a user says of remedies.
type remedyFlags struct {
	remedies.Options
	trainOptions
	try           bool
	budget, study string
}

func newRemediesCommand(a *app) *cobra.Command {
	var f remedyFlags
	cmd := &cobra.Command{
		Use:     "remedies OUT",
		Short:   "Say what may help where sharing harms, and try it",
		Long:    remediesLong,
		GroupID: "why",
		Args:    outputArg(),
		RunE: func(cmd *cobra.Command, args []string) error {
			if f.budget != "" {
				var err error
				if f.Budget, err = remedies.ParseBudget(f.budget); err != nil {
					return usagef("--%v", err)
				}
				if !f.try {
					return usagef("--budget is for --try")
				}
			}
			folder := layout.Folder(args[0])
			found, err := a.remedies(cmd.Context(), folder, f)
			if err != nil {
				return err
			}
			if a.json {
				return a.writeJSON(found)
			}
			if err := printRemedies(a.stdout, found); err != nil {
				return err
			}
			a.say("\nWritten: %s", folder.Remedies())
			return nil
		},
	}
	flags := cmd.Flags()
	flags.BoolVar(&f.try, "try", false, "train the remedies of one pool, and judge them")
	flags.StringVar(&f.budget, "budget", "", "most that is spent on trying, as a number of runs or a `TIME`, such as 20 or 10m")
	flags.StringVar(&f.Arm, "arm", "", "pool, as `NAME`; that of all domains if it harms, else the one that harms most domains, unless given")
	flags.StringVar(&f.Selection.Rung, "rung", "", "capacity, as `NAME`; that of the groups, or the largest with gains, unless given")
	flags.StringVar(&f.Selection.Weighting, "weighting", "", "weighting, as `NAME`; that of the groups, or the first with gains, unless given")
	flags.StringVar(&f.study, "study", "", "study `FILE` (default: the one that OUT was made from)")
	flags.IntVar(&f.jobs, "jobs", 0, "`N` runs side by side; 0: as many as the cores allow")
	f.reading.register(flags)
	return cmd
}

// remedies proposes remedies, and tries them where that is asked for.
func (a *app) remedies(ctx context.Context, folder layout.Folder, f remedyFlags) (*remedies.File, error) {
	if err := a.refresh(ctx, folder, "run", "analyze", "group"); err != nil {
		return nil, err
	}
	o := f.Options
	o.Jobs = f.jobs
	var found *remedies.File
	var err error
	if f.try {
		found, err = a.tryRemedies(ctx, folder, f, o)
	} else {
		found, err = remedies.ProposeFolder(folder, o)
	}
	switch {
	case errors.Is(err, fs.ErrNotExist) && !exists(folder.Results()):
		return nil, noResults(folder)
	case errors.Is(err, remedies.ErrUnsuitable), errors.Is(err, project.ErrChanged), errors.Is(err, grouping.ErrNoGains):
		return nil, inputError(err)
	case err != nil:
		return nil, studyTrainingError(err)
	}
	return found, nil
}

func (a *app) tryRemedies(ctx context.Context, folder layout.Folder, f remedyFlags, o remedies.Options) (*remedies.File, error) {
	plan, err := readPlan(folder)
	if err != nil {
		return nil, err
	}
	file := cmp.Or(f.study, plan.File)
	if file == "" {
		return nil, usagef("remedies: %s names no study file; say which with --study", folder.Plan())
	}
	t, err := a.prepare(ctx, file, folder, f.trainOptions)
	if err != nil {
		return nil, err
	}
	o.Observe = byStage(func(stage string, runs int) { a.say("Training for the %s: %s", stage, wording.Plural(runs, "run")) })
	return remedies.Try(ctx, t.backend, t.project, folder, o)
}

// mostRemedies is how many pools a list without a trial shows.
const mostRemedies = 3

// printRemedies prints harm, remedies and what became of them.
func printRemedies(w io.Writer, f *remedies.File) error {
	for _, line := range f.Verdict {
		fmt.Fprintln(w, line)
	}
	for _, n := range f.Warnings {
		fmt.Fprintln(w, "Note:", n)
	}
	if len(f.Harms) == 0 {
		return nil
	}
	fmt.Fprintln(w)
	if f.Trial != nil {
		return printTried(w, f)
	}
	var arms []string
	g := newGrid(w, "pool", "harmed", "remedy", "runs", "because", "expected")
	for _, r := range f.Remedies {
		if !slices.Contains(arms, r.Arm) {
			arms = append(arms, r.Arm)
		}
		if len(arms) > mostRemedies {
			continue
		}
		g.row(wording.Cell(shortArm(r.Arm)), wording.Cell(wording.First(r.Harmed, 3)), wording.Cell(r.Name), r.Trainings, wording.Cell(r.Reason), wording.Cell(r.Expected))
	}
	if err := g.close(); err != nil {
		return err
	}
	if n := len(arms) - mostRemedies; n > 0 {
		fmt.Fprintf(w, "and of %s, see --json\n", wording.Plural(n, "further pool"))
	}
	fmt.Fprintln(w, "Runs: trainings of a trial, of which several settings of a kind take one each. --try trains and judges them.")
	return nil
}

// printTried prints a line for each harmed domain under each remedy.
func printTried(w io.Writer, f *remedies.File) error {
	g := newGrid(w, "remedy", "cost", "domain", "gain before", "gain after", "against the pool", "p", "")
	for i := range f.Remedies {
		r := &f.Remedies[i]
		if r.Outcome == nil {
			continue
		}
		cost := figure("%.2gx", float64(r.Cost))
		if len(r.Outcome.Domains) == 0 {
			g.row(wording.Cell(r.Name), cost, "", "", "", "", "", string(r.Outcome.Verdict))
			continue
		}
		for _, c := range r.Outcome.Domains {
			g.row(wording.Cell(r.Name), cost, wording.Cell(c.Domain), interval(c.Before), interval(c.After), interval(c.Against), figure("%.3f", float64(c.Adjusted)), string(c.Verdict))
		}
		for _, c := range r.Outcome.Others {
			if c.Verdict != remedies.NotSettled {
				g.row("", "", wording.Cell(c.Domain)+" (was not harmed)", interval(c.Before), interval(c.After), interval(c.Against), figure("%.3f", float64(c.Adjusted)), string(c.Verdict))
			}
		}
	}
	if err := g.close(); err != nil {
		return err
	}
	fmt.Fprintln(w, "Gains are against a model of the domain's own; against the pool: reduction of the error there. p: among all that was tried.")
	return nil
}
