package main

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/sharewise/sharewise/analysis/layout"
	"github.com/sharewise/sharewise/analysis/linearise"
	"github.com/sharewise/sharewise/analysis/project"
	"github.com/sharewise/sharewise/onnxio/exec"
)

const lineariseLong = `Linearise estimates what pools of domains would be worth from one joint model,
without training: by regressions in its neighbourhood (Grad-TAG). 'sharewise
affinity OUT' then holds the estimate against measured gains.

At the joint model it takes gradients of some training samples of every domain,
sample by sample, and projects them to a few hundred numbers. For random subsets of
the domains a regularised regression then says where training on them would take
the trunk, and one evaluation on validation data what it is worth there for each.

It needs arms.joint, reads the data again, as 'sharewise cross' does, and writes
OUT/linear.json.

Example:
  sharewise linearise out && sharewise affinity out`

func newLineariseCommand(a *app) *cobra.Command {
	var (
		c      linearise.Config
		memory byteSize
	)
	cmd := &cobra.Command{
		Use:     "linearise OUT",
		Aliases: []string{"linearize"},
		Short:   "Estimate pools by a linear model around the joint model",
		Long:    lineariseLong,
		GroupID: "cheap",
		Args:    outputArg(),
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := atLeast([]bound{{"dimensions", c.Dimensions, 1}, {"samples", c.Samples, 1}, {"models", c.Models, 1}, {"subsets", c.Subsets, 0}}); err != nil {
				return err
			}
			folder := layout.Folder(args[0])
			t, err := a.linearise(cmd.Context(), folder, c, memory)
			switch {
			case err != nil:
				return err
			case a.json:
				return a.writeJSON(t)
			}
			return a.showTrials(folder, folder.Linearised(), t)
		},
	}
	flags := cmd.Flags()
	flags.IntVar(&c.Samples, "samples", 200, "take gradients of `N` training samples of every domain")
	flags.IntVar(&c.Dimensions, "dimensions", 200, "project gradients to `N` numbers")
	flags.IntVar(&c.Subsets, "subsets", 0, "draw `N` random subsets; as many as hold a pair three times on average unless given")
	flags.IntVar(&c.Models, "models", 1, "average over the joint models of `N` seeds")
	flags.Uint64Var(&c.Seed, "seed", 0, "`SEED` of samples, projection and subsets")
	flags.StringVar(&c.Rung, "rung", "", "capacity, as `NAME`; the largest unless given")
	memory.register(flags)
	return cmd
}

// linearise finds the losses that regressions around joint models lead to.
func (a *app) linearise(ctx context.Context, folder layout.Folder, c linearise.Config, memory byteSize) (*layout.Trials, error) {
	var t *layout.Trials
	err := a.try(ctx, folder, memory, folder.Linearised(), c, func(b exec.Backend, p *project.Project) (found any, tables []string, err error) {
		t, err = linearise.Try(ctx, b, p, folder, c)
		return t, nil, err
	})
	return t, err
}
