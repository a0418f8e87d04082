package sources

import "github.com/sharewise/sharewise/analysis/effect"

// Schema returns the JSON Schema (draft 2020-12) of what sources prints.
func Schema() ([]byte, error) {
	return effect.SchemaOf[Answer]("sources", "What 'sharewise sources --json' prints: whose company helps and harms.")
}
