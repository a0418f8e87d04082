package main

import (
	"context"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"github.com/sharewise/sharewise/analysis/exclusion"
	"github.com/sharewise/sharewise/analysis/layout"
	"github.com/sharewise/sharewise/analysis/project"
	"github.com/sharewise/sharewise/analysis/suspects"
	"github.com/sharewise/sharewise/analysis/wording"
	"github.com/sharewise/sharewise/onnxio/exec"
)

const suspectsLong = `Suspects finds samples that may do harm: labels that models dispute, and copies of
samples within a domain, across domains, and between training and testing. It trains
nothing but linear layers.

Labels of training samples are judged by models that never saw them: linear layers on
the inputs, and on the trunks that learned other domains, fitted to four fifths of the
samples for the last fifth (confident learning). Labels of test samples are judged by
the runs. Copies have equal inputs, or inputs ten times nearer to each other than is
usual.

A disputed label may be right: look at the samples first. --list writes the training
samples among them to a file that a study leaves out by the key exclude, after those that
the study leaves out already:

  exclude: exclude.json

Test samples are shown and never left out. It reads the data again and writes
OUT/suspects.json, which the report shows.

Example:
  sharewise suspects out --list exclude.json --least 0.5`

func newSuspectsCommand(a *app) *cobra.Command {
	var (
		c      suspects.Config
		memory byteSize
		list   string
		least  float64
	)
	cmd := &cobra.Command{
		Use:     "suspects OUT",
		Short:   "Find disputed labels and copies of samples, and list them for leaving out",
		Long:    suspectsLong,
		GroupID: "why",
		Args:    outputArg(),
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := atLeast([]bound{{"samples", c.Samples, 10}}); err != nil {
				return err
			}
			if !(least >= 0 && least <= 1) {
				return usagef("--least %g: must be from 0 to 1", least)
			}
			folder := layout.Folder(args[0])
			out := output{flag: "--list", path: list, renews: func(path string) bool {
				_, err := exclusion.Read(path)
				return err == nil
			}}
			if err := a.spare([]output{out}, readsOfResults(folder)...); err != nil {
				return err
			}
			f, before, err := a.suspects(cmd.Context(), folder, c, memory)
			if err != nil {
				return err
			}
			written := ""
			if list != "" {
				if written, err = writeList(list, f.Exclusion(least), before); err != nil {
					return err
				}
			}
			if a.json {
				return a.writeJSON(f)
			}
			if err := printSuspects(a.stdout, f); err != nil {
				return err
			}
			a.say("\nWritten: %s", folder.Suspects())
			if written != "" {
				a.say("Written: %s", written)
			}
			return nil
		},
	}
	flags := cmd.Flags()
	flags.IntVar(&c.Samples, "samples", 4000, "look at `N` samples of each split at most")
	flags.StringVar(&c.Rung, "rung", "", "capacity, as `NAME`; the largest unless given")
	flags.StringVar(&list, "list", "", "write training samples to leave out to `FILE`")
	flags.Float64Var(&least, "least", 0, "list samples with a score of at least `SCORE`")
	memory.register(flags)
	return cmd
}

// writeList writes the samples to leave out, after those that the study leaves out already, and says what it wrote.
func writeList(file string, l, before *exclusion.List) (string, error) {
	already := ""
	if kept := l.Keep(before); kept > 0 {
		already = fmt.Sprintf(", of which the study leaves out %d already", kept)
	}
	return fmt.Sprintf("%s, %s%s; a study leaves them out by 'exclude: FILE'", file, wording.Plural(len(l.Samples), "training sample"), already), layout.OutputJSON(file, l)
}

// suspects looks for suspects and writes them beside the results. leftOut are the samples that the study leaves
// out of training so far.
func (a *app) suspects(ctx context.Context, folder layout.Folder, c suspects.Config, memory byteSize) (f *suspects.File, leftOut *exclusion.List, err error) {
	leftOut = exclusion.New("")
	err = a.try(ctx, folder, memory, folder.Suspects(), c, func(b exec.Backend, p *project.Project) (found any, tables []string, err error) {
		if p.Study.Exclude != "" {
			if leftOut, err = exclusion.Read(p.Study.Path(p.Study.Exclude)); err != nil {
				return nil, nil, err
			}
		}
		f, err = suspects.Assess(ctx, b, p, folder, c)
		return f, nil, err
	})
	return f, leftOut, err
}

// printSuspects prints what was found in every domain, and the surest suspects.
func printSuspects(w io.Writer, f *suspects.File) error {
	const most = 40
	g := newGrid(w, "domain", "labels judged", "disputed", "of test samples", "copies")
	for _, d := range f.Domains {
		g.row(wording.Cell(d.Name), d.Looked, d.Disputed, d.TestDisputed, d.Copies)
	}
	if err := g.close(); err != nil {
		return err
	}
	if len(f.Suspects) > 0 {
		fmt.Fprintln(w)
		g = newGrid(w, "domain", "split", "sample", "where", "why", "score", "")
		for _, s := range f.Suspects[:min(most, len(f.Suspects))] {
			g.row(wording.Cell(s.Domain), s.Split, s.Sample, wording.Cell(s.Member), s.Reason, fmt.Sprintf("%.2f", s.Score), wording.Cell(aboutSuspect(s)))
		}
		if more := len(f.Suspects) - most; more > 0 {
			g.row(fmt.Sprintf("and %d more, see --json", more))
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

// aboutSuspect says what a label should be, or what a copy is one of.
func aboutSuspect(s suspects.Suspect) string {
	switch {
	case s.Of != nil:
		return fmt.Sprintf("of %s, %s, sample %d %s", s.Of.Domain, s.Of.Split, s.Of.Sample, s.Of.Member)
	case s.Other != "":
		return fmt.Sprintf("labelled %s, rather %s", s.Label, s.Other)
	}
	return ""
}
