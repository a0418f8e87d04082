package layout

import (
	"os"
	"path/filepath"

	"github.com/sharewise/sharewise/analysis/atomicfile"
)

// Folder is the output folder of a study.
type Folder string

// Plan is the plan of all runs.
func (f Folder) Plan() string { return filepath.Join(string(f), "plan.json") }

// Results is what analyze found.
func (f Folder) Results() string { return filepath.Join(string(f), "results.json") }

// Groups is the recommendation for planners.
func (f Folder) Groups() string { return filepath.Join(string(f), "groups.json") }

// Provenance says what the recommendation rests on.
func (f Folder) Provenance() string { return filepath.Join(string(f), "provenance.json") }

// Sums are the SHA-256 of the files of a folder that was signed, see package provenance.
func (f Folder) Sums() string { return filepath.Join(string(f), "SHA256SUMS") }

// Signature is that of Sums.
func (f Folder) Signature() string { return f.Sums() + ".sig" }

// Report is the report.
func (f Folder) Report() string { return filepath.Join(string(f), "report.html") }

// Clusters says whether gains fall into clusters, and how far these are the groups.
func (f Folder) Clusters() string { return filepath.Join(string(f), "clusters.json") }

// Pools is the plan of pools by the objective and within the bounds of the study.
func (f Folder) Pools() string { return filepath.Join(string(f), "pools.json") }

// Decisions says how runs were chosen, where they were chosen step by step.
func (f Folder) Decisions() string { return filepath.Join(string(f), "decisions.json") }

// Tables is the folder of Parquet tables.
func (f Folder) Tables() string { return filepath.Join(string(f), "tables") }

// Summary has the figures of the report.
func (f Folder) Summary() string { return filepath.Join(string(f), "summary.json") }

// Exemplars are pictures or features of the samples that changed most.
func (f Folder) Exemplars() string { return filepath.Join(f.Tables(), "exemplars.json") }

// Cross is what models are worth on other domains, and CrossTables the folder of
// their losses there.
func (f Folder) Cross() string { return filepath.Join(string(f), "cross.json") }

// Economics is what groupings are worth in money.
func (f Folder) Economics() string { return filepath.Join(string(f), "economics.json") }

// Verification is the folder of runs that verify the recommendation.
func (f Folder) Verification() Folder { return Folder(filepath.Join(string(f), "verification")) }

// Refit is the folder of runs that learned all data, for use.
func (f Folder) Refit() Folder { return Folder(filepath.Join(string(f), "refit")) }

// Promises is what recommendations promised and delivered.
func (f Folder) Promises() string { return filepath.Join(string(f), "promises.json") }

// Subgroups says what sharing does to parts of the test samples.
func (f Folder) Subgroups() string { return filepath.Join(string(f), "subgroups.json") }

// Affinity has cheap estimates of gains, audited, and which pairs to train.
func (f Folder) Affinity() string { return filepath.Join(string(f), "affinity.json") }

// CrossTables is the folder of loss tables beside Cross.
func (f Folder) CrossTables() string { return filepath.Join(string(f), "cross") }

// Weightings is the comparison of ways of weighting.
func (f Folder) Weightings() string { return filepath.Join(string(f), "weightings.json") }

// WeightingRuns is the folder of the runs that compare ways of weighting.
func (f Folder) WeightingRuns() Folder { return Folder(filepath.Join(string(f), "weightings")) }

// Remedies says what may help where sharing harms, and what was tried.
func (f Folder) Remedies() string { return filepath.Join(string(f), "remedies.json") }

// RemedyRuns is the folder of the runs that try remedies.
func (f Folder) RemedyRuns() Folder { return Folder(filepath.Join(string(f), "remedies")) }

func (f Folder) lock() string { return filepath.Join(string(f), ".lock") }

func (f Folder) runs() string { return filepath.Join(string(f), "runs") }

// Run is the folder of one run.
func (f Folder) Run(id string) RunFolder {
	return RunFolder(filepath.Join(f.runs(), id))
}

// Baseline is the folder of a domain's baseline, laid out like that of a run.
func (f Folder) Baseline(domain string) RunFolder {
	return RunFolder(filepath.Join(string(f), "baseline", domain))
}

// RunFolder is the folder of one run, or of a baseline.
type RunFolder string

// Spec is the exact input of the run.
func (r RunFolder) Spec() string { return filepath.Join(string(r), "spec.json") }

// Losses is the table of test losses. It is there when Done is.
func (r RunFolder) Losses() string { return filepath.Join(string(r), "losses.parquet") }

// History holds the learning curves. It is there when Done is.
func (r RunFolder) History() string { return filepath.Join(string(r), "history.parquet") }

// Model is the trained model.
func (r RunFolder) Model() string { return filepath.Join(string(r), "model.onnx") }

// FitFile says how a linear model came about, see [Fit]. Runs have none.
func (r RunFolder) FitFile() string { return filepath.Join(string(r), "fit.json") }

// Done says how the run ended.
func (r RunFolder) Done() string { return filepath.Join(string(r), "done.json") }

// Remove removes all of the run. What says that it has ended goes first: whoever is stopped in
// between leaves a run that has not. Of a link nothing but the link is removed.
func (r RunFolder) Remove() error {
	if info, err := os.Lstat(string(r)); err == nil && info.IsDir() {
		if err := atomicfile.RemoveFile(r.Done()); err != nil {
			return err
		}
	}
	return atomicfile.Remove(string(r))
}

// Resumable reports whether there is a checkpoint to go on from.
func (r RunFolder) Resumable() bool {
	_, err := os.Stat(r.Checkpoint())
	return err == nil
}

// Checkpoint is where a run goes on after it was stopped. It is gone when Done
// is there.
func (r RunFolder) Checkpoint() string { return filepath.Join(string(r), checkpointName) }

// Work is the folder that a program of the user's own trains the run in. It is gone when
// Done is there.
func (r RunFolder) Work() string { return filepath.Join(string(r), workName) }

const workName = "work"

// The name of a checkpoint, and the one that it had in earlier versions.
const checkpointName, oldCheckpointName = "checkpoint.bin", "checkpoint.gob"
