package main

import (
	"context"
	"fmt"
	"io"
	"slices"

	"github.com/spf13/cobra"

	"github.com/sharewise/sharewise/analysis/layout"
	"github.com/sharewise/sharewise/analysis/project"
	"github.com/sharewise/sharewise/analysis/similarity"
	"github.com/sharewise/sharewise/analysis/wording"
	"github.com/sharewise/sharewise/onnxio/exec"
)

const similarityLong = `Similarity says how alike the domains of a study are, pair by pair, and trains
nothing. Given a study file, it compares the data (sizes, labels, inputs, inputs with
labels) and what the untrained trunk would have to learn from them (gradients, with a
linear head fitted to each domain). Given the output folder of a study, it also
compares the models that were trained (representations of independent models,
gradients at a joint model), and writes OUT/similarity.json.

Alike domains need not help each other: a score is unproven until 'sharewise affinity
OUT' has held it against the gains that were measured, which it does with every
measure of OUT/similarity.json. Scores are turned so that the larger is the more
alike, and have units of their own; definitions stand in the file and under --json.

Example:
  sharewise similarity study.yaml
  sharewise similarity out && sharewise affinity out`

func newSimilarityCommand(a *app) *cobra.Command {
	var (
		c      similarity.Config
		memory byteSize
	)
	cmd := &cobra.Command{
		Use:     "similarity STUDY|OUT",
		Short:   "Say how alike domains are, before training and after",
		Long:    similarityLong,
		GroupID: "why",
		Args:    exactArgs("STUDY or OUT"),
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := atLeast([]bound{{"samples", c.Samples, 20}, {"gradients", c.Gradients, 2}, {"models", c.Seeds, 1}}); err != nil {
				return err
			}
			return a.similarity(cmd.Context(), args[0], c, memory)
		},
	}
	flags := cmd.Flags()
	flags.IntVar(&c.Samples, "samples", 200, "compare `N` training samples of every domain")
	flags.IntVar(&c.Gradients, "gradients", 100, "take gradients of `N` training samples of every domain")
	flags.IntVar(&c.Seeds, "models", 2, "compare independent models of `N` seeds")
	flags.Uint64Var(&c.Seed, "seed", 0, "`SEED` of the samples")
	flags.StringVar(&c.Rung, "rung", "", "capacity, as `NAME`; the largest unless given")
	memory.register(flags)
	return cmd
}

func (a *app) similarity(ctx context.Context, path string, c similarity.Config, memory byteSize) error {
	folder, err := studyFolder(path)
	if err != nil {
		return err
	}
	found, err := a.assess(ctx, path, folder, c, memory)
	if err != nil {
		return err
	}
	if a.json {
		return a.writeJSON(found)
	}
	if err := printSimilarities(a.stdout, found); err != nil {
		return err
	}
	if folder != "" {
		a.say("\nWritten: %s; 'sharewise affinity %s' says what it is worth", folder.Similar(), folder)
	}
	return nil
}

// studyFolder is a path that is a folder; empty for a file.
func studyFolder(path string) (layout.Folder, error) {
	folder, err := isFolder(path)
	if !folder {
		return "", err
	}
	return layout.Folder(path), nil
}

// assess compares the domains of a study, and writes what it found to the folder that the
// study was trained to, unless that is empty.
func (a *app) assess(ctx context.Context, path string, folder layout.Folder, c similarity.Config, memory byteSize) (*layout.Similarities, error) {
	p, origin, err := a.compared(ctx, path, folder, memory)
	if err != nil {
		return nil, err
	}
	if c.Rung != "" && !slices.Contains(p.Plan.Rungs, c.Rung) {
		return nil, usagef("--rung %s: the study has %s", c.Rung, wording.First(p.Plan.Rungs, 12))
	}
	var backend exec.Backend
	if p.OwnTrainer() {
		fmt.Fprintln(a.stderr, "comparing the data alone: a program of your own trains the study, whose models sharewise cannot look into")
	} else if backend, err = a.backend(); err != nil {
		fmt.Fprintf(a.stderr, "comparing the data alone: %v\n", err)
		backend = nil
	}
	found, err := similarity.Assess(ctx, backend, p, folder, c)
	if ctx.Err() != nil {
		return nil, errAbandoned
	}
	if err != nil {
		return nil, inputError(err)
	}
	if folder == "" {
		return found, nil
	}
	return found, dataError(origin.Write(c, folder.Similar(), found))
}

// compared opens the study of a file, or of the folder that it was trained to; for the
// latter with what similarity.json is made of.
func (a *app) compared(ctx context.Context, path string, folder layout.Folder, memory byteSize) (*project.Project, *layout.Origin, error) {
	if folder == "" {
		p, err := reading{memory: memory}.open(ctx, path)
		return p, nil, err
	}
	origin, err := folder.Origin(folder.Plan(), layout.AllRuns)
	if err != nil {
		return nil, nil, inputError(err)
	}
	if _, err := readPlan(folder); err != nil {
		return nil, nil, err
	}
	p, err := project.Planned(ctx, folder, int64(memory))
	if err == nil {
		err = origin.Confirm()
	}
	if err == nil {
		origin.While(func() error { return p.Steady(context.WithoutCancel(ctx)) })
	}
	return p, origin, inputError(err)
}

// printSimilarities prints a line for every pair, with its score by each measure.
func printSimilarities(w io.Writer, s *layout.Similarities) error {
	const most = 40
	columns := []string{"pair"}
	var pairs []layout.SimilarPair
	score := map[string]float64{} // by measure, A and B
	key := func(m layout.Similarity, p layout.SimilarPair) string { return m.Name + "\n" + p.A + "\n" + p.B }
	for _, m := range s.Measures {
		columns = append(columns, m.Name)
		for _, p := range m.Pairs {
			score[key(m, p)] = p.Score
		}
		if len(m.Pairs) > len(pairs) {
			pairs = m.Pairs
		}
	}
	g := newGrid(w, columns...)
	for _, p := range pairs[:min(most, len(pairs))] {
		row := []any{wording.Cell(p.A + " + " + p.B)}
		for _, m := range s.Measures {
			cell := "–"
			if v, ok := score[key(m, p)]; ok {
				cell = fmt.Sprintf("%+.3f", v)
			}
			row = append(row, cell)
		}
		g.row(row...)
	}
	if more := len(pairs) - most; more > 0 {
		g.row(fmt.Sprintf("and %d more, see --json", more))
	}
	if err := g.close(); err != nil {
		return err
	}
	for _, n := range s.Notes {
		fmt.Fprintln(w, "Note:", n)
	}
	return nil
}
