package deploy

import (
	"encoding/json"
	"fmt"

	"github.com/google/jsonschema-go/jsonschema"

	"github.com/sharewise/sharewise/analysis/evaluate"
	"github.com/sharewise/sharewise/analysis/policy"
)

// Version is the version of the manifest's format.
const Version = 2

// ManifestFile is the name of the manifest, and ProvenanceFile that of what the
// recommendation rests on, as the study's folder had it.
const (
	ManifestFile   = "manifest.json"
	ProvenanceFile = "provenance.json"
)

// Manifest is manifest.json.
type Manifest struct {
	Schema    string `json:"$schema" jsonschema:"address of the JSON Schema of this file"`
	Version   int    `json:"version" jsonschema:"version of this format"`
	Study     string `json:"study" jsonschema:"name of the study"`
	Title     string `json:"title,omitempty" jsonschema:"title of the study"`
	Rung      string `json:"rung" jsonschema:"capacity of the models"`
	Weighting string `json:"weighting" jsonschema:"how losses were weighed in shared models"`
	Decision  string `json:"decision,omitempty" jsonschema:"settled, indifferent or open: what the choice of groups rests on"`
	Rule      string `json:"rule" jsonschema:"how a model was chosen among those of several seeds"`

	Routes  []Route  `json:"routes" jsonschema:"which model serves a domain, one for each domain of the study, in its order"`
	Models  []Model  `json:"models" jsonschema:"one for each recommended pool"`
	Sources []Source `json:"sources" jsonschema:"files of the study that this was made from; provenance.json, of which a copy lies beside the manifest, lists the SHA-256 of data, definitions and runs that these rest on, and 'sharewise verify' checks it in the folder of the study"`
	Policy  string   `json:"policy_sha256,omitempty" jsonschema:"identity of the study's policy with the labels of its domains; no recommended pool is against it"`
	Notes   []string `json:"notes,omitempty" jsonschema:"what should be known before these models are used"`
}

// Route says which model serves a domain, and how.
type Route struct {
	Domain string              `json:"domain" jsonschema:"name of the domain"`
	Model  string              `json:"model" jsonschema:"name of the file that serves it"`
	Input  Value               `json:"input" jsonschema:"what the model takes"`
	Output Value               `json:"output" jsonschema:"the output that is meant for this domain; others are for those it shares the model with"`
	Use    evaluate.Deployment `json:"use" jsonschema:"how inputs are made and outputs are read; numbers by channel, the first dimension of a sample, or by element: inputs are (raw - input_offset - input_mean) / input_std after missing ones were replaced by input_fill; outputs become probabilities by the activation, or targets as value * target_std + target_mean + target_offset"`
	Data   string              `json:"data_sha256" jsonschema:"identity of the data that the domain was trained and tested on"`
	Labels policy.Labels       `json:"labels,omitempty" jsonschema:"labels of the domain that rules of a policy refer to"`
}

// Value is an input or output of a graph.
type Value struct {
	Name  string  `json:"name" jsonschema:"name in the graph"`
	DType string  `json:"dtype" jsonschema:"element type"`
	Shape []int64 `json:"shape" jsonschema:"sizes; -1 is any number of rows"`
}

// Model is one file.
type Model struct {
	File    string   `json:"file" jsonschema:"name of the file in this folder"`
	SHA256  string   `json:"sha256" jsonschema:"of the file, in hexadecimal"`
	Bytes   int64    `json:"bytes" jsonschema:"size of the file"`
	Domains []string `json:"domains" jsonschema:"the domains that it was trained on and serves"`
	Arm     string   `json:"arm" jsonschema:"how it was trained: independent, joint or a pool"`
	Run     string   `json:"run" jsonschema:"the run that trained it"`
	Seed    int      `json:"seed" jsonschema:"seed of the run"`
	Epoch   int      `json:"epoch" jsonschema:"the epoch that its parameters are of"`
	// WithoutFold is the part of the data that it was trained without.
	WithoutFold int           `json:"without_fold,omitempty" jsonschema:"the fold of the data that it was trained without, where runs are of different folds"`
	Refit       *Refit        `json:"refit,omitempty" jsonschema:"present where the model was trained once more, for use, on all samples"`
	Labels      policy.Labels `json:"labels,omitempty" jsonschema:"labels of all domains whose data it has learned, such as owners and licences"`
	// Candidates are the finished runs that it was chosen among.
	Candidates []Candidate `json:"candidates" jsonschema:"the runs that it was chosen among, by seed"`
	IRVersion  int64       `json:"ir_version" jsonschema:"version of the ONNX format"`
	Opset      int64       `json:"opset" jsonschema:"version of the standard ONNX operators"`
}

// Candidate is a run with what its choice rests on.
type Candidate struct {
	Seed int `json:"seed"`
	// Validation is the mean over the domains of their validation loss divided by
	// its mean over the candidates.
	Validation *float64 `json:"validation,omitempty" jsonschema:"validation loss relative to the mean of the candidates, on average over the domains by their values; absent where they are not comparable"`
}

// Source is a file of the study.
type Source struct {
	File   string `json:"file"`
	SHA256 string `json:"sha256"`
}

// SchemaID identifies the JSON Schema of manifests.
const SchemaID = "https://github.com/sharewise/sharewise/deployment-2.schema.json"

// schemaID is that of a version.
func schemaID(version int) string {
	return fmt.Sprintf("https://github.com/sharewise/sharewise/deployment-%d.schema.json", version)
}

// Schema returns the JSON Schema (draft 2020-12) of manifest.json, made from
// Manifest.
func Schema() ([]byte, error) {
	s, err := jsonschema.For[Manifest](nil)
	if err != nil {
		return nil, fmt.Errorf("deploy: schema: %w", err)
	}
	s.ID = SchemaID
	s.Schema = "https://json-schema.org/draft/2020-12/schema"
	s.Title = "sharewise deployment"
	s.Description = "What 'sharewise export' wrote: the models of recommended pools, and which of them serves a domain, and how."
	s.Properties["version"].Enum = []any{Version}
	out, err := json.MarshalIndent(s, "", "  ")
	if err != nil {
		return nil, fmt.Errorf("deploy: schema: %w", err)
	}
	return append(out, '\n'), nil
}
