package train

import (
	"fmt"
	"time"

	"github.com/sharewise/sharewise/analysis/augment"
	"github.com/sharewise/sharewise/analysis/dataset"
	"github.com/sharewise/sharewise/analysis/layout"
	"github.com/sharewise/sharewise/analysis/losses"
	"github.com/sharewise/sharewise/analysis/study"
	"github.com/sharewise/sharewise/onnxio/training"
)

// Job is one run with everything that it needs.
type Job struct {
	Run study.Run
	// Study is the name recorded with the results.
	Study string
	// Folds is the number of parts of the data that runs are tested on in turns; 0
	// where all are tested on the same samples.
	Folds int
	// Domains are the run's domains in the order of the program's.
	Domains []*dataset.Domain
	Program *training.Program
	// Learned are domains whose data are in the weights that training starts with.
	Learned []string
	// Batches holds the rows of each domain in every minibatch.
	Batches       []int
	StepsPerEpoch int
	Training      study.Training
	// Augment holds the augmentation of each domain's training samples; nil
	// leaves all samples as they are.
	Augment []augment.Settings
	// Observe, which may be nil, is called at the end of every epoch. Resumed,
	// which may be nil too, is called when a run goes on from a checkpoint, with
	// the number of steps taken before and the history of these.
	Observe func(Epoch)
	Resumed func(steps int, history []layout.HistoryRow)
	// Restarted, which may be nil, is called where there is a checkpoint that the
	// run cannot go on from, with the reason.
	Restarted func(why string)
	// Unchanged, which may be nil, makes sure before the run ends that what it began with
	// beside its domains is still what it was. Its error is that of the run.
	Unchanged func() error
	// Spec is written to spec.json as it is.
	Spec layout.Spec

	// confirm makes sure that this process holds the run, before every write; nil where
	// no other process can.
	confirm func() error
	// kept is told that a checkpoint is on the disk; nil where nobody wants to know.
	kept func()
	// began is when the job was begun to be prepared; zero where nobody counts that.
	began time.Time
}

// held fails with claim.ErrLost where this process does not hold the run any more.
func (j *Job) held() error {
	if j.confirm == nil {
		return nil
	}
	return j.confirm()
}

// steps is the number of steps of the whole run.
func (j *Job) steps() int { return j.StepsPerEpoch * j.Training.Epochs }

// names are those of the domains.
func (j *Job) names() []string {
	names := make([]string, len(j.Domains))
	for i, d := range j.Domains {
		names[i] = d.Name
	}
	return names
}

// Validate says what is inconsistent about a job.
func (j *Job) Validate() error {
	switch {
	case len(j.Domains) == 0:
		return fmt.Errorf("train: run %s has no domain", j.Run.ID)
	case len(j.Domains) != len(j.Batches):
		return fmt.Errorf("train: run %s has %d domains and %d batch sizes", j.Run.ID, len(j.Domains), len(j.Batches))
	case len(j.Program.Eval) != len(j.Domains):
		return fmt.Errorf("train: run %s has %d domains and %d evaluation graphs", j.Run.ID, len(j.Domains), len(j.Program.Eval))
	case j.Augment != nil && len(j.Augment) != len(j.Domains):
		return fmt.Errorf("train: run %s has %d domains and %d augmentations", j.Run.ID, len(j.Domains), len(j.Augment))
	case j.StepsPerEpoch < 1 || j.Training.Epochs < 1:
		return fmt.Errorf("train: run %s would take %d epochs of %d steps", j.Run.ID, j.Training.Epochs, j.StepsPerEpoch)
	}
	for i, d := range j.Domains {
		if d.Train.Len() == 0 || d.Test.Len() == 0 {
			return fmt.Errorf("train: domain %s has %d training and %d test samples", d.Name, d.Train.Len(), d.Test.Len())
		}
		if j.Batches[i] < 1 {
			return fmt.Errorf("train: domain %s has %d rows per minibatch", d.Name, j.Batches[i])
		}
	}
	return nil
}

// Epoch is what Job.Observe learns of an epoch.
type Epoch struct {
	Number int // from 1
	// Loss holds the mean training loss of each domain, ValLoss that of its
	// validation samples (NaN without any).
	Loss, ValLoss []float64
	// Val has the validation samples of all domains, one row each.
	Val *losses.Table
	// Rate is the learning rate of the epoch's last step.
	Rate float64
	// Values are the elements of a parameter or buffer after that step, by its name in the
	// program, until Observe returns.
	Values func(name string) []float32
}
