package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"time"

	"github.com/spf13/pflag"

	"github.com/sharewise/sharewise/analysis/engine"
	"github.com/sharewise/sharewise/analysis/engine/kubernetes"
	"github.com/sharewise/sharewise/analysis/engine/slurm"
	"github.com/sharewise/sharewise/analysis/filelimit"
	"github.com/sharewise/sharewise/analysis/layout"
	"github.com/sharewise/sharewise/analysis/project"
	"github.com/sharewise/sharewise/analysis/wording"
)

// engineOptions say what trains instead of this machine.
type engineOptions struct {
	on, config    string
	print, detach bool
}

func (o *engineOptions) register(flags *pflag.FlagSet) {
	flags.StringVar(&o.on, "on", "", "train in a cluster: `ENGINE` is slurm or kubernetes; see 'sharewise help engines'")
	flags.StringVar(&o.config, "cluster", "", "with --on: `FILE` that says what to ask the cluster for (default: slurm.yaml or kubernetes.yaml beside the study)")
	flags.BoolVar(&o.print, "print", false, "with --on: show what would be submitted, to the letter, and submit nothing")
	flags.BoolVar(&o.detach, "detach", false, "with --on: submit and do not wait for the end")
}

func (o *engineOptions) validate(t trainOptions, steps untilOptions, report bool) error {
	if o.on == "" {
		if o.config != "" || o.print || o.detach {
			return usagef("--cluster, --print and --detach go with --on")
		}
		return nil
	}
	switch {
	case o.on != "slurm" && o.on != "kubernetes":
		return usagef("--on %s: there are slurm and kubernetes", o.on)
	case steps.until != "":
		return usagef("--on does not go with --until: runs are chosen as others end")
	case t.maxTime > 0 || t.jobs > 0:
		return usagef("--max-time and --jobs are for this machine; --cluster says time and jobs of a cluster's")
	case report:
		return usagef("--report is what the last job of --on %s does anyway", o.on)
	}
	return nil
}

// runOn trains a study where the options say.
func (a *app) runOn(ctx context.Context, file string, folder layout.Folder, o engineOptions, how reading) error {
	abs, err := filepath.Abs(string(folder))
	if err != nil {
		return err
	}
	if o.on == "kubernetes" {
		return a.runOnKubernetes(ctx, file, layout.Folder(abs), o, how)
	}
	return a.runOnSlurm(ctx, file, layout.Folder(abs), o, how)
}

// runOnKubernetes prints manifests of what has not ended, or applies them and follows the Job.
func (a *app) runOnKubernetes(ctx context.Context, file string, folder layout.Folder, o engineOptions, how reading) error {
	config, err := kubernetes.ReadConfig(cmp.Or(o.config, filepath.Join(filepath.Dir(file), "kubernetes.yaml")))
	if err != nil {
		return inputError(err)
	}
	p, err := how.open(ctx, file)
	if err != nil {
		return err
	}
	f, err := p.Forecast(ctx, folder)
	if err != nil {
		return err
	}
	if _, err := p.Leaks(ctx); err != nil {
		return errAbandoned
	}
	if same, err := folder.HasPlan(p.Plan); err != nil || !same {
		return inputError(errors.Join(err, fmt.Errorf("%s is not the plan of this study; first: sharewise plan %s -o %s --write", folder.Plan(), file, string(folder))))
	}
	text, err := filelimit.ReadFile(file, filelimit.State)
	if err != nil {
		return inputError(err)
	}
	s := kubernetes.Study{Name: p.Study.Name, File: p.Plan.File, Text: string(text), Folder: string(folder)}
	for i, r := range f.Runs {
		if state := f.States[i].State; state == layout.StateNew || state == layout.StateStarted {
			s.Runs = append(s.Runs, engine.Work{ID: r.ID, Cost: f.RunSeconds(r)})
		}
	}
	if len(s.Runs) == 0 {
		return errAnswerNo{"all runs have ended; next: sharewise work " + string(folder) + " --report"}
	}
	m, err := kubernetes.New(s, config, time.Now().UTC().Format("0102-150405"))
	if err != nil {
		return inputError(err)
	}
	if o.print {
		return m.Print(a.stdout)
	}
	cluster := kubernetes.Cluster{Namespace: config.Namespace}
	if err := cluster.Apply(ctx, m); errors.Is(err, kubernetes.ErrNoKubectl) {
		return fmt.Errorf("%w; --print shows what it would be given", err)
	} else if err != nil {
		return err
	}
	a.say("Applied Job %s of %s; to end it: %s", m.Name, wording.PluralAs(len(m.Packs), "index", "indexes"), cluster.Cancel(m.Name))
	if o.detach {
		a.say("Next: sharewise status %s", a.outName(string(folder)))
		return nil
	}
	return a.followKubernetes(ctx, folder, cluster, m.Name)
}

// followKubernetes waits until a Job has ended.
func (a *app) followKubernetes(ctx context.Context, folder layout.Folder, cluster kubernetes.Cluster, job string) error {
	plan, err := folder.ReadPlan()
	if err != nil {
		return err
	}
	told, misses := "", 0
	for {
		state, err := cluster.State(ctx, job)
		switch {
		case ctx.Err() != nil:
		case err != nil:
			if misses++; misses > 20 {
				return err
			}
		default:
			misses = 0
			left, err := notEnded(folder, plan, nil)
			if err != nil {
				return err
			}
			if state.Ended && len(left) > 0 {
				return unfinished(folder, left, len(plan.Runs))
			}
			if state.Ended {
				a.say("All %d runs have ended; next: sharewise work %s --report", len(plan.Runs), string(folder))
				return nil
			}
			if now := fmt.Sprintf("%d of %d runs done, %s", len(plan.Runs)-len(left), len(plan.Runs), state); now != told && !a.quiet {
				fmt.Fprintln(a.stderr, now)
				told = now
			}
		}
		select {
		case <-ctx.Done():
			fmt.Fprintf(a.stderr, "sharewise: the Job goes on; to end it: %s\n", cluster.Cancel(job))
			return errLeftRunning
		case <-time.After(kubernetes.Pause):
		}
	}
}

// runOnSlurm submits what has not ended and is not queued, and follows it.
func (a *app) runOnSlurm(ctx context.Context, file string, folder layout.Folder, o engineOptions, how reading) error {
	config, err := slurmConfig(file, o.config)
	if err != nil {
		return inputError(err)
	}
	p, err := how.open(ctx, file)
	if err != nil {
		return err
	}
	if err := spareInputs(folder, p.Study); err != nil {
		return err
	}
	f, err := p.Forecast(ctx, folder)
	if err != nil {
		return err
	}
	var cluster slurm.Cluster
	limits, err := cluster.Limits(ctx)
	if err != nil {
		return err
	}
	queue, err := cluster.Queue(ctx)
	if err != nil {
		return err
	}
	earlier, err := slurm.Read(folder)
	if err != nil {
		return err
	}
	queued := slurm.Where(earlier, queue)
	var runs slurm.Runs
	done, waiting := 0, 0
	for i, r := range f.Runs {
		_, isQueued := queued[r.ID]
		switch work := (engine.Work{ID: r.ID, Cost: f.RunSeconds(r)}); {
		case f.States[i].State == layout.StateDone || f.States[i].State == layout.StateDiverged:
			done++
		case isQueued:
			waiting++
		case project.NeedsTargets(r.Run):
			runs.Then = append(runs.Then, work)
		default:
			runs.First = append(runs.First, work)
		}
	}
	left := len(runs.First) + len(runs.Then)
	s, err := slurm.New(folder, p.Study.Name, runs, config, limits, queue)
	if err != nil {
		return err
	}
	if o.print {
		return s.Print(a.stdout)
	}
	a.say("%d runs: %d done before, %d queued before, %d to submit", len(f.Runs), done, waiting, left)
	if left > 0 || waiting == 0 && !exists(folder.Report()) {
		if err := p.WritePlan(ctx, folder); err != nil {
			return studyTrainingError(err)
		}
		if err := s.Submit(ctx, cluster); err != nil {
			return err
		}
		a.say("Submitted %s and a job for the report; %s", wording.Plural(s.Elements(), "job"), s.Cancel())
	}
	if o.detach {
		a.say("Next: sharewise status %s", a.outName(string(folder)))
		return nil
	}
	return a.followSlurm(ctx, folder, cluster)
}

// slurmConfig reads what is asked of the cluster.
func slurmConfig(study, file string) (slurm.Config, error) {
	if file == "" {
		if file = filepath.Join(filepath.Dir(study), "slurm.yaml"); !exists(file) {
			return slurm.Config{}, nil
		}
	}
	return slurm.ReadConfig(file)
}

// followSlurm waits until nothing of a study is queued any more.
func (a *app) followSlurm(ctx context.Context, folder layout.Folder, cluster slurm.Cluster) error {
	submissions, err := slurm.Read(folder)
	if err != nil {
		return err
	}
	plan, err := folder.ReadPlan()
	if err != nil {
		return err
	}
	told, misses := "", 0
	for {
		queue, err := cluster.Queue(ctx)
		switch {
		case ctx.Err() != nil:
		case err != nil:
			if misses++; misses > 20 { // of a cluster that is started again, for example
				return err
			}
		default:
			misses = 0
			left, err := notEnded(folder, plan, nil)
			if err != nil {
				return err
			}
			queued := slurm.Queued(submissions, queue)
			if queued == 0 && len(left) == 0 && exists(folder.Report()) {
				a.say("All %d runs have ended. Report: %s", len(plan.Runs), folder.Report())
				return nil
			}
			if queued == 0 {
				return unfinished(folder, left, len(plan.Runs))
			}
			if now := fmt.Sprintf("%d of %d runs done, %d jobs in the queue", len(plan.Runs)-len(left), len(plan.Runs), queued); now != told && !a.quiet {
				fmt.Fprintln(a.stderr, now)
				told = now
			}
		}
		select {
		case <-ctx.Done():
			var numbers []string
			for _, s := range submissions {
				numbers = append(numbers, s.Numbers(queue)...)
			}
			fmt.Fprintf(a.stderr, "sharewise: the jobs go on; %s\n", slurm.Cancel(numbers))
			return errLeftRunning
		case <-time.After(slurm.Pause):
		}
	}
}

// errLeftRunning is errInterrupted of a command that only watched.
var errLeftRunning = errors.New("interrupted; jobs that were submitted go on, and the same command watches them again")
