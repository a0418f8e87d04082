package main

import (
	"io"

	"github.com/spf13/cobra"
)

const planLong = `Show every run of a study and what it will cost, before anything is spent.

Reads the study file and all data that it names, which finds mistakes in them,
and compares with what the output folder holds already: after an edit of the
study only the runs that it touches are trained again. Nothing is written, unless
--write leaves the plan in the output folder, for 'sharewise work'.

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
		write bool
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
			if steps.until != "" && write {
				return usagef("--write does not go with --until: runs are chosen as others end")
			}
			folder, err := resultsFolder(args[0], out)
			if err != nil {
				return err
			}
			if steps.until != "" {
				return a.foresee(cmd.Context(), args[0], folder, how, steps)
			}
			p, err := how.open(cmd.Context(), args[0])
			if err != nil {
				return err
			}
			if write {
				if err := spareInputs(folder, p.Study); err != nil {
					return err
				}
			}
			f, err := p.Forecast(cmd.Context(), folder)
			if cmd.Context().Err() != nil {
				return errAbandoned
			}
			if err == nil && write {
				err = p.WritePlan(cmd.Context(), folder)
			}
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
	flags.BoolVar(&write, "write", false, "leave the plan in the output folder, for workers")
	return cmd
}
