package effect

import (
	"encoding/json"
	"fmt"
	"reflect"

	"github.com/google/jsonschema-go/jsonschema"
)

// SchemaOf returns the JSON Schema (draft 2020-12) of a file of the type T, called name:
// numbers and intervals that may not be known may be null.
func SchemaOf[T any](name, description string) ([]byte, error) {
	number := func() *jsonschema.Schema { return &jsonschema.Schema{Types: []string{"null", "number"}} }
	interval := &jsonschema.Schema{
		Types: []string{"null", "object"}, Required: []string{"value", "lo", "hi"}, AdditionalProperties: &jsonschema.Schema{Not: &jsonschema.Schema{}},
		Properties: map[string]*jsonschema.Schema{"value": number(), "lo": number(), "hi": number()},
	}
	s, err := jsonschema.For[T](&jsonschema.ForOptions{TypeSchemas: map[reflect.Type]*jsonschema.Schema{
		reflect.TypeFor[Number](): number(), reflect.TypeFor[Interval](): interval,
	}})
	if err != nil {
		return nil, fmt.Errorf("schema of %s: %w", name, err)
	}
	s.ID = "https://github.com/sharewise/sharewise/" + name + ".schema.json"
	s.Schema = "https://json-schema.org/draft/2020-12/schema"
	s.Title, s.Description = "sharewise "+name, description
	out, err := json.MarshalIndent(s, "", "  ")
	if err != nil {
		return nil, fmt.Errorf("schema of %s: %w", name, err)
	}
	return append(out, '\n'), nil
}
