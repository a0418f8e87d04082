package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/sharewise/sharewise/analysis/claim"
	"github.com/sharewise/sharewise/analysis/engine/slurm"
	"github.com/sharewise/sharewise/analysis/layout"
	"github.com/sharewise/sharewise/analysis/study"
)

// awayRun is a run that has not ended, and what is known of where it is.
type awayRun struct {
	ID string `json:"id"`
	// Holder is who trains it, nil for nobody; it may be dead.
	Holder *claim.Holder `json:"holder,omitempty"`
	// Queued is its place in a cluster, nil where it is not there.
	Queued *slurm.Place `json:"queued,omitempty"`
	// Failure says why it failed when it was last tried.
	Failure *layout.Failure `json:"failure,omitempty"`
}

// away lists the runs that are anywhere, or failed. notes say what could not be asked.
func away(ctx context.Context, folder layout.Folder) (runs []awayRun, notes []string, err error) {
	plan, err := folder.ReadPlan()
	if err != nil {
		return nil, nil, err
	}
	submissions, err := slurm.Read(folder)
	if err != nil {
		return nil, nil, err
	}
	places := map[string]slurm.Place{}
	if len(submissions) > 0 {
		queue, err := slurm.Cluster{}.Queue(ctx)
		switch {
		case errors.Is(err, slurm.ErrNoSlurm):
			notes = append(notes, "What is queued in Slurm can be seen where squeue is")
		case err != nil:
			notes = append(notes, "What is queued in Slurm is not known: "+err.Error())
		}
		places = slurm.Where(submissions, queue)
	}
	for _, r := range plan.Runs {
		run, err := awayOf(folder, r, places)
		if err != nil {
			return nil, nil, err
		}
		if run != nil {
			runs = append(runs, *run)
		}
	}
	return runs, notes, nil
}

func awayOf(folder layout.Folder, r study.PlannedRun, places map[string]slurm.Place) (*awayRun, error) {
	state, _, err := folder.State(r)
	if err != nil || state == layout.StateDone || state == layout.StateDiverged {
		return nil, err
	}
	out := awayRun{ID: r.ID}
	if p, ok := places[r.ID]; ok {
		out.Queued = &p
	}
	if state == layout.StateStarted {
		if out.Holder, err = claim.Current(string(folder.Run(r.ID))); err != nil {
			return nil, err
		}
		if out.Holder != nil && out.Holder.Gone() {
			out.Holder = nil
		}
		if out.Failure, err = folder.Run(r.ID).ReadFailure(); err != nil {
			return nil, err
		}
	}
	if out.Queued == nil && out.Holder == nil && out.Failure == nil {
		return nil, nil
	}
	return &out, nil
}

// printAway tells of runs that are somewhere, those under way first, then those that
// failed, then those that wait, of which there may be many.
func printAway(w io.Writer, runs []awayRun, notes []string) {
	const most = 20
	var waiting []awayRun
	shown := 0
	show := func(format string, args ...any) {
		if shown++; shown <= most {
			fmt.Fprintf(w, format+"\n", args...)
		}
	}
	for _, r := range runs {
		if r.Holder != nil {
			log := r.Holder.Log
			if r.Queued != nil {
				log = cmp.Or(log, r.Queued.Log)
			}
			show("Training: %s, %s%s", r.ID, r.Holder, inLog(log))
		}
	}
	for _, r := range runs {
		switch f := r.Failure; {
		case f != nil:
			show("Failed: %s on %s: %s%s", r.ID, f.Host, f.Reason, inLog(f.Log))
		case r.Holder == nil && r.Queued != nil && r.Queued.Node != "":
			show("On %s, not begun: %s, Slurm job %s%s", r.Queued.Node, r.ID, r.Queued.Job, inLog(r.Queued.Log))
		case r.Holder == nil && r.Queued != nil:
			waiting = append(waiting, r)
		}
	}
	if shown > most {
		fmt.Fprintf(w, "and %d more; --json has all\n", shown-most)
	}
	reasons := map[string]int{}
	for _, r := range waiting {
		reasons[cmp.Or(r.Queued.Reason, r.Queued.State)]++
	}
	var names []string
	for reason := range reasons {
		names = append(names, reason)
	}
	slices.SortFunc(names, func(a, b string) int { return cmp.Or(reasons[b]-reasons[a], cmp.Compare(a, b)) })
	for _, reason := range names {
		fmt.Fprintf(w, "Queued in Slurm: %d runs (%s)\n", reasons[reason], reason)
	}
	for _, n := range notes {
		fmt.Fprintln(w, n)
	}
}

func inLog(log string) string {
	if log == "" {
		return ""
	}
	return "; log: " + log
}
