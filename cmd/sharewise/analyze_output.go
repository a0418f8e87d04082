package main

import (
	"fmt"
	"io"

	"github.com/sharewise/sharewise/analysis"
	"github.com/sharewise/sharewise/analysis/effect"
	"github.com/sharewise/sharewise/analysis/measures"
	"github.com/sharewise/sharewise/reports"
)

// printResults prints what most readers look for first: how good every domain
// is alone, and what every shared arm changes.
func printResults(w io.Writer, r *analysis.Results) {
	fmt.Fprintf(w, "%d of %d runs done", r.Runs.Done, r.Runs.Planned)
	if r.Runs.Diverged > 0 {
		fmt.Fprintf(w, ", %d diverged", r.Runs.Diverged)
	}
	fmt.Fprintln(w)

	if len(r.Scores) > manyScores {
		printByArm(w, r)
	} else {
		printByDomain(w, r)
	}
	for _, warning := range r.Warnings {
		fmt.Fprintln(w, "Note:", warning)
	}
}

// printByDomain prints a line for each domain under each arm.
func printByDomain(w io.Writer, r *analysis.Results) {
	t := newColumns(w)
	fmt.Fprintf(t, "\ndomain\tarm\trung\tweighting\tscore\tgain\t%.0f %% interval\ttransfer\tinterference\tof\n", 100*r.Level)
	for _, s := range r.Scores {
		fmt.Fprintf(t, "%s\t%s\t%s\t%s\t%s\t%s\t%s\n", s.Domain, s.Arm, s.Rung, dash(s.Weighting), scoreText(r, s), gainText(r, s), sidesText(r, s))
	}
	for _, b := range r.Baselines {
		if b.Score != nil {
			fmt.Fprintf(t, "%s\tlinear model\t-\t-\t%s\t%s\t\t\t\t\n", b.Domain, scoreText(r, *b.Score), "")
		}
	}
	t.Flush()
	fmt.Fprintln(w, "\nGain: relative reduction of the domain's own error or loss. Transfer and interference: bounds, in percent\nof all answers or of the mean loss alone.")
}

// scoreText is the domain's own metric, – where it is not known. A domain
// without one shows the first of the usual ones.
func scoreText(r *analysis.Results, s analysis.Score) string {
	d := r.Domain(s.Domain)
	order := []string{"accuracy", "r2", "loss"}
	if d.Metric != "" {
		order = []string{d.Metric}
	}
	for _, name := range order {
		if v := s.Metric(name); v.Known() {
			return reports.MetricName(name, &d) + " " + figure("%.4g", v.Value)
		}
	}
	if d.Metric == "" {
		return ""
	}
	return reports.MetricName(d.Metric, &d) + " –"
}

// gainText is the gain of a score's arm with its limits, in two columns.
func gainText(r *analysis.Results, s analysis.Score) string {
	g := r.Gain(s.Key)
	switch {
	case g == nil:
		return "\t"
	case !g.Relative.Limited():
		return figure("%+.1f %%", 100*g.Relative.Value) + "\t"
	}
	return fmt.Sprintf("%+.1f %%\t%+.1f … %+.1f", 100*g.Relative.Value, 100*g.Relative.Lo, 100*g.Relative.Hi)
}

// sidesText is bounds of transfer and interference, and what they are percent
// of, in three columns.
func sidesText(r *analysis.Results, s analysis.Score) string {
	e := r.Effect(s.Key)
	if e == nil {
		return "\t\t"
	}
	of := "answers"
	if e.Measure == measures.Loss {
		of = "loss"
	}
	bounds := func(side effect.Side) string {
		lo, hi := side.BoundLo, side.BoundHi
		if e.Measure == measures.Loss {
			lo, hi = side.RelativeLo, side.RelativeHi
		}
		return figure("%.1f", 100*float64(lo)) + " … " + figure("%.1f", 100*float64(hi))
	}
	if e.Groups > 0 {
		of += fmt.Sprintf(", %d groups", e.Groups)
	}
	return bounds(e.Transfer) + "\t" + bounds(e.Interference) + "\t" + of
}

func dash(s string) string {
	if s == "" {
		return "-"
	}
	return s
}
