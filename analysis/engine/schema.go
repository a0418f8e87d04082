package engine

import (
	"encoding/json"
	"fmt"
	"reflect"
	"strings"

	"github.com/google/jsonschema-go/jsonschema"
)

// SchemaOf is the JSON Schema of files of YAML that are read into a struct: keys are the
// names of its tags yaml, with the descriptions of its tags jsonschema; further keys are
// mistakes.
func SchemaOf[T any](title, description string, required ...string) ([]byte, error) {
	s := &jsonschema.Schema{
		Schema: "https://json-schema.org/draft/2020-12/schema", Title: title, Description: description, Type: "object",
		Properties: map[string]*jsonschema.Schema{}, Required: required, AdditionalProperties: &jsonschema.Schema{Not: &jsonschema.Schema{}},
	}
	for _, f := range reflect.VisibleFields(reflect.TypeFor[T]()) {
		key, _, _ := strings.Cut(f.Tag.Get("yaml"), ",")
		value, err := schemaOf(f.Type)
		if err != nil || key == "" {
			return nil, fmt.Errorf("schema of %s: %s has no key, or a value that none is known for: %w", title, f.Name, err)
		}
		value.Description = f.Tag.Get("jsonschema")
		s.Properties[key] = value
		s.PropertyOrder = append(s.PropertyOrder, key)
	}
	data, err := json.MarshalIndent(s, "", "  ")
	if err != nil {
		return nil, fmt.Errorf("schema of %s: %w", title, err)
	}
	return append(data, '\n'), nil
}

// schemaOf is that of a value: a text, a number from 0, a list or a map of texts.
func schemaOf(t reflect.Type) (*jsonschema.Schema, error) {
	zero := 0.0
	switch {
	case t.Kind() == reflect.String:
		// YAML takes 2 for a number where a text is meant, and the reader allows that.
		return &jsonschema.Schema{Types: []string{"string", "number"}}, nil
	case t.Kind() == reflect.Int:
		return &jsonschema.Schema{Type: "integer", Minimum: &zero}, nil
	case t.Kind() == reflect.Slice && t.Elem().Kind() == reflect.String:
		return &jsonschema.Schema{Type: "array", Items: &jsonschema.Schema{Type: "string"}}, nil
	case t.Kind() == reflect.Map && t.Elem().Kind() == reflect.String:
		return &jsonschema.Schema{Type: "object", AdditionalProperties: &jsonschema.Schema{Type: "string"}}, nil
	}
	return nil, fmt.Errorf("%v", t)
}
