package variants

import (
	"math"

	"github.com/sharewise/sharewise/analysis/layout"
	"github.com/sharewise/sharewise/analysis/losses"
	"github.com/sharewise/sharewise/analysis/study"
)

// Tested is what a run made of the test samples, by domain in the order of the study.
type Tested struct {
	// Losses are those of all samples, Wrong 1 or 0 for those that have an answer.
	Losses, Wrong [][]float64
	// Weights are the mean weights over epochs.
	Weights []float64
}

// Complete reports whether all samples are right or wrong.
func (o *Tested) Complete() bool {
	for d := range o.Losses {
		if len(o.Wrong[d]) != len(o.Losses[d]) {
			return false
		}
	}
	return true
}

// Validation is the mean over domains of the log loss of validation samples at the
// epoch that a run would be used at; +Inf where it diverged or there are none.
func (t *Trainer) Validation(r study.PlannedRun) (float64, error) {
	dir := t.Folder.Run(r.ID)
	done, err := dir.ReadDone(r.Hash)
	if err != nil {
		return 0, err
	}
	if done == nil || done.Status != layout.Finished {
		return math.Inf(1), nil
	}
	history, err := layout.ReadHistory(dir.History())
	if err != nil {
		return 0, err
	}
	sum, n := 0.0, 0
	for _, row := range history {
		if row.Split == layout.ValSplit && int(row.Epoch) == done.Epoch {
			sum, n = sum+math.Log(max(row.Loss, 1e-6)), n+1
		}
	}
	if n == 0 || math.IsNaN(sum) {
		return math.Inf(1), nil
	}
	return sum / float64(n), nil
}

// Tested reads what a run of so many epochs made of the test samples; nil where it diverged.
func (t *Trainer) Tested(r study.PlannedRun, epochs int) (*Tested, error) {
	names := t.Names()
	at := map[string]int{}
	for d, name := range names {
		at[name] = d
	}
	dir := t.Folder.Run(r.ID)
	done, err := dir.ReadDone(r.Hash)
	if err != nil {
		return nil, err
	}
	if done == nil || done.Status != layout.Finished {
		return nil, nil
	}
	table, err := losses.ReadFile(dir.Losses())
	if err != nil {
		return nil, err
	}
	out := &Tested{Losses: make([][]float64, len(names)), Wrong: make([][]float64, len(names)), Weights: make([]float64, len(names))}
	for i, name := range table.Domain {
		d := at[name]
		out.Losses[d] = append(out.Losses[d], float64(table.Loss[i]))
		if table.Correct != nil && table.Label[i] >= 0 {
			wrong := 1.0
			if table.Correct[i] {
				wrong = 0
			}
			out.Wrong[d] = append(out.Wrong[d], wrong)
		}
	}
	history, err := layout.ReadHistory(dir.History())
	if err != nil {
		return nil, err
	}
	for _, row := range history {
		if row.Split == layout.TrainSplit {
			out.Weights[at[row.Domain]] += row.Weight / float64(epochs)
		}
	}
	return out, nil
}
