package main

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/sharewise/sharewise/analysis/layout"
	"github.com/sharewise/sharewise/analysis/study"
	"github.com/sharewise/sharewise/analysis/wording"
)

// Lengths from which tables of the plan are shortened, unless all is asked for.
const (
	manyDomains = 24
	manyArms    = 24
	manyPools   = 8 // of three and more, where arms are many
)

// print writes the plan for people: what it costs, then what it is made of.
func (f *forecast) print(out io.Writer, all bool) error {
	fmt.Fprintf(out, "%s: %d runs of %d epochs, %d minibatches each, by %s at a rate up to %g\n", f.Title, len(f.Runs), f.Epochs, f.StepsPerEpoch, f.Optimizer.Name, f.LearningRate)
	f.printTotals(out)
	fmt.Fprintln(out)
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	f.printDomains(w, all)
	fmt.Fprintln(w)
	f.printArms(w, all)
	if all {
		fmt.Fprintln(w, "\nrun\tstate\tsteps")
		for i, r := range f.Runs {
			fmt.Fprintf(w, "%s\t%s\t%d\n", r.ID, f.States[i].State, r.Steps)
		}
	}
	if err := w.Flush(); err != nil {
		return err
	}
	f.printNotes(out)
	return nil
}

func (f *forecast) printTotals(out io.Writer) {
	count := map[layout.State]int{}
	for _, s := range f.States {
		count[s.State]++
	}
	fmt.Fprintf(out, "To train: %d of %d runs", count[layout.StateNew]+count[layout.StateStarted], len(f.Runs))
	if n := count[layout.StateDone] + count[layout.StateDiverged]; n > 0 {
		fmt.Fprintf(out, "; %d are done and reused", n)
	}
	if n := count[layout.StateDiverged]; n > 0 {
		fmt.Fprintf(out, " (%d of them diverged)", n)
	}
	if n := count[layout.StateStarted]; n > 0 {
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

func (f *forecast) printDomains(w io.Writer, all bool) {
	fmt.Fprintln(w, "domain\ttask\toutputs\ttrain\tvalidation\ttest\trows\tpasses")
	line := func(mark string, d study.PlanDomain) {
		fmt.Fprintf(w, "%s%s\t%s\t%d\t%d\t%d\t%d\t%d\t%.2f\n", d.Name, mark, d.Task, d.Outputs, d.Train, d.Val, d.Test, d.Rows, d.Passes*float64(f.Epochs))
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
	fmt.Fprintf(w, "and %d more; --runs lists all\n", len(f.Domains)-3)
}

// armCount is a line of the table of arms.
type armCount struct {
	name       string
	domains    int
	arms       int
	runs, done int
	seconds    float64
	bytes      int64
}

func (c *armCount) add(d *armCount) {
	c.arms++
	c.runs += d.runs
	c.done += d.done
	c.seconds += d.seconds
	c.bytes += d.bytes
}

// countArms has a line for each arm, in the plan's order.
func (f *forecast) countArms() []*armCount {
	var order []*armCount
	byName := map[string]*armCount{}
	for i, r := range f.Runs {
		c := byName[r.Arm]
		if c == nil {
			c = &armCount{name: r.Arm, domains: len(r.Domains), arms: 1}
			byName[r.Arm] = c
			order = append(order, c)
		}
		c.runs++
		switch f.States[i].State {
		case layout.StateDone, layout.StateDiverged:
			c.done++
		default:
			c.seconds += r.FLOPs / f.Rate
			c.bytes += r.Bytes
		}
	}
	return order
}

// fewer puts all pairs into one line, and so larger pools where they are many.
func fewer(arms []*armCount) []*armCount {
	pools := 0
	for _, c := range arms {
		if strings.HasPrefix(c.name, "pool{") && c.domains > 2 {
			pools++
		}
	}
	var out []*armCount
	pairs, larger := &armCount{}, &armCount{}
	for _, c := range arms {
		var sum *armCount
		switch {
		case !strings.HasPrefix(c.name, "pool{"):
		case c.domains == 2:
			sum = pairs
		case pools > manyPools:
			sum = larger
		}
		if sum == nil {
			out = append(out, c)
			continue
		}
		if sum.arms == 0 {
			out = append(out, sum)
		}
		sum.add(c)
	}
	pairs.name, larger.name = wording.Plural(pairs.arms, "pair"), fmt.Sprintf("%s of three and more", wording.Plural(larger.arms, "pool"))
	return out
}

func (f *forecast) printArms(w io.Writer, all bool) {
	fmt.Fprintln(w, "arm\truns\tdone\tto train\ttime\tdisk")
	arms := f.countArms()
	if !all && len(arms) > manyArms {
		arms = fewer(arms)
	}
	for _, c := range arms {
		name := c.name
		if !all {
			name = shortArm(name)
		}
		fmt.Fprintf(w, "%s\t%d\t%d\t%d\t%s\t%s\n", name, c.runs, c.done, c.runs-c.done, wording.Duration(c.seconds), wording.Bytes(c.bytes))
	}
}

func (f *forecast) printNotes(out io.Writer) {
	if len(f.Trunks)+len(f.Notes)+len(f.Warnings) > 0 {
		fmt.Fprintln(out)
	}
	for _, n := range f.Trunks {
		for _, line := range n.Lines() {
			fmt.Fprintf(out, "Model %s: %s\n", n.Rung, line)
		}
	}
	for _, n := range f.Notes {
		fmt.Fprintf(out, "Data: %s\n", n)
	}
	for _, n := range f.Warnings {
		if n != f.ManyPairs {
			fmt.Fprintf(out, "Note: %s\n", n)
		}
	}
}
