package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/sharewise/sharewise/analysis/claim"
	"github.com/sharewise/sharewise/analysis/engine"
	"github.com/sharewise/sharewise/analysis/layout"
	"github.com/sharewise/sharewise/analysis/project"
	"github.com/sharewise/sharewise/analysis/store"
	"github.com/sharewise/sharewise/analysis/study"
	"github.com/sharewise/sharewise/analysis/train"
)

const workLong = `Train runs of a study that was planned, as one worker of many. All workers see the
folder OUT, on the same machine or on others, and the data where the study says. Which
runs are a worker's is said by --run, by --index and --of, which divide all runs into
parts that take about the same time, or by --packs, a file with the IDs of one part
in each line. 'run --on' starts workers in a cluster; 'run' itself may work in the
same folder at the same time.

A worker claims a run before it writes it, shows every few seconds that it lives, and
loses a run that it was silent about for too long. A run that another worker holds is
left for last and waited for; if its worker is dead, it is taken over from its last
checkpoint: at once on the same machine, after eight times --beat on others, whatever
their clocks say. No run is ever written by two. OUT must be on a file system
that creates and renames files for all machines alike: a local disk, NFS (exported with
'sync'), Lustre, GPFS, BeeGFS, CephFS; or in an object store, named by a URL such as
s3://bucket/out, see testdata/docs/guide.md.

On SIGTERM, SIGINT and SIGUSR1 it writes checkpoints of what is under way and ends.

With --report, and no runs named, it trains nothing: where all runs have ended, it
fits the baselines and goes on with analyze, group and report; else it says what is
missing, with the reason and the node where it was last tried.

Exit codes:
  0    the runs have ended
  2    wrong call
  3    bad input: plan, study file or data
  4    a run failed, and would again; the others were trained
  74   try again on another machine: this one failed (its disk is full, say)
  75   try again: stopped, or out of the time given; what was finished is kept

Examples:
  sharewise work out --run joint.s1-4f0c2d --run joint.s2-91ab44
  sharewise work out --index 3 --of 20       # the fourth of twenty parts
  sharewise work out --report                # when all others have ended`

func newWorkCommand(a *app) *cobra.Command {
	var o workOptions
	cmd := &cobra.Command{
		Use:     "work OUT",
		Short:   "Train some runs of a planned study, as one worker of many",
		Long:    workLong,
		GroupID: "study",
		Args:    outputArg(),
		RunE: func(cmd *cobra.Command, args []string) error {
			ctx, stop := signal.NotifyContext(cmd.Context(), checkpointSignals...)
			defer stop()
			err := a.work(ctx, layout.Folder(args[0]), o)
			switch {
			case systemFault(err) != "" && cmd.Context().Err() == nil:
				return errElsewhere{err}
			case again(err):
				return errRetry{err}
			}
			return err
		},
	}
	flags := cmd.Flags()
	flags.StringSliceVar(&o.runs, "run", nil, "`ID` of a run, or its beginning; can be repeated")
	flags.IntVar(&o.index, "index", -1, "number of the worker's part, from 0")
	flags.IntVar(&o.of, "of", 0, "number of parts into which --index divides the runs")
	flags.StringVar(&o.packs, "packs", "", "`FILE` with a part in each line, of which --index chooses one")
	flags.BoolVar(&o.report, "report", false, "train nothing; analyze, group and report once all runs have ended")
	flags.StringVar(&o.study, "study", "", "study `FILE` that says where the data are on this machine (default: the one that was planned)")
	flags.IntVar(&o.jobs, "jobs", 1, "`N` runs side by side; 0: as many as the cores allow")
	flags.DurationVar(&o.maxTime, "max-time", 0, "stop after this `TIME`, such as 90m, with exit code 75")
	flags.DurationVar(&o.beat, "beat", 15*time.Second, "`TIME` between signs of life; others take a run over after eight of it without one")
	flags.StringVar(&o.log, "log", "", "`FILE` that this worker's output goes to, for 'status'")
	o.memory.register(flags)
	return cmd
}

type workOptions struct {
	runs          []string
	index, of     int
	packs         string
	report        bool
	study, log    string
	jobs          int
	maxTime, beat time.Duration
	memory        byteSize
}

func (o workOptions) validate() error {
	ways := 0
	for _, given := range []bool{len(o.runs) > 0, o.index >= 0, o.report} {
		if given {
			ways++
		}
	}
	switch {
	case ways != 1:
		return usagef("work: say which runs, by --run, by --index with --of or --packs, or give --report")
	case o.index >= 0 && (o.of > 0) == (o.packs != ""):
		return usagef("work: --index goes with --of or with --packs")
	case o.index < 0 && (o.of != 0 || o.packs != ""):
		return usagef("work: --of and --packs go with --index")
	case o.of > 0 && o.index >= o.of:
		return usagef("work: --index %d: must be less than --of %d", o.index, o.of)
	case o.jobs < 0:
		return usagef("--jobs %d: must be 1 or more, or 0 for as many as the cores allow", o.jobs)
	case o.maxTime < 0:
		return usagef("--max-time %v: must not be negative", o.maxTime)
	case o.beat < 100*time.Millisecond:
		return usagef("--beat %v: must be 100ms or more", o.beat)
	}
	return nil
}

// errRetry marks work that is to be tried again, perhaps elsewhere.
type errRetry struct{ err error }

func (e errRetry) Error() string { return e.err.Error() }
func (e errRetry) Unwrap() error { return e.err }

// errElsewhere marks work that is to be tried again on another machine.
type errElsewhere struct{ err error }

func (e errElsewhere) Error() string { return e.err.Error() }
func (e errElsewhere) Unwrap() error { return e.err }

// again reports whether a worker failed with what may not be so the next time.
func again(err error) bool {
	return errors.Is(err, errInterrupted) || errors.Is(err, errTimeUp) || errors.Is(err, errAbandoned) ||
		errors.Is(err, layout.ErrInUse) || errors.Is(err, store.ErrUnreachable) || errors.Is(err, store.ErrChanged) || errors.Is(err, claim.ErrLost) || errors.Is(err, context.Canceled)
}

// work trains a worker's runs.
func (a *app) work(ctx context.Context, folder layout.Folder, o workOptions) error {
	if err := o.validate(); err != nil {
		return err
	}
	plan, err := folder.ReadPlan()
	if err != nil {
		return planError(folder, err)
	}
	ids, err := o.choose(plan)
	if err != nil {
		return err
	}
	if left, err := notEnded(folder, plan, ids); err != nil {
		return err
	} else if len(left) == 0 && !o.report {
		a.say("%d runs: all done before", len(ids))
		return nil
	}
	p, err := project.PlannedBy(ctx, folder, o.study, int64(o.memory))
	if err != nil {
		return a.worked(ctx, inputError(err))
	}
	if o.report {
		return a.workReport(ctx, folder, p)
	}
	backend, err := a.backend()
	if err != nil {
		return err
	}
	host, _ := os.Hostname()
	bar := a.newProgress(plan.Runs)
	show := a.follow(bar)
	job := engine.Job()
	claims := claim.Options{Beat: o.beat, Job: job, Log: o.log}
	how := project.TrainOptions{
		Jobs: o.jobs, MaxTime: o.maxTime, KeepGoing: true, Claims: claim.New(claims),
		Observe: func(e train.Event) {
			if e.Kind == train.Failed {
				reason := layout.Failure{Reason: e.Err.Error(), Host: host, Job: job, Log: o.log}
				if err := folder.Run(e.ID).WriteFailure(&reason); err != nil {
					fmt.Fprintf(a.stderr, "sharewise: %v\n", err)
				}
				fmt.Fprintf(a.stderr, "sharewise: run %s: %v\n", e.ID, e.Err)
			}
			show(e)
		},
	}
	a.stores.trains(&how, claims)
	summary, err := p.Work(ctx, backend, folder, ids, how)
	bar.close()
	if err := a.worked(ctx, studyTrainingError(err)); err != nil {
		return err
	}
	if a.json {
		return a.writeJSON(summary)
	}
	a.say("%s", describe(summary, summary.Trained+summary.Reused+summary.Diverged+summary.Failed+summary.Left, howMade(p.Study)))
	return nil
}

// worked is what a worker failed with: having been told to stop is the reason of
// whatever else went wrong then.
func (a *app) worked(ctx context.Context, err error) error {
	if err != nil && ctx.Err() != nil {
		return errInterrupted
	}
	return err
}

// choose lists the IDs of the runs that are the worker's.
func (o workOptions) choose(plan *study.Plan) ([]string, error) {
	switch {
	case o.report:
		return nil, nil
	case o.packs != "":
		packs, err := engine.ReadPacks(o.packs)
		if err != nil {
			return nil, inputError(err)
		}
		if o.index >= len(packs) {
			return nil, usagef("work: --index %d: %s has %d lines", o.index, o.packs, len(packs))
		}
		return packs[o.index], nil
	case o.of > 0:
		return engine.Divide(engine.WorkOf(plan.Runs), o.of)[o.index], nil
	}
	var ids []string
	for _, name := range o.runs {
		r, err := plan.Run(name)
		if err != nil {
			return nil, inputError(err)
		}
		if !slices.Contains(ids, r.ID) {
			ids = append(ids, r.ID)
		}
	}
	return ids, nil
}

// notEnded lists those of the runs of a plan that have not ended; of all where ids is nil.
func notEnded(folder layout.Folder, plan *study.Plan, ids []string) ([]study.PlannedRun, error) {
	wanted := map[string]bool{}
	for _, id := range ids {
		wanted[id] = true
	}
	var left []study.PlannedRun
	for _, r := range plan.Runs {
		if ids != nil && !wanted[r.ID] {
			continue
		}
		_, done, err := folder.State(r)
		if err != nil {
			return nil, inputError(err)
		}
		if done == nil {
			left = append(left, r)
		}
		delete(wanted, r.ID)
	}
	for id := range wanted {
		if ids != nil {
			return nil, inputError(fmt.Errorf("run %s is not in %s: the study was planned anew", id, folder.Plan()))
		}
	}
	return left, nil
}

// workReport goes on from training that has ended.
func (a *app) workReport(ctx context.Context, folder layout.Folder, p *project.Project) error {
	left, err := notEnded(folder, p.Plan, nil)
	if err != nil {
		return err
	}
	if len(left) > 0 {
		return unfinished(folder, left, len(p.Plan.Runs))
	}
	backend, err := a.backend()
	if err != nil {
		return err
	}
	var how project.TrainOptions
	a.stores.trains(&how, claim.Options{})
	if _, err := p.Train(ctx, backend, folder, how); err != nil { // the baselines
		return studyTrainingError(err)
	}
	return a.conclude(ctx, folder, p.Tested())
}

// unfinished says of runs that have not ended why, as far as it is known.
func unfinished(folder layout.Folder, left []study.PlannedRun, of int) error {
	const most = 20
	var lines []string
	for _, r := range left[:min(most, len(left))] {
		line := r.ID
		if f, err := folder.Run(r.ID).ReadFailure(); err == nil && f != nil {
			line += fmt.Sprintf(": failed on %s: %s", f.Host, f.Reason)
			if f.Log != "" {
				line += " (" + f.Log + ")"
			}
		}
		lines = append(lines, line)
	}
	if len(left) > most {
		lines = append(lines, fmt.Sprintf("and %d more", len(left)-most))
	}
	if len(left) == 0 {
		return fmt.Errorf("all %d runs have ended, and there is no report; the same command makes it", of)
	}
	return fmt.Errorf("%d of %d runs have not ended, so that there is nothing to report yet; the command that started them trains what is missing:\n  %s",
		len(left), of, strings.Join(lines, "\n  "))
}
