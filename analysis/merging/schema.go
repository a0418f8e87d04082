package merging

import "github.com/sharewise/sharewise/analysis/effect"

// Schema returns the JSON Schema (draft 2020-12) of merge.json.
func Schema() ([]byte, error) {
	return effect.SchemaOf[File]("merge", "Losses of merged models, and what they are worth beside trained pools, by 'sharewise merge'.")
}
