package main

import (
	"cmp"
	"context"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/sharewise/sharewise/analysis/dataset"
	"github.com/sharewise/sharewise/analysis/layout"
	"github.com/sharewise/sharewise/analysis/project"
	"github.com/sharewise/sharewise/analysis/study"
	"github.com/sharewise/sharewise/analysis/wording"
)

const planLong = `Show every run of a study and what it will cost, before anything is spent.

Reads the study file and all data that it names, which finds mistakes in them,
and compares with what the output folder holds already: after an edit of the
study only the runs that it touches are trained again. Nothing is written.

Times come from the runs that have finished in the output folder; without any,
from a modest assumption about the machine.

Examples:
  sharewise plan study.yaml
  sharewise plan study.yaml -o /data/out --runs    # name every run, arm and domain
  sharewise plan study.yaml --json`

func newPlanCommand(a *app) *cobra.Command {
	var (
		out  string
		runs bool
		how  reading
	)
	cmd := &cobra.Command{
		Use:     "plan STUDY",
		Short:   "Show every run of a study and its cost",
		Long:    planLong,
		GroupID: "study",
		Args:    exactArgs("STUDY"),
		RunE: func(cmd *cobra.Command, args []string) error {
			f, err := a.forecast(cmd.Context(), args[0], outputFolder(args[0], out), how)
			if err != nil {
				return err
			}
			if a.json {
				return a.writeJSON(f)
			}
			return f.print(a.stdout, runs)
		},
	}
	flags := cmd.Flags()
	flags.StringVarP(&out, "output", "o", "", "output `FOLDER` to compare with (default: 'out' beside the study file)")
	how.register(flags)
	flags.BoolVar(&runs, "runs", false, "list every run, arm and domain")
	return cmd
}

// forecast is a plan with what is done of it and what the rest will take.
type forecast struct {
	*study.Plan
	Output string `json:"output"`
	// Optimizer has the settings that it uses; LearningRate is its peak.
	Optimizer    study.Optimizer `json:"optimizer"`
	LearningRate float64         `json:"learning_rate"`
	// States has one entry for each run of the plan, in its order.
	States []runState `json:"states"`
	// Stale counts the run folders that are not in the plan, left from an
	// earlier version of the study.
	Stale int `json:"stale"`
	// Rate is the speed behind Seconds in floating-point operations per second
	// and run; Measured is the number of finished runs that it comes from.
	Rate     float64 `json:"rate"`
	Measured int     `json:"measured"`
	// Jobs is the number of runs trained side by side on this machine.
	Jobs int `json:"jobs"`
	// Seconds is what the new runs will take, Bytes what they add on disk.
	Seconds float64  `json:"seconds"`
	Bytes   int64    `json:"new_bytes"`
	Notes   []string `json:"notes,omitempty"`
	// Trunks says what was made of models that were changed.
	Trunks []project.TrunkNote `json:"trunks,omitempty"`
}

// runState is what the output folder holds of a run: done, diverged, started
// or new.
type runState struct {
	ID    string       `json:"id"`
	State layout.State `json:"state"`
}

// assumedRate is the speed of one thread where nothing was measured yet: what
// small models reach on a common core.
const assumedRate = 8e9

// forecast prepares a study and compares its plan with an output folder.
func (a *app) forecast(ctx context.Context, file string, folder layout.Folder, how reading) (*forecast, error) {
	p, err := how.open(ctx, file)
	if err != nil {
		return nil, err
	}
	f := &forecast{
		Plan: p.Plan, Output: string(folder), Optimizer: p.Study.Training.Optimizer.Used(), LearningRate: p.Study.Training.Rate,
		Jobs: p.SideBySide(0), Trunks: p.Trunks,
	}
	if f.Notes, err = notesOf(ctx, p); err != nil {
		return nil, err
	}
	spent, work := 0.0, 0.0
	for _, r := range f.Runs {
		state, done, err := folder.State(r)
		if err != nil {
			return nil, err
		}
		f.States = append(f.States, runState{r.ID, state})
		if state == layout.StateDone {
			f.Measured++
			spent += done.Seconds
			work += r.FLOPs
		}
		if done == nil {
			f.Seconds += r.FLOPs
			f.Bytes += r.Bytes
		}
	}
	f.Rate = assumedRate * float64(p.Study.Training.Threads)
	if spent > 0 {
		f.Rate = work / spent
	}
	f.Seconds /= f.Rate * float64(f.Jobs)
	f.Stale, err = folder.Stale(p.Plan)
	return f, err
}

// notesOf are what reading the data brought to light: suspected leaks first.
func notesOf(ctx context.Context, p *project.Project) ([]string, error) {
	found, err := p.Leaks(ctx)
	if err != nil {
		return nil, errAbandoned // reading samples fails in no other way
	}
	const most = 3
	leaks := found.Warnings
	var out []string
	for _, w := range leaks[:min(len(leaks), most)] {
		out = append(out, "suspected leak: "+w.Domain+": "+w.Text)
	}
	if more := len(leaks) - most; more > 0 {
		out = append(out, fmt.Sprintf("%s suspected; 'sharewise dataset inspect' shows all", wording.Plural(more, "more leak")))
	}
	var told []domainNote
	for i, d := range p.Domains {
		for _, c := range found.Domains[i].Numbered {
			if !c.Tells() {
				told = append(told, domainNote{d.Name, fmt.Sprintf("%s; if it is no property of a sample, leave it out by columns.ignore", c)})
			}
		}
		if len(d.Dropped) > 0 {
			told = append(told, domainNote{d.Name, leftOut(d.Dropped)})
		}
		for _, n := range d.Notes {
			told = append(told, domainNote{d.Name, n})
		}
	}
	return append(out, oncePerKind(told)...), nil
}

// domainNote is what there is to say about the data of a domain.
type domainNote struct{ domain, text string }

// oncePerKind tells notes that differ in numbers only once, where they are of
// many domains.
func oncePerKind(notes []domainNote) []string {
	const many = 4
	digits := regexp.MustCompile(`[0-9]+([.,][0-9]+)*`)
	kind := func(n domainNote) string { return digits.ReplaceAllString(n.text, "0") }
	count := map[string]int{}
	for _, n := range notes {
		count[kind(n)]++
	}
	var out []string
	told := map[string]bool{}
	for _, n := range notes {
		k := kind(n)
		switch {
		case count[k] < many:
			out = append(out, n.domain+": "+n.text)
		case !told[k]:
			told[k] = true
			out = append(out, fmt.Sprintf("%s and %d others: %s", n.domain, count[k]-1, n.text))
		}
	}
	return out
}

// leftOut words what skip_bad cost a domain: the most frequent reasons, with
// the first sample of each.
func leftOut(drops []dataset.Drop) string {
	const most = 3
	drops = slices.Clone(drops)
	slices.SortStableFunc(drops, func(a, b dataset.Drop) int { return cmp.Compare(b.Count, a.Count) })
	total := 0
	var reasons []string
	for i, d := range drops {
		total += d.Count
		if i < most {
			reasons = append(reasons, fmt.Sprintf("%s (%d, such as %s)", d.Reason, d.Count, d.Example))
		}
	}
	if more := len(drops) - most; more > 0 {
		reasons = append(reasons, fmt.Sprintf("%d more reasons", more))
	}
	return fmt.Sprintf("%d left out: %s", total, strings.Join(reasons, ", "))
}
