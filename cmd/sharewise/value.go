package main

import (
	"errors"
	"fmt"
	"io/fs"

	"github.com/spf13/cobra"

	"github.com/sharewise/sharewise/analysis/layout"
	"github.com/sharewise/sharewise/analysis/study"
	"github.com/sharewise/sharewise/grouping/appraisal"
	"github.com/sharewise/sharewise/reports"
)

const valueLong = `Say what sharing is worth in money: the net present value of keeping all domains
apart, of sharing one model and of the groupings between, at every size that was
trained, with limits; what it hinges on, from where on it pays, and in which order
to spend. Results go to OUT/economics.json and OUT/tables/economics.parquet, and
'report' shows them.

Prices stand in the study under 'economics', or in a file of their own with the
same keys ('sharewise schema --reference' lists them):

  currency: EUR
  horizon: 36                     # months
  value: {each: 400}              # a month, for a point less error in a domain
  operation: 150                  # per model in use and month
  setup: 2000                     # per model, once
  training: {hour: 3, retrain: 6}

A point is a hundredth of what a domain is measured by: 11 % errors instead of 12 %.
Where wrong answers have prices by class, 'errors' takes them in place of a value.

What more labelled training samples are worth follows from learning curves, and these
from the same study trained on fewer samples, beside the one at hand: copy its file,
let the copy say 'limit: {train: N}', run and analyze it into another folder, and name
that by --fewer. It may be given several times; without it the answer is "unknown".

Where a study has four sizes or more and laws of size fit its errors, the next doubling
of the largest model is worth at most so much a month: an upper limit, by the laws'
predictions, and "stop" where larger models cost more than that.

Advice is "go", "stop", "unknown" or, where it would be go and rests on results that
are in doubt, "hold".

Examples:
  sharewise value out --prices prices.yaml
  sharewise value out --fewer out-half --fewer out-quarter`

func newValueCommand(a *app) *cobra.Command {
	var (
		o      appraisal.Options
		prices string
		fewer  []string
	)
	cmd := &cobra.Command{
		Use:     "value OUT",
		Short:   "Say what groups are worth in money",
		Long:    valueLong,
		GroupID: "act",
		Args:    outputArg(),
		RunE: func(cmd *cobra.Command, args []string) error {
			folder := layout.Folder(args[0])
			if o.Draws < 1 {
				return usagef("--draws %d: must be 1 or more", o.Draws)
			}
			if prices != "" {
				var err error
				if o.Prices, err = study.ParseEconomics(prices); err != nil {
					return inputError(err)
				}
			}
			for _, f := range fewer {
				o.Fewer = append(o.Fewer, layout.Folder(f))
			}
			if err := a.refresh(cmd.Context(), folder, "run", "analyze", "group"); err != nil {
				return err
			}
			found, err := appraisal.Folder(folder, o)
			switch {
			case errors.Is(err, fs.ErrNotExist):
				return noResults(folder)
			case errors.Is(err, appraisal.ErrNoPrices):
				return inputError(fmt.Errorf("%w; give --prices FILE, see 'sharewise value --help'", err))
			case err != nil:
				return inputError(err)
			}
			if a.json {
				return a.writeJSON(found)
			}
			for _, line := range reports.MoneyLines(found) {
				fmt.Fprintln(a.stdout, line)
			}
			for _, w := range found.Warnings {
				fmt.Fprintln(a.stdout, "Note:", w)
			}
			a.say("\nWritten: %s\nNext: sharewise report %s", folder.Economics(), a.outName(args[0]))
			return nil
		},
	}
	flags := cmd.Flags()
	flags.StringVar(&prices, "prices", "", "`FILE` with prices, in place of those of the study")
	flags.StringArrayVar(&fewer, "fewer", nil, "output `FOLDER` of the same study trained on fewer samples, for learning curves; may be repeated")
	flags.IntVar(&o.Draws, "draws", 4000, "`N` draws of what is not known")
	flags.Uint64Var(&o.Seed, "seed", 1, "`SEED` of the draws")
	return cmd
}
