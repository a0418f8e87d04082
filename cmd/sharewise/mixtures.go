package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"github.com/sharewise/sharewise/analysis/layout"
	"github.com/sharewise/sharewise/analysis/mixtures"
)

const mixturesLong = `Mixtures says what other shares of the domains would make of one model of all of them.

It trains the model with several mixtures: equal shares, four times as much of one
domain after the other, and random ones, as static weights give them. To what each
domain lost it fits the exponential law of mixtures, L = E + exp(sum of t r), and
holds it against two mixtures that were kept back, with limits. It takes three
mixtures more than domains for a law.

With three sizes or more (--rungs all) it also fits laws of all sizes together, with
and without competition of the domains for the room of the model, and says which
predicts better.

It can be stopped and started again, like 'sharewise run'. Runs are kept in
OUT/mixtures; the outcome is OUT/mixtures.json, which 'sharewise report' shows.

Examples:
  sharewise mixtures study.yaml -o out
  sharewise mixtures study.yaml -o out --rungs all --mixtures 12 --seeds 4`

func newMixturesCommand(a *app) *cobra.Command {
	var (
		o   mixtures.Options
		how reading
		out string
	)
	cmd := &cobra.Command{
		Use:     "mixtures STUDY",
		Short:   "Say what other shares of the domains would make of one model",
		Long:    mixturesLong,
		GroupID: "why",
		Args:    exactArgs("STUDY"),
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := atLeast([]bound{{"mixtures", o.Mixtures, 0}, {"seeds", o.Seeds, 2}, {"jobs", o.Jobs, 0}}); err != nil {
				return err
			}
			if o.MaxTime < 0 {
				return usagef("--max-time %v: must not be negative", o.MaxTime)
			}
			folder, err := resultsFolder(args[0], out)
			if err != nil {
				return err
			}
			return a.mixtures(cmd.Context(), args[0], folder, how, o)
		},
	}
	flags := cmd.Flags()
	flags.StringVarP(&out, "output", "o", "", "output `FOLDER` (default: 'out' beside the study file)")
	flags.IntVar(&o.Mixtures, "mixtures", 0, "train `N` mixtures; 0: seven more than domains")
	flags.IntVar(&o.Seeds, "seeds", 3, "train each with `N` seeds")
	flags.StringSliceVar(&o.Rungs, "rungs", nil, "capacities, as `NAMES`, or all; the largest unless given")
	flags.IntVar(&o.Jobs, "jobs", 0, "`N` runs side by side; 0: as many as the cores allow")
	flags.DurationVar(&o.MaxTime, "max-time", 0, "stop after this `TIME`, such as 90m; run again to go on")
	how.register(flags)
	return cmd
}

func (a *app) mixtures(ctx context.Context, file string, folder layout.Folder, how reading, o mixtures.Options) error {
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
	f, err := mixtures.Run(ctx, backend, p, folder, o)
	if errors.Is(err, mixtures.ErrUnsuitable) {
		return inputError(err)
	}
	if err != nil {
		return err
	}
	if err := f.Write(folder); err != nil {
		return err
	}
	return a.show(f, func(w io.Writer) error { return printMixtures(w, f) })
}

func printMixtures(w io.Writer, f *mixtures.File) error {
	for _, s := range f.Verdict {
		fmt.Fprintln(w, s)
	}
	for _, s := range f.Warnings {
		fmt.Fprintln(w, "Note:", s)
	}
	fmt.Fprintln(w)
	g := newGrid(w)
	head := []any{"size", "domain"}
	for _, d := range f.Domains {
		head = append(head, "share of "+d)
	}
	g.row(append(head, "irreducible", "predicted", "measured")...)
	for i := range f.Laws {
		l := &f.Laws[i]
		row := []any{l.Rung, l.Domain}
		if l.Why != "" {
			g.row(append(row, l.Why)...)
			continue
		}
		for _, v := range l.Slopes {
			row = append(row, fmt.Sprintf("%+.2f (%+.2f to %+.2f)", v.Value, v.Lo, v.Hi))
		}
		row = append(row, fmt.Sprintf("%.3g (%.3g to %.3g)", l.Irreducible.Value, l.Irreducible.Lo, l.Irreducible.Hi))
		var said, was []string
		for _, p := range l.Predictions {
			said = append(said, fmt.Sprintf("%.3g (%.3g to %.3g)", p.Predicted.Value, p.Predicted.Lo, p.Predicted.Hi))
			was = append(was, fmt.Sprintf("%.3g", p.Measured.Value))
		}
		g.row(append(row, strings.Join(said, "; "), strings.Join(was, "; "))...)
	}
	return g.close()
}
