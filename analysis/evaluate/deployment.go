package evaluate

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/sharewise/sharewise/analysis/dataset"
	"github.com/sharewise/sharewise/analysis/filelimit"
	"github.com/sharewise/sharewise/onnxio"
)

// deployProperty is the beginning of the metadata key of a Deployment.
const deployProperty = "sharewise.deploy/"

// Deployment is what a user of a trained model must know beside the graph. It
// stands in the model's metadata under "sharewise.deploy/<domain>".
type Deployment struct {
	Task    string   `json:"task"`
	Classes []string `json:"classes,omitempty"`
	Targets []string `json:"targets,omitempty"`
	// Columns names the numbers of a table's inputs. A missing one is replaced by
	// its Fill, in the units of the table, before it is scaled. After the numbers
	// comes, for each of Indicators, 1 where that column's number is missing, else
	// 0.
	Columns    []string  `json:"input_columns,omitempty"`
	Fill       []float64 `json:"input_fill,omitempty"`
	Indicators []string  `json:"input_indicators,omitempty"`
	// Inputs are (raw - offset - mean) / std. The offset, 0 where there is none,
	// is subtracted in 64 bits.
	Offset []float64 `json:"input_offset,omitempty"`
	Mean   []float32 `json:"input_mean"`
	Std    []float32 `json:"input_std"`
	// Rows, where given, transforms a row of raw inputs before it is scaled; there
	// is no offset then.
	Rows *dataset.RowTransform `json:"input_rows,omitempty"`
	// Depth is the type of the pixels of raw images: uint8, from 0 to 255; uint16,
	// to 65535; or float32. A model without this key takes uint8.
	Depth dataset.Depth `json:"input_depth,omitempty"`
	// Categories are the columns of words at the end of the inputs: code i+1 is
	// word i, code 0 any other.
	Categories []dataset.Category `json:"categories,omitempty"`
	// Outputs of regression are in standard units: raw = value * std + mean +
	// offset.
	TargetOffset []float64 `json:"target_offset,omitempty"`
	TargetMean   []float32 `json:"target_mean,omitempty"`
	TargetStd    []float32 `json:"target_std,omitempty"`
	// Activation makes probabilities of the scores: softmax over classes, or
	// sigmoid of each; of two classes with one score it is that of the second.
	Activation string `json:"activation,omitempty"`
}

// DeploymentOf reads what a trained model says about one of its domains.
func DeploymentOf(m *onnxio.Model, domain string) (*Deployment, error) {
	note, ok := m.Property(deployProperty + domain)
	if !ok {
		return nil, fmt.Errorf("evaluate: the model's metadata lack %s%s, so it is no trained model of that domain", deployProperty, domain)
	}
	out := new(Deployment)
	if err := json.Unmarshal([]byte(note), out); err != nil {
		return nil, fmt.Errorf("evaluate: metadata %s%s: %w", deployProperty, domain, filelimit.JSONError(err, "it"))
	}
	return out, nil
}

// Describe says in the metadata of a model how it was trained on a domain.
func Describe(m *onnxio.Model, d *dataset.Domain) error {
	note, err := json.Marshal(deploymentOf(d))
	if err != nil {
		return fmt.Errorf("evaluate: %w", err)
	}
	m.SetProperty(deployProperty+d.Name, string(note))
	return describeText(m, d)
}

func deploymentOf(d *dataset.Domain) Deployment {
	activation := map[dataset.TaskKind]string{
		dataset.Classification: "softmax", dataset.Binary: "sigmoid", dataset.Multilabel: "sigmoid",
	}
	return Deployment{
		Activation: activation[d.Task.Kind],
		Task:       string(d.Task.Kind), Classes: d.Task.Classes, Targets: d.Task.Targets,
		Columns: columnsOf(d), Fill: d.Fills(), Indicators: d.Indicated(),
		Offset: d.Norm.Offset, Mean: d.Norm.Mean, Std: d.Norm.Std, Rows: d.Norm.Rows, Depth: d.Depth, Categories: d.Categories,
		TargetOffset: d.TargetNorm.Offset, TargetMean: d.TargetNorm.Mean, TargetStd: d.TargetNorm.Std,
	}
}

// columnsOf are the names of a table's numbers; nil of other samples.
func columnsOf(d *dataset.Domain) []string {
	if !isTable(d) {
		return nil
	}
	return d.Numbers()
}

// LearnedDomains lists the domains that a model trained here has a head for,
// sorted; none for models from elsewhere.
func LearnedDomains(m *onnxio.Model) []string {
	var out []string
	for _, p := range m.Metadata {
		if domain, ok := strings.CutPrefix(p.Key, deployProperty); ok {
			out = append(out, domain)
		}
	}
	slices.Sort(out)
	return out
}

// historyProperty is the metadata key of domains that a model learned before it was
// trained on those that it has heads for.
const historyProperty = "sharewise.learned"

// History lists all domains whose data a model trained here has in its weights, sorted:
// those that it has heads for, and those of the models that it started from.
func History(m *onnxio.Model) []string {
	out := LearnedDomains(m)
	if before, ok := m.Property(historyProperty); ok {
		out = append(out, strings.Split(before, ",")...)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// Remember says in the metadata of a model which domains it learned before; none
// leaves no trace.
func Remember(m *onnxio.Model, before []string) {
	if len(before) > 0 {
		m.SetProperty(historyProperty, strings.Join(before, ","))
	}
}
