package main

import (
	"context"
	"fmt"
	"io"
	"slices"

	"github.com/spf13/cobra"

	"github.com/sharewise/sharewise/analysis"
	"github.com/sharewise/sharewise/analysis/dataset"
	"github.com/sharewise/sharewise/analysis/evaluate"
	"github.com/sharewise/sharewise/analysis/layout"
	"github.com/sharewise/sharewise/analysis/study"
	"github.com/sharewise/sharewise/analysis/subgroups"
	"github.com/sharewise/sharewise/analysis/wording"
	"github.com/sharewise/sharewise/onnxio"
)

const subgroupsLong = `Subgroups says where help and harm of sharing sit: it measures what every shared
model gains or loses on parts of the test samples of its domains. It trains nothing.

Samples are divided by class, and by group where the study has groups. Further
divisions need data: --columns by the inputs of tables (numbers into quarters, words
by word), --clusters by what lies together (k-means of the inputs of each domain), and
--metadata by the columns of a table that names samples, such as camera or shift:

  domain,sample,camera,shift
  line-a,17,3,night

'sharewise dataset splits' lists the numbers of samples. Small subgroups are put
together. Part is what a subgroup adds to the change on its domain: parts of a
division add up to it. Whoever looks at many subgroups finds some that are harmed by
chance: those marked with * are told from zero among all of them together.

It writes OUT/subgroups.json, which the report shows.

Example:
  sharewise subgroups out --columns all --clusters 5 && sharewise report out`

// subgroupFlags are what a user says of subgroups, as subgroups.json records it.
type subgroupFlags struct {
	Columns   []string `json:"columns,omitempty"`
	Metadata  string   `json:"metadata,omitempty"`
	Clusters  int      `json:"clusters,omitempty"`
	Seed      uint64   `json:"seed,omitempty"`
	Arms      []string `json:"arms,omitempty"`
	Rung      string   `json:"rung,omitempty"`
	Weighting string   `json:"weighting,omitempty"`
	Least     int      `json:"least,omitempty"`
}

func newSubgroupsCommand(a *app) *cobra.Command {
	var (
		f      subgroupFlags
		memory byteSize
	)
	cmd := &cobra.Command{
		Use:     "subgroups OUT",
		Short:   "Say which classes, groups and kinds of samples sharing helps and harms",
		Long:    subgroupsLong,
		GroupID: "why",
		Args:    outputArg(),
		RunE: func(cmd *cobra.Command, args []string) error {
			switch {
			case f.Clusters < 0 || f.Clusters == 1 || f.Clusters > 100:
				return usagef("--clusters %d: must be from 2 to 100", f.Clusters)
			case f.Least < 2:
				return usagef("--least %d: must be 2 or more", f.Least)
			}
			folder := layout.Folder(args[0])
			found, err := a.subgroups(cmd.Context(), folder, f, memory)
			if err != nil {
				return err
			}
			if a.json {
				return a.writeJSON(found)
			}
			if err := printSubgroups(a.stdout, found); err != nil {
				return err
			}
			a.say("\nWritten: %s", folder.Subgroups())
			return nil
		},
	}
	flags := cmd.Flags()
	flags.StringSliceVar(&f.Columns, "columns", nil, "divide by these input `COLUMNS`, or by all")
	flags.StringVar(&f.Metadata, "metadata", "", "divide by the columns of this `FILE`")
	flags.IntVar(&f.Clusters, "clusters", 0, "divide the samples of every domain into `N` clusters")
	flags.Uint64Var(&f.Seed, "seed", 0, "`SEED` of the clusters")
	flags.StringSliceVar(&f.Arms, "arms", nil, "look at these `ARMS`, such as joint; all unless given")
	flags.StringVar(&f.Rung, "rung", "", "capacity, as `NAME`; the largest unless given")
	flags.StringVar(&f.Weighting, "weighting", "", "weighting, as `NAME`; the first unless given")
	flags.IntVar(&f.Least, "least", 20, "put subgroups of fewer than `N` samples, or groups, together")
	memory.register(flags)
	return cmd
}

// subgroups measures subgroups and writes them beside the results.
func (a *app) subgroups(ctx context.Context, folder layout.Folder, f subgroupFlags, memory byteSize) (*analysis.Subgroups, error) {
	origin, err := folder.Origin(folder.Plan(), layout.AllRuns)
	if err != nil {
		return nil, inputError(err)
	}
	plan, err := readPlan(folder)
	if err != nil {
		return nil, err
	}
	s, err := analysis.OpenFolder(folder)
	if err != nil {
		return nil, inputError(err)
	}
	o := analysis.SubgroupOptions{Arms: f.Arms, Rung: f.Rung, Weighting: f.Weighting, Least: f.Least, ClassName: classNames(folder, plan)}
	for _, arm := range f.Arms {
		if !slices.Contains(plan.Arms(), arm) {
			return nil, usagef("--arms %s: the study has %s", arm, wording.First(plan.Arms(), 12))
		}
	}
	var notes []string
	if f.Metadata != "" {
		var names []string
		for _, d := range plan.Domains {
			names = append(names, d.Name)
		}
		if o.Divisions, err = subgroups.Metadata(f.Metadata, names); err != nil {
			return nil, inputError(err)
		}
	}
	if len(f.Columns) > 0 || f.Clusters > 0 {
		_, folds, err := dataset.OpenPlanned(ctx, plan, dataset.Memory(int64(memory)))
		if err != nil {
			return nil, inputError(err)
		}
		origin.While(func() error { return dataset.Steady(context.WithoutCancel(ctx), folds) })
		columns, more, err := subgroups.Columns(folds, f.Columns)
		if err != nil {
			return nil, usagef("--columns: %v", err)
		}
		notes, o.Divisions = more, append(o.Divisions, columns...)
		if f.Clusters > 0 {
			clusters, err := subgroups.Clusters(ctx, folds, f.Clusters, f.Seed)
			if ctx.Err() != nil {
				return nil, errAbandoned
			}
			if err != nil {
				return nil, inputError(err)
			}
			o.Divisions = append(o.Divisions, clusters...)
		}
	}
	found, err := analysis.MeasureSubgroups(s, o)
	if err != nil {
		return nil, inputError(err)
	}
	found.Warnings = append(found.Warnings, notes...)
	return found, dataError(origin.Write(f, folder.Subgroups(), found))
}

// classNames names classes as the models that were trained on them do.
func classNames(folder layout.Folder, plan *study.Plan) func(domain string, class int) string {
	names := map[string][]string{}
	for _, r := range plan.Runs {
		for _, d := range r.Domains {
			if names[d] != nil {
				continue
			}
			if state, _, err := folder.State(r); err != nil || state != layout.StateDone {
				continue
			}
			m, err := onnxio.Load(folder.Run(r.ID).Model())
			if err != nil {
				continue // numbers will do
			}
			if f, err := evaluate.DeploymentOf(m, d); err == nil {
				names[d] = f.Classes
			}
		}
	}
	return func(domain string, class int) string {
		if class < len(names[domain]) {
			return names[domain][class]
		}
		return fmt.Sprintf("class %d", class)
	}
}

// printSubgroups prints a line for every subgroup.
func printSubgroups(w io.Writer, s *analysis.Subgroups) error {
	g := newGrid(w, "domain", "arm", "by", "subgroup", "samples", "alone", "shared", "change", "limits", "", "part")
	for _, x := range s.Subgroups {
		mark := ""
		if x.Gain.Discovery {
			mark = "*"
		}
		change := x.Gain.Absolute
		g.row(wording.Cell(x.Domain), wording.Cell(shortArm(x.Arm)), wording.Cell(x.By), wording.Cell(x.Name), x.Samples,
			figure("%.4g", float64(x.Error.Independent)), figure("%.4g", float64(x.Error.Arm)),
			figure("%+.4g", change.Value), fmt.Sprintf("[%s, %s]", figure("%+.4g", change.Lo), figure("%+.4g", change.Hi)), mark, figure("%+.4g", float64(x.Part)))
	}
	if err := g.close(); err != nil {
		return err
	}
	fmt.Fprintln(w, "Errors or mean losses alone and shared; a change above zero is less of them. *: told from zero among all of these.")
	for _, n := range s.Warnings {
		fmt.Fprintln(w, "Note:", n)
	}
	return nil
}
