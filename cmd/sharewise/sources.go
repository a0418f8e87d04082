package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"strings"

	"github.com/spf13/cobra"

	"github.com/sharewise/sharewise/analysis"
	"github.com/sharewise/sharewise/analysis/effect"
	"github.com/sharewise/sharewise/analysis/layout"
	"github.com/sharewise/sharewise/analysis/wording"
	"github.com/sharewise/sharewise/grouping"
	"github.com/sharewise/sharewise/grouping/sources"
)

const sourcesLong = `Sources says from which domain the help and the harm in a shared model come. It holds
every model of three or more domains against the model of the same domains without one
of them, the source, where both were trained: what each of the others gains with it
less what it gains without it. Below zero, the source harms.

Limits allow for the runs and samples that both gains share. "harms" and "helps" are
said of differences that are more than chance among all of the same capacity and
weighting; others are not settled, or unknown where there is no second seed or nothing
varied. The mean over the other domains has limits that hold whatever their errors
have in common.

--pools N prints up to N models to train next, as the study file takes them under
arms.pools: the recommended groups and the model of all domains (or the largest ones,
where rules forbid that) without one member each, as far as that was not trained. The
first are those without the domain that others lose most with in pairs or, where no
pairs were trained, whose gradients oppose theirs most; that is no finding yet.

What two sources bring together may differ from what each does by itself, which this
does not measure.

Example:
  sharewise sources out
  sharewise sources out --pools 4       # add them to the study, run, analyze, and ask again`

func newSourcesCommand(a *app) *cobra.Command {
	var (
		o     sources.Options
		pools int
	)
	cmd := &cobra.Command{
		Use:     "sources OUT",
		Short:   "Say which domain of a shared model harms or helps the others",
		Long:    sourcesLong,
		GroupID: "why",
		Args:    outputArg(),
		RunE: func(cmd *cobra.Command, args []string) error {
			if pools < 0 {
				return usagef("--pools %d: must be 1 or more", pools)
			}
			folder := layout.Folder(args[0])
			if err := a.refresh(cmd.Context(), folder, "run", "analyze", "group"); err != nil {
				return err
			}
			results, err := analysis.ReadResults(folder.Results())
			if errors.Is(err, fs.ErrNotExist) {
				return noResults(folder)
			}
			if err != nil {
				return inputError(err)
			}
			switch groups, err := grouping.ReadFile(folder.Groups()); {
			case err == nil:
				o.Groups = groups
			case !errors.Is(err, fs.ErrNotExist):
				return inputError(err)
			}
			found, err := sources.Ask(results, o)
			if err != nil {
				return inputError(err)
			}
			if a.json {
				return a.writeJSON(found)
			}
			if err := printSources(a.stdout, found); err != nil {
				return err
			}
			printMissing(a.stdout, found, pools, string(folder))
			return nil
		},
	}
	flags := cmd.Flags()
	flags.IntVar(&pools, "pools", 0, "print up to `N` models to train next; none unless given")
	flags.StringVar(&o.Selection.Rung, "rung", "", "capacity, as `NAME`; that of the groups, or the largest with gains, unless given")
	flags.StringVar(&o.Selection.Weighting, "weighting", "", "weighting, as `NAME`; that of the groups, or the first with gains, unless given")
	return cmd
}

// mostSources is how many rows a table of sources has.
const mostSources = 30

// printSources prints what every source brings, on average and to single domains.
func printSources(w io.Writer, found *sources.Answer) error {
	if len(found.Sums) > 0 {
		g := newGrid(w, "source", "in", "brings the others, on average", "", "gains itself")
		for _, s := range found.Sums[:min(mostSources, len(found.Sums))] {
			g.row(wording.Cell(s.Source), wording.Cell(s.Arm), interval(s.Brings), sources.Judgement(&s.Brought), interval(s.Own))
		}
		more(g, len(found.Sums))
		if err := g.close(); err != nil {
			return err
		}
		fmt.Fprintln(w)
	}
	if len(found.Effects) > 0 {
		g := newGrid(w, "source", "domain", "in", "brings", "", "that is")
		for i := range found.Effects[:min(mostSources, len(found.Effects))] {
			e := &found.Effects[i]
			g.row(wording.Cell(e.Source), wording.Cell(e.Domain), wording.Cell(e.Arm), interval(e.Brings), sources.Judgement(&e.Brought), sources.Words(e))
		}
		more(g, len(found.Effects))
		if err := g.close(); err != nil {
			return err
		}
	}
	for _, n := range found.Notes {
		fmt.Fprintln(w, "Note:", n)
	}
	return nil
}

func more(g *grid, n int) {
	if n > mostSources {
		g.row(fmt.Sprintf("and %d more, see --json", n-mostSources))
	}
}

// interval writes a gain with its limits.
func interval(v effect.Interval) string {
	if !v.Known() {
		return "–"
	}
	return fmt.Sprintf("%+.3f%s", v.Value, v.Limits())
}

// printMissing prints pools to train, or that there are some.
func printMissing(w io.Writer, found *sources.Answer, pools int, folder string) {
	n := len(found.Missing)
	switch {
	case n == 0:
		if len(found.Effects) > 0 {
			fmt.Fprintln(w, "Every model that this asks for was trained.")
		}
		return
	case pools == 0:
		fmt.Fprintf(w, "Not trained: %s of which one member is left out; 'sharewise sources %s --pools %d' names the first\n", wording.Plural(n, "model"), folder, min(n, 4))
		return
	}
	some := found.Missing[:min(n, pools)]
	fmt.Fprintf(w, "\nTrain %d of %s next; 'sharewise plan' says what they cost:\narms:\n  pools:\n", len(some), wording.PluralAs(n, "model", "models without one member"))
	for _, m := range some {
		fmt.Fprintf(w, "    - [%s] # without %s%s\n", strings.Join(quoted(m.Pool), ", "), oneLine(m.Source), groundText(m))
	}
}

// groundText says why a source is suspect.
func groundText(m sources.Missing) string {
	switch m.Ground {
	case sources.Pairs:
		return fmt.Sprintf(": in pairs with it the others gain %+.3f on average", float64(m.Score))
	case sources.Cosines:
		return fmt.Sprintf(": mean cosine of its gradients with the others' %+.2f", float64(m.Score))
	}
	return ""
}

// oneLine keeps a name from ending a comment.
func oneLine(name string) string { return strings.Join(strings.Fields(name), " ") }
