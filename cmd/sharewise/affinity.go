package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math"
	"strings"

	"github.com/spf13/cobra"

	"github.com/sharewise/sharewise/analysis/layout"
	"github.com/sharewise/sharewise/analysis/wording"
	"github.com/sharewise/sharewise/grouping/affinity"
)

const affinityLong = `Estimate cheaply which domains belong together, hold the estimates against the
gains that were measured, and propose which pools to train next.

An affinity is no gain: it orders pools that nobody has trained. Estimators are
cross-evaluation (after 'sharewise cross OUT'), merged models ('sharewise merge
OUT'), regressions around the joint model ('sharewise linearise OUT'), the cosines
and lengths of the domains' gradients (with training.conflict and arms.joint in the
study), the mean of pair gains for larger pools, and regressions on who was in a
pool; and how alike domains are ('sharewise similarity OUT'). Each is audited on measured pools that it does not rest on. One that passed
may propose pairs; where none did, pairs are drawn at random, so that there is
something to audit by. Pools of three and more grow from every domain by the
estimator that passed with the surest order, for as long as the sum of the expected
gains rises.

The command reads OUT/results.json and what lies beside it, and writes
OUT/affinity.json. The rule by which an audit passes stands there, and below the
table.

With many domains, train no pairs at first (arms.pairs: false), then

  sharewise cross out && sharewise merge out
  sharewise affinity out --pools 16     # pairs at random: put them under arms.pools and run again
  sharewise affinity out --pools 60     # the best partners and larger pools, if an estimator passed`

func newAffinityCommand(a *app) *cobra.Command {
	var o affinity.FolderOptions
	cmd := &cobra.Command{
		Use:     "affinity OUT",
		Short:   "Estimate which domains belong together, and propose pools to train",
		Long:    affinityLong,
		GroupID: "cheap",
		Args:    outputArg(),
		RunE: func(cmd *cobra.Command, args []string) error {
			if o.Pools < 0 {
				return usagef("--pools %d: must be 1 or more", o.Pools)
			}
			if cmd.Flags().Changed("larger") {
				if o.Larger < 0 || o.Larger > o.Pools {
					return usagef("--larger %d: must be from 0 to the %d of --pools", o.Larger, o.Pools)
				}
				if o.Larger == 0 {
					o.Larger = -1
				}
			}
			folder := layout.Folder(args[0])
			if err := a.refresh(cmd.Context(), folder, "run", "analyze", "cross", "merge", "linearise", "similarity"); err != nil {
				return err
			}
			found, err := affinity.AssessFolder(folder, o)
			if errors.Is(err, fs.ErrNotExist) {
				return noResults(folder)
			}
			if err != nil {
				return inputError(err)
			}
			if a.json {
				return a.writeJSON(found)
			}
			printAffinity(a.stdout, found)
			a.say("\nWritten: %s", folder.Affinity())
			return nil
		},
	}
	flags := cmd.Flags()
	flags.IntVar(&o.Pools, "pools", 0, "propose `N` pools to train; none unless given")
	flags.IntVar(&o.Larger, "larger", 0, "of these, `N` of three domains and more (default: a quarter, once an estimator passed)")
	flags.Uint64Var(&o.Audit.Seed, "seed", 0, "`SEED` of random pairs and of the audits")
	flags.StringVar(&o.Selection.Rung, "rung", "", "capacity, as `NAME`; the largest with gains unless given")
	flags.StringVar(&o.Selection.Weighting, "weighting", "", "weighting, as `NAME`; the first with gains unless given")
	return cmd
}

// printAffinity prints a line for every estimator, then the proposal as the
// study file takes it.
func printAffinity(w io.Writer, f *affinity.File) {
	if len(f.Audits) > 0 {
		t := newColumns(w)
		fmt.Fprintln(t, "estimator\tpools trained\taudited on\trank correlation\tp\tright signs\tregret\thalf trained\tpassed")
		for _, r := range f.Audits {
			fmt.Fprintf(t, "%s\t%d\t%s\t%s\t%s\t%s of %s\t%s\t%s of %s\t%s\n", r.Name, r.Pools, wording.Plural(r.Held, "pool"), correlationText(r.Spearman.Value, r.Spearman.Lo, r.Spearman.Hi),
				figure("%.2g", r.P), figure("%.2f", r.Signs), figure("%.2f", r.UsualSign), regretText(r.Regret), regretText(r.Screened.Regret), figure("%.0f %%", 100*r.Screened.AtRandom), map[bool]string{true: "yes", false: "no"}[r.Passed])
		}
		t.Flush()
		fmt.Fprintf(w, "Passed: %s\n", f.Rule)
	}
	if p := f.Proposal; p != nil {
		fmt.Fprintf(w, "\n%s\narms:\n  pairs: false\n  pools:\n", p.Why)
		for _, pool := range p.Pools {
			fmt.Fprintf(w, "    - [%s]\n", strings.Join(quoted(pool), ", "))
		}
	}
	for _, n := range f.Notes {
		fmt.Fprintln(w, "Note:", n)
	}
}

func correlationText(value, lo, hi float64) string {
	if math.IsNaN(lo) {
		return figure("%.2f", value)
	}
	return fmt.Sprintf("%.2f [%.2f, %.2f]", value, lo, hi)
}

// regretText is the share of the best grouping's total that is lost, or, where
// the best is to pool none, whether that was seen.
func regretText(r affinity.Regret) string {
	switch {
	case r.Best > 0:
		return figure("%.0f %%", 100*r.Share)
	case r.Chosen < r.Best:
		return "pools where none is best"
	}
	return "none"
}

// quoted writes names as YAML takes them in a list.
func quoted(names []string) []string {
	var out []string
	for _, n := range names {
		if strings.ContainsAny(n, " ,:#[]{}'\"&*!|>%@`") || n == "" || strings.TrimLeft(n, "0123456789.+-") == "" {
			n = fmt.Sprintf("%q", n)
		}
		out = append(out, n)
	}
	return out
}
