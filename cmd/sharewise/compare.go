package main

import (
	"errors"
	"fmt"
	"regexp"
	"strings"

	"github.com/spf13/cobra"

	"github.com/sharewise/sharewise/analysis"
	"github.com/sharewise/sharewise/analysis/effect"
	"github.com/sharewise/sharewise/analysis/losses"
	"github.com/sharewise/sharewise/analysis/measures"
	"github.com/sharewise/sharewise/analysis/study"
)

var compareLong = `Compare measures, sample by sample, what moving from independent models to a
shared one did. It needs no training and no ONNX Runtime, only tables with the
loss of every test sample under several seeds of each side: Parquet, or CSV/TSV
with a header, with columns

  domain, seed, sample, loss, correct        (others are ignored)

Where neither side has a column correct, and for regression, losses are
measured; --measure loss does so everywhere. Others add gains, the relative
reductions of an error of their own, for what correctness hardly sees:

` + ownErrors() + `
transfer      share of samples by which sharing raised the chance to be right
interference  share by which it lowered it; transfer - interference = change.
              Of losses: what the mean loss fell by through samples whose loss
              fell, and what it rose by through the others
bounds        what transfer or interference lies between, at 95 %
raw, floor    a naive count of flips, and what that count reads if sharing did
              nothing at all, from seeds alone; never read one without the other
excess        raw - floor; zero on average if nothing changed; of losses it
              also sees changes of their spread over seeds
cross-fit     a lower bound in which other runs decide which way a sample moved

Runs with the same seed number on both sides are taken to share randomness, and
pairs of them are left out. Tables written by 'sharewise run' say whether they do.

Seeds may be tested on other samples each, as the folds of a cross-validation
are: the same ones on both sides, and none that another fold has. With one test
a sample the change is known, with two transfer and interference, too.

A gate compares any number that --json prints for the effect on a domain with a
limit: --fail-if 'interference.bound_lo > 0.01', or for one domain
--fail-if 'line 3: delta.hi < 0'. When it holds, the exit code is 1. Limits on
losses are in their units, or relative to the independent mean loss as in
--measure loss --fail-if 'interference.relative_lo > 0.02'. Numbers of the
domain's gain stand under gain, as in 'gain.relative.hi < 0'. Estimates with
limits have the numbers value, lo and hi:
  delta, loss_reduction, gain.relative, gain.absolute
  transfer.raw, .floor, .excess, .crossfit       and of interference
others stand alone:
  transfer.estimate, .bound_lo, .bound_hi, .relative_lo, .relative_hi, .p,
  .normalised                                    and of interference
  accuracy.independent, accuracy.arm             likewise loss and seeds
  no_effect.p, changed, calls.helped, calls.harmed, samples`

const compareExample = `  sharewise compare --independent 'solo/*.parquet' --arm 'joint/*.parquet'
  sharewise compare --independent old.csv --arm new.csv --fail-if 'interference.bound_lo > 0.01'`

// ownErrors lists the measures whose gains reduce an error of their own, with the
// columns that they need.
func ownErrors() string {
	var b strings.Builder
	for _, m := range measures.All {
		if m.Apart() {
			fmt.Fprintf(&b, "--measure %-9s %s: %s\n%20scolumns %s\n", m.Name, m.Metric.Title, m.Help, "", m.Needs.Columns())
		}
	}
	return b.String()
}

// compareFlags are the flags of compare.
type compareFlags struct {
	independent, arm []string
	intersect        bool
	unrelated        bool
	failIf           []string
	group            string
	measure          measureFlag
	options          analysis.Options
}

func newCompareCommand(a *app) *cobra.Command {
	var f compareFlags
	cmd := &cobra.Command{
		Use:     "compare --independent GLOB --arm GLOB",
		Short:   "Measure transfer and interference between two sets of loss tables",
		Long:    compareLong,
		Example: compareExample,
		GroupID: "tables",
		Args:    exactArgs(),
		RunE:    func(cmd *cobra.Command, _ []string) error { return a.compare(f) },
	}
	flags := cmd.Flags()
	flags.StringArrayVar(&f.independent, "independent", nil, "tables of the independent models, files that match `GLOB` (repeatable)")
	flags.StringArrayVar(&f.arm, "arm", nil, "tables of the shared model, files that match `GLOB` (repeatable)")
	flags.BoolVar(&f.intersect, "intersect", false, "compare the samples and domains that all runs have, instead of refusing tables that differ")
	flags.BoolVar(&f.unrelated, "unrelated-seeds", false, "equal seed numbers on the two sides are no common randomness")
	flags.StringArrayVar(&f.failIf, "fail-if", nil, "exit with 1 if `CONDITION` holds in any domain (repeatable)")
	flags.StringVar(&f.group, "group", "", "samples whose names share the first submatch of `REGEXP` belong together and count as one observation")
	f.measure.add(cmd, measures.Correct, "losses where no side has a column correct")
	flags.Float64Var(&f.options.Level, "level", 0.95, "nominal coverage of intervals and bounds")
	flags.Float64Var(&f.options.Alpha, "alpha", 0.05, "false discovery rate of called samples")
	flags.IntVar(&f.options.Exemplars, "list", analysis.DefaultExemplars, "samples to list per domain and direction in JSON; 0 for none")
	return cmd
}

func (a *app) compare(f compareFlags) error {
	if len(f.independent) == 0 || len(f.arm) == 0 {
		return usagef("compare: both --independent and --arm are needed; see 'sharewise compare --help'")
	}
	var gates []gate
	for _, text := range f.failIf {
		g, err := parseGate(text)
		if err != nil {
			return errUsage{err}
		}
		gates = append(gates, g)
	}
	o := f.options
	o.Intersect = f.intersect
	measure, err := f.measure.parse()
	if err != nil {
		return err
	}
	o.Measure = measure
	// Zero would stand for the usual values.
	if o.Level == 0 || o.Alpha == 0 {
		return usagef("compare: --level %g and --alpha %g must be above 0, for instance 0.95 and 0.05", o.Level, o.Alpha)
	}
	if err := o.Validate(); err != nil {
		return errUsage{err}
	}
	if f.group != "" {
		if o.Group, err = groupByName(f.group); err != nil {
			return errUsage{err}
		}
	}
	independent, err := losses.Open(f.independent...)
	if err != nil {
		return inputError(fmt.Errorf("--independent: %w", err))
	}
	arm, err := losses.Open(f.arm...)
	if err != nil {
		return inputError(fmt.Errorf("--arm: %w", err))
	}
	independent.Name, arm.Name = "--independent", "--arm"
	// Runs of studies say whether their seed number decides their streams.
	ours := independent.Meta.Study != "" && arm.Meta.Study != ""
	paired := independent.Meta.Randomness == study.Paired && arm.Meta.Randomness == study.Paired
	o.SharedSeeds = !f.unrelated && (!ours || paired)
	found, err := analysis.CompareSets(independent, arm, o)
	if errors.Is(err, analysis.ErrSamples) || errors.Is(err, analysis.ErrDomains) {
		if !f.intersect {
			err = fmt.Errorf("%w (--intersect compares what all runs have)", err)
		}
	}
	if errors.Is(err, effect.ErrNoCorrect) {
		err = fmt.Errorf("%w (--measure loss does without)", err)
	}
	if err != nil {
		return inputError(fmt.Errorf("compare: %w", err))
	}
	if a.json {
		if err := a.writeJSON(found); err != nil {
			return err
		}
	} else if err := printComparison(a.stdout, found, measure); err != nil {
		return err
	}
	return checkGates(gates, found)
}

// checkGates returns errAnswerNo with all reasons in one line.
func checkGates(gates []gate, found *analysis.Comparison) error {
	var reasons []string
	for _, g := range gates {
		held, err := g.check(found)
		if err != nil {
			return err
		}
		reasons = append(reasons, held...)
	}
	if len(reasons) > 0 {
		return errAnswerNo{"gate failed: " + strings.Join(reasons, "; ")}
	}
	return nil
}

// groupByName groups samples by the first submatch of a pattern. A sample that
// does not match stands alone.
func groupByName(pattern string) (func(string, losses.SampleID) string, error) {
	re, err := regexp.Compile(pattern)
	if err != nil {
		return nil, fmt.Errorf("--group: %w", err)
	}
	if re.NumSubexp() < 1 {
		return nil, fmt.Errorf("--group %q: put parentheses around the part that names the group, for instance '^(board[0-9]+)/'", pattern)
	}
	return func(_ string, s losses.SampleID) string {
		m := re.FindStringSubmatch(s.String())
		if m == nil {
			return "\x00" + s.String()
		}
		return m[1]
	}, nil
}
