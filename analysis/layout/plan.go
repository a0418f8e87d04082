package layout

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"

	"github.com/sharewise/sharewise/analysis/filelimit"
	"github.com/sharewise/sharewise/analysis/study"
	"github.com/sharewise/sharewise/analysis/versioned"
)

// ErrNoPlan is returned for a folder in which no study was run.
var ErrNoPlan = errors.New("there is no plan")

// ReadPlan reads the plan that training left in the folder. It fails with
// ErrNoPlan where there is none.
func (f Folder) ReadPlan() (*study.Plan, error) {
	if err := f.whole(); err != nil {
		return nil, err
	}
	data, err := versioned.ReadFile(f.Plan())
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("%s: %w", f.Plan(), ErrNoPlan)
	}
	if err != nil {
		return nil, err
	}
	plan, err := study.ReadPlan(data)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", f.Plan(), err)
	}
	return plan, nil
}

// WritePlan creates the folder if need be and writes the plan, for
// which its ledger vouches.
func (f Folder) WritePlan(plan *study.Plan) error {
	if err := os.MkdirAll(string(f), 0o777); err != nil {
		return fmt.Errorf("output folder: %w", err)
	}
	if err := WriteJSON(f.Plan(), plan); err != nil {
		return err
	}
	return (&Origin{folder: f}).Record(nil, f.Plan())
}

// HasPlan reports whether the plan in the folder is this one, to the byte.
func (f Folder) HasPlan(plan *study.Plan) (bool, error) {
	have, err := filelimit.ReadFile(f.Plan(), filelimit.State)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return false, err
	}
	var want bytes.Buffer
	if err := encodeJSON(&want, plan); err != nil {
		return false, err
	}
	return bytes.Equal(have, want.Bytes()), nil
}

// State is what a folder holds of a planned run.
type State string

// The states of a run.
const (
	StateDone     State = "done"
	StateDiverged State = "diverged"
	StateStarted  State = "started" // it goes on from its checkpoint, or anew
	StateNew      State = "new"
)

// State returns what the folder holds of a planned run, and how it ended if it
// did.
func (f Folder) State(r study.PlannedRun) (State, *Done, error) {
	dir := f.Run(r.ID)
	done, err := dir.ReadDone(r.Hash)
	switch {
	case err != nil:
		return "", nil, err
	case done != nil && done.Status == Diverged:
		return StateDiverged, done, nil
	case done != nil:
		return StateDone, done, nil
	}
	if _, err := os.Stat(string(dir)); err == nil {
		return StateStarted, nil, nil
	}
	return StateNew, nil, nil
}

// Stale counts the folders of runs that a plan does not have, left from an
// earlier version of the study.
func (f Folder) Stale(plan *study.Plan) (int, error) {
	entries, err := os.ReadDir(f.runs())
	if errors.Is(err, fs.ErrNotExist) {
		return 0, nil
	}
	if err != nil {
		return 0, err
	}
	planned := map[string]bool{}
	for _, r := range plan.Runs {
		planned[r.ID] = true
	}
	stale := 0
	for _, e := range entries {
		if e.IsDir() && !planned[e.Name()] {
			stale++
		}
	}
	return stale, nil
}
