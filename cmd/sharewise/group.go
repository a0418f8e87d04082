package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/sharewise/sharewise/analysis"
	"github.com/sharewise/sharewise/analysis/layout"
	"github.com/sharewise/sharewise/grouping"
	"github.com/sharewise/sharewise/reports"
)

const groupLong = `Choose the groups that share a model, from the gains that 'analyze' measured,
and write them to OUT/groups.json for planners and OUT/tables/groups.parquet.

The chosen partition has the largest sum of value times gain, where a gain is
the relative reduction of a domain's own independent error and a domain alone
has gain zero. Pools of three and more that were not trained are valued by the
mean of their pair gains and marked as estimates. Up to 14 domains all
partitions are compared; beyond that the best is searched for, and it is said
whether it is proved to be the best or how much another could have.

Values, the bound on groups and the least gain come from the study; the flags
replace them.

Example:
  sharewise group out --max-groups 2 --value presses=3`

// groupOptions are settings of a grouping. Nil stands for what the study says.
type groupOptions struct {
	maxGroups *int
	minGain   *float64
	values    []string
	selection grouping.Selection
	seed      uint64
}

func newGroupCommand(a *app) *cobra.Command {
	var (
		o         groupOptions
		maxGroups int
		minGain   float64
	)
	cmd := &cobra.Command{
		Use:     "group OUT",
		Short:   "Choose which domains share a model",
		Long:    groupLong,
		GroupID: "study",
		Args:    exactArgs("OUT"),
		RunE: func(cmd *cobra.Command, args []string) error {
			if cmd.Flags().Changed("max-groups") {
				o.maxGroups = &maxGroups
			}
			if cmd.Flags().Changed("min-gain") {
				o.minGain = &minGain
			}
			if maxGroups < 0 {
				return usagef("--max-groups %d: must be 1 or more, or 0 for no bound", maxGroups)
			}
			folder := layout.Folder(args[0])
			results, groups, err := groupDomains(folder, o)
			if err != nil {
				return err
			}
			if a.json {
				return a.writeJSON(groups)
			}
			for _, line := range reports.Verdict(&reports.Input{Results: results, Groups: groups}) {
				fmt.Fprintln(a.stdout, line)
			}
			if text := reports.Certificate(groups); text != "" {
				fmt.Fprintln(a.stdout, text)
			}
			for _, w := range groups.Warnings {
				fmt.Fprintln(a.stdout, "Note:", w)
			}
			a.say("\nWritten: %s\nNext: sharewise report %s", folder.Groups(), args[0])
			return nil
		},
	}
	flags := cmd.Flags()
	flags.IntVar(&maxGroups, "max-groups", 0, "at most `K` groups; 0: as many as domains")
	flags.Float64Var(&minGain, "min-gain", 0, "what the lower limit of a gain must exceed for the verdict \"share\", as a `FRACTION`")
	flags.StringArrayVar(&o.values, "value", nil, "worth of one unit of a domain's gain, as `DOMAIN=NUMBER`; may be repeated")
	flags.StringVar(&o.selection.Rung, "rung", "", "capacity to group by, as `NAME`; the largest with gains unless given")
	flags.StringVar(&o.selection.Weighting, "weighting", "", "weighting to group by, as `NAME`; the first with gains unless given")
	flags.Uint64Var(&o.seed, "seed", 1, "`SEED` of the draws that measure stability")
	return cmd
}

// groupDomains chooses groups from a folder's results and writes them.
func groupDomains(folder layout.Folder, o groupOptions) (*analysis.Results, *grouping.Recommendation, error) {
	results, err := readResults(folder)
	if err != nil {
		return nil, nil, err
	}
	problem, selection, warnings, err := grouping.FromResults(results, o.selection)
	if err != nil {
		return nil, nil, inputError(err)
	}
	if err := o.apply(problem, folder); err != nil {
		return nil, nil, err
	}
	groups, err := grouping.Recommend(problem, grouping.Context{
		Study: results.Study, Selection: selection, Doubts: results.Doubts, Warnings: warnings, Seed: o.seed,
	})
	if err != nil {
		return nil, nil, inputError(err)
	}
	if err := os.MkdirAll(folder.Tables(), 0o755); err != nil {
		return nil, nil, err
	}
	if err := groups.WriteTable(folder.Tables()); err != nil {
		return nil, nil, err
	}
	return results, groups, groups.WriteFile(folder.Groups())
}

// apply puts the study's settings, then the options, into the problem.
func (o groupOptions) apply(p *grouping.Problem, folder layout.Folder) error {
	p.Value = make([]float64, len(p.Domains))
	for i := range p.Value {
		p.Value[i] = 1
	}
	// Results from elsewhere may come without a plan.
	if _, err := os.Stat(folder.Plan()); err == nil {
		plan, err := readPlan(folder)
		if err != nil {
			return err
		}
		p.MaxGroups, p.MinGain = plan.Grouping.MaxGroups, plan.Grouping.MinGain
		for i, name := range p.Domains {
			for _, d := range plan.Domains {
				if d.Name == name {
					p.Value[i] = d.Value
				}
			}
		}
	}
	if o.maxGroups != nil {
		p.MaxGroups = *o.maxGroups
	}
	if o.minGain != nil {
		p.MinGain = *o.minGain
	}
	return setValues(p, o.values)
}

// setValues applies settings of the form DOMAIN=NUMBER.
func setValues(p *grouping.Problem, settings []string) error {
	for _, s := range settings {
		// A domain's name may hold an equals sign, a number may not.
		cut := strings.LastIndex(s, "=")
		if cut < 0 {
			return usagef("--value %q: want DOMAIN=NUMBER", s)
		}
		name, number := s[:cut], s[cut+1:]
		v, err := strconv.ParseFloat(number, 64)
		if err != nil || !(v >= 0 && v <= 1e9) {
			return usagef("--value %q: %q is not a number from 0 to 1e9", s, number)
		}
		known := false
		for i, d := range p.Domains {
			if d == name {
				p.Value[i], known = v, true
			}
		}
		if !known {
			return usagef("--value %q: the study has no domain %q; it has %s", s, name, strings.Join(p.Domains, ", "))
		}
	}
	return nil
}

// readResults reads what 'analyze' wrote.
func readResults(folder layout.Folder) (*analysis.Results, error) {
	path := folder.Results()
	r, err := analysis.ReadResults(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, inputError(fmt.Errorf("%s does not exist; run 'sharewise analyze %s' first", path, string(folder)))
	}
	if err != nil {
		return nil, inputError(err)
	}
	return r, nil
}
