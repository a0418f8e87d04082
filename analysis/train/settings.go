package train

import (
	"fmt"
	"os"

	"github.com/sharewise/sharewise/analysis/dataset"
	"github.com/sharewise/sharewise/analysis/study"
	"github.com/sharewise/sharewise/analysis/weighting"
	"github.com/sharewise/sharewise/onnxio"
	"github.com/sharewise/sharewise/onnxio/exec"
	"github.com/sharewise/sharewise/onnxio/kernels"
	"github.com/sharewise/sharewise/onnxio/training"
)

// Trunk is the model that a run trains, and how.
type Trunk struct {
	Model *onnxio.Model
	// BatchNorm says which statistics batch normalisations use, Freeze which
	// parameters stay as they are; see training.Config.
	BatchNorm string
	Freeze    []string
	// DomainAdapters gives domains adapters of their own.
	DomainAdapters bool
	// Gradients says that the weights of domains follow from their gradients.
	Gradients bool
	// Whole says that the model's outputs are the scores of the only domain, so
	// that no head is put on it.
	Whole bool
}

// PassesVariable is an environment variable that takes the place of the study's
// passes, to compare, or to train as another machine did.
const PassesVariable = "SHAREWISE_PASSES"

// Form is the form of the graphs that a backend executes: of the passes of the
// study, or of PassesVariable, those that it has the kernels for.
func Form(b exec.Backend, passes string) (kernels.Form, error) {
	if v, ok := os.LookupEnv(PassesVariable); ok {
		list, err := kernels.ParsePasses(v)
		if err != nil {
			return kernels.Form{}, fmt.Errorf("%s: %w", PassesVariable, err)
		}
		return kernels.Form{Kernels: kernels.Offered(b), Passes: list}, nil
	}
	list, err := kernels.ParsePasses(passes)
	if err != nil {
		return kernels.Form{}, fmt.Errorf("training.passes: %w", err)
	}
	return kernels.Form{Kernels: kernels.Offered(b), Passes: list}, nil
}

// Compile turns a trunk and a run's domains into the program that the run
// executes. batches holds the rows of each domain in every minibatch.
func Compile(t Trunk, domains []*dataset.Domain, batches []int, s study.Training, form kernels.Form) (*training.Program, error) {
	cfg := training.Config{
		Trunk:          t.Model,
		KeepHead:       t.Whole,
		Optimizer:      optimizer(s.Optimizer),
		BatchNorm:      training.BatchNorm(t.BatchNorm),
		Freeze:         t.Freeze,
		DomainAdapters: t.DomainAdapters,
		Clip:           s.Clip,
		Gradients:      (s.Conflict || t.Gradients) && len(domains) > 1,
		Form:           form,
	}
	for i, d := range domains {
		cfg.Domains = append(cfg.Domains, training.Domain{
			Name: d.Name, Batch: batches[i], Outputs: d.Task.Outputs(),
			Loss: training.Loss(d.Objective.Loss), Delta: d.Objective.Delta, Masked: d.Masked,
			ClassWeights: d.Objective.ClassWeights, Smoothing: d.Objective.Smoothing,
		})
	}
	p, err := training.Compile(cfg)
	if err != nil {
		return nil, fmt.Errorf("train: %w", err)
	}
	return p, nil
}

func optimizer(o study.Optimizer) training.Optimizer {
	o = o.Used()
	return training.Optimizer{
		Kind:     training.OptimizerKind(o.Name),
		Momentum: o.Momentum, Nesterov: o.Nesterov,
		Beta1: o.Beta1, Beta2: o.Beta2, Epsilon: o.Epsilon,
		WeightDecay: o.WeightDecay,
	}
}

func schedule(s study.Schedule) training.Schedule {
	return training.Schedule{Kind: training.ScheduleKind(s.Kind), Warmup: s.Warmup, Final: s.Final}
}

// newMethod builds the weighting of a run from its domains' tasks and sizes.
func newMethod(job *Job) (weighting.Method, error) {
	domains := make([]weighting.Domain, len(job.Domains))
	for i, d := range job.Domains {
		domains[i] = weighting.Domain{Name: d.Name, Train: d.Train.Len(), Regression: d.Task.Kind == dataset.Regression}
	}
	m, err := weighting.New(job.Run.Weighting, domains, job.Run.Stream("weighting", job.Run.Weighting.Name))
	if err != nil {
		return nil, fmt.Errorf("train: run %s: %w", job.Run.ID, err)
	}
	return m, nil
}
