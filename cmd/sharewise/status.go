package main

import (
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"github.com/sharewise/sharewise/analysis/layout"
	"github.com/sharewise/sharewise/analysis/wording"
)

const statusLong = `Show how far the runs of a study are, from its output folder alone: no data, no
ONNX Runtime. It can be called while 'run' is training.

Example:
  sharewise status out`

func newStatusCommand(a *app) *cobra.Command {
	return &cobra.Command{
		Use:     "status OUT",
		Short:   "Show how far a study is",
		Long:    statusLong,
		GroupID: "study",
		Args:    outputArg(),
		RunE: func(_ *cobra.Command, args []string) error {
			folder := layout.Folder(args[0])
			s, err := folder.Progress()
			if err != nil {
				return planError(folder, err)
			}
			return a.show(s, func(w io.Writer) error { return printProgress(w, s, args[0]) })
		},
	}
}

func printProgress(out io.Writer, s *layout.Progress, folder string) error {
	fmt.Fprintf(out, "%s: %d of %d runs done", s.Study, s.Done, s.Planned)
	for _, part := range []struct {
		n    int
		what string
	}{{len(s.Diverged), "diverged"}, {len(s.Started), "started"}, {s.New, "not begun"}} {
		if part.n > 0 {
			fmt.Fprintf(out, ", %d %s", part.n, part.what)
		}
	}
	fmt.Fprintf(out, "; %s of training\n\n", wording.Duration(s.Seconds))
	arms := newGrid(out, "arm", "ended", "planned")
	for _, a := range s.Arms {
		arms.row(a.Arm, a.Ended, a.Planned)
	}
	if err := arms.close(); err != nil {
		return err
	}
	for _, d := range s.Diverged {
		fmt.Fprintf(out, "\nDiverged: %s: %s", d.ID, d.Reason)
	}
	if len(s.Started) > 0 {
		fmt.Fprintf(out, "\nStarted: %s\n", strings.Join(s.Started, ", "))
	}
	fmt.Fprintln(out)
	for _, step := range s.Steps {
		mark := "to do: sharewise " + step.Command + " " + folder
		if step.Done {
			mark = step.Output
		}
		fmt.Fprintf(out, "%-8s %s\n", step.Command, mark)
	}
	return nil
}
