package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/sharewise/sharewise/analysis/layout"
	"github.com/sharewise/sharewise/analysis/policy"
	"github.com/sharewise/sharewise/analysis/wording"
	"github.com/sharewise/sharewise/grouping"
	"github.com/sharewise/sharewise/grouping/gaintable"
	"github.com/sharewise/sharewise/grouping/sheet"
	"github.com/sharewise/sharewise/grouping/solve"
)

// tableFlags are the flags of group that choose pools from a table of gains.
type tableFlags struct {
	gains       string
	o           gaintable.Options
	reading     gaintable.Reading
	budget      float64
	aversion    float64
	objective   string
	extrapolate string
	format      string
	// rules and labels are those of --policy.
	rules  *policy.Policy
	labels []policy.Domain
	costs  []string
	// memory and latency are what sites allow.
	memory, latency []string
}

// planning are the flags that ask for a choice from a table of gains, or from a study's
// gains as one.
var planning = []string{"budget", "helpers", "objective", "aversion", "extrapolate", "cost"}

// studyOnly are the flags that --gains has no use for.
var studyOnly = []string{"verify", "min-gain", "rung", "weighting"}

func (t *tableFlags) add(flags *pflag.FlagSet) {
	flags.StringVar(&t.gains, "gains", "", "choose pools from a table of gains in `FILE`, CSV or Parquet, instead of a study's")
	flags.Float64Var(&t.budget, "budget", 0, "most that pools may cost in all, as a `NUMBER`; those of a study cost 1")
	flags.BoolVar(&t.o.Helpers, "helpers", false, "pools may train domains that another pool serves")
	flags.StringVar(&t.objective, "objective", "", "`NAME` of what is maximised: mean, value, worst, no-harm or risk")
	flags.Float64Var(&t.aversion, "aversion", 1, "with the objective risk: what a standard error of the mean costs, as a `NUMBER`")
	flags.StringVar(&t.extrapolate, "extrapolate", "", "value pools that the table lacks by their `pairs`")
	flags.StringArrayVar(&t.costs, "cost", nil, "cost of a pool's model, as `A+B=NUMBER`, in place of what the table says, or 1; may be repeated")
	flags.StringArrayVar(&t.memory, "memory", nil, "most memory of the model that serves a domain, as `DOMAIN=NUMBER`; may be repeated")
	flags.StringArrayVar(&t.latency, "latency", nil, "longest latency of the model that serves a domain, as `DOMAIN=NUMBER`; may be repeated")
	flags.BoolVar(&t.reading.Differences, "differences", false, "with --gains: gains are differences of losses, not relative reductions")
}

// check refuses flags that mean nothing together.
func (t *tableFlags) check(cmd *cobra.Command) error {
	wrong, why := []string{"differences"}, "is about a table of gains: give one with --gains"
	switch {
	case t.gains != "":
		wrong, why = studyOnly, "is about a study; a table of gains has none"
	case t.planned(cmd):
		wrong, why = []string{"differences", "verify", "min-gain"}, "goes with none of --"+strings.Join(planning, ", --")
	}
	for _, name := range wrong {
		if cmd.Flags().Changed(name) {
			return usagef("--%s %s", name, why)
		}
	}
	return nil
}

// planned reports whether a study's gains are to be taken as a table.
func (t *tableFlags) planned(cmd *cobra.Command) bool {
	return slices.ContainsFunc(planning, cmd.Flags().Changed)
}

// settings reads what is maximised, and within which bounds.
func (t *tableFlags) settings(cmd *cobra.Command) error {
	o := &t.o
	names := make([]string, len(gaintable.Objectives))
	for i, name := range gaintable.Objectives {
		names[i] = string(name)
	}
	if err := choice("group", "objective", t.objective, names...); err != nil {
		return err
	}
	if err := choice("group", "extrapolate", t.extrapolate, "pairs"); err != nil {
		return err
	}
	o.Objective, o.Extrapolate = gaintable.Objective(t.objective), t.extrapolate != ""
	if cmd.Flags().Changed("budget") {
		if !(t.budget >= 0 && t.budget <= 1e12) {
			return usagef("--budget %g: must be a number from 0 to 1e12", t.budget)
		}
		o.Budget = &t.budget
	}
	if !(t.aversion >= 0 && t.aversion <= 1e6) {
		return usagef("--aversion %g: must be a number from 0 to 1e6", t.aversion)
	}
	if cmd.Flags().Changed("aversion") {
		o.Aversion = &t.aversion
	}
	return t.stated()
}

// stated reads what pools cost.
func (t *tableFlags) stated() error {
	for _, s := range t.costs {
		cut := strings.LastIndex(s, "=")
		if cut < 0 {
			return usagef("--cost %q: want A+B=NUMBER", s)
		}
		v, err := strconv.ParseFloat(s[cut+1:], 64)
		if err != nil || !(v >= 0 && v <= 1e12) {
			return usagef("--cost %q: %q is not a number from 0 to 1e12", s, s[cut+1:])
		}
		var names []string
		for _, name := range strings.Split(s[:cut], "+") {
			name = strings.TrimSpace(name)
			if name == "" || slices.Contains(names, name) {
				return usagef("--cost %q: want names of domains that differ, joined by +", s)
			}
			names = append(names, name)
		}
		t.o.Stated = append(t.o.Stated, gaintable.Stated{Pool: names, Cost: &v})
	}
	return nil
}

// sites reads what sites allow.
func (t *tableFlags) sites() ([]solve.Site, error) {
	var out []solve.Site
	for _, of := range []struct {
		flag     string
		settings []string
		place    func(*solve.Site) *float64
	}{
		{"memory", t.memory, func(s *solve.Site) *float64 { return &s.Memory }},
		{"latency", t.latency, func(s *solve.Site) *float64 { return &s.Latency }},
	} {
		limits, err := numbersOf(of.flag, of.settings, 1e15)
		if err != nil {
			return nil, err
		}
		for _, name := range slices.Sorted(maps.Keys(limits)) {
			if limits[name] == 0 {
				return nil, usagef("--%s %s=0: no model takes nothing; give a number above 0", of.flag, name)
			}
			at := slices.IndexFunc(out, func(s solve.Site) bool { return s.Domain == name })
			if at < 0 {
				at = len(out)
				out = append(out, solve.Site{Domain: name})
			}
			*of.place(&out[at]) = limits[name]
		}
	}
	return out, nil
}

// averse checks that an aversion is of use.
func (t *tableFlags) averse() error {
	if t.o.Aversion != nil && t.o.Objective != gaintable.Risk {
		return usagef("--aversion is for --objective %s", gaintable.Risk)
	}
	return nil
}

// groupTable chooses pools from a table of gains.
func (a *app) groupTable(cmd *cobra.Command, t *tableFlags) error {
	if err := t.settings(cmd); err != nil {
		return err
	}
	if err := t.averse(); err != nil {
		return err
	}
	table, err := gaintable.Read(t.gains, t.reading)
	if errors.Is(err, fs.ErrNotExist) {
		return inputError(fmt.Errorf("%s does not exist", t.gains))
	}
	if err != nil {
		return inputError(err)
	}
	if t.rules != nil {
		if t.o.Policy, err = table.Govern(t.rules, t.labels); err != nil {
			if len(t.labels) == 0 {
				err = fmt.Errorf("%w, or a table of labels (--labels FILE)", err)
			}
			return inputError(fmt.Errorf("%s: %w", t.gains, err))
		}
	}
	plan, err := choosePools(table, t, t.gains)
	if err != nil {
		return err
	}
	return a.showPools(plan, t)
}

// groupStudyTable chooses pools from a study's gains as from a table, and leaves
// the folder as it is.
func (a *app) groupStudyTable(cmd *cobra.Command, t *tableFlags, folder layout.Folder, o grouping.Options) error {
	plan, err := a.planPools(cmd, t, folder, o)
	if err != nil {
		return err
	}
	return a.showPools(plan, t)
}

// planPools chooses pools from a study's gains, by what the flags say or else the study.
func (a *app) planPools(cmd *cobra.Command, t *tableFlags, folder layout.Folder, o grouping.Options) (*gaintable.Plan, error) {
	if err := t.settings(cmd); err != nil {
		return nil, err
	}
	stated, err := grouping.State(folder, o)
	if err != nil {
		return nil, groupError(folder, err)
	}
	table, of, err := gaintable.OfStudy(stated)
	if err != nil {
		return nil, inputError(err)
	}
	t.o.Policy, t.o.Values, t.o.MaxModels, t.o.Constraints, t.o.Refused, t.o.Seed = of.Policy, of.Values, of.MaxModels, of.Constraints, of.Refused, o.Seed
	helpers := t.o.Helpers
	t.o = t.o.Planned(stated.Planned(), len(o.Values) > 0)
	if cmd.Flags().Changed("helpers") {
		t.o.Helpers = helpers
	}
	if err := t.averse(); err != nil {
		return nil, err
	}
	return choosePools(table, t, string(folder))
}

// choosePools chooses pools from a table, which is called by the name.
func choosePools(table *gaintable.Table, t *tableFlags, name string) (*gaintable.Plan, error) {
	plan, err := table.Choose(t.o)
	var unknown *gaintable.UnknownDomainError
	switch {
	case errors.As(err, &unknown):
		return nil, usagef("%s has no domain %q; it has %s", name, unknown.Name, strings.Join(unknown.Known, ", "))
	case errors.Is(err, solve.ErrInfeasible), errors.Is(err, solve.ErrContradiction), errors.Is(err, solve.ErrNotFound):
		return nil, inputError(fmt.Errorf("%s: %w", name, err))
	case err != nil:
		return nil, errUsage{fmt.Errorf("%s: %w", name, err)}
	}
	return plan, nil
}

// showPools prints a plan in the format that is asked for.
func (a *app) showPools(plan *gaintable.Plan, t *tableFlags) error {
	if t.format == "csv" {
		return sheet.Write(a.stdout, plan.Sheet())
	}
	return a.show(plan, func(out io.Writer) error { return printPlannedPools(out, plan) })
}

// printPlannedPools prints a plan for people.
func printPlannedPools(out io.Writer, p *gaintable.Plan) error {
	if p.Impossible != nil {
		_, err := fmt.Fprintf(out, "None: %s.\n", p.Impossible.Reason)
		return err
	}
	w := newColumns(out)
	fmt.Fprint(w, "train\tserves\tgain of each\tcost")
	if p.Stability != nil {
		fmt.Fprint(w, "\tin draws")
	}
	fmt.Fprintln(w)
	for _, pool := range p.Pools {
		var gains []string
		for _, g := range pool.Gains {
			gains = append(gains, fmt.Sprintf("%+.4g", g.Gain))
		}
		serves := strings.Join(pool.Serves, ", ")
		if len(pool.Serves) == len(pool.Train) {
			serves = "all"
		}
		train := strings.Join(pool.Train, " + ")
		if pool.Source == gaintable.Extrapolated {
			train += " (extrapolated)"
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%g", train, serves, strings.Join(gains, ", "), pool.Cost)
		if pool.Share != nil {
			fmt.Fprintf(w, "\t%.0f %%", 100**pool.Share)
		}
		fmt.Fprintln(w)
	}
	if err := w.Flush(); err != nil {
		return err
	}
	fmt.Fprintf(out, "\n%s, cost %.6g: mean gain %+.4g, worst %+.4g.\n", wording.Plural(p.Models, "model"), p.Cost, p.Mean, p.Worst)
	certificate := "optimal: no other choice of these pools is better"
	if !p.Optimal() {
		certificate = fmt.Sprintf("gap: another choice may be better by %.4g at most, since none exceeds %.6g", p.Gap, p.Bound)
	}
	fmt.Fprintf(out, "Objective %s: %.6g; %s.\n", p.ObjectiveName, p.Objective, certificate)
	for i := range p.Rules {
		fmt.Fprintln(out, p.Words(&p.Rules[i])+".")
	}
	for _, note := range p.Notes {
		fmt.Fprintln(out, "Note:", note)
	}
	return nil
}
