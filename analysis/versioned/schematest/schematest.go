// Package schematest holds documents against JSON Schemas, in tests.
package schematest

import (
	"encoding/json"
	"testing"

	"github.com/google/jsonschema-go/jsonschema"
)

// Resolve makes a schema, as the packages with files of their own hand it out, ready
// to hold documents against.
func Resolve(t testing.TB, schema func() ([]byte, error)) *jsonschema.Resolved {
	t.Helper()
	text, err := schema()
	if err != nil {
		t.Fatal(err)
	}
	var s jsonschema.Schema
	if err := json.Unmarshal(text, &s); err != nil {
		t.Fatal(err)
	}
	resolved, err := s.Resolve(nil)
	if err != nil {
		t.Fatal(err)
	}
	return resolved
}

// Valid fails a test whose document is not as the schema says.
func Valid(t testing.TB, schema func() ([]byte, error), document []byte) {
	t.Helper()
	resolved := Resolve(t, schema)
	var v any
	if err := json.Unmarshal(document, &v); err != nil {
		t.Fatal(err)
	}
	if err := resolved.Validate(v); err != nil {
		t.Errorf("schema: %v\n%s", err, document)
	}
}
