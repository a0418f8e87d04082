package main

import (
	"context"
	"io"

	"github.com/spf13/cobra"

	"github.com/sharewise/sharewise/analysis/layout"
	"github.com/sharewise/sharewise/analysis/project"
)

const planLong = `Show every run of a study and what it will cost, before anything is spent.

Reads the study file and all data that it names, which finds mistakes in them,
and compares with what the output folder holds already: after an edit of the
study only the runs that it touches are trained again. Nothing is written.

Times come from the runs that have finished in the output folder; without any,
from a modest assumption about the machine.

With --until settled it says what 'run --until settled' will take instead: the
pilot, and once that is trained, how many runs from there on.

Examples:
  sharewise plan study.yaml
  sharewise plan study.yaml --until settled
  sharewise plan study.yaml -o /data/out --runs    # name every run, arm and domain
  sharewise plan study.yaml --json`

func newPlanCommand(a *app) *cobra.Command {
	var (
		out   string
		runs  bool
		how   reading
		steps untilOptions
	)
	cmd := &cobra.Command{
		Use:     "plan STUDY",
		Short:   "Show every run of a study and its cost",
		Long:    planLong,
		GroupID: "study",
		Args:    exactArgs("STUDY"),
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := steps.validate(trainOptions{}); err != nil {
				return err
			}
			if steps.until != "" {
				return a.foresee(cmd.Context(), args[0], outputFolder(args[0], out), how, steps)
			}
			f, err := forecast(cmd.Context(), args[0], outputFolder(args[0], out), how)
			if err != nil {
				return err
			}
			return a.show(f, func(w io.Writer) error { return printForecast(w, f, runs) })
		},
	}
	flags := cmd.Flags()
	flags.StringVarP(&out, "output", "o", "", "output `FOLDER` to compare with (default: 'out' beside the study file)")
	how.register(flags)
	steps.register(flags)
	flags.BoolVar(&runs, "runs", false, "list every run, arm and domain")
	return cmd
}

// forecast opens a study and compares its plan with an output folder.
func forecast(ctx context.Context, file string, folder layout.Folder, how reading) (*project.Forecast, error) {
	p, err := how.open(ctx, file)
	if err != nil {
		return nil, err
	}
	f, err := p.Forecast(ctx, folder)
	if ctx.Err() != nil {
		return nil, errAbandoned
	}
	return f, err
}
