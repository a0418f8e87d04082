package analysis

import "github.com/sharewise/sharewise/analysis/effect"

// SubgroupsSchema returns the JSON Schema (draft 2020-12) of subgroups.json.
func SubgroupsSchema() ([]byte, error) {
	return effect.SchemaOf[Subgroups]("subgroups", "What sharing does to parts of the test samples, by 'sharewise subgroups'.")
}
