package contest

import (
	_ "embed"
	"slices"
)

//go:embed weightings.schema.json
var schema []byte

// Schema returns the JSON Schema (draft 2020-12) of weightings.json.
func Schema() ([]byte, error) { return slices.Clone(schema), nil }
