package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/sharewise/sharewise/analysis"
	"github.com/sharewise/sharewise/analysis/effect"
	"github.com/sharewise/sharewise/analysis/layout"
	"github.com/sharewise/sharewise/grouping/imbalance"
)

const imbalanceLong = `Say what unequal numbers of training samples have to do with sharing: how much of a
domain's gain or harm goes away with them, and how many samples of its own a domain
would need to do without the others'.

It takes the same study trained on other numbers of samples. Copy the study file, let
every domain of the copy say limit: {train: N} with the smallest domain's number, run
and analyze it into another folder, and name that by --with. A copy with half of every
domain's samples gives learning curves, which the exchange of samples follows; those
are never followed further up than they were measured down.

The part of imbalance is a domain's gain at equal numbers less that at the numbers
given. Domains with more than the smallest number have fewer samples there, and the
part holds that too.

It writes OUT/imbalance.json, which the report shows.

Example:
  sharewise imbalance out --with out-equal --with out-half`

// imbalanceFlags are what imbalance.json records of how it was made.
type imbalanceFlags struct {
	With []string `json:"with,omitempty"`
}

func newImbalanceCommand(a *app) *cobra.Command {
	var f imbalanceFlags
	cmd := &cobra.Command{
		Use:     "imbalance OUT",
		Short:   "Say what unequal numbers of training samples have to do with sharing",
		Long:    imbalanceLong,
		GroupID: "why",
		Args:    outputArg(),
		RunE: func(cmd *cobra.Command, args []string) error {
			folder := layout.Folder(args[0])
			if err := a.refresh(cmd.Context(), folder, "run", "analyze"); err != nil {
				return err
			}
			j, err := imbalanceOf(folder, f)
			if err != nil {
				return err
			}
			if a.json {
				return a.writeJSON(j)
			}
			if err := printImbalance(a.stdout, &j.Judgement); err != nil {
				return err
			}
			a.say("\nWritten: %s", folder.Imbalance())
			return nil
		},
	}
	cmd.Flags().StringArrayVar(&f.With, "with", nil, "output `FOLDER` of the same study trained on other numbers of samples; may be repeated")
	return cmd
}

// imbalanceOf judges the study of a folder and writes that there.
func imbalanceOf(folder layout.Folder, f imbalanceFlags) (*imbalance.File, error) {
	all := append([]string{string(folder)}, f.With...)
	var results []string
	for _, path := range all {
		results = append(results, layout.Folder(path).Results())
	}
	origin, err := folder.Origin(results...)
	if err != nil {
		return nil, inputError(err)
	}
	var studies []imbalance.Study
	for _, path := range all {
		of := layout.Folder(path)
		r, err := analysis.ReadResults(of.Results())
		if errors.Is(err, fs.ErrNotExist) {
			return nil, noResults(of)
		}
		if err != nil {
			return nil, inputError(err)
		}
		studies = append(studies, imbalance.Study{Name: filepath.Base(filepath.Clean(path)), Results: r})
	}
	j, err := imbalance.Judge(studies[0], studies[1:])
	if err != nil {
		return nil, inputError(err)
	}
	out := &imbalance.File{Version: 1, Study: studies[0].Results.Study, Judgement: *j}
	return out, origin.Write(f, folder.Imbalance(), out)
}

// printImbalance prints a line for each domain.
func printImbalance(w io.Writer, j *imbalance.Judgement) error {
	fmt.Fprintf(w, "The largest domain has %.3g times the training samples of the smallest. Arm %s, size %s.\n\n", j.Ratio, j.Arm, j.Rung)
	g := newGrid(w)
	head := []any{"domain"}
	for _, l := range j.Levels {
		name := l.Name
		if l.Equal {
			name += " (equal)"
		}
		head = append(head, name, "gain")
	}
	g.row(append(head, "part of imbalance", "worth own samples", "each of the others'")...)
	for i, d := range j.Domains {
		row := []any{d.Name}
		for l := range j.Levels {
			row = append(row, fmt.Sprint(j.Levels[l].Samples[i]), percents(d.Gains[l]))
		}
		row = append(row, percents(d.Part), numbers("%.0f", d.Rate.Own, d.Rate.Lo, d.Rate.Hi), numbers("%.3f", d.Rate.Each, d.Rate.EachLo, d.Rate.EachHi))
		g.row(row...)
	}
	if err := g.close(); err != nil {
		return err
	}
	if j.Why != "" {
		fmt.Fprintln(w, "Note:", j.Why)
	}
	for _, d := range j.Domains {
		if d.Rate.Why != "" {
			fmt.Fprintf(w, "Note: %s: %s\n", d.Name, d.Rate.Why)
		}
	}
	return nil
}

// percents is a fraction with its limits, in per cent.
func percents(v effect.Interval) string {
	switch {
	case !v.Known():
		return "–"
	case !v.Limited():
		return fmt.Sprintf("%+.1f %%", 100*v.Value)
	}
	return fmt.Sprintf("%+.1f %% (%+.1f … %+.1f)", 100*v.Value, 100*v.Lo, 100*v.Hi)
}

// numbers is a figure with limits, of which what is not known is a question mark.
func numbers(format string, v, lo, hi effect.Number) string {
	if !v.Known() && !lo.Known() {
		return "unknown"
	}
	one := func(x effect.Number) string {
		if !x.Known() {
			return "?"
		}
		return fmt.Sprintf(format, float64(x))
	}
	return strings.Join([]string{one(v), " (", one(lo), " … ", one(hi), ")"}, "")
}
