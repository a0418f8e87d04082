package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"runtime"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"github.com/sharewise/sharewise/analysis/study"
	"github.com/sharewise/sharewise/analysis/train"
	"github.com/sharewise/sharewise/onnxio/ort"
)

const runLong = `Train every run of a study that has not ended yet, several side by side, and
write each run's results into a folder of its own under OUT/runs.

It can be stopped at any moment, also by force, and started again: it goes on
from the last checkpoints, and the results are the same to the byte. Only one
sharewise works in an output folder at a time. A run whose numbers stop being
finite is recorded as diverged, which is a result, and not repeated.

Before that it fits a linear model to each domain, on the same inputs and rows,
into OUT/baseline: the report says which networks are weaker. 'baseline: none'
in the study leaves that out.

After an edit of the study only the runs that it touches are trained again.

Examples:
  sharewise run study.yaml                   # into 'out' beside study.yaml
  sharewise run study.yaml -o /data/out --jobs 8 --max-time 2h
  sharewise run study.yaml --report          # then analyze, group and report`

func newRunCommand(a *app) *cobra.Command {
	var (
		o      trainOptions
		out    string
		report bool
	)
	cmd := &cobra.Command{
		Use:     "run STUDY",
		Short:   "Train what a study asks for",
		Long:    runLong,
		GroupID: "study",
		Args:    exactArgs("STUDY"),
		RunE: func(cmd *cobra.Command, args []string) error {
			folder := outputFolder(args[0], out)
			summary, err := a.train(cmd.Context(), args[0], folder, o)
			if err != nil {
				return err
			}
			if report {
				return a.conclude(cmd.Context(), folder)
			}
			if a.json {
				return a.writeJSON(summary)
			}
			a.say("Next: sharewise analyze %s", string(folder))
			return nil
		},
	}
	flags := cmd.Flags()
	flags.StringVarP(&out, "output", "o", "", "output `FOLDER` (default: 'out' beside the study file)")
	flags.IntVar(&o.jobs, "jobs", 0, "`N` runs side by side; 0: as many as the cores allow")
	flags.DurationVar(&o.maxTime, "max-time", 0, "stop after this `TIME`, such as 90m; run again to go on")
	o.register(flags)
	flags.BoolVar(&report, "report", false, "go on with analyze, group and report")
	return cmd
}

// trainOptions are what the user says about training.
type trainOptions struct {
	jobs    int
	maxTime time.Duration
	reading
}

// train executes the runs of a study that have not ended.
func (a *app) train(ctx context.Context, file string, folder train.Folder, o trainOptions) (*train.Summary, error) {
	if o.jobs < 0 {
		return nil, usagef("--jobs %d: must be 1 or more, or 0 for as many as the cores allow", o.jobs)
	}
	if o.maxTime < 0 {
		return nil, usagef("--max-time %v: must not be negative", o.maxTime)
	}
	p, err := prepare(ctx, file, o.reading)
	if err != nil {
		return nil, err
	}
	backend, err := ort.Default(a.library)
	if err != nil {
		return nil, err
	}
	lock, err := folder.Lock()
	if err != nil {
		return nil, err
	}
	defer lock.Unlock()
	notes, err := p.notes(ctx)
	if err != nil {
		return nil, err
	}
	if err := p.save(folder); err != nil {
		return nil, err
	}
	tasks := make([]train.Task, 0, len(p.plan.Runs))
	for _, r := range bySeed(p.plan.Runs) {
		tasks = append(tasks, p.task(r, backend.Name()))
	}
	for _, n := range p.changed {
		for _, line := range n.lines() {
			a.say("Model %s: %s", n.Rung, line)
		}
	}
	for _, n := range notes {
		a.say("Data: %s", n)
	}
	for _, w := range p.plan.Warnings {
		a.say("Note: %s", w)
	}
	left, err := a.fitBaselines(ctx, p, folder, o.maxTime)
	if err != nil {
		return nil, err
	}
	bar := a.newProgress(tasks)
	summary, err := train.Schedule(ctx, backend, folder, tasks, train.Options{
		Jobs: sideBySide(o.jobs, p.study.Training.Threads), MaxTime: left,
		Observe: bar.observe,
	})
	bar.close()
	a.say("%s", describe(summary, len(tasks)))
	if errors.Is(err, train.ErrInterrupted) {
		return nil, errInterrupted
	}
	return &summary, err
}

// sideBySide is the number of runs trained at the same time: what the user
// asked for, or as many sessions as the cores hold.
func sideBySide(jobs, threads int) int {
	if jobs > 0 {
		return jobs
	}
	return max(1, runtime.GOMAXPROCS(0)/max(1, threads))
}

// bySeed puts the runs of one seed before those of the next, so that a study
// stopped early has something of every arm.
func bySeed(runs []study.PlannedRun) []study.PlannedRun {
	sorted := slices.Clone(runs)
	slices.SortStableFunc(sorted, func(x, y study.PlannedRun) int { return x.Seed - y.Seed })
	return sorted
}

func describe(s train.Summary, total int) string {
	text := fmt.Sprintf("%d runs: %d trained", total, s.Trained)
	for _, part := range []struct {
		n    int
		what string
	}{{s.Reused, "done before"}, {s.Diverged, "diverged"}, {s.Failed, "failed"}, {s.Left, "left"}} {
		if part.n > 0 {
			text += fmt.Sprintf(", %d %s", part.n, part.what)
		}
	}
	return text
}

// save writes plan.json.
func (p *prepared) save(folder train.Folder) error {
	if err := os.MkdirAll(string(folder), 0o755); err != nil {
		return err
	}
	return train.WriteJSON(folder.Plan(), p.plan)
}
