package main

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"github.com/sharewise/sharewise/analysis/effect"
	"github.com/sharewise/sharewise/analysis/layout"
	"github.com/sharewise/sharewise/analysis/merging"
	"github.com/sharewise/sharewise/analysis/project"
	"github.com/sharewise/sharewise/analysis/study"
	"github.com/sharewise/sharewise/analysis/wording"
	"github.com/sharewise/sharewise/onnxio/exec"
)

const mergeLong = `Merge makes one trunk of the independent models of several domains, without
training, and tests it on validation data: an estimate of what pooling them would
do, which 'sharewise affinity OUT' then holds against measured gains.

Runs of one seed start from the same trunk (randomness: paired, the default). For
every pool that was trained, and every pair, the trunks are merged in three ways:
by their average, by adding what training changed in each (task arithmetic), and by
TIES, which keeps the largest changes and lets them vote on signs. Every domain
keeps its own head, and statistics of batch normalisations are measured again on
its training data.

Pools that were trained are also merged and tested: heads are fitted again to the
merged trunk on training samples, and the merged models take the place of trained
ones in loss tables, OUT/merged/WAY/RUN.parquet, which the statistics of gains judge.
A merged pool is as good where it surely gains no less than the trained one minus the
margin (--margin; the study's tolerance unless given), worse where it surely gains
less. --judge=false leaves that out.

It reads the data again, as 'sharewise cross' does, and writes OUT/merge.json, which
the report shows too.

Example:
  sharewise merge out && sharewise affinity out`

func newMergeCommand(a *app) *cobra.Command {
	var (
		c      merging.Config
		memory byteSize
		judge  bool
	)
	cmd := &cobra.Command{
		Use:     "merge OUT",
		Short:   "Merge independent models without training, as an estimate of pooling",
		Long:    mergeLong,
		GroupID: "cheap",
		Args:    outputArg(),
		RunE: func(cmd *cobra.Command, args []string) error {
			if c.Pools < 1 {
				return usagef("--pools %d: must be 1 or more", c.Pools)
			}
			if !(c.Margin >= 0 && c.Margin < 1) {
				return usagef("--margin %g: must be from 0 to 1", c.Margin)
			}
			c.NoTest = !judge
			folder := layout.Folder(args[0])
			f, err := a.merge(cmd.Context(), folder, c, memory)
			if err != nil {
				return err
			}
			if a.json {
				return a.writeJSON(f)
			}
			if err := printJudgement(a.stdout, f.Judged); err != nil {
				return err
			}
			return a.showTrials(folder, folder.Merged(), &f.Trials)
		},
	}
	flags := cmd.Flags()
	flags.IntVar(&c.Pools, "pools", 1000, "merge `N` pools at most: trained ones, then pairs by chance")
	flags.Uint64Var(&c.Seed, "seed", 0, "`SEED` of the order of pairs")
	flags.StringVar(&c.Rung, "rung", "", "capacity, as `NAME`; the largest unless given")
	flags.BoolVar(&judge, "judge", true, "test merged models beside the pools that were trained")
	flags.Float64Var(&c.Margin, "margin", 0, "`GAIN` that a merged model may lack and still be as good; the study's tolerance unless given")
	memory.register(flags)
	return cmd
}

// merge finds the losses of merged models.
func (a *app) merge(ctx context.Context, folder layout.Folder, c merging.Config, memory byteSize) (*merging.File, error) {
	var f *merging.File
	err := a.try(ctx, folder, memory, folder.Merged(), c, func(b exec.Backend, p *project.Project) (any, []string, error) {
		var err error
		if f, err = merging.Try(ctx, b, p, folder, c); errors.Is(err, merging.ErrStart) {
			err = fmt.Errorf("%w; with randomness: paired in the study they do", err)
		}
		if err != nil || f.Judged == nil {
			return f, nil, err
		}
		tables, err := merging.Tables(folder)
		return f, tables, err
	})
	return f, err
}

// try opens the study of an output folder, finds what find does, and writes it to a
// file, with the settings in the ledger, which also learns of the tables that find
// wrote.
func (a *app) try(ctx context.Context, folder layout.Folder, memory byteSize, path string, settings any, find func(exec.Backend, *project.Project) (any, []string, error)) error {
	if err := ownModels(folder); err != nil {
		return err
	}
	origin, err := folder.Origin(folder.Plan(), layout.AllRuns)
	if err != nil {
		return inputError(err)
	}
	backend, err := a.backend()
	if err != nil {
		return err
	}
	p, err := project.Planned(ctx, folder, int64(memory))
	if err == nil {
		err = origin.Confirm()
	}
	if err != nil {
		return inputError(err)
	}
	origin.While(func() error { return p.Steady(context.WithoutCancel(ctx)) })
	found, tables, err := find(backend, p)
	if ctx.Err() != nil {
		return errAbandoned
	}
	if err != nil {
		return inputError(err)
	}
	return dataError(origin.Write(settings, path, found, tables...))
}

// showTrials prints what was found and written.
func (a *app) showTrials(folder layout.Folder, path string, t *layout.Trials) error {
	if err := printTrials(a.stdout, t); err != nil {
		return err
	}
	a.say("\nWritten: %s; 'sharewise affinity %s' says what it is worth as an estimate", path, folder)
	return nil
}

// printJudgement prints what merged models are worth beside trained pools.
func printJudgement(w io.Writer, j *merging.Judgement) error {
	if j == nil {
		return nil
	}
	const most = 12
	fmt.Fprintf(w, "Merged beside trained pools, on test data: gains over independent models, and their difference with limits of %g %%\n", 100*j.Level)
	g := newGrid(w, "", "pools", "merged", "trained", "with heads again", "difference", "limits", "as good", "worse", "")
	for _, way := range j.Ways {
		g.row(way.Name, len(way.Pools), figure("%+.3f", way.Merged), figure("%+.3f", way.Trained), figure("%+.3f", way.Again), figure("%+.3f", way.Mean.Difference.By.Value), limitsText(way.Mean.Difference.By), way.AsGood, way.Worse, string(way.Mean.Verdict))
		for _, p := range way.Pools[:min(most, len(way.Pools))] {
			g.row("  "+shortArm(study.PoolName(p.Pool)), "", figure("%+.3f", p.Merged.Value), figure("%+.3f", p.Trained.Value), figure("%+.3f", p.Again.Value), figure("%+.3f", p.Difference.By.Value), limitsText(p.Difference.By), "", "", string(p.Verdict))
		}
		if more := len(way.Pools) - most; more > 0 {
			g.row(fmt.Sprintf("  and %d more, see --json", more))
		}
	}
	if err := g.close(); err != nil {
		return err
	}
	fmt.Fprintf(w, "As good: surely no more than %g below the trained pool whose heads were fitted again, too. Worse: surely below it.\n", j.Margin)
	for _, n := range j.Warnings {
		fmt.Fprintln(w, "Note:", n)
	}
	fmt.Fprintln(w)
	return nil
}

// limitsText are the limits of a figure in brackets.
func limitsText(v effect.Interval) string {
	return fmt.Sprintf("[%s, %s]", figure("%+.3f", v.Lo), figure("%+.3f", v.Hi))
}

// printTrials prints a line for every pool, with the loss of each member there and,
// in brackets, alone.
func printTrials(w io.Writer, t *layout.Trials) error {
	const most = 40
	for _, m := range t.Methods {
		fmt.Fprintf(w, "%s: validation losses of %s, in brackets alone, for the work of %.2g pairs\n", m.Name, wording.Plural(len(m.Pools), "pool"), m.Work)
		g := newGrid(w)
		for _, p := range m.Pools[:min(most, len(m.Pools))] {
			row := []any{shortArm(study.PoolName(p.Pool))}
			for i := range p.Pool {
				row = append(row, fmt.Sprintf("%.3g (%.3g)", p.Loss[i], p.Alone[i]))
			}
			g.row(row...)
		}
		if more := len(m.Pools) - most; more > 0 {
			g.row(fmt.Sprintf("and %d more, see --json", more))
		}
		if err := g.close(); err != nil {
			return err
		}
		fmt.Fprintln(w)
	}
	for _, n := range t.Notes {
		fmt.Fprintln(w, "Note:", n)
	}
	return nil
}
