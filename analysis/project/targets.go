package project

import (
	"fmt"
	"math"

	"github.com/sharewise/sharewise/analysis/layout"
	"github.com/sharewise/sharewise/analysis/study"
)

// NeedsTargets reports whether the weighting of a run holds domains against losses
// that their independent models have, which the study does not give.
func NeedsTargets(r study.Run) bool {
	m := r.Weighting.Method()
	return len(r.Domains) > 1 && m != nil && m.Has("targets") && r.Weighting.Targets == nil
}

// Targets are the losses that the independent models of a run's domains end with, of
// the run's rung and seed, as its weighting wants them: the mean loss of validation
// samples for weights that are fixed by it (baseline), where there are any, and the
// mean training loss for those that follow the training loss. The independent models
// must have finished in the folder.
func (p *Project) Targets(folder layout.Folder, r study.Run) (map[string]float64, error) {
	out := map[string]float64{}
	for _, name := range r.Domains {
		found := false
		for _, alone := range p.Plan.Runs {
			if alone.Arm != study.Independent || alone.Domains[0] != name || alone.Rung.Name != r.Rung.Name || alone.Seed != r.Seed {
				continue
			}
			dir := folder.Run(alone.ID)
			done, err := dir.ReadDone(alone.Hash)
			if err != nil {
				return nil, err
			}
			if done == nil || done.Status != layout.Finished {
				return nil, fmt.Errorf("weighting %s needs the loss of the independent model of %s with seed %d, and run %s has not finished", r.Weighting.Name, name, r.Seed, alone.ID)
			}
			history, err := layout.ReadHistory(dir.History())
			if err != nil {
				return nil, err
			}
			out[name], found = lossAt(history, done.Epoch, r.Weighting.Name == "baseline"), true
		}
		if !found {
			return nil, fmt.Errorf("weighting %s needs the loss of an independent model of %s, and none is planned with seed %d", r.Weighting.Name, name, r.Seed)
		}
	}
	return out, nil
}

// lossAt is the mean loss of an epoch: of validation samples where that is asked for
// and there are any, or of training.
func lossAt(history []layout.HistoryRow, epoch int, validation bool) float64 {
	trained := math.NaN()
	for _, row := range history {
		if int(row.Epoch) != epoch {
			continue
		}
		switch row.Split {
		case layout.ValSplit:
			if validation && !math.IsNaN(row.Loss) {
				return row.Loss
			}
		case layout.TrainSplit:
			trained = row.Loss
		}
	}
	return trained
}

// apart parts runs into those that can be trained at once, and those that have to
// wait for independent models.
func apart(runs []study.PlannedRun) (first, then []study.PlannedRun) {
	for _, r := range runs {
		if NeedsTargets(r.Run) {
			then = append(then, r)
		} else {
			first = append(first, r)
		}
	}
	return first, then
}
