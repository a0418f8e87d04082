package trainer

import (
	"encoding/json"
	"fmt"

	"github.com/google/jsonschema-go/jsonschema"

	"github.com/sharewise/sharewise/analysis/dataset"
	"github.com/sharewise/sharewise/analysis/study"
)

// specVersion is that of the spec.json that programs read.
const specVersion = 1

// Spec is the spec.json that a program finds in the folder that it is called with:
// what it is to train, and on what. Paths are relative to that folder unless they are
// absolute.
type Spec struct {
	Version int    `json:"version" jsonschema:"1"`
	Study   string `json:"study" jsonschema:"name of the study"`
	Run     string `json:"run" jsonschema:"name of the run"`
	Arm     string `json:"arm" jsonschema:"independent, joint, or pool{A,B}"`
	Rung    Rung   `json:"rung" jsonschema:"size of the model"`
	// Weighting is equal for one domain.
	Weighting study.Weighting `json:"weighting" jsonschema:"how losses of domains are combined, with the settings of the method"`
	Seed      int             `json:"seed" jsonschema:"number of the run among those of its arm, from 1"`
	// RandomSeed is what random numbers start from, below 2^31. Where the study's
	// randomness is paired, it is the same for all arms.
	RandomSeed int64 `json:"random_seed" jsonschema:"what random numbers start from, below 2^31; the same for all arms unless the study's randomness is separate"`
	Fold       int   `json:"fold" jsonschema:"part of the data that is tested, from 1; 0 where the study has no folds"`
	Threads    int   `json:"threads" jsonschema:"number of threads that the run may use"`
	// Training is the study's: epochs, batch, rate, optimizer and so on.
	Training study.Training `json:"training" jsonschema:"what the study says of training: epochs, batch, rate, optimizer; a program takes what it has a use for"`
	// StepsPerEpoch is the number of minibatches of an epoch, the same in every arm.
	StepsPerEpoch int               `json:"steps_per_epoch" jsonschema:"minibatches of an epoch, the same in every arm: with batch rows of each domain in them, arms compare at equal passes over each domain's data"`
	Settings      map[string]string `json:"settings" jsonschema:"trainer.settings of the study"`
	// Inputs says what the samples hold: normalized or raw.
	Inputs  string       `json:"inputs" jsonschema:"trainer.inputs of the study, which holds for targets too: normalized or raw"`
	Domains []DomainSpec `json:"domains" jsonschema:"domains to train one model on, in the order of the study"`
	// Checkpoint is a folder whose content is there again when the run is repeated.
	Checkpoint string `json:"checkpoint" jsonschema:"folder whose content is there again when a stopped run is repeated"`
}

// Rung is the size of a model.
type Rung struct {
	Name  string  `json:"name"`
	Width float64 `json:"width,omitempty" jsonschema:"from model.widths"`
	Path  string  `json:"path,omitempty" jsonschema:"from model.files or model.trunk: an absolute path"`
}

// DomainSpec is the data of a domain.
type DomainSpec struct {
	Name    string   `json:"name"`
	Task    string   `json:"task" jsonschema:"classification, binary, multilabel or regression"`
	Outputs int      `json:"outputs" jsonschema:"numbers that a model gives for a sample"`
	Classes []string `json:"classes,omitempty" jsonschema:"names of the classes; a label is a position in this list, from 0"`
	Targets []string `json:"targets,omitempty" jsonschema:"names of the numbers or labels to predict"`
	Loss    string   `json:"loss" jsonschema:"loss that the study trains by"`
	Batch   int      `json:"batch" jsonschema:"rows of the domain in a minibatch, the same in every arm"`
	// Seed is for the order of the domain's rows; where randomness is paired, it is the
	// same in every arm.
	Seed int64 `json:"seed" jsonschema:"random seed for the order of the domain's rows, the same in every arm unless randomness is separate"`
	// Shape is that of a sample's inputs.
	Shape []int `json:"shape" jsonschema:"shape of the inputs of a sample"`
	// Features names the inputs of a table, and the columns of words after them.
	Features   []string           `json:"features,omitempty" jsonschema:"names of the inputs of a table, in their order"`
	Categories []dataset.Category `json:"categories,omitempty" jsonschema:"columns of words, the last inputs: the number of a word in its list, from 1; 0 is an unknown word"`
	// TargetMean and TargetStd undo the normalisation of targets: y = z·std + mean.
	TargetMean []float64 `json:"target_mean,omitempty" jsonschema:"of the training part: a prediction z in normalized targets is z * std + mean in their own units"`
	TargetStd  []float64 `json:"target_std,omitempty"`
	Files      []File    `json:"files" jsonschema:"what the data were read from"`
	Train      Part      `json:"train"`
	Validation Part      `json:"validation"`
	Test       Part      `json:"test" jsonschema:"what is tested; it must choose nothing"`
}

// File is a file, or a folder of images, that data were read from.
type File struct {
	Path   string `json:"path" jsonschema:"absolute"`
	SHA256 string `json:"sha256"`
}

// Part is the training, validation or test part of a domain.
type Part struct {
	Count int `json:"count"`
	// Rows is a text file with the number of a sample a line: its position in the
	// files, from 0, counting samples that were left out.
	Rows string `json:"rows" jsonschema:"text file, a line for each sample: its number in the files, from 0"`
	// Inputs and Targets are empty where the study says samples: none.
	Inputs  string `json:"inputs,omitempty" jsonschema:"samples in the order of rows: NPY of float32 or float64, or Parquet"`
	Targets string `json:"targets,omitempty" jsonschema:"class numbers as int64, or numbers to predict, in the order of rows"`
}

// SpecSchema is the JSON Schema of the spec.json that programs read.
func SpecSchema() ([]byte, error) {
	s, err := jsonschema.For[Spec](nil)
	if err != nil {
		return nil, fmt.Errorf("trainer: schema: %w", err)
	}
	s.ID = "https://github.com/sharewise/sharewise/trainer-1.schema.json"
	s.Title = "spec.json of a trainer"
	s.Description = "What a program that trains for sharewise finds in the folder that it is called with."
	return indented(s)
}

// TableSchema is the JSON Schema of one row of the loss table that programs leave.
func TableSchema() ([]byte, error) {
	of := func(kinds []string, text string) *jsonschema.Schema {
		s := &jsonschema.Schema{Description: text}
		if len(kinds) == 1 {
			s.Type = kinds[0]
		} else {
			s.Types = kinds
		}
		return s
	}
	s := &jsonschema.Schema{
		Schema:      "https://json-schema.org/draft/2020-12/schema",
		ID:          "https://github.com/sharewise/sharewise/trainer-losses-1.schema.json",
		Title:       "a row of losses.parquet or losses.csv of a trainer",
		Description: "One row for every test sample of every domain of the run, in any order. Other columns are passed over.",
		Type:        "object",
		Required:    []string{colDomain, colSample},
		PropertyOrder: []string{
			colDomain, colSample, colLoss, colCorrect, colPrediction, colConfidence, colScore,
		},
		Properties: map[string]*jsonschema.Schema{
			colDomain:     of([]string{"string"}, "Name of a domain of the run."),
			colSample:     of([]string{"integer"}, "Number of a test sample, from the file rows of the domain's test part."),
			colLoss:       of([]string{"number"}, "Loss of the sample, smaller is better. Must be given but for regression by squared error, where predictions tell it."),
			colCorrect:    of([]string{"boolean", "integer"}, "Classification: whether the class is right; true and false, or 1 and 0. Without it, predictions tell it."),
			colPrediction: of([]string{"number"}, "Classification: number of the predicted class. Several labels: probability of the first. Regression: predicted number, in the units of the data."),
			colConfidence: of([]string{"number"}, "Classification: probability of the predicted class."),
			colScore:      of([]string{"number"}, "Two classes: how likely the sample is of class 1, on any scale."),
		},
		PatternProperties: map[string]*jsonschema.Schema{
			"^prediction_[0-9]+$": of([]string{"number"}, "Predictions of the second and further outputs: prediction_2, prediction_3."),
		},
		AnyOf: []*jsonschema.Schema{{Required: []string{colLoss}}, {Required: []string{colPrediction}}},
	}
	return indented(s)
}

func indented(s *jsonschema.Schema) ([]byte, error) {
	out, err := json.MarshalIndent(s, "", "  ")
	if err != nil {
		return nil, fmt.Errorf("trainer: schema: %w", err)
	}
	return append(out, '\n'), nil
}
