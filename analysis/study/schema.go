package study

import (
	"encoding/json"
	"fmt"
	"math"

	"github.com/google/jsonschema-go/jsonschema"
)

// SchemaID identifies the JSON Schema of study files.
const SchemaID = "https://github.com/sharewise/sharewise/study-1.schema.json"

// Schema returns the JSON Schema of study files, with which editors complete
// keys and mark mistakes. It allows what [Parse] allows key by key; checks of
// several keys together are Parse's alone.
func Schema() ([]byte, error) {
	s := objectSchema(object(studyFields))
	s.ID = SchemaID
	s.Schema = "https://json-schema.org/draft/2020-12/schema"
	s.Title = "sharewise study"
	s.Description = "What to train and compare: domains, model, arms. See 'sharewise schema --reference'."
	// Keys that begin with x- hold anchors.
	s.PatternProperties = map[string]*jsonschema.Schema{"^x-": {}}
	out, err := json.MarshalIndent(s, "", "  ")
	if err != nil {
		return nil, fmt.Errorf("study: schema: %w", err)
	}
	return append(out, '\n'), nil
}

func typeSchema(t typ) *jsonschema.Schema {
	s := &jsonschema.Schema{}
	switch t.kind {
	case textKind:
		// Numbers and words such as true are read as they are written.
		s.Types = []string{"string", "number", "boolean"}
		if len(t.words) > 0 {
			s.Types, s.Type = nil, "string"
			for _, w := range t.words {
				s.Enum = append(s.Enum, w)
			}
		}
	case integerKind:
		s.Type = "integer"
		bound(s, t)
	case numberKind:
		s.Type = "number"
		bound(s, t)
	case flagKind:
		s.Type = "boolean"
	case listKind:
		s.Type = "array"
		s.Items = typeSchema(*t.elem)
		if t.min > 0 {
			s.MinItems = pointer(int(t.min))
		}
		if !math.IsInf(t.max, 0) {
			s.MaxItems = pointer(int(t.max))
		}
		if len(t.instead) > 0 {
			return &jsonschema.Schema{AnyOf: []*jsonschema.Schema{s, objectSchema(object(t.instead))}}
		}
	case numbersKind:
		s.Type = "object"
		s.AdditionalProperties = &jsonschema.Schema{Type: "number"}
	case textsKind:
		s.Type = "object"
		s.AdditionalProperties = typeSchema(text())
	case labelsKind:
		s.Type = "object"
		s.AdditionalProperties = &jsonschema.Schema{AnyOf: []*jsonschema.Schema{
			typeSchema(text()), {Type: "array", Items: typeSchema(text()), MinItems: pointer(1)},
		}}
	case labelledKind:
		s.Type = "object"
		s.AdditionalProperties = typeSchema(labels())
	case weightsKind:
		return &jsonschema.Schema{AnyOf: []*jsonschema.Schema{
			typeSchema(choice(t.words...)),
			{Type: "object", AdditionalProperties: typeSchema(positive())},
		}}
	case objectKind:
		s = objectSchema(t)
		if short := find(t.fields, t.short); short != nil {
			return &jsonschema.Schema{AnyOf: []*jsonschema.Schema{typeSchema(short.typ), s}}
		}
	}
	return s
}

func objectSchema(t typ) *jsonschema.Schema {
	s := &jsonschema.Schema{
		// Nothing below a key means that everything keeps its default.
		Types:                []string{"object", "null"},
		Properties:           map[string]*jsonschema.Schema{},
		AdditionalProperties: &jsonschema.Schema{Not: &jsonschema.Schema{}},
	}
	for _, f := range t.fields {
		p := typeSchema(f.typ)
		p.Description = f.doc
		if f.note != "" {
			p.Description += " Default: " + f.note + "."
		}
		if f.def != "" {
			p.Default = defaultJSON(f)
		}
		s.Properties[f.key] = p
		s.PropertyOrder = append(s.PropertyOrder, f.key)
		if f.need {
			s.Required = append(s.Required, f.key)
		}
	}
	return s
}

func bound(s *jsonschema.Schema, t typ) {
	switch {
	case t.above:
		s.ExclusiveMinimum = pointer(t.min)
	case !math.IsInf(t.min, 0):
		s.Minimum = pointer(t.min)
	}
	if !math.IsInf(t.max, 0) {
		s.Maximum = pointer(t.max)
	}
}

func pointer[T any](v T) *T { return &v }
