package affinity

import (
	_ "embed"
	"slices"
)

//go:embed affinity.schema.json
var schema []byte

// Schema returns the JSON Schema (draft 2020-12) of affinity.json.
func Schema() ([]byte, error) { return slices.Clone(schema), nil }
