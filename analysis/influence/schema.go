package influence

import "github.com/sharewise/sharewise/analysis/effect"

// Schema returns the JSON Schema (draft 2020-12) of influence.json.
func Schema() ([]byte, error) {
	return effect.SchemaOf[File]("influence", "What products of gradients say of sources and samples, by 'sharewise influence'.")
}
