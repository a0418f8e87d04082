package artifacts

import (
	"encoding/json"
	"fmt"
	"slices"

	"github.com/google/jsonschema-go/jsonschema"
)

// SchemaID identifies the JSON Schema of manifests.
const SchemaID = "https://github.com/sharewise/sharewise/manifest-1.schema.json"

// Schema returns the JSON Schema (draft 2020-12) of manifest.json, made from
// Manifest.
func Schema() ([]byte, error) {
	s, err := jsonschema.For[Manifest](nil)
	if err != nil {
		return nil, fmt.Errorf("artifacts: schema: %w", err)
	}
	present(s)
	s.ID = SchemaID
	s.Schema = "https://json-schema.org/draft/2020-12/schema"
	s.Title = "sharewise manifest"
	s.Description = "What 'sharewise model gradient' wrote: every input and output by role."
	s.Properties["version"].Enum = []any{Version}
	s.Properties["kind"].Enum = words(KindTraining, KindGradient)
	inputs := words(RoleData, RoleTarget, RoleLossWeights, RoleLearningRate, RoleStep, RoleParameter, RoleBuffer, RoleState, RoleCotangent)
	outputs := words(RoleLosses, RoleSampleLosses, RoleGradNorm, RoleNext, RolePrediction, RoleConfidence, RoleCorrect, RoleScores, RoleOutput, RoleGradient)
	for _, graph := range []string{"train", "eval", "deploy", "gradient"} {
		g := s.Properties[graph]
		g.Properties["inputs"].Items.Properties["role"].Enum = inputs
		g.Properties["outputs"].Items.Properties["role"].Enum = outputs
	}
	tensor := s.Properties["tensors"].Items
	tensor.Properties["role"].Enum = words(RoleParameter, RoleBuffer, RoleState)
	tensor.Properties["file"].Enum = words(ParametersFile, OptimizerFile)
	out, err := json.MarshalIndent(s, "", "  ")
	if err != nil {
		return nil, fmt.Errorf("artifacts: schema: %w", err)
	}
	return append(out, '\n'), nil
}

// present takes null from the types of a schema and its parts: what the manifest
// does not have is left out.
func present(s *jsonschema.Schema) {
	if s == nil {
		return
	}
	types := slices.DeleteFunc(slices.Clone(s.Types), func(t string) bool { return t == "null" })
	if len(types) == 1 {
		s.Types, s.Type = nil, types[0]
	}
	for _, p := range s.Properties {
		present(p)
	}
	present(s.Items)
}

func words[T ~string](all ...T) []any {
	var list []any
	for _, w := range all {
		list = append(list, string(w))
	}
	return list
}
