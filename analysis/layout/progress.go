package layout

import (
	"cmp"
	"os"

	"github.com/sharewise/sharewise/analysis/study"
)

// Progress says how far a study is.
type Progress struct {
	Study   string `json:"study"`
	Planned int    `json:"planned"` // runs
	// Adaptive says that runs are chosen step by step, so that there may be more.
	Adaptive bool          `json:"adaptive,omitempty"`
	Done     int           `json:"done"`
	Diverged []DivergedRun `json:"diverged"`
	Started  []string      `json:"started"` // IDs of runs that can go on
	New      int           `json:"new"`
	Seconds  float64       `json:"seconds"` // spent on the runs that ended
	// Spent says what Seconds went to, as far as the runs say it; nil where none does.
	Spent *Spent        `json:"spent,omitempty"`
	Arms  []ArmProgress `json:"arms"` // in the order of the plan
	// Beside are runs that commands after training trained, which are not of the plan and
	// not counted above.
	Beside []RunsBeside `json:"beside,omitempty"`
	// Steps are what follows training, in the order of work.
	Steps []Step `json:"steps"`
}

// DivergedRun is a run whose numbers stopped being finite.
type DivergedRun struct {
	ID     string `json:"id"`
	Reason string `json:"reason"`
}

// ArmProgress counts the runs of an arm.
type ArmProgress struct {
	Arm     string `json:"arm"`
	Planned int    `json:"planned"`
	Ended   int    `json:"ended"` // done or diverged
}

// Step is a step of work after training: the command that takes it, and the file
// that is there when it was taken.
type Step struct {
	Command string `json:"command"`
	Output  string `json:"output"`
	Done    bool   `json:"done"`
}

// Progress looks at what the folder holds of its plan. It reads no results, and
// may be called while runs are trained. It fails with ErrNoPlan where nothing
// was planned, and where a file of a run is damaged.
func (f Folder) Progress() (*Progress, error) {
	plan, err := f.ReadPlan()
	if err != nil {
		return nil, err
	}
	p := &Progress{Study: plan.Study, Planned: len(plan.Runs), Adaptive: plan.Adaptive != nil, Diverged: []DivergedRun{}, Started: []string{}}
	arms := map[string]*ArmProgress{}
	names := plan.Arms()
	p.Arms = make([]ArmProgress, len(names))
	for i, name := range names {
		p.Arms[i].Arm = name
		arms[name] = &p.Arms[i]
	}
	for _, r := range plan.Runs {
		if err := f.count(r, p, arms[r.Arm]); err != nil {
			return nil, err
		}
	}
	p.Steps = f.Steps()
	p.Beside, err = f.beside()
	return p, err
}

// Steps says which steps of work after training were taken.
func (f Folder) Steps() []Step {
	steps := []Step{{Command: "analyze", Output: f.Results()}, {Command: "group", Output: f.Groups()}, {Command: "report", Output: f.Report()}}
	for i := range steps {
		_, err := os.Stat(steps[i].Output)
		steps[i].Done = err == nil
	}
	return steps
}

// count adds a run to what is counted of the study and of the run's arm.
func (f Folder) count(r study.PlannedRun, p *Progress, arm *ArmProgress) error {
	state, done, err := f.State(r)
	if err != nil {
		return err
	}
	arm.Planned++
	switch state {
	case StateDone:
		p.Done++
	case StateDiverged:
		p.Diverged = append(p.Diverged, DivergedRun{r.ID, done.Reason})
	case StateStarted:
		p.Started = append(p.Started, r.ID)
	default:
		p.New++
	}
	if done != nil {
		arm.Ended++
		p.Seconds += done.Seconds
		if done.Spent != nil {
			sum := done.Spent.Add(*cmp.Or(p.Spent, new(Spent)))
			p.Spent = &sum
		}
	}
	return nil
}
