package suspects

import "github.com/sharewise/sharewise/analysis/effect"

// Schema returns the JSON Schema (draft 2020-12) of suspects.json.
func Schema() ([]byte, error) {
	return effect.SchemaOf[File]("suspects", "Labels that models dispute and copies of samples, by 'sharewise suspects'.")
}
