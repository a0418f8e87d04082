package main

import (
	"fmt"
	"io"
	"text/tabwriter"

	"github.com/sharewise/sharewise/analysis"
)

// printResults prints what most readers look for first: how good every domain
// is alone, and what every shared arm changes.
func printResults(w io.Writer, r *analysis.Results) {
	fmt.Fprintf(w, "%d of %d runs done", r.Runs.Done, r.Runs.Planned)
	if r.Runs.Diverged > 0 {
		fmt.Fprintf(w, ", %d diverged", r.Runs.Diverged)
	}
	fmt.Fprintln(w)

	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintf(t, "\ndomain\tarm\trung\tweighting\tscore\tgain\t%.0f %% interval\n", 100*r.Level)
	for _, s := range r.Scores {
		fmt.Fprintf(t, "%s\t%s\t%s\t%s\t%s\t%s\n", s.Domain, s.Arm, s.Rung, dash(s.Weighting), scoreText(s), gainText(r, s))
	}
	t.Flush()
	for _, warning := range r.Warnings {
		fmt.Fprintln(w, "Note:", warning)
	}
}

func scoreText(s analysis.Score) string {
	switch {
	case s.Accuracy != nil:
		return fmt.Sprintf("accuracy %.4f", s.Accuracy.Value)
	case s.R2 != nil:
		return fmt.Sprintf("R² %.4f", s.R2.Value)
	}
	return fmt.Sprintf("loss %.4g", s.Loss.Value)
}

// gainText is the gain of a score's arm with its limits, in two columns.
func gainText(r *analysis.Results, s analysis.Score) string {
	for _, g := range r.Gains {
		if g.Target == s.Domain && g.Arm == s.Arm && g.Rung == s.Rung && g.Weighting == s.Weighting {
			return fmt.Sprintf("%+.1f %%\t%+.1f … %+.1f", 100*g.Relative.Value, 100*g.Relative.Lo, 100*g.Relative.Hi)
		}
	}
	return "\t"
}

func dash(s string) string {
	if s == "" {
		return "-"
	}
	return s
}
