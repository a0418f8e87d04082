package grouping

import (
	_ "embed"
	"slices"
)

//go:embed clusters.schema.json
var viewsSchema []byte

// ViewsSchema returns the JSON Schema (draft 2020-12) of clusters.json.
func ViewsSchema() ([]byte, error) { return slices.Clone(viewsSchema), nil }
