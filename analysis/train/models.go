package train

import (
	"encoding/json"
	"fmt"

	"github.com/sharewise/sharewise/analysis/atomicfile"
	"github.com/sharewise/sharewise/analysis/dataset"
	"github.com/sharewise/sharewise/onnxio"
	"github.com/sharewise/sharewise/onnxio/training"
)

// deployProperty is the beginning of the metadata key of a Deployment.
const deployProperty = "sharewise.deploy/"

// Deployment is what a user of a trained model must know beside the graph. It
// stands in the model's metadata under "sharewise.deploy/<domain>".
type Deployment struct {
	Task    string    `json:"task"`
	Classes []string  `json:"classes,omitempty"`
	Targets []string  `json:"targets,omitempty"`
	Mean    []float32 `json:"input_mean"` // inputs are (raw - mean) / std
	Std     []float32 `json:"input_std"`
	// Categories are the columns of words at the end of the inputs: code i+1 is
	// word i, code 0 any other.
	Categories []dataset.Category `json:"categories,omitempty"`
	// Outputs of regression are in standard units: raw = value * std + mean.
	TargetMean []float32 `json:"target_mean,omitempty"`
	TargetStd  []float32 `json:"target_std,omitempty"`
	// Activation makes probabilities of the scores: softmax over classes, or
	// sigmoid of each; of two classes with one score it is that of the second.
	Activation string `json:"activation,omitempty"`
}

// writeModels writes the trained model, ready to deploy.
func (r *runner) writeModels() ([]string, error) {
	e := r.engine
	m, err := training.Bake(r.job.Program.Predict, e.snapshot(e.model()))
	if err != nil {
		return nil, fmt.Errorf("train: trained model: %w", err)
	}
	for _, d := range r.job.Domains {
		note, err := json.Marshal(deploymentOf(d))
		if err != nil {
			return nil, fmt.Errorf("train: trained model: %w", err)
		}
		m.SetProperty(deployProperty+d.Name, string(note))
	}
	m.SetProperty("sharewise.run", r.job.Run.ID)
	data, err := m.Marshal()
	if err != nil {
		return nil, fmt.Errorf("train: trained model: %w", err)
	}
	if err := atomicfile.WriteBytes(r.dir.Model(), data); err != nil {
		return nil, err
	}
	return []string{r.dir.Model()}, nil
}

// DeploymentOf reads what a trained model says about one of its domains.
func DeploymentOf(m *onnxio.Model, domain string) (*Deployment, error) {
	note, ok := m.Property(deployProperty + domain)
	if !ok {
		return nil, fmt.Errorf("train: the model's metadata lack %s%s, so it is no trained model of that domain", deployProperty, domain)
	}
	out := new(Deployment)
	if err := json.Unmarshal([]byte(note), out); err != nil {
		return nil, fmt.Errorf("train: metadata %s%s: %w", deployProperty, domain, err)
	}
	return out, nil
}

func deploymentOf(d *dataset.Domain) Deployment {
	activation := map[dataset.TaskKind]string{
		dataset.Classification: "softmax", dataset.Binary: "sigmoid", dataset.Multilabel: "sigmoid",
	}
	return Deployment{
		Activation: activation[d.Task.Kind],
		Task:       string(d.Task.Kind), Classes: d.Task.Classes, Targets: d.Task.Targets,
		Mean: d.Norm.Mean, Std: d.Norm.Std, Categories: d.Categories,
		TargetMean: d.TargetNorm.Mean, TargetStd: d.TargetNorm.Std,
	}
}
