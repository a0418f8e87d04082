package project

import (
	"context"

	"github.com/sharewise/sharewise/analysis/layout"
	"github.com/sharewise/sharewise/analysis/study"
)

// Forecast is a plan with what a folder holds of it and what the rest will take.
type Forecast struct {
	*study.Plan
	Output string `json:"output"`
	// Optimizer holds the settings of the optimizer that trains, LearningRate
	// the peak of its rate.
	Optimizer    study.Optimizer `json:"optimizer"`
	LearningRate float64         `json:"learning_rate"`
	// States has one entry for each run of the plan, in its order.
	States []RunState `json:"states"`
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
	Notes   []string `json:"notes,omitempty"` // see Project.Notes
	// Trunks says what was made of models that were changed.
	Trunks []TrunkNote `json:"trunks,omitempty"`

	perRun float64 // seconds beside Rate
}

// RunSeconds is what a run is expected to take on this machine.
func (f *Forecast) RunSeconds(r study.PlannedRun) float64 { return r.FLOPs/f.Rate + f.perRun }

// RunState is what the folder holds of a run.
type RunState struct {
	ID    string       `json:"id"`
	State layout.State `json:"state"`
}

// assumedRate is the speed of one thread, in operations per second, where nothing
// was measured yet: what small models reach on a common core.
const assumedRate = 8e9

// Forecast compares the plan with an output folder, which need not exist: what is
// done, and what time and space the rest will take. Times come from the runs that
// have finished there; without any, from a modest assumption about the machine. It
// writes nothing, and fails where a file of a run is damaged or ctx ends.
func (p *Project) Forecast(ctx context.Context, folder layout.Folder) (*Forecast, error) {
	f := &Forecast{
		Plan: p.Plan, Output: string(folder), Optimizer: p.Study.Training.Optimizer.Used(), LearningRate: p.Study.Training.Rate,
		Jobs: p.SideBySide(0), Trunks: p.Trunks,
	}
	var err error
	if f.Notes, err = p.Notes(ctx); err != nil {
		return nil, err
	}
	spent, work := 0.0, 0.0
	for _, r := range f.Runs {
		state, done, err := folder.State(r)
		if err != nil {
			return nil, err
		}
		f.States = append(f.States, RunState{r.ID, state})
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
	f.perRun = secondsPerRun // in measured times it is contained
	if spent > 0 {
		f.Rate, f.perRun = work/spent, 0
	}
	left := f.Count(layout.StateNew, layout.StateStarted)
	f.Seconds = (f.Seconds/f.Rate + f.perRun*float64(left)) / float64(f.Jobs)
	f.Stale, err = folder.Stale(p.Plan)
	return f, err
}

// Count returns the number of runs in any of the states.
func (f *Forecast) Count(states ...layout.State) int {
	n := 0
	for _, s := range f.States {
		for _, state := range states {
			if s.State == state {
				n++
			}
		}
	}
	return n
}
