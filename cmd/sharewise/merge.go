package main

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/spf13/cobra"

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

It reads the data again, as 'sharewise cross' does, and writes OUT/merge.json.

Example:
  sharewise merge out && sharewise affinity out`

func newMergeCommand(a *app) *cobra.Command {
	var (
		c      merging.Config
		memory byteSize
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
			folder := layout.Folder(args[0])
			t, err := a.merge(cmd.Context(), folder, c, memory)
			return a.showTrials(folder, folder.Merged(), t, err)
		},
	}
	flags := cmd.Flags()
	flags.IntVar(&c.Pools, "pools", 1000, "merge `N` pools at most: trained ones, then pairs by chance")
	flags.Uint64Var(&c.Seed, "seed", 0, "`SEED` of the order of pairs")
	flags.StringVar(&c.Rung, "rung", "", "capacity, as `NAME`; the largest unless given")
	memory.register(flags)
	return cmd
}

// merge finds the losses of merged models.
func (a *app) merge(ctx context.Context, folder layout.Folder, c merging.Config, memory byteSize) (*layout.Trials, error) {
	return a.try(ctx, folder, memory, folder.Merged(), c, func(b exec.Backend, p *project.Project) (*layout.Trials, error) {
		t, err := merging.Try(ctx, b, p, folder, c)
		if errors.Is(err, merging.ErrStart) {
			err = fmt.Errorf("%w; with randomness: paired in the study they do", err)
		}
		return t, err
	})
}

// try opens the study of an output folder, finds losses of pools without training
// them, and writes them to a file, with the settings in the ledger.
func (a *app) try(ctx context.Context, folder layout.Folder, memory byteSize, path string, settings any, find func(exec.Backend, *project.Project) (*layout.Trials, error)) (*layout.Trials, error) {
	if _, err := readPlan(folder); err != nil {
		return nil, err
	}
	origin, err := folder.Origin(folder.Plan(), layout.AllRuns)
	if err != nil {
		return nil, err
	}
	backend, err := a.backend()
	if err != nil {
		return nil, err
	}
	p, err := project.Planned(ctx, folder, int64(memory))
	if err != nil {
		return nil, inputError(err)
	}
	t, err := find(backend, p)
	if ctx.Err() != nil {
		return nil, errAbandoned
	}
	if err != nil {
		return nil, inputError(err)
	}
	if err := layout.WriteJSON(path, t); err != nil {
		return nil, err
	}
	return t, origin.Record(settings, path)
}

// showTrials prints what was found and written.
func (a *app) showTrials(folder layout.Folder, path string, t *layout.Trials, err error) error {
	switch {
	case err != nil:
		return err
	case a.json:
		return a.writeJSON(t)
	}
	if err := printTrials(a.stdout, t); err != nil {
		return err
	}
	a.say("\nWritten: %s; 'sharewise affinity %s' says what it is worth", path, folder)
	return nil
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
