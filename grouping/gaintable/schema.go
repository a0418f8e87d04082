package gaintable

import (
	_ "embed"
	"slices"
)

//go:embed pools.schema.json
var schema []byte

// Schema returns the JSON Schema (draft 2020-12) of a [Plan], which pools.json is.
func Schema() ([]byte, error) { return slices.Clone(schema), nil }
