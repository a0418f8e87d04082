package main

import (
	"context"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"github.com/sharewise/sharewise/analysis/influence"
	"github.com/sharewise/sharewise/analysis/layout"
	"github.com/sharewise/sharewise/analysis/project"
	"github.com/sharewise/sharewise/analysis/wording"
	"github.com/sharewise/sharewise/onnxio/exec"
)

const influenceLong = `Influence estimates by products of gradients what the samples of one domain do to the
loss of another in a shared model (TracIn, at the trained model), and which training
samples of each domain oppose the others most. It trains nothing. With --checkpoints N it
trains every model once more, with the passes and kernels that the run recorded, and takes
gradients at N points of what led to the model, at most one an epoch. A note says where a
training does not come to the recorded model to the bit.

Such scores are guesses. Where pools were trained that lack one domain ('sharewise
sources' says which to train), they are held against what that changed: a rank
correlation with limits over sources, and how many signs are right.

It reads the data again and writes OUT/influence.json.

Example:
  sharewise analyze out && sharewise influence out`

func newInfluenceCommand(a *app) *cobra.Command {
	var (
		c      influence.Config
		memory byteSize
	)
	cmd := &cobra.Command{
		Use:     "influence OUT",
		Short:   "Estimate by gradients which domains and samples harm others",
		Long:    influenceLong,
		GroupID: "why",
		Args:    outputArg(),
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := atLeast([]bound{{"samples", c.Samples, 2}, {"models", c.Models, 0}, {"checkpoints", c.Checkpoints, 0}}); err != nil {
				return err
			}
			folder := layout.Folder(args[0])
			f, err := a.influence(cmd.Context(), folder, c, memory)
			switch {
			case err != nil:
				return err
			case a.json:
				return a.writeJSON(f)
			}
			if err := printInfluence(a.stdout, f); err != nil {
				return err
			}
			a.say("\nWritten: %s", folder.Influence())
			return nil
		},
	}
	flags := cmd.Flags()
	flags.StringVar(&c.Arm, "arm", "", "look at this `ARM`; joint unless given")
	flags.StringVar(&c.Rung, "rung", "", "capacity, as `NAME`; the largest unless given")
	flags.IntVar(&c.Samples, "samples", 100, "take gradients of `N` training and validation samples of every domain")
	flags.IntVar(&c.Models, "models", 0, "look at the models of `N` seeds; all unless given")
	flags.IntVar(&c.Checkpoints, "checkpoints", 0, "train the models again, and take gradients at `N` points of the training")
	memory.register(flags)
	return cmd
}

// influence estimates influences and writes them beside the results.
func (a *app) influence(ctx context.Context, folder layout.Folder, c influence.Config, memory byteSize) (*influence.File, error) {
	var f *influence.File
	err := a.try(ctx, folder, memory, folder.Influence(), c, func(b exec.Backend, p *project.Project) (found any, tables []string, err error) {
		f, err = influence.Assess(ctx, b, p, folder, c)
		return f, nil, err
	})
	return f, err
}

// printInfluence prints a line for every pair, and the samples that do most harm.
func printInfluence(w io.Writer, f *influence.File) error {
	const most = 60
	g := newGrid(w, "source", "target", "score", "cosine", "brought, trained again")
	for _, p := range f.Pairs[:min(most, len(f.Pairs))] {
		g.row(wording.Cell(p.Source), wording.Cell(p.Target), fmt.Sprintf("%+.3g", p.Score), fmt.Sprintf("%+.2f", p.Cosine), signedInterval(p.Brings))
	}
	if more := len(f.Pairs) - most; more > 0 {
		g.row(fmt.Sprintf("and %d more, see --json", more))
	}
	if err := g.close(); err != nil {
		return err
	}
	at := "at the end of training"
	if f.Checkpoints > 0 {
		at = fmt.Sprintf("at %s of each training, weighted by the learning rates there", wording.Plural(f.Checkpoints, "point"))
	}
	fmt.Fprintf(w, "\nGradients of %s of %s at %s, %s.\n", wording.Plural(f.Models, "model"), f.Arm, f.Rung, at)
	if c := f.Check; c != nil {
		fmt.Fprintf(w, "\nHeld against training again without the source, %d pairs: rank correlation %s %s of scores, %s %s of cosines; %.0f %% of signs right, where the usual sign is right in %.0f %%.\n",
			c.Pairs, figure("%.2f", c.Score.Value), limitsText(c.Score), figure("%.2f", c.Cosine.Value), limitsText(c.Cosine), 100*c.Signs, 100*c.Usual)
	} else {
		fmt.Fprintln(w, "\nNothing was trained without one of its domains: nobody knows whether these scores say anything.")
	}
	if len(f.Harmful) > 0 {
		fmt.Fprintln(w)
		g = newGrid(w, "training sample that opposes the others", "", "where", "score")
		shown := map[string]int{}
		for _, h := range f.Harmful {
			if shown[h.Domain]++; shown[h.Domain] <= 3 {
				g.row(wording.Cell(h.Domain), h.Sample, wording.Cell(h.Member), fmt.Sprintf("%+.3g", h.Score))
			}
		}
		if err := g.close(); err != nil {
			return err
		}
	}
	for _, n := range f.Notes {
		fmt.Fprintln(w, "Note:", n)
	}
	return nil
}
