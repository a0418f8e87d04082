package main

import (
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/sharewise/sharewise/analysis"
	"github.com/sharewise/sharewise/analysis/dataset"
	"github.com/sharewise/sharewise/analysis/layout"
	"github.com/sharewise/sharewise/analysis/policy"
	"github.com/sharewise/sharewise/analysis/project"
	"github.com/sharewise/sharewise/grouping"
	"github.com/sharewise/sharewise/grouping/gaintable"
	"github.com/sharewise/sharewise/grouping/sheet"
	"github.com/sharewise/sharewise/grouping/solve"
	"github.com/sharewise/sharewise/reports"
)

const groupLong = `Choose the groups that share a model, from the gains that 'analyze' measured,
and write them to OUT/groups.json for planners and OUT/tables/groups.parquet.

The chosen partition has the largest sum of value times gain, where a gain is
the relative reduction of a domain's own independent error and a domain alone
has gain zero. Pools of three and more that were not trained are valued by the
mean of their pair gains and marked as estimates. Up to 20 domains the best
partition is proved; beyond that it is searched for, and it is said whether it is
proved to be the best or how much another could have.

Pools that the rules of the study's policy forbid are no candidates, even where
they were trained. --policy adds rules to these, such as new ones after the study
was run: those of a policy file, for the labels that the domains have in OUT, or of
a study file with its labels. A rule of the same name replaces the study's.

OUT/clusters.json holds the groups against clusters of the gains of pairs, which
several methods look for: four linkages, spectral clustering and a semidefinite
relaxation. "No clusters" is an answer, and the report shows all.

Values, the bound on groups, the least gain and the links come from the study; the
flags replace them: --must-link, --cannot-link, --largest-pool, --memory and --latency
together replace the study's must_link, cannot_link, largest_pool and sites. What each
rule costs in gain is part of the answer. Where the study has economics.value, domains count by money, and
by it grouping.tolerance may be stated in money ('sharewise value' says what groups
are worth). --verify trains the groups anew and holds them to what they promise.

Without a study, --gains chooses pools from a table of gains from anywhere, CSV or
Parquet, and prints which models to train and whom each serves:

  pool,target,gain,cost
  north+south,north,0.08,1.5
  north+south,south,0.02,

A pool is the names of its domains joined by +, a row what one of them, the target,
gains in it. In place of gain there may be loss, relative to that of the domain
alone; lo and hi are limits, of 95 %; cost is the pool's, 1 unless given. A domain
alone has a gain of 0 and costs 1 unless the table says otherwise. Without --helpers
each pool serves the domains that it trains; with it pools may overlap, and each
domain is served by the one where it gains most. What is printed says whether it is
proved to be the best ("optimal") or how much better another choice could be
("gap").

With --policy the rules of a study file, for the labels that it gives to domains of
these names, forbid pools of a table, too; a file of rules alone will do where they
are about no label, or with --labels, a table of the labels of every domain:

  domain,owner,purpose
  north,acme,quality;repair
  south,bolt,

What is printed says what each rule forbids, why, and what it costs.

Objectives are the mean gain; value, the mean weighted by --value; worst, the
smallest gain; no-harm, the probability that no domain is harmed; and risk, the mean
less --aversion times its standard error. The last two need lo and hi, and take gains
to err independently; those of a study are drawn together, as they share runs and test
samples.

--memory and --latency say what the model that serves a domain may take where it runs,
in the units of the table's columns memory and latency; a pool for which the table has
none does not serve that domain. --cost replaces the cost of a pool. Where nothing fits
the constraints, those that cannot be kept together are named.

With --objective, --budget, --helpers, --cost or --extrapolate a study's gains are taken
as such a table, too, in which every pool that was trained costs 1: what is printed is a
plan by that objective, under the study's rules, and OUT stays as it is. A study that
has an objective, a budget or helpers under grouping has such a plan made beside the
groups each time: it is printed, stored in OUT/pools.json and shown by 'report'. Where
no pools keep to what the study asks for, pools.json says so and names constraints that
cannot be kept together; groups are chosen all the same, and the exit code is 3. There
memory is, unless the study states it, the size of the trained models in bytes.

With --format csv all this is printed as a table for spreadsheets, with a row for each
domain: its group, the members, gain, limits, source, firmness and what is promised.
Text that a spreadsheet would take for a formula is written with an apostrophe before
it. --format json is the same as --json.

Examples:
  sharewise group out --max-groups 2 --value presses=3
  sharewise group out --objective worst --budget 2
  sharewise group --gains table.csv --helpers --budget 4 --objective worst`

func newGroupCommand(a *app) *cobra.Command {
	var (
		o                    grouping.Options
		maxGroups            int
		minGain              float64
		values               []string
		rules, labels        string
		table                tableFlags
		maxModels            int
		mustLink, cannotLink []string
		largest              int
		verify               bool
	)
	cmd := &cobra.Command{
		Use:     "group [OUT]",
		Short:   "Choose which domains share a model",
		Long:    groupLong,
		GroupID: "study",
		Args: func(cmd *cobra.Command, args []string) error {
			switch {
			case table.gains == "":
				return outputArg()(cmd, args)
			case len(args) > 0:
				return usagef("group: --gains and the folder %s: give one of them", args[0])
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := table.check(cmd); err != nil {
				return err
			}
			most := "max-groups"
			if cmd.Flags().Changed("max-models") {
				if cmd.Flags().Changed(most) {
					return usagef("--max-models and --max-groups mean the same: give one of them")
				}
				most, maxGroups = "max-models", maxModels
			}
			if cmd.Flags().Changed("max-groups") || cmd.Flags().Changed("max-models") {
				o.MaxGroups = &maxGroups
			}
			if cmd.Flags().Changed("min-gain") {
				o.MinGain = &minGain
			}
			if maxGroups < 0 {
				return usagef("--%s %d: must be 1 or more, or 0 for no bound", most, maxGroups)
			}
			if largest < 0 {
				return usagef("--largest-pool %d: must be 1 or more, or 0 for no bound", largest)
			}
			if err := choice("group", "format", table.format, "csv", "json"); err != nil {
				return err
			}
			if table.format != "" && (verify || a.json && table.format == "csv") {
				return usagef("--format %s: give no --verify or --json with it", table.format)
			}
			a.json = a.json || table.format == "json"
			var err error
			if o.Values, err = valuesOf(values); err != nil {
				return err
			}
			must, err := linksOf("must-link", mustLink)
			if err != nil {
				return err
			}
			cannot, err := linksOf("cannot-link", cannotLink)
			if err != nil {
				return err
			}
			sites, err := table.sites()
			if err != nil {
				return err
			}
			links := solve.Constraints{MustLink: must, CannotLink: cannot, LargestPool: largest, Sites: sites}
			if rules != "" {
				if o.Rules, o.Labels, err = dataset.ParseRules(rules); err != nil {
					return inputError(err)
				}
			}
			if labels != "" {
				if table.gains != "" && rules == "" {
					return usagef("--labels of a table of gains are for the rules of --policy FILE, which is missing")
				}
				if o.Labels, err = policy.ReadLabels(labels); err != nil {
					return inputError(err)
				}
			}
			if table.gains != "" {
				table.rules, table.labels = o.Rules, o.Labels
				table.o.MaxModels, table.o.Values, table.o.Seed, table.o.Constraints = maxGroups, o.Values, o.Seed, links
				return a.groupTable(cmd, &table)
			}
			if !links.Empty() {
				o.Constraints = &links
			}
			folder := layout.Folder(args[0])
			if err := a.refresh(cmd.Context(), folder, "run", "analyze"); err != nil {
				return err
			}
			if table.planned(cmd) {
				return a.groupStudyTable(cmd, &table, folder, o)
			}
			groups, err := groupDomains(folder, o)
			if err != nil {
				return err
			}
			plan, err := gaintable.PlanFolder(folder, o)
			if err != nil {
				return groupError(folder, err)
			}
			if verify {
				return a.hold(cmd.Context(), folder, promiseOptions{})
			}
			if a.json || table.format == "csv" {
				write := func() error { return a.writeJSON(groups) }
				if table.format == "csv" {
					write = func() error { return sheet.Write(a.stdout, groups.Sheet()) }
				}
				return errors.Join(write(), impossiblePools(folder, plan))
			}
			results, err := analysis.ReadResults(folder.Results())
			if err != nil {
				return inputError(err)
			}
			printVerdict(a.stdout, &reports.Input{Results: results, Groups: groups})
			if text := reports.Certificate(groups); text != "" {
				fmt.Fprintln(a.stdout, text)
			}
			if views, err := grouping.ReadViews(folder.Clusters()); err == nil {
				fmt.Fprintln(a.stdout, views.Conclusion)
			}
			for _, r := range groups.Constraints {
				fmt.Fprintf(a.stdout, "Rule %s %s.\n", r.Name, r.Words())
			}
			for _, w := range groups.Warnings {
				fmt.Fprintln(a.stdout, "Note:", w)
			}
			if plan != nil {
				fmt.Fprintf(a.stdout, "\nPools by what the study plans for (%s):\n", folder.Pools())
				if err := printPlannedPools(a.stdout, plan); err != nil {
					return err
				}
			}
			a.say("\nWritten: %s\nNext: sharewise report %s", folder.Groups(), a.outName(args[0]))
			return impossiblePools(folder, plan)
		},
	}
	flags := cmd.Flags()
	flags.IntVar(&maxGroups, "max-groups", 0, "at most `K` groups; 0: as many as domains")
	flags.Float64Var(&minGain, "min-gain", 0, "what the lower limit of a gain must exceed for the verdict \"share\", as a `FRACTION`")
	flags.StringArrayVar(&values, "value", nil, "worth of one unit of a domain's gain, as `DOMAIN=NUMBER`; may be repeated")
	flags.StringVar(&o.Selection.Rung, "rung", "", "capacity to group by, as `NAME`; the largest with gains unless given")
	flags.StringVar(&o.Selection.Weighting, "weighting", "", "weighting to group by, as `NAME`; the first with gains unless given")
	flags.StringVar(&rules, "policy", "", "rules that hold beside the study's, or for a table of gains, from a policy or study `FILE`")
	flags.StringVar(&labels, "labels", "", "labels of the domains for rules, from the table in `FILE`: domain,owner,...; in place of the study's")
	flags.IntVar(&maxModels, "max-models", 0, "the same as --max-groups: at most `K` models")
	flags.StringArrayVar(&mustLink, "must-link", nil, "domains that one model must serve, as `A+B`; may be repeated")
	flags.StringArrayVar(&cannotLink, "cannot-link", nil, "domains of which no model may train two, as `A+B`; may be repeated")
	flags.IntVar(&largest, "largest-pool", 0, "at most `N` domains for each model; 0: no bound")
	flags.StringVar(&table.format, "format", "", "print the groups as `csv`, a row for each domain, or as json")
	table.add(flags)
	flags.Uint64Var(&o.Seed, "seed", 1, "`SEED` of the draws that measure stability")
	flags.BoolVar(&verify, "verify", false, "go on with 'sharewise promise': train the groups with three fresh seeds and hold them to their promise")
	return cmd
}

// groupDomains chooses groups from a folder's results and writes them.
func groupDomains(folder layout.Folder, o grouping.Options) (*grouping.Recommendation, error) {
	o.Version = project.Version
	groups, err := grouping.RecommendFolder(folder, o)
	if err != nil {
		return nil, groupError(folder, err)
	}
	return groups, nil
}

// impossiblePools fails where no pools keep to what a study plans by: its groups were
// chosen all the same, and pools.json says why there is no plan.
func impossiblePools(folder layout.Folder, plan *gaintable.Plan) error {
	if plan == nil || plan.Impossible == nil {
		return nil
	}
	return inputError(fmt.Errorf("%s: no pools can be planned as the study asks for under grouping: %s; groups were chosen without that", folder, plan.Impossible.Reason))
}

// groupError says what is wrong with a folder, or with what was asked of it.
func groupError(folder layout.Folder, err error) error {
	var unknown *grouping.UnknownDomainError
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return noResults(folder)
	case errors.As(err, &unknown):
		return usagef("the study has no domain %q; it has %s", unknown.Name, strings.Join(unknown.Known, ", "))
	}
	return inputError(err)
}

// noResults says what is to be done before.
func noResults(folder layout.Folder) error {
	return inputError(fmt.Errorf("%s does not exist; run 'sharewise analyze %s' first", folder.Results(), string(folder)))
}

// linksOf reads settings of the form A+B.
func linksOf(flag string, settings []string) ([][]string, error) {
	var out [][]string
	for _, s := range settings {
		names := strings.Split(s, "+")
		for i := range names {
			names[i] = strings.TrimSpace(names[i])
		}
		if len(names) < 2 || slices.Contains(names, "") {
			return nil, usagef("--%s %q: want names of two domains or more, joined by +", flag, s)
		}
		out = append(out, names)
	}
	return out, nil
}

// valuesOf reads settings of the form DOMAIN=NUMBER.
func valuesOf(settings []string) (map[string]float64, error) {
	return numbersOf("value", settings, 1e9)
}

// numbersOf reads settings of a flag of the form DOMAIN=NUMBER.
func numbersOf(flag string, settings []string, most float64) (map[string]float64, error) {
	values := map[string]float64{}
	for _, s := range settings {
		// A domain's name may hold an equals sign, a number may not.
		cut := strings.LastIndex(s, "=")
		if cut < 0 {
			return nil, usagef("--%s %q: want DOMAIN=NUMBER", flag, s)
		}
		v, err := strconv.ParseFloat(s[cut+1:], 64)
		if err != nil || !(v >= 0 && v <= most) {
			return nil, usagef("--%s %q: %q is not a number from 0 to %g", flag, s, s[cut+1:], most)
		}
		values[s[:cut]] = v
	}
	return values, nil
}
