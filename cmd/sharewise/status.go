package main

import (
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"github.com/sharewise/sharewise/analysis/custody"
	"github.com/sharewise/sharewise/analysis/layout"
	"github.com/sharewise/sharewise/analysis/wording"
	"github.com/sharewise/sharewise/grouping/decisions"
)

const statusLong = `Show how far the runs of a study are, from its output folder alone: no data, no
ONNX Runtime. It can be called while 'run' is training. Of a study that was run
with --until settled it tells how the runs were chosen. It also says which results,
groups and reports are older than what they were made of, or are damaged; 'sharewise
check' looks deeper. Runs that later commands trained, as trials of remedies do, are
counted beside those of the plan. Of runs that other machines train it says where, with the log;
of those that failed, why; and of those that a cluster has in its queue, what they
wait for.

Example:
  sharewise status out`

func newStatusCommand(a *app) *cobra.Command {
	return &cobra.Command{
		Use:     "status OUT",
		Short:   "Show how far a study is",
		Long:    statusLong,
		GroupID: "study",
		Args:    outputArg(),
		RunE: func(cmd *cobra.Command, args []string) error {
			folder := layout.Folder(args[0])
			s, err := folder.Progress()
			if err != nil {
				return planError(folder, err)
			}
			var chosen *decisions.Record
			if s.Adaptive {
				if chosen, err = decisions.Read(folder); err != nil {
					return inputError(err)
				}
			}
			found, err := custody.Examine(folder)
			if err != nil {
				return inputError(err)
			}
			if f := custody.Edited(folder); f != nil {
				found.Findings = append(found.Findings, *f)
			}
			runs, notes, err := away(cmd.Context(), folder)
			if err != nil {
				return inputError(err)
			}
			shown := struct {
				*layout.Progress
				Decisions *decisions.Record `json:"decisions,omitempty"`
				// Custody says what is stale, damaged, gone or of unknown origin.
				Custody []custody.Finding `json:"custody"`
				// Away are runs that are trained, queued in a cluster or failed.
				Away []awayRun `json:"away,omitempty"`
			}{s, chosen, found.Findings, runs}
			return a.show(shown, func(w io.Writer) error {
				if err := printProgress(w, s, found, folder, a.outName(args[0])); err != nil {
					return err
				}
				printAway(w, runs, notes)
				if chosen == nil {
					return nil
				}
				printDecisions(w, chosen)
				return nil
			})
		},
	}
}

// printDecisions tells how runs were chosen, a line for each step.
func printDecisions(out io.Writer, r *decisions.Record) {
	fmt.Fprintln(out)
	for i := range r.Decisions {
		fmt.Fprintln(out, r.Line(i))
	}
	if r.End != nil {
		fmt.Fprintln(out, r.End.Words)
	}
}

// printProgress tells how far a folder is that the user knows by name.
func printProgress(out io.Writer, s *layout.Progress, found *custody.Report, folder layout.Folder, name string) error {
	fmt.Fprintf(out, "%s: %d of %d runs done", s.Study, s.Done, s.Planned)
	for _, part := range []struct {
		n    int
		what string
	}{{len(s.Diverged), "diverged"}, {len(s.Started), "started"}, {s.New, "not begun"}} {
		if part.n > 0 {
			fmt.Fprintf(out, ", %d %s", part.n, part.what)
		}
	}
	fmt.Fprintf(out, "; %s of training\n", wording.Duration(s.Seconds))
	if s.Spent != nil {
		fmt.Fprintf(out, "Of that: %s\n", spentOn(*s.Spent))
	}
	fmt.Fprintln(out)
	arms := newGrid(out, "arm", "ended", "planned")
	for _, a := range s.Arms {
		arms.row(a.Arm, a.Ended, a.Planned)
	}
	if err := arms.close(); err != nil {
		return err
	}
	for _, b := range s.Beside {
		fmt.Fprintf(out, "beside the plan: %s of '%s'", wording.Plural(b.Ended, "run"), b.Command)
		if b.Diverged > 0 {
			fmt.Fprintf(out, ", %d diverged", b.Diverged)
		}
		fmt.Fprintf(out, "; %s of training\n", wording.Duration(b.Seconds))
	}
	for _, d := range s.Diverged {
		fmt.Fprintf(out, "\nDiverged: %s: %s", d.ID, d.Reason)
	}
	if len(s.Started) > 0 {
		fmt.Fprintf(out, "\nStarted: %s\n", strings.Join(s.Started, ", "))
	}
	fmt.Fprintln(out)
	for _, step := range s.Steps {
		mark := "to do: sharewise " + step.Command + " " + name
		if f := found.Of(folder, step.Output); f != nil {
			mark = fmt.Sprintf("%s is %s; again: sharewise %s %s", step.Output, f.State, step.Command, name)
		} else if step.Done {
			mark = step.Output
		}
		fmt.Fprintf(out, "%-8s %s\n", step.Command, mark)
	}
	for _, line := range found.Lines() {
		fmt.Fprintln(out, line)
	}
	return nil
}

// spentOn says which shares of the time went to what; what took less than a
// thousandth is left out.
func spentOn(s layout.Spent) string {
	var parts []string
	for _, p := range s.Parts() {
		if share := p.Seconds / s.Seconds(); share >= 0.001 {
			parts = append(parts, fmt.Sprintf("%s %.1f %%", p.Name, 100*share))
		}
	}
	return strings.Join(parts, ", ")
}
