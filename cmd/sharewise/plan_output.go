package main

import (
	"cmp"
	"fmt"
	"io"
	"slices"

	"github.com/sharewise/sharewise/analysis/layout"
	"github.com/sharewise/sharewise/analysis/project"
	"github.com/sharewise/sharewise/analysis/study"
	"github.com/sharewise/sharewise/analysis/wording"
)

// Lengths from which tables of the plan are shortened, unless all is asked for.
const (
	manyDomains = 24
	manyArms    = 24
)

// printForecast writes the plan for people: what it costs, then what it is made
// of.
func printForecast(out io.Writer, f *project.Forecast, all bool) error {
	fmt.Fprintf(out, "%s: %d runs of %d epochs, %d minibatches each, by %s at a rate up to %g\n", f.Title, len(f.Runs), f.Epochs, f.StepsPerEpoch, f.Optimizer.Name, f.LearningRate)
	printTotals(out, f)
	printTests(out, f)
	fmt.Fprintln(out)
	// One grid, so that the tables stand in the same columns.
	g := newGrid(out)
	printPlanDomains(g, f, all)
	g.row()
	printCosts(g, f, all)
	if all {
		g.row()
		g.row("run", "state", "steps")
		for i, r := range f.Runs {
			g.row(r.ID, f.States[i].State, r.Steps)
		}
	}
	if err := g.close(); err != nil {
		return err
	}
	printPlanNotes(out, f)
	return nil
}

func printTotals(out io.Writer, f *project.Forecast) {
	fmt.Fprintf(out, "To train: %d of %d runs", f.Count(layout.StateNew, layout.StateStarted), len(f.Runs))
	if n := f.Count(layout.StateDone, layout.StateDiverged); n > 0 {
		fmt.Fprintf(out, "; %d are done and reused", n)
	}
	if n := f.Count(layout.StateDiverged); n > 0 {
		fmt.Fprintf(out, " (%d of them diverged)", n)
	}
	if n := f.Count(layout.StateStarted); n > 0 {
		fmt.Fprintf(out, "; %d go on from where they stopped", n)
	}
	fmt.Fprintln(out, ".")
	if f.Stale > 0 {
		fmt.Fprintf(out, "%d run folders in %s are of an earlier version of the study; they are kept and not used.\n", f.Stale, f.Output)
	}
	fmt.Fprintf(out, "Estimate: %s with %d side by side, %s on disk; ", wording.Duration(f.Seconds), f.Jobs, wording.Bytes(f.Bytes))
	if f.Measured > 0 {
		fmt.Fprintf(out, "times follow %d finished runs.\n", f.Measured)
	} else {
		fmt.Fprintf(out, "no run has finished yet, so times assume %.0f GFLOP/s.\n", f.Rate/1e9)
	}
	if f.ManyPairs != "" {
		fmt.Fprintf(out, "Note: %s\n", f.ManyPairs)
	}
}

func printPlanDomains(g *grid, f *project.Forecast, all bool) {
	g.row("domain", "task", "outputs", "train", "validation", "test", "rows", "passes")
	line := func(mark string, d study.PlanDomain) {
		test := fmt.Sprint(d.Test)
		if n := len(d.Folds); n > 0 {
			test = fmt.Sprintf("%d in %d folds", d.Test, n)
		}
		g.row(d.Name+mark, d.Task, d.Outputs, d.Train, d.Val, test, d.Rows, fmt.Sprintf("%.2f", d.Passes*float64(f.Epochs)))
	}
	if all || len(f.Domains) <= manyDomains {
		for _, d := range f.Domains {
			line("", d)
		}
		return
	}
	bySize := slices.Clone(f.Domains)
	slices.SortStableFunc(bySize, func(a, b study.PlanDomain) int { return cmp.Compare(a.Train, b.Train) })
	line(" (smallest)", bySize[0])
	line(" (median)", bySize[len(bySize)/2])
	line(" (largest)", bySize[len(bySize)-1])
	g.row(fmt.Sprintf("and %d more; --runs lists all", len(f.Domains)-3))
}

func printCosts(g *grid, f *project.Forecast, all bool) {
	g.row("arm", "runs", "done", "to train", "time", "disk")
	costs := f.Costs()
	if !all && len(costs) > manyArms {
		costs = project.SumPools(costs)
	}
	for _, c := range costs {
		name := c.Name
		if !all {
			name = shortArm(name)
		}
		g.row(name, c.Runs, c.Done, c.Runs-c.Done, wording.Duration(c.Seconds), wording.Bytes(c.Bytes))
	}
}

// printPlanNotes prints what there is to say beside the figures.
func printPlanNotes(out io.Writer, f *project.Forecast) {
	rules := f.RefusedWords()
	if len(f.Trunks)+len(f.Notes)+len(f.Warnings)+len(rules) > 0 {
		fmt.Fprintln(out)
	}
	printRules(out, f.Plan, rules)
	printNotes(out, f.Trunks, f.Notes, slices.DeleteFunc(slices.Clone(f.Warnings), func(n string) bool { return n == f.ManyPairs }))
}

// printRules prints what rules left out of a plan.
func printRules(out io.Writer, plan *study.Plan, rules []string) {
	about := "Policy"
	if plan.Policy.Empty() {
		about = "Groups"
	}
	for _, line := range rules {
		fmt.Fprintf(out, "%s: %s\n", about, line)
	}
}

// printNotes prints what was made of models, what the data bring to light, and
// warnings.
func printNotes(out io.Writer, trunks []project.TrunkNote, data, warnings []string) {
	for _, n := range trunks {
		for _, line := range n.Lines() {
			fmt.Fprintf(out, "Model %s: %s\n", n.Rung, line)
		}
	}
	for _, n := range data {
		fmt.Fprintf(out, "Data: %s\n", n)
	}
	for _, n := range warnings {
		fmt.Fprintf(out, "Note: %s\n", n)
	}
}
